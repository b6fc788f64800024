import type { DatabaseFacts, MigrationStep } from './facts.ts';

/** A schema file or script as a step of its own, over the schema it meets; undefined for any other file, and for one that holds no statement. */
export function scriptStep({ scripts }: DatabaseFacts, file: string): MigrationStep | undefined {
  const run = scripts.find((one) => one.file === file && (one.role === 'schema' || one.role === 'script'));
  const [first, last] = [run?.entries[0], run?.entries.at(-1)];
  if (!run || !first || !last) return undefined;
  const up = { file, range: { start: 0, end: last.placed.statement.terminatorEnd }, statements: run.entries.map(({ placed }) => placed) };
  return { migration: { version: '', name: '', up, applied: false, transaction: 'none' }, before: first.before, after: last.after, entries: run.entries };
}
