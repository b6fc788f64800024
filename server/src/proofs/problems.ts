import type { ExperimentEvidence } from '../../../protocol/evidence.ts';
import { objectKey, type Catalog, type Origin } from '../schema/catalog.ts';
import { failureText } from './verdicts.ts';
import type { EngineInfo } from './engine.ts';
import type { TenantLeak } from './outcome.ts';
import type { DatabaseProof, MigrationProof } from './report.ts';

/** Something that an experiment showed to go wrong. Offsets are those of the file when it was proved. */
export interface ProofProblem {
  readonly experiment: 'locks' | 'algorithm and lock' | 'existing rows' | 'round trip';
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly start: number;
  /** A sentence with the engine's own words. */
  readonly message: string;
  /** The same without the row that did it, where there is room for a line only. */
  readonly brief: string;
}

/** Ways by which a tenant got at rows of another. They stand nowhere in a migration. */
export function leaksOf({ tenants }: Pick<DatabaseProof, 'tenants'>): readonly TenantLeak[] {
  return tenants?.ran ? tenants.detail.leaks : [];
}

/** A leak as evidence. */
export function evidenceOfLeak({ observed, ran }: TenantLeak, { name, version }: EngineInfo): ExperimentEvidence {
  return { level: 'proved', experiment: 'tenant isolation', engine: name, version, observed, ran };
}

/** Where the policy, view, function or table of a leak was made; where its own place is not known, that of the rows. */
export function originOfLeak({ views, routines, tables, dialect }: Catalog, { through, tables: reached, policy }: Pick<TenantLeak, 'through' | 'tables' | 'policy'>): Origin | undefined {
  const named = policy === undefined ? undefined : tables.get(reached[0] ?? '')?.policies.find(({ name }) => name === policy);
  if (named) return named.origin;
  const parts = through.replace(/\(.*$/s, '').match(/"(?:[^"]|"")*"|[^."]+/g) ?? [];
  const names = parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
  const key = objectKey(dialect, names.length > 1 ? names[0] : undefined, names.at(-1) ?? '');
  const routine = through.includes('(') ? [...routines.values()].find(({ schema, name }) => objectKey(dialect, schema, name) === key) : undefined;
  return (routine ?? views.get(key) ?? tables.get(key) ?? tables.get(reached[0] ?? ''))?.origin;
}

/** What goes wrong with a migration: statements the engine refuses, or refuses on rows, and a down that does not restore. */
export function problemsOf({ locks, online, rows, roundTrip, down, file, base, stopped }: MigrationProof): ProofProblem[] {
  const problems: ProofProblem[] = [];
  for (const one of locks.ran ? locks.detail.statements : []) {
    if (!one.refused || (stopped && stopped.offset <= one.start)) continue;
    const message = `The statement is refused: ${one.refused.message}${one.refused.code === '' ? '' : ` [${one.refused.code}]`}.`;
    problems.push({ experiment: 'locks', severity: 'error', file: one.file, start: one.start, message, brief: message });
  }
  for (const { failed, file: at, start } of online?.ran ? online.detail.changes : []) {
    if (!failed) continue;
    const message = `The statement is refused by the configured server: ${failed.message} [${failed.code}].`;
    problems.push({ experiment: 'algorithm and lock', severity: 'error', file: at, start, message, brief: message });
  }
  for (const one of rows.ran ? rows.detail.failures : []) problems.push({ experiment: 'existing rows', severity: 'error', file: one.file, start: one.start, message: `Fails on rows that the schema before it allows: ${failureText(one)}.`, brief: `Fails on existing rows: ${one.message}.` });
  if (roundTrip.ran && down === 'written' && isLost(roundTrip.detail.verdict)) {
    const { verdict, schema, data, error } = roundTrip.detail;
    const what = [...schema, ...data];
    const said = error ? `: ${error.message}` : what.length > 0 ? `: ${what[0]}${what.length > 1 ? ` (and ${what.length - 1} more)` : ''}` : '';
    const message = `${words[verdict] ?? verdict}${said}`;
    problems.push({ experiment: 'round trip', severity: 'warning', file, start: base, message, brief: message });
  }
  return problems;
}

const words: Readonly<Record<string, string>> = {
  'not restored': 'The down does not bring back what was there',
  'down failed': 'The down fails',
  'up again failed': 'After the down, the migration can not run again',
};

function isLost(verdict: string): boolean {
  return verdict in words;
}
