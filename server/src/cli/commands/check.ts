import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { WireFinding } from '../../../../protocol/finding.ts';
import { beginLoadingPostgresql } from '../../host/authorities.ts';
import { rules } from '../../rules/index.ts';
import type { Finding } from '../../rules/rule.ts';
import { syntaxErrorRule } from '../../rules/syntax.ts';
import { dialects, type Dialect } from '../../source/dialect.ts';
import { UsageError, suggestion, type Arguments, type CommandSpec } from '../args.ts';
import { fixAll } from '../fixing.ts';
import { InputError, type ExitCode, type Io } from '../io.ts';
import { findingsOf, load, targetsOf, tellProblems, type Loaded, type LoadOptions, type Target } from '../load.ts';
import { deadlineOf, provedFindings, timeoutOption } from '../proving.ts';
import { renderReport } from '../tty.ts';
import { Lines, report, wireFix } from '../wire.ts';

/** Severities, worst first. */
export const levels = ['error', 'warning', 'information', 'hint'] as const;

/** Options that say how the workspace is read, shared with other commands. */
export const readingOptions = {
  dialect: { kind: 'value', choices: dialects, help: 'dialect of every .sql file' },
  'engine-version': { kind: 'value', placeholder: 'N', help: 'major version of the engine' },
  isolated: { kind: 'flag', help: 'each file is a history of its own: no runner, no git' },
} as const satisfies CommandSpec['options'];

export const checkSpec: CommandSpec = {
  summary: 'Reports what will hurt in production.',
  usage: 'check [PATHS] [options]',
  positionals: { least: 0, most: Number.MAX_SAFE_INTEGER, what: 'no name' },
  options: {
    format: { kind: 'value', choices: ['tty', 'json'], help: 'how to print (default tty)' },
    ...readingOptions,
    all: { kind: 'flag', help: 'show how applied migrations ran, too' },
    fix: { kind: 'flag', help: 'apply the safe fixes to pending files' },
    'dry-run': { kind: 'flag', help: 'with --fix: print the edits, write nothing' },
    prove: { kind: 'flag', help: 'run pending migrations on embedded engines and hold the findings against what they do' },
    timeout: timeoutOption,
    rule: { kind: 'list', placeholder: 'RULE', help: 'run this rule only (may be repeated)' },
    'fail-on': { kind: 'value', choices: levels, help: 'least severity that makes the exit code 1 (default warning)' },
    stdin: { kind: 'flag', help: 'read one file from standard input' },
    'stdin-filename': { kind: 'value', placeholder: 'FILE', help: 'the file that standard input stands for' },
  },
};

export async function check(args: Arguments, io: Io): Promise<ExitCode> {
  if (args.flags.has('dry-run') && !args.flags.has('fix')) throw new UsageError('--dry-run goes with --fix');
  const only = chosenRules(args);
  const deadline = deadlineOf(args);
  const log = (message: string) => io.err(`${message}\n`);
  const parts: { loaded: Loaded; findings: readonly Finding[] }[] = [];
  for (const { target, options } of await inputs(args, io)) {
    if (mayBePostgresql(options, only)) beginLoadingPostgresql();
    let loaded = await load(target, options);
    if (args.flags.has('fix')) {
      if (args.flags.has('stdin')) throw new UsageError('--fix cannot write standard input');
      const outcome = await fixAll(loaded, { ...(only && { rules: only }), dryRun: args.flags.has('dry-run'), log });
      if (args.flags.has('dry-run')) printEdits((text) => (args.values.get('format') === 'json' ? io.err(text) : io.out(text)), target, outcome.applied);
      else {
        loaded = outcome.loaded;
        if (args.values.get('format') !== 'json') io.out(`${outcome.applied.length} ${outcome.applied.length === 1 ? 'fix' : 'fixes'} applied.\n`);
      }
    }
    const findings = await findingsOf(loaded, { ...(only && { rules: only }), all: args.flags.has('all'), log });
    parts.push({ loaded, findings: args.flags.has('prove') ? (await provedFindings(io, loaded, findings, { all: args.flags.has('all'), deadline, ...(only && { only }) })).findings : findings });
  }
  const result = report(parts);
  if (args.values.get('format') === 'json') io.out(`${JSON.stringify(result, null, 2)}\n`);
  else io.out(renderReport(result, (file) => textOf(parts.map((part) => part.loaded), file), { colour: io.colour, notes: notesOf(parts.map(({ loaded }) => loaded)) }));
  if (tellProblems(io, parts.map(({ loaded }) => loaded))) return 2;
  return failing(result.findings, args) ? 1 : 0;
}

/** Whether PostgreSQL's grammar will likely be asked: most files are its, and which are is known only when they have been read. */
function mayBePostgresql({ dialect = 'postgresql' }: LoadOptions, only: readonly string[] | undefined): boolean {
  return dialect === 'postgresql' && (only === undefined || only.includes(syntaxErrorRule));
}

/** Why not everything was read and why nothing counts as applied, where that is so; each reason once. */
function notesOf(loaded: readonly Loaded[]): string[] {
  return [...new Set(loaded.flatMap(({ facts, note }) => [note ?? [], facts.databases.flatMap(({ appliedNote }) => appliedNote ?? [])].flat()))];
}

function chosenRules(args: Arguments): readonly string[] | undefined {
  const given = args.lists.get('rule');
  const known = [...rules.map((rule) => rule.id), syntaxErrorRule];
  for (const id of given ?? []) if (!known.includes(id)) throw new UsageError(`there is no rule ${id}${suggestion(id, known, '') || '; database-expert rules lists them'}`);
  return given;
}

async function inputs(args: Arguments, io: Io): Promise<{ target: Target; options: LoadOptions }[]> {
  const options = loadOptions(args);
  if (!args.flags.has('stdin')) {
    if (args.values.has('stdin-filename')) throw new UsageError('--stdin-filename goes with --stdin');
    return (await targetsOf(io, args.positionals)).map((target) => ({ target, options }));
  }
  if (args.positionals.length > 0) throw new UsageError('--stdin takes no paths');
  const text = await io.stdin();
  const name = args.values.get('stdin-filename');
  if (name === undefined) return [{ target: { root: io.cwd, named: ['stdin.sql'], files: ['stdin.sql'], shown: '' }, options: { ...options, isolated: true, overlay: { path: 'stdin.sql', text } } }];
  const [first] = await targetsOf(io, ['.']);
  const file = path.relative(first!.root, path.resolve(await realpath(io.cwd), name)).split(path.sep).join('/');
  if (file.startsWith('../')) throw new InputError(`${name}: lies outside ${first!.root}`);
  return [{ target: { ...first!, named: [file], files: [file] }, options: { ...options, overlay: { path: file, text } } }];
}

/** What the `readingOptions` of a command line say. */
export function loadOptions(args: Arguments): LoadOptions {
  const version = args.values.get('engine-version');
  const number = version === undefined ? undefined : /^\d+(?:\.\d+)*$/.test(version) ? Number.parseInt(version, 10) : 0;
  if (number === 0) throw new UsageError(`--engine-version takes a number; not ${version}`);
  return {
    ...(args.values.has('dialect') && { dialect: args.values.get('dialect') as Dialect }),
    ...(number !== undefined && { engineVersion: number }),
    ...(args.flags.has('isolated') && { isolated: true }),
  };
}

/** The edits of `--dry-run`: on standard output, or beside the JSON on standard error. */
function printEdits(print: (text: string) => void, target: Target, applied: Awaited<ReturnType<typeof fixAll>>['applied']): void {
  for (const { change, facts } of applied) {
    const fix = wireFix(change, target, new Lines(facts));
    print(`${fix.title}\n`);
    for (const edit of fix.edits) print(edit.create ? `  create ${edit.file} ${JSON.stringify(edit.newText)}\n` : `  ${edit.file}:${edit.startLine}:${edit.startColumn}-${edit.endLine}:${edit.endColumn} ${JSON.stringify(edit.newText)}\n`);
  }
}

function textOf(loaded: readonly Loaded[], file: string): string | undefined {
  for (const { facts, target } of loaded) {
    const text = facts.files.get(path.posix.join(target.shown, file))?.text;
    if (text !== undefined) return text;
  }
  return undefined;
}

function failing(findings: readonly WireFinding[], args: Arguments): boolean {
  const least = levels.indexOf((args.values.get('fail-on') ?? 'warning') as (typeof levels)[number]);
  return findings.some((finding) => levels.indexOf(finding.severity) <= least);
}
