import type { DatabaseFacts, Facts, HistoryEntry, Migration, MigrationStep, PlacedStatement, ScriptPart } from '../project/facts.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Finding } from '../rules/rule.ts';
import { tenantsSubjectOf, type TenantsSubject } from './experiments/tenants/subject.ts';
import { indexQuestions, type IndexQuestions } from './indexProofs.ts';

/** What of a database is to be proved, as it was when it was asked: later facts do not move it. */
export interface ProofSubject {
  readonly name: string;
  readonly dialect: DatabaseFacts['dialect'];
  readonly engineVersion?: number;
  /** The schema after all migrations. */
  readonly catalog: Catalog;
  readonly steps: readonly MigrationStep[];
  readonly questions?: IndexQuestions;
  /** Set where tenants share tables; the reason where there is nothing to try. */
  readonly tenants?: TenantsSubject | string;
}

/** The extensions that migrations and what stands before them make use of. */
export function extensionsOf(steps: readonly MigrationStep[]): readonly string[] {
  return [...new Set(steps.flatMap(({ before, after }) => [...before.extensions.keys(), ...after.extensions.keys()]))];
}

/**
 * A copy of what a proof needs. Proofs take seconds, and facts must not be read once there are newer ones.
 * @param select which migrations
 * @param findings whose claims about indexes are looked at too, with what holds for the database as a whole; only migrations when left out
 */
export function subjectOf({ config }: Facts, database: DatabaseFacts, select: (step: MigrationStep) => boolean, findings?: readonly Finding[]): ProofSubject {
  const { name, dialect, engineVersion } = database;
  const questions = findings && indexQuestions(config, database, findings);
  const tenants = findings && database.tenancy.model === 'shared' ? tenantsSubjectOf(database) : undefined;
  return { name, dialect, catalog: database.catalog, ...(questions && { questions }), ...(tenants !== undefined && { tenants }), ...(engineVersion !== undefined && { engineVersion }), steps: database.steps.filter(select).map(copyOfStep) };
}

/** A copy of a migration that later facts do not move. */
export function copyOfStep({ migration, before, after, entries }: MigrationStep): MigrationStep {
  const copies = new Map<PlacedStatement, PlacedStatement>();
  const placed = (one: PlacedStatement): PlacedStatement => {
    const known = copies.get(one) ?? copyOfPlaced(one);
    copies.set(one, known);
    return known;
  };
  const part = (one: ScriptPart): ScriptPart => ({ file: one.file, range: { ...one.range }, statements: one.statements.map(placed) });
  const { version, name, up, down, applied, transaction } = migration;
  const copy: Migration = { version, name, up: part(up), ...(down && { down: part(down) }), applied, transaction };
  return { migration: copy, before, after, entries: entries.map((entry) => copyOfEntry(entry, placed(entry.placed), copy)) };
}

function copyOfEntry({ before, after, transaction, role, newTables }: HistoryEntry, placed: PlacedStatement, migration: Migration): HistoryEntry {
  return { placed, before, after, transaction, role, newTables, migration };
}

function copyOfPlaced({ file, statement, node }: PlacedStatement): PlacedStatement {
  const { dialect, index, start, end, terminatorEnd, terminated, text, tokens, hasHole } = statement;
  return { file, node, statement: { dialect, index, start, end, terminatorEnd, terminated, text, tokens, hasHole } };
}
