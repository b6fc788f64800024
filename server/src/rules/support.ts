import { sizeOf, type DatabaseFacts, type HistoryEntry } from '../project/facts.ts';
import { entriesAboutBeside } from '../project/lookups.ts';
import { findColumn, findTable, objectKey, type Column, type Table } from '../schema/catalog.ts';
import { relationKeyIn } from '../schema/searchPath.ts';
import type { Dialect } from '../source/dialect.ts';
import type { QualifiedName } from '../source/sql/ast.ts';
import type { Place, Severity } from './rule.ts';

/** Every SQL dialect, all versions: for rules that are true everywhere. */
export const everyDialect: Readonly<Record<Dialect, true>> = { postgresql: true, mysql: true, mariadb: true, sqlite: true };

/** How much a statement that blocks its table matters, by the believed size of the table. */
export interface Blocking {
  readonly severity: Severity;
  readonly size: 'large' | 'small' | 'unknown';
  /** A sentence that says what is believed of the size, and which line of database-expert.yaml states it. */
  readonly sizeNote: string;
  /** The table, when its size is unknown: what `Report.unsized` takes. */
  readonly unsized?: string;
}

/**
 * The severity of blocking a table: `warning` when the table is believed large, or of unknown size under
 * `migration_constraints: [zero-downtime]`; `information` otherwise.
 */
export function blockingSeverity(database: DatabaseFacts, table: Pick<Table, 'name'>): Blocking {
  const size = sizeOf(database, table);
  const rows = database.rowsOf(table.name);
  const sizeNote =
    size === 'unknown'
      ? `The size of ${table.name} is not known; scale_targets: { rows: { ${table.name}: N } } in database-expert.yaml states it.`
      : `${table.name} is believed to hold ${rows!.toLocaleString('en')} rows (scale_targets in database-expert.yaml).`;
  return { severity: size === 'large' || (size === 'unknown' && database.zeroDowntime) ? 'warning' : 'information', size, sizeNote, ...(size === 'unknown' && { unsized: table.name }) };
}

/** A place with a message, as a related place of a finding. It moves with the place. */
export function relatedAt(place: Place, message: string): Place & { readonly message: string } {
  return {
    file: place.file,
    get range() {
      return place.range;
    },
    message,
  };
}

/** The map key of a name as written in a statement. */
export function keyOf(dialect: Dialect, name: QualifiedName): string {
  return objectKey(dialect, name.schema?.name, name.name.name);
}

/** The map key of the table or view that a statement means by a name, under the search_path that its file has set. */
export function keyBefore({ before, placed }: HistoryEntry, name: QualifiedName): string {
  return relationKeyIn(before, placed.file, name);
}

/** Whether the statement's table was made earlier in the same migration or script, so that no rows and no clients are there yet. */
export function isNewTable(entry: HistoryEntry, name: QualifiedName): boolean {
  return entry.newTables.has(keyBefore(entry, name));
}

/** The table a statement speaks of, as it stands before the statement runs. */
export function tableBefore(entry: HistoryEntry, name: QualifiedName): Table | undefined {
  return entry.before.tables.get(keyBefore(entry, name));
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A column as it stands after all migrations; undefined when it was dropped or renamed since. */
export function columnAtEnd({ catalog, dialect }: DatabaseFacts, name: QualifiedName, column: string): Column | undefined {
  const table = findTable(catalog, name.schema?.name, name.name.name);
  return table && findColumn(dialect, table, column);
}

/** The statements about a table above an entry in its migration or script, in order. */
export function entriesAboutBefore(database: DatabaseFacts, entry: HistoryEntry, key: string): HistoryEntry[] {
  return entriesAboutBeside(database, entry, key).filter(({ placed }) => placed.statement.start < entry.placed.statement.start);
}

/** Whether the table is new or was emptied earlier in the same migration, so that no row can be in the way. */
export function isEmptyHere(database: DatabaseFacts, entry: HistoryEntry, name: QualifiedName): boolean {
  if (isNewTable(entry, name)) return true;
  const key = keyBefore(entry, name);
  const empties = (one: HistoryEntry): boolean => {
    const { node } = one.placed;
    if (node.kind === 'truncate') return node.tables.some((table) => keyBefore(one, table) === key);
    return node.kind === 'delete' && !node.hasWhere && node.table !== undefined && keyBefore(one, node.table) === key;
  };
  return entriesAboutBefore(database, entry, key).some(empties);
}

/** Whether a validated check of the table says that the column is not null (PostgreSQL 12 and later then skip the scan of SET NOT NULL). */
export function provedNotNull(table: Table, column: string): boolean {
  const wanted = `${column.toLowerCase()} is not null`;
  return table.checks.some((check) => {
    if (!check.validated || check.notEnforced) return false;
    return check.expression.replace(/["()]/g, ' ').toLowerCase().split(/\band\b/).some((part) => part.replace(/\s+/g, ' ').trim() === wanted) && !/\bor\b/i.test(check.expression);
  });
}
