import { isMySql, type Dialect } from '../source/dialect.ts';
import { objectKey, type Catalog, type ForeignKey, type Sequence, type Table } from './catalog.ts';
import { creationOrder, type CatalogObject } from './render/order.ts';
import { quoteIdentifier, quoteString, renderName } from './quote.ts';
import {
  renderCheck,
  renderDomain,
  renderEnum,
  renderForeignKey,
  renderIndex,
  renderPolicy,
  renderSequence,
  renderSequenceOwner,
  renderUnique,
  renderView,
} from './render/pieces.ts';
import { isPlainSerial, renderTable, repeatsPrimaryKey, standingAlone } from './render/table.ts';
import { argumentTypes } from './routines.ts';
import { sequenceOfDefault } from './sequences.ts';

export { quoteIdentifier, renderName } from './quote.ts';
export * from './render/pieces.ts';
export { renderTable } from './render/table.ts';

/**
 * Statements, without terminators, that make the schema on a fresh engine, in an order that works: what an object speaks of
 * comes before it, foreign keys to later tables, owners of sequences, triggers and policies come last.
 */
export function renderCatalog(catalog: Catalog): string[] {
  const { dialect } = catalog;
  const ordered = creationOrder(catalog);
  const made = new Set<string>();
  const statements: string[] = [];
  for (const schema of catalog.schemas.keys()) if (schema !== 'public') statements.push(`CREATE SCHEMA ${quoteIdentifier(dialect, schema)}`);
  for (const extension of catalog.extensions.keys()) statements.push(`CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(dialect, extension)}`);
  const later: { table: Table; key: ForeignKey }[] = [];
  for (const object of ordered) {
    if (object.kind === 'table') {
      const postponed = postponedKeys(catalog, object.value, made);
      later.push(...[...postponed].map((key) => ({ table: object.value, key })));
      statements.push(...tableStatements(catalog, object.value, postponed));
      made.add(object.key);
    } else statements.push(...objectStatements(catalog, object));
  }
  for (const { table, key } of later) statements.push(`ALTER TABLE ${renderName(dialect, table.schema, table.name)} ADD ${renderForeignKey(dialect, key)}`);
  return [...statements, ...closingStatements(catalog)];
}

/** The schema as one script; triggers and routines of MySQL are set apart by DELIMITER. */
export function renderScript(catalog: Catalog): string {
  return renderCatalog(catalog)
    .map((sql) => terminated(catalog.dialect, sql))
    .join('\n');
}

/** A statement with what ends it in a script; what holds semicolons of its own is set apart for the clients of MySQL. */
export function terminated(dialect: Dialect, sql: string): string {
  const text = sql.replace(/;?\s*$/, '');
  return isMySql(dialect) && text.includes(';') ? `DELIMITER //\n${text}//\nDELIMITER ;\n` : `${text};\n`;
}

/** Foreign keys that cannot stand in CREATE TABLE: their table is made later, or they are not validated. SQLite has no other place for them. */
function postponedKeys(catalog: Catalog, table: Table, made: ReadonlySet<string>): Set<ForeignKey> {
  if (catalog.dialect === 'sqlite') return new Set();
  const own = objectKey(catalog.dialect, table.schema, table.name);
  return new Set(
    table.foreignKeys.filter((key) => {
      const target = objectKey(catalog.dialect, key.references.schema, key.references.table);
      return !key.inherited && ((target !== own && catalog.tables.has(target) && !made.has(target)) || !key.validated);
    }),
  );
}

function tableStatements(catalog: Catalog, made: Table, later: ReadonlySet<ForeignKey>): string[] {
  const { dialect } = catalog;
  const table = made.partitionOf?.attached ? standingAlone(made) : made;
  const name = renderName(dialect, table.schema, table.name);
  const statements = [renderTable(dialect, table, { later, sequences: sequencesOf(catalog, table) })];
  statements.push(...laterConstraints(dialect, table).map((constraint) => `ALTER TABLE ${name} ADD ${constraint}`));
  if (!isMySql(dialect)) for (const index of table.indexes) if (!index.inherited) statements.push(renderIndex(dialect, table, index), ...commentOf(dialect, 'INDEX', table.schema, index));
  if (made.partitionOf && !made.partitionOf.attached) statements.push(...ownColumnSettings(catalog, made));
  if (made.partitionOf?.attached) {
    const parent = renderName(dialect, made.partitionOf.schema, made.partitionOf.table);
    statements.push(`ALTER TABLE ${parent} ATTACH PARTITION ${name} ${made.partitionOf.bound}`);
  }
  if (dialect === 'postgresql') statements.push(...commentsOf(dialect, table));
  return statements;
}

/** The sequences that belong to columns of a table. */
function sequencesOf({ dialect, sequences }: Catalog, { schema, name }: Table): Sequence[] {
  return [...sequences.keysBy('owner', objectKey(dialect, schema, name))].map((key) => sequences.get(key)!);
}

/** What a partition says of the columns it has from its parent that the parent does not say. */
function ownColumnSettings({ dialect, tables }: Catalog, table: Table): string[] {
  const parent = tables.get(objectKey(dialect, table.partitionOf!.schema, table.partitionOf!.table));
  const alter = (column: string, what: string) => `ALTER TABLE ONLY ${renderName(dialect, table.schema, table.name)} ALTER COLUMN ${quoteIdentifier(dialect, column)} ${what}`;
  const inKey = (column: string) => table.primaryKey?.columns.includes(column) === true;
  return table.columns.flatMap((column) => {
    const other = column.inherited ? parent?.columns.find(({ name }) => name === column.name) : undefined;
    if (!other) return [];
    const nullable = column.nullable === other.nullable || inKey(column.name) ? [] : [alter(column.name, column.nullable ? 'DROP NOT NULL' : 'SET NOT NULL')];
    const fallback = column.default === other.default || column.generated ? [] : [alter(column.name, column.default === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${column.default}`)];
    return [...nullable, ...fallback];
  });
}

/** Constraints that CREATE TABLE would take in another sense than meant: merged with the primary key, or validated. */
function laterConstraints(dialect: Dialect, table: Table): string[] {
  if (dialect !== 'postgresql') return [];
  return [
    ...table.uniques.filter((key) => repeatsPrimaryKey(dialect, table, key)).map((key) => renderUnique(dialect, key)),
    ...table.checks.filter((check) => !check.validated && !check.inherited).map((check) => renderCheck(dialect, check)),
  ];
}

function commentsOf(dialect: Dialect, table: Table): string[] {
  const name = renderName(dialect, table.schema, table.name);
  const statements = table.comment === undefined ? [] : [`COMMENT ON TABLE ${name} IS ${quoteString(dialect, table.comment)}`];
  for (const { name: column, comment } of table.columns) {
    if (comment !== undefined) statements.push(`COMMENT ON COLUMN ${name}.${quoteIdentifier(dialect, column)} IS ${quoteString(dialect, comment)}`);
  }
  return statements;
}

/** COMMENT ON an object of its own name; none when it has no comment. */
function commentOf(dialect: Dialect, what: string, schema: string | undefined, { name, comment }: { readonly name: string; readonly comment?: string }, suffix = ''): string[] {
  return comment === undefined || dialect !== 'postgresql' ? [] : [`COMMENT ON ${what} ${renderName(dialect, schema, name)}${suffix} IS ${quoteString(dialect, comment)}`];
}

function objectStatements(catalog: Catalog, object: Exclude<CatalogObject, { kind: 'table' }>): string[] {
  const { dialect } = catalog;
  const { value } = object;
  switch (object.kind) {
    case 'enum':
      return [renderEnum(dialect, object.value), ...commentOf(dialect, 'TYPE', value.schema, object.value)];
    case 'domain':
      return [renderDomain(dialect, object.value), ...commentOf(dialect, 'DOMAIN', value.schema, object.value)];
    case 'type':
      return [object.value.text, ...commentOf(dialect, 'TYPE', value.schema, object.value)];
    case 'routine':
      return [object.value.text, ...commentOf(dialect, 'ROUTINE', value.schema, object.value, `(${argumentTypes(object.value.argumentsText).join(', ')})`)];
    case 'sequence':
      return [...(comesWithColumn(catalog, object.key) ? [] : [renderSequence(dialect, object.value)]), ...commentOf(dialect, 'SEQUENCE', value.schema, object.value)];
    case 'view': {
      const what = `${object.value.materialized ? 'MATERIALIZED ' : ''}VIEW`;
      const indexes = object.value.indexes.flatMap((index) => [renderIndex(dialect, value, index), ...commentOf(dialect, 'INDEX', value.schema, index)]);
      return [renderView(dialect, object.value), ...indexes, ...commentOf(dialect, what, value.schema, object.value)];
    }
  }
}

/** Whether the sequence comes with a column that is written as SERIAL or IDENTITY. */
function comesWithColumn(catalog: Catalog, key: string): boolean {
  const sequence = catalog.sequences.get(key)!;
  if (sequence.identity) return true;
  const owner = sequence.ownedBy;
  const table = owner && catalog.tables.get(objectKey(catalog.dialect, owner.schema, owner.table));
  const column = table?.columns.find((candidate) => candidate.name === owner!.column);
  if (!table || !column?.autoIncrement || column.nullable) return false;
  return sequenceOfDefault(column.default ?? '')?.name === sequence.name && isPlainSerial(table, column, sequence);
}

function closingStatements(catalog: Catalog): string[] {
  const { dialect } = catalog;
  const statements: string[] = [...catalog.views.values()].flatMap((view) => (view.triggers ?? []).map(({ text }) => text));
  for (const [key, sequence] of catalog.sequences) {
    const owner = sequence.temporary || comesWithColumn(catalog, key) ? undefined : renderSequenceOwner(dialect, sequence);
    if (owner) statements.push(owner);
  }
  for (const table of catalog.tables.values()) {
    if (table.knowledge === 'unknown' || table.temporary) continue;
    const name = renderName(dialect, table.schema, table.name);
    for (const trigger of table.triggers) {
      statements.push(trigger.text);
      if (trigger.fires) statements.push(`ALTER TABLE ${name} ENABLE ${trigger.fires.toUpperCase()} TRIGGER ${quoteIdentifier(dialect, trigger.name)}`);
      if (trigger.enabled === false) statements.push(`ALTER TABLE ${name} DISABLE TRIGGER ${quoteIdentifier(dialect, trigger.name)}`);
    }
    if (table.rowSecurity?.enabled) statements.push(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`);
    if (table.rowSecurity?.forced) statements.push(`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`);
    for (const policy of table.policies) statements.push(renderPolicy(dialect, table, policy));
  }
  return statements;
}
