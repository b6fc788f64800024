import type { ProofReport } from '../../../../protocol/proof.ts';
import { beginLoadingPostgresql } from '../../host/authorities.ts';
import { installedEngines } from '../../host/engines/installed.ts';
import type { Arguments, CommandSpec } from '../args.ts';
import type { ExitCode, Io } from '../io.ts';
import { findingsOf, load, shownPath, targetsOf, tellProblems } from '../load.ts';
import { renderProofs } from '../proofTty.ts';
import { proofReport, type Proved } from '../proofWire.ts';
import { beginProving, deadlineOf, judged, laboratoryOf, offersLoaded, proveLoaded, timeoutOption } from '../proving.ts';
import { levels, loadOptions, readingOptions } from './check.ts';

export const proveSpec: CommandSpec = {
  summary: 'Runs pending migrations on embedded engines and shows what they do.',
  usage: 'prove [PATHS] [options]',
  positionals: { least: 0, most: Number.MAX_SAFE_INTEGER, what: 'no name' },
  options: {
    format: { kind: 'value', choices: ['tty', 'json'], help: 'how to print (default tty)' },
    ...readingOptions,
    all: { kind: 'flag', help: 'prove applied migrations, too' },
    fixes: { kind: 'flag', help: 'run the fixes of findings, too, beside what they mend: same final schema, weaker locks?' },
    installed: { kind: 'flag', help: 'where the workspace states the major version of an installed PostgreSQL, run on that: a throwaway server' },
    timeout: timeoutOption,
    'fail-on': { kind: 'value', choices: levels, help: 'least severity that makes the exit code 1 (default warning)' },
  },
};

export async function prove(args: Arguments, io: Io): Promise<ExitCode> {
  const log = (message: string): void => io.err(`${message}\n`);
  const all = args.flags.has('all');
  const fixes = args.flags.has('fixes');
  const deadline = deadlineOf(args, true);
  const laboratory = laboratoryOf(io, args.flags.has('installed') ? await installedEngines() : []);
  const parts: Proved[] = [];
  // Most files are its, and which are is known only when they have been read: by then its grammar is loaded and it is open.
  if ((args.values.get('dialect') ?? 'postgresql') === 'postgresql') {
    beginLoadingPostgresql();
    if (!args.flags.has('installed')) laboratory.prepare('postgresql');
  }
  try {
    for (const target of await targetsOf(io, args.positionals)) {
      const loaded = await load(target, loadOptions(args));
      beginProving(loaded, laboratory, all);
      const findings = await findingsOf(loaded, { all, log });
      const proofs = await proveLoaded(loaded, findings, laboratory, { all, deadline, server: io.mysqlServer });
      const offers = fixes ? await offersLoaded(loaded, findings, laboratory, { io, all, deadline, fixes }) : undefined;
      parts.push({ loaded, proofs, fixes, findings: judged(loaded, findings, { proofs, offers }) });
    }
  } finally {
    await laboratory.close();
  }
  const result = proofReport(parts);
  io.out(args.values.get('format') === 'json' ? `${JSON.stringify(result, null, 2)}\n` : renderProofs(result, { colour: io.colour }));
  for (const line of parts.flatMap(withoutProof)) io.err(`database-expert: ${line}\n`);
  if (tellProblems(io, parts.map(({ loaded }) => loaded))) return 2;
  return failing(result, args) ? 1 : 0;
}

function failing({ problems, findings }: ProofReport, args: Arguments): boolean {
  const least = levels.indexOf((args.values.get('fail-on') ?? 'warning') as (typeof levels)[number]);
  return [...problems, ...findings.filter(({ evidence }) => evidence)].some(({ severity }) => levels.indexOf(severity) <= least);
}

/** Of each file that was named and of which nothing could be tried, why; what could not be read at all is told elsewhere. */
function withoutProof({ loaded: { target, facts, unreadable }, proofs }: Proved): string[] {
  const proved = new Set(proofs.flatMap(({ migrations }) => migrations.map(({ file }) => file)));
  const downs = new Map(facts.databases.flatMap(({ steps }) => steps.flatMap(({ migration: { up, down } }) => (down ? [[down.file, up.file] as const] : []))));
  const reasonOf = (file: string) => facts.leftAlone.find((one) => one.file === file)?.reason ?? 'is no migration, schema or script, so nothing of it is proved';
  return target.files
    .filter((file) => !proved.has(downs.get(file) ?? file) && !unreadable.some((one) => one.file === shownPath(target, file)))
    .map((file) => `${shownPath(target, file)}: ${reasonOf(file)}`);
}
