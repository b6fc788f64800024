import { isMySql } from '../../source/dialect.ts';
import type { CreateTable, QualifiedName, TableConstraint } from '../../source/sql/ast.ts';
import { sameName, type Column, type Table } from '../catalog.ts';
import { addConstraints } from './constraints.ts';
import { constraintsOf, newColumn, placeColumn } from './columns.ts';
import { emptyTable, type Draft, type Target } from './draft.ts';
import { inheritFromParent, inheritPartition } from './inheritance.ts';
import { copyLike } from './likes.ts';
import { mergeOptions, optionText } from '../options.ts';
import { partitioningOf } from './partitioning.ts';
import { dropDependents } from './references.ts';

/** CREATE TABLE in all its forms. */
export function createTable(draft: Draft, node: CreateTable): void {
  const target = draft.target(node.name);
  const existing = draft.catalog.tables.get(target.key);
  if (existing?.knowledge === 'known' && node.ifNotExists) return;
  draft.put(buildTable(draft, node, target));
}

function buildTable(draft: Draft, node: CreateTable, target: Target): Table {
  let table: Table = { ...emptyTable(target, draft.origin(node.name.name.range)), ...flagsOf(draft, node) };
  for (const parent of node.inherits) table = inheritFromParent(draft, table, draft.tableOrUnknown(parent));
  if (node.partitionOf) table = partitionColumns(draft, table, node.partitionOf.parent);
  for (const like of node.likes) table = copyLike(draft, table, like);
  table = withColumns(draft, table, node.columns);
  const constraints: TableConstraint[] = [];
  for (const definition of node.columns) constraints.push(...constraintsOf(draft, definition));
  for (const constraint of node.constraints) constraints.push(constraint);
  table = addConstraints(draft, table, constraints.map(onNewTable));
  if (node.partitionOf) table = inheritPartition(draft, table, draft.tableOrUnknown(node.partitionOf.parent), node.partitionOf.bound);
  if (node.asQuery) return fromQuery(draft, table, node.asQuery.text);
  return node.ofType ? { ...table, knowledge: 'unknown' } : table;
}

/** Columns are put into one list for as long as each is new: most tables are made of nothing else. */
function withColumns(draft: Draft, before: Table, definitions: CreateTable['columns']): Table {
  const names = new Set(before.columns.map((column) => draft.bare(column.name)));
  let columns = [...before.columns];
  let table: Table = { ...before, columns };
  for (const definition of definitions) {
    const name = draft.bare(definition.name.name);
    const size = names.size;
    if (names.add(name).size === size) {
      table = definition.type === undefined ? mergeInherited(draft, table, definition) : placeColumn(draft, table, definition);
      columns = [...table.columns];
      table = { ...table, columns };
    } else {
      columns.push(newColumn(draft, table, definition));
    }
  }
  return table;
}

/** An empty table meets every constraint: PostgreSQL takes them for validated there, even where NOT VALID is written. */
function onNewTable(constraint: TableConstraint): TableConstraint {
  return 'notValid' in constraint && constraint.notValid ? { ...constraint, notValid: false } : constraint;
}

/**
 * CREATE TABLE ... AS: names and types of a whole table that is copied; what any other query selects is not followed, so the
 * columns are not all known.
 */
function fromQuery(draft: Draft, table: Table, query: string): Table {
  const copied = /^\(?\s*(?:select\s+\*\s+from|table)\s+((?:(["`]?)\w+\2\s*\.\s*)?(["`]?)(\w+)\3)\s*(?:where\b.*|limit\s+0\s*)?\)?$/is.exec(query.trim());
  const source = copied && copied[1]!.includes('.') === false ? draft.catalog.tables.get(draft.targetOf(draft.currentSchema, nameIn(draft, copied[4]!, copied[3] !== '')).key) : undefined;
  if (source?.knowledge !== 'known') return { ...table, knowledge: 'unknown' };
  const own = new Set(table.columns.map((column) => column.name));
  const columns = source.columns.filter((column) => !own.has(column.name)).map((column): Column => ({
    name: column.name,
    type: column.type,
    // MySQL keeps NOT NULL and defaults, the others do not.
    nullable: isMySql(draft.dialect) ? column.nullable : true,
    ...(isMySql(draft.dialect) && column.default !== undefined && { default: column.default }),
    ...(column.collation !== undefined && { collation: column.collation }),
    origin: table.origin,
  }));
  return { ...table, columns: [...table.columns, ...columns] };
}

function nameIn(draft: Draft, name: string, quoted: boolean): string {
  return draft.dialect === 'postgresql' && !quoted ? name.toLowerCase() : name;
}

function flagsOf(draft: Draft, node: CreateTable): Partial<Table> {
  const flags: { -readonly [K in keyof Table]?: Table[K] } = {};
  if (node.temporary) flags.temporary = true;
  if (node.unlogged) flags.unlogged = true;
  if (node.withoutRowid) flags.withoutRowid = true;
  if (node.strict) flags.strict = true;
  if (node.inherits.length > 0) flags.inherits = node.inherits.map((parent) => draft.lookup('tables', parent).key);
  if (node.partitionBy) flags.partitionBy = partitioningOf(node.partitionBy);
  const comment = node.options.find((option) => option.name.toUpperCase() === 'COMMENT');
  const rest = node.options.filter((option) => option !== comment);
  if (rest.length > 0) flags.options = mergeOptions(draft.dialect, undefined, rest);
  if (comment && isMySql(draft.dialect)) flags.comment = optionText(comment);
  return flags;
}

function partitionColumns(draft: Draft, table: Table, parent: QualifiedName): Table {
  const known = draft.tableOrUnknown(parent);
  return { ...table, knowledge: known.knowledge, columns: known.columns.map((column): Column => ({ ...column, inherited: true })) };
}

/** `c NOT NULL` in a partition: what is written is added to what the parent says. */
function mergeInherited(draft: Draft, table: Table, definition: CreateTable['columns'][number]): Table {
  const made = newColumn(draft, table, definition);
  const columns = table.columns.map((column) => {
    if (!sameName(draft.dialect, column.name, made.name)) return column;
    return { ...column, nullable: column.nullable && made.nullable, ...(made.default !== undefined && { default: made.default }) };
  });
  return { ...table, columns };
}

/** DROP TABLE: the table goes with its sequences; foreign keys to it go where the engine drops them. */
export function dropTable(draft: Draft, name: QualifiedName, cascade: boolean): void {
  const target = draft.lookup('tables', name);
  const table = draft.catalog.tables.get(target.key);
  draft.remove('tables', target.key);
  dropDependents(draft, table ?? emptyTable(target, draft.origin(name.range)), cascade);
}

