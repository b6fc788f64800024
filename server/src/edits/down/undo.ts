import type { HistoryEntry } from '../../project/facts.ts';
import { findColumn, findTable, objectKey, type Catalog, type Sequence, type Table, type View } from '../../schema/catalog.ts';
import { identifiersIn } from '../../schema/expressions.ts';
import { catalogOf } from '../../schema/newCatalog.ts';
import { diffCatalogs } from '../../schema/diff.ts';
import { quoteIdentifier, quoteString, renderName } from '../../schema/quote.ts';
import { isPlainSerial } from '../../schema/render/table.ts';
import { isMySql, type Dialect } from '../../source/dialect.ts';
import { changedKeys } from './compare.ts';
import { undoData, type Copies } from './data.ts';
import { restoreEnums } from './enums.ts';
import { droppedTableLoss } from './losses.ts';
import { restoreMySqlTable } from './mysql.ts';
import { creationOf, doubtStars, dropRoutine, hasPartition, dropView, missing, restoreDomains, restoreRoutines, restoreSequences, restoreViews, surplus } from './objects.ts';
import { restoreTable, type TablePhases } from './postgresql.ts';
import { countOn, type TableChange } from './postgresqlColumns.ts';
import { undoRenames } from './renames.ts';
import type { DownPiece, Loss } from './script.ts';
import { restoreSqliteTable } from './sqlite.ts';
import { undoOnUnknown } from './unknown.ts';
import { noteUntracked } from './untracked.ts';
import type { Work } from './work.ts';

const maps = ['schemas', 'extensions', 'tables', 'enums', 'domains', 'types', 'sequences', 'views', 'routines'] as const;

/** Writes the inverse of one statement of the history, given that `work.current` is the schema right after it. */
export function undoEntry(work: Work, entry: HistoryEntry, copies: Copies): void {
  const changed = maps.some((map) => changedKeys<unknown>(entry.before[map], entry.after[map]).length > 0);
  if (changed) undoSchema(work, entry, copies);
  else if (speaksOfUnknown(entry)) undoOnUnknown(work, entry);
  undoData(work, entry, copies);
  noteUntracked(work, entry, changed);
}

/** Whether a statement alters a table of which too little is known for its effect to be seen. */
function speaksOfUnknown({ placed: { node }, after }: HistoryEntry): boolean {
  return node.kind === 'alterTable' && findTable(after, node.name.schema?.name, node.name.name.name)?.knowledge === 'unknown';
}

/** Undoes what changed in the catalog: names first, then what has to go, then what comes back, then what binds it together. */
function undoSchema(work: Work, entry: HistoryEntry, copies: Copies): void {
  undoRenames(work, entry);
  const { dialect } = work;
  for (const key of surplus(work, entry, 'views').reverse()) work.add({ sql: dropView(dialect, work.current.views.get(key)!) });
  const changes = tableChanges(work, entry);
  const phases = changes.map((change) => phasesOf(work, change));
  for (const { release } of phases) addAll(work, release);
  dropTables(work, entry);
  createMissing(work, entry, copies);
  restoreEnums(work, entry);
  restoreDomains(work, entry);
  for (const { shape } of phases) addAll(work, shape);
  for (const change of dialect === 'sqlite' ? changes : []) if (!goesAnyway(work, change)) restoreSqliteTable(work, change);
  for (const { bind } of phases) addAll(work, bind);
  restoreSequences(work, entry);
  restoreRoutines(work, entry);
  restoreViews(work, entry);
  dropRest(work, entry);
}

function addAll(work: Work, pieces: readonly DownPiece[]): void {
  for (const piece of pieces) work.add(piece);
}

function phasesOf(work: Work, change: TableChange): TablePhases {
  if (work.dialect === 'postgresql') return restoreTable(work, change);
  const phases = isMySql(work.dialect) ? restoreMySqlTable(work, change) : { release: [], shape: [], bind: [] };
  return goesAnyway(work, change) ? { ...phases, shape: [], bind: [] } : phases;
}

/** Whether the step made the table, so that what else it did to it goes with the table. */
function goesAnyway(work: Work, { key }: TableChange): boolean {
  return work.brief && !work.step.before.tables.has(key);
}

/** Tables on both sides of the statement that it changed; those of which nothing is known are undone from the statement alone. */
function tableChanges(work: Work, entry: HistoryEntry): TableChange[] {
  const changes: TableChange[] = [];
  for (const key of changedKeys(entry.before.tables, entry.after.tables)) {
    const target = entry.before.tables.get(key);
    const current = work.current.tables.get(key);
    // What hangs on a temporary table goes with its session, as the table does.
    if ((current ?? target)?.temporary) continue;
    if (isUnknown(entry, key) && !isFollowed(entry, current, target)) undoOnUnknown(work, entry);
    else if (current && target && differs(work.dialect, key, current, target)) changes.push({ key, current, target, entry });
  }
  return changes;
}

/** Whether two states of a table mean different schemas; how an expression is spelled does not count. */
export function differs(dialect: Dialect, key: string, current: Table, target: Table): boolean {
  const alone = (table: Table): Catalog => catalogOf(dialect, { tables: new Map([[key, table]]) });
  return diffCatalogs(alone(current), alone(target)).length > 0;
}

/** Whether all that a statement did to a table that is not fully known is seen in the catalog. */
function isFollowed(entry: HistoryEntry, current: Table | undefined, target: Table | undefined): boolean {
  const { node } = entry.placed;
  const single = node.kind !== 'alterTable' || node.actions.length === 1;
  return single && current !== undefined && target !== undefined && differs(entry.before.dialect, '', current, target);
}

function isUnknown(entry: HistoryEntry, key: string): boolean {
  const table = entry.before.tables.get(key) ?? entry.after.tables.get(key);
  // CREATE VIRTUAL TABLE makes a table of which only the columns are the module's business.
  if (table?.virtual && !entry.before.tables.has(key)) return false;
  return table?.knowledge === 'unknown' && entry.placed.node.kind !== 'createTable' && entry.placed.node.kind !== 'drop';
}

function dropTables(work: Work, entry: HistoryEntry): void {
  for (const key of changedKeys(entry.before.tables, entry.after.tables).reverse()) {
    const table = work.current.tables.get(key);
    if (!table || table.temporary || entry.before.tables.has(key) || isUnknown(entry, key)) continue;
    work.add({ sql: `DROP TABLE ${renderName(work.dialect, table.schema, table.name)}` });
  }
}

/** Makes again, in one go and in their own order, all objects that the statement took away. */
function createMissing(work: Work, entry: HistoryEntry, copies: Copies): void {
  const tables = missingTables(work, entry);
  const sequences = missingSequences(work, entry);
  const parts = {
    tables, sequences,
    schemas: missing(work, entry, 'schemas'), extensions: missing(work, entry, 'extensions'), enums: missing(work, entry, 'enums'),
    domains: missing(work, entry, 'domains'), types: missing(work, entry, 'types'), views: lasting(entry, missing(work, entry, 'views')), routines: missing(work, entry, 'routines'),
  };
  const losses: Loss[] = [...tables.values()].filter((table) => losesRows(work, entry, table, copies)).map(droppedTableLoss);
  for (const sequence of sequences.values()) {
    if (!sequence.serial && !sequence.ownedBy && work.step.before.sequences.has(objectKey(work.dialect, sequence.schema, sequence.name))) losses.push({ what: `the current value of sequence ${sequence.name}`, why: 'dropped with the sequence' });
  }
  doubtStars(work, parts.views.values());
  creationOf(work.dialect, parts).forEach((sql, index) => work.add(index === 0 ? { sql, losses } : { sql }));
  for (const { schema, name, ownedBy } of sequences.values()) {
    const owner = ownedBy && work.current.tables.get(objectKey(work.dialect, ownedBy.schema, ownedBy.table));
    if (ownedBy && owner && !tables.has(objectKey(work.dialect, owner.schema, owner.name))) {
      work.add({ sql: countOn(quoteString(work.dialect, renderName(work.dialect, schema, name)), owner, ownedBy.column) });
    }
  }
}

/** Views that outlive their session; one over a temporary table does not (PostgreSQL, CREATE VIEW). */
function lasting({ before }: HistoryEntry, views: ReadonlyMap<string, View>): ReadonlyMap<string, View> {
  const isTemporary = ({ temporary, query }: View) => temporary === true || [...identifiersIn(before.dialect, query)].some((name) => findTable(before, undefined, name)?.temporary);
  return new Map([...views].filter(([, view]) => !isTemporary(view)));
}

/**
 * Sequences that the statement took away. One that comes back with its SERIAL or identity column is left out; one whose owner is not there
 * yet is made without it, and given to it later.
 */
function missingSequences(work: Work, entry: HistoryEntry): ReadonlyMap<string, Sequence> {
  const sequences = new Map<string, Sequence>();
  for (const [key, sequence] of missing(work, entry, 'sequences')) {
    const owner = sequence.ownedBy;
    const table = owner && work.current.tables.get(objectKey(work.dialect, owner.schema, owner.table));
    const old = owner && entry.before.tables.get(objectKey(work.dialect, owner.schema, owner.table));
    const column = old?.columns.find(({ name }) => name === owner?.column);
    if (sequence.identity && table) continue;
    if (!table || !owner || !old || findColumn(work.dialect, table, owner.column)) sequences.set(key, sequence);
    else if (!column?.autoIncrement || column.nullable || !isPlainSerial(old, column, sequence)) sequences.set(key, { ...sequence, ownedBy: undefined, serial: undefined });
  }
  return sequences;
}

function missingTables(work: Work, entry: HistoryEntry): ReadonlyMap<string, Table> {
  const keys = changedKeys(entry.before.tables, entry.after.tables).filter((key) => entry.before.tables.has(key) && !work.current.tables.has(key));
  const tables = new Map<string, Table>();
  for (const key of keys) {
    const table = entry.before.tables.get(key)!;
    if (table.temporary) continue;
    if (table.knowledge === 'unknown' && !table.virtual) work.gap(`the drop of ${table.name}, whose definition the history does not hold`);
    else tables.set(key, table);
    if (table.partitionBy && !hasPartition(entry.before, table)) work.gap(`the partitions of ${table.name}, which the history does not make`);
  }
  return tables;
}

/** Rows are lost unless the migration made the table itself, or carried its rows over to another table. */
function losesRows(work: Work, entry: HistoryEntry, table: Table, copies: Copies): boolean {
  if (entry.newTables.has(objectKey(work.dialect, table.schema, table.name))) return false;
  return ![...copies.tables.values()].some(({ source }) => source.name === table.name && source.schema === table.schema);
}

/** Drops what the statement made besides tables, views, and what hangs on tables. */
function dropRest(work: Work, entry: HistoryEntry): void {
  const { dialect } = work;
  for (const key of surplus(work, entry, 'routines').reverse()) work.add({ sql: dropRoutine(dialect, work.current.routines.get(key)!) });
  for (const key of surplus(work, entry, 'sequences')) {
    const sequence = work.current.sequences.get(key)!;
    if (!sequence.serial && !sequence.identity) work.add({ sql: `DROP SEQUENCE ${renderName(dialect, sequence.schema, sequence.name)}` });
  }
  for (const kind of ['domains', 'types', 'enums'] as const) {
    for (const key of surplus(work, entry, kind).reverse()) {
      const { schema, name } = work.current[kind].get(key)!;
      work.add({ sql: `DROP ${kind === 'domains' ? 'DOMAIN' : 'TYPE'} ${renderName(dialect, schema, name)}` });
    }
  }
  for (const name of surplus(work, entry, 'extensions').reverse()) work.add({ sql: `DROP EXTENSION ${quoteIdentifier(dialect, name)}` });
  for (const name of surplus(work, entry, 'schemas').reverse()) work.add({ sql: `DROP SCHEMA ${quoteIdentifier(dialect, name)}` });
}
