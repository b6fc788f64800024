import type { ProofReport } from '../../../../protocol/proof.ts';
import { installedEngines } from '../../host/engines/installed.ts';
import { dialects } from '../../source/dialect.ts';
import type { Arguments, CommandSpec } from '../args.ts';
import type { ExitCode, Io } from '../io.ts';
import { findingsOf, load, targetsOf, tellProblems } from '../load.ts';
import { renderProofs } from '../proofTty.ts';
import { proofReport, type Proved } from '../proofWire.ts';
import { beginProving, judged, laboratoryOf, proveLoaded } from '../proving.ts';
import { levels, loadOptions } from './check.ts';

export const proveSpec: CommandSpec = {
  summary: 'Runs pending migrations on embedded engines and shows what they do.',
  usage: 'prove [PATHS] [options]',
  positionals: { least: 0, most: Number.MAX_SAFE_INTEGER, what: 'no name' },
  options: {
    format: { kind: 'value', choices: ['tty', 'json'], help: 'how to print (default tty)' },
    dialect: { kind: 'value', choices: dialects, help: 'dialect of every .sql file' },
    'engine-version': { kind: 'value', placeholder: 'N', help: 'major version of the engine' },
    all: { kind: 'flag', help: 'prove applied migrations, too' },
    isolated: { kind: 'flag', help: 'each file is a history of its own: no runner, no git' },
    installed: { kind: 'flag', help: 'where the workspace states the major version of an installed PostgreSQL, run on that: a throwaway server' },
    'fail-on': { kind: 'value', choices: levels, help: 'least severity that makes the exit code 1 (default warning)' },
  },
};

export async function prove(args: Arguments, io: Io): Promise<ExitCode> {
  const log = (message: string): void => io.err(`${message}\n`);
  const all = args.flags.has('all');
  const laboratory = laboratoryOf(io, args.flags.has('installed') ? await installedEngines() : []);
  const parts: Proved[] = [];
  // Most files are its, and which are is known only when they have been read: by then it is open.
  if (!args.flags.has('installed') && (args.values.get('dialect') ?? 'postgresql') === 'postgresql') laboratory.prepare('postgresql');
  try {
    for (const target of await targetsOf(io, args.positionals)) {
      const loaded = await load(target, loadOptions(args));
      beginProving(loaded, laboratory, all);
      const findings = await findingsOf(loaded, { all, log });
      const proofs = await proveLoaded(loaded, findings, laboratory, { all });
      parts.push({ loaded, proofs, findings: judged(loaded, findings, proofs) });
    }
  } finally {
    await laboratory.close();
  }
  const result = proofReport(parts);
  io.out(args.values.get('format') === 'json' ? `${JSON.stringify(result, null, 2)}\n` : renderProofs(result, { colour: io.colour }));
  if (tellProblems(io, parts.map(({ loaded }) => loaded))) return 2;
  return failing(result, args) ? 1 : 0;
}

function failing({ problems, findings }: ProofReport, args: Arguments): boolean {
  const least = levels.indexOf((args.values.get('fail-on') ?? 'warning') as (typeof levels)[number]);
  return [...problems, ...findings].some(({ severity }) => levels.indexOf(severity) <= least);
}
