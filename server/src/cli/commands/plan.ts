import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Plan } from '../../../../protocol/plan.ts';
import { applyChanges } from '../../host/write.ts';
import { buildPlan } from '../../plan/build.ts';
import { renderMarkdown } from '../../plan/markdown.ts';
import { renderYaml } from '../../plan/yaml.ts';
import { checkWorkspace } from '../../rules/engine.ts';
import { UsageError, type Arguments, type CommandSpec } from '../args.ts';
import { InputError, type ExitCode, type Io } from '../io.ts';
import { deadlineOf, proofsIn, provedFindings, timeoutOption } from '../proving.ts';
import { isAsked, load, shownPath, targetsOf, tellProblems, type Loaded, type Target } from '../load.ts';

export const planSpec: CommandSpec = {
  summary: 'Writes the database plan of a workspace.',
  usage: 'plan [DIR] [options]',
  positionals: { least: 0, most: 1, what: 'no name' },
  options: {
    format: { kind: 'value', choices: ['yaml', 'markdown', 'json'], help: 'how to print (default yaml)' },
    prove: { kind: 'flag', help: 'run pending migrations on embedded engines, and let the plan rest on what they do' },
    timeout: timeoutOption,
    database: { kind: 'value', placeholder: 'NAME', help: 'the database to lead with, where there are several' },
    out: { kind: 'value', placeholder: 'FILE', help: 'write to a file inside the workspace instead of standard output' },
    force: { kind: 'flag', help: 'let --out replace a file that exists' },
  },
};

export async function plan(args: Arguments, io: Io): Promise<ExitCode> {
  const deadline = deadlineOf(args);
  if (args.flags.has('force') && !args.values.has('out')) throw new UsageError('--force goes with --out');
  const [target] = await targetsOf(io, args.positionals);
  const loaded = await load(target!);
  const { facts } = loaded;
  const wanted = args.values.get('database');
  if (wanted !== undefined && !facts.databases.some((database) => database.name === wanted)) throw new InputError(`there is no database ${wanted}; the workspace holds ${facts.databases.map((database) => database.name).join(', ') || 'none'}`);
  const found = checkWorkspace(facts, { log: (message) => io.err(`${message}\n`) });
  const { findings, proofs } = args.flags.has('prove') ? await provedFindings(io, loaded, found, { deadline }) : { findings: found, proofs: [] };
  const whole = buildPlan(facts, findings, { proofs: proofsIn(proofs), ...(wanted !== undefined && { database: wanted }) });
  const made = whole && partAskedFor(whole, loaded);
  if (!made) throw new InputError(`${args.positionals[0] ?? '.'}: no migrations, schema or queries were found`);
  const format = args.values.get('format') ?? 'yaml';
  const text = format === 'json' ? `${JSON.stringify(made, null, 2)}\n` : format === 'markdown' ? renderMarkdown(made) : renderYaml(made);
  const out = args.values.get('out');
  if (out === undefined) {
    io.out(text);
    return tellProblems(io, [loaded]) ? 2 : 0;
  }
  const file = await placeOf(out, target!, io, args.flags.has('force'));
  await applyChanges(target!.root, [{ file, create: text }], { force: args.flags.has('force') });
  return tellProblems(io, [loaded]) ? 2 : 0;
}

/** Where `--out` writes, relative to the workspace. */
async function placeOf(out: string, { root }: Target, io: Io, force: boolean): Promise<string> {
  const given = path.resolve(await realpath(io.cwd), out);
  const file = path.relative(root, given).split(path.sep).join('/');
  const found = await lstat(given).catch(() => undefined);
  if (found?.isDirectory()) throw new InputError(`--out ${out}: is a folder`);
  if (file.startsWith('../') || path.isAbsolute(file)) throw new InputError(`--out ${out}: lies outside the workspace ${root}`);
  if (found?.isFile() && !force) throw new InputError(`--out ${out}: already exists; --force replaces it`);
  return file;
}

/** The plans of the databases in the folder that was named, with paths relative to it. */
function partAskedFor(plan: Plan, { target, facts }: Loaded): Plan | undefined {
  if (target.named.length === 0) return plan;
  const asked = new Set([...facts.roleOf].flatMap(([file, { database }]) => (isAsked(target, file) ? [facts.databases[database]!.name] : [])));
  const { others = [], ...leading } = plan;
  const [first, ...rest] = [leading, ...others].filter(({ database }) => asked.has(database));
  return first && (withShownPaths(target, rest.length > 0 ? { ...first, others: rest } : first) as Plan);
}

/** A copy in which every `file` is the path as it is shown. */
function withShownPaths(target: Target, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withShownPaths(target, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === 'file' && typeof item === 'string' ? shownPath(target, item) : withShownPaths(target, item)]));
}
