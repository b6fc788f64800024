import type { DatabaseFacts, Migration, MigrationStep, ScriptRun } from '../../../project/facts.ts';
import type { Catalog } from '../../../schema/catalog.ts';

/** What runs differently with a fix, from the same point of the history. */
export interface FixSubject {
  readonly before: Catalog;
  readonly original: readonly MigrationStep[];
  readonly fixed: readonly MigrationStep[];
}

type Asked = Pick<DatabaseFacts, 'steps' | 'scripts'>;

/**
 * The migrations that a fix changes or makes, with those between them; files that are no migrations run statement by statement.
 * @returns undefined when both run the same
 */
export function fixSubjectOf(original: Asked, fixed: Asked): FixSubject | undefined {
  const subject = between(original.steps, fixed.steps);
  return subject ?? between(original.scripts.flatMap(asStep), fixed.scripts.flatMap(asStep));
}

/** What is left without the equal steps at both ends. */
function between(original: readonly MigrationStep[], fixed: readonly MigrationStep[]): FixSubject | undefined {
  const same = (a: MigrationStep | undefined, b: MigrationStep | undefined): boolean => a !== undefined && b !== undefined && textOf(a) === textOf(b);
  let from = 0;
  while (same(original[from], fixed[from])) from++;
  let behind = 0;
  while (original.length - behind > from && fixed.length - behind > from && same(original.at(-1 - behind), fixed.at(-1 - behind))) behind++;
  const first = original[from] ?? fixed[from];
  if (!first) return undefined;
  return { before: first.before, original: original.slice(from, original.length - behind), fixed: fixed.slice(from, fixed.length - behind) };
}

/** A migration as it runs, as a text to compare. */
export function textOf({ migration, entries }: MigrationStep): string {
  return [migration.version, migration.transaction, ...entries.map(({ placed, transaction }) => `${transaction} ${placed.statement.text}`)].join('\0');
}

function asStep({ file, role, entries, after }: ScriptRun): MigrationStep[] {
  const [first] = entries;
  if (!first || (role !== 'schema' && role !== 'script')) return [];
  const range = { start: 0, end: entries.at(-1)!.placed.statement.end };
  const migration: Migration = { version: file, name: file, up: { file, range, statements: entries.map(({ placed }) => placed) }, applied: false, transaction: 'none' };
  return [{ migration, before: first.before, after, entries }];
}
