import { isMySql, type Dialect } from '../../source/dialect.ts';
import { sameName, type Column, type ForeignKey, type Index, type Key, type Sequence, type Table } from '../catalog.ts';
import { detachPartition } from '../apply/inheritance.ts';
import { postgresName } from '../names.ts';
import { splitOptions } from '../options.ts';
import { quoteIdentifier, quoteString, renderName } from '../quote.ts';
import { assignment, renderCheck, renderColumn, renderColumnKey, renderForeignKey, renderParts, renderPrimaryKey, renderUnique } from './pieces.ts';
import { sequenceOfDefault } from '../sequences.ts';

/** What CREATE TABLE leaves to statements of its own. */
export interface TableRendering {
  /** Foreign keys that are added later, because they point at a table that is made later. */
  readonly later?: ReadonlySet<ForeignKey>;
  /** Sequences that belong to the table: a counting column is written as SERIAL only when its sequence is what SERIAL would make. */
  readonly sequences?: readonly Sequence[];
}

/** CREATE TABLE with everything that can stand inside it, without a terminator. Indexes of PostgreSQL and SQLite are statements of their own. */
export function renderTable(dialect: Dialect, table: Table, rendering: TableRendering = {}): string {
  if (table.partitionOf?.attached) return renderTable(dialect, standingAlone(table), rendering);
  if (table.virtual) return virtualTable(dialect, table, table.virtual);
  const elements = [...columnsOf(dialect, table, rendering), ...constraintsOf(dialect, table, rendering)];
  const kind = `CREATE ${table.temporary ? 'TEMPORARY ' : ''}${table.unlogged ? 'UNLOGGED ' : ''}TABLE ${renderName(dialect, table.schema, table.name)}`;
  const body = elements.length > 0 ? ` (\n${elements.map((element) => `  ${element}`).join(',\n')}\n)` : ' ()';
  if (table.partitionOf) {
    const parent = renderName(dialect, table.partitionOf.schema, table.partitionOf.table);
    return [`${kind} PARTITION OF ${parent}${elements.length > 0 ? body : ''}`, `  ${table.partitionOf.bound}`, ...trailers(dialect, table)].join('\n');
  }
  return [kind + body, ...trailers(dialect, table)].join(isMySql(dialect) || dialect === 'sqlite' ? ' ' : '\n');
}

function virtualTable(dialect: Dialect, { schema, name }: Table, { module, arguments: list }: NonNullable<Table['virtual']>): string {
  return `CREATE VIRTUAL TABLE ${renderName(dialect, schema, name)} USING ${quoteIdentifier(dialect, module)}${list ? `(${list.join(', ')})` : ''}`;
}

/** An attached partition as the table it was before: everything but the parent's foreign keys is its own. */
export function standingAlone(table: Table): Table {
  return { ...detachPartition(table), foreignKeys: table.foreignKeys.filter((key) => !key.inherited) };
}

function columnsOf(dialect: Dialect, table: Table, rendering: TableRendering): string[] {
  const own = table.partitionOf || table.inherits ? table.columns.filter((column) => !column.inherited) : table.columns;
  return own.map((column) => renderTableColumn(dialect, table, withSequenceName(dialect, table, plainUnlessSerial(dialect, table, column, rendering.sequences), rendering.sequences)));
}

/** Whether writing SERIAL makes the sequence that the column counts with. */
export function isPlainSerial(table: Table, column: Column, sequence: Sequence): boolean {
  const owner = sequence.ownedBy;
  const options = column.type === 'bigint' ? '' : `AS ${column.type}`;
  return (
    owner !== undefined &&
    owner.table === table.name &&
    owner.schema === table.schema &&
    owner.column === column.name &&
    sequence.schema === table.schema &&
    sequence.name === postgresName(table.name, column.name, 'seq') &&
    sequence.options === options
  );
}

function plainUnlessSerial(dialect: Dialect, table: Table, column: Column, sequences: readonly Sequence[] | undefined): Column {
  if (dialect !== 'postgresql' || !column.autoIncrement || !sequences) return column;
  const wanted = sequenceOfDefault(column.default ?? '')?.name;
  const sequence = sequences.find(({ name, ownedBy }) => name === wanted && ownedBy?.table === table.name && ownedBy.schema === table.schema);
  return sequence && isPlainSerial(table, column, sequence) && !column.nullable ? column : { ...column, autoIncrement: undefined };
}

/** The identity column with the name of its sequence among its options, where that is not the one it would get. */
function withSequenceName(dialect: Dialect, table: Table, column: Column, sequences: readonly Sequence[] = []): Column {
  if (column.identity === undefined) return column;
  const counts = ({ identity, ownedBy }: Sequence) => identity && ownedBy?.table === table.name && ownedBy.schema === table.schema && ownedBy.column === column.name;
  const sequence = sequences.find(counts);
  if (!sequence || (sequence.schema === table.schema && sequence.name === postgresName(table.name, column.name, 'seq'))) return column;
  const name = `SEQUENCE NAME ${renderName(dialect, sequence.schema ?? 'public', sequence.name)}`;
  return { ...column, identityOptions: column.identityOptions === undefined ? name : `${name} ${column.identityOptions}` };
}

/** A lone column's key under the name the engine would choose stands beside the column. */
function standsInline(dialect: Dialect, table: Table, key: Key | undefined, label: 'pkey' | 'key'): key is Key {
  if (!key || key.inherited || key.columns.length !== 1 || key.include?.length || key.deferrable || key.nullsNotDistinct) return false;
  if (dialect === 'postgresql') return key.name === postgresName(table.name, label === 'pkey' ? undefined : key.columns[0], label);
  if (isMySql(dialect)) return label === 'pkey' && key.options === undefined;
  return key.notRowId === true || (key.name === undefined && key.sorting === undefined);
}

/** PostgreSQL merges a unique key with a primary key of the same columns when one CREATE TABLE says both; such a key is added later. */
export function repeatsPrimaryKey(dialect: Dialect, table: Table, key: Key): boolean {
  return dialect === 'postgresql' && !key.inherited && table.primaryKey !== undefined && key.columns.join('\0') === table.primaryKey.columns.join('\0');
}

function renderTableColumn(dialect: Dialect, table: Table, column: Column): string {
  const isColumn = (key: Key | undefined) => key !== undefined && sameName(dialect, key.columns[0], column.name);
  const primary = standsInline(dialect, table, table.primaryKey, 'pkey') && isColumn(table.primaryKey);
  const unique = table.uniques.some((key) => standsInline(dialect, table, key, 'key') && isColumn(key) && !repeatsPrimaryKey(dialect, table, key));
  const nullUnlessSaid = dialect === 'sqlite' && (!/^integer$/i.test(column.type) || table.primaryKey?.notRowId);
  const implied = primary && column.notNullName === undefined && !nullUnlessSaid && !isMySql(dialect);
  const check = dialect === 'mariadb' ? table.checks.find((candidate) => sameName(dialect, candidate.name, column.name)) : undefined;
  const text = renderColumn(dialect, implied ? { ...column, nullable: true } : column);
  const parts = [text];
  if (primary) parts.push(renderColumnKey(dialect, table.primaryKey!, isCounted(dialect, table, table.primaryKey!)));
  if (unique) parts.push('UNIQUE');
  if (check) parts.push(`CHECK (${check.expression})`);
  return parts.join(' ');
}

function constraintsOf(dialect: Dialect, table: Table, { later }: TableRendering): string[] {
  const own = <T extends { readonly inherited?: boolean }>(items: readonly T[]) => items.filter((item) => !item.inherited);
  const { primaryKey } = table;
  const elements: string[] = [];
  if (primaryKey && !primaryKey.inherited && !standsInline(dialect, table, primaryKey, 'pkey')) elements.push(renderPrimaryKey(dialect, primaryKey, isCounted(dialect, table, primaryKey)));
  for (const key of own(table.uniques)) if (!standsInline(dialect, table, key, 'key') && !repeatsPrimaryKey(dialect, table, key)) elements.push(renderUnique(dialect, key));
  if (isMySql(dialect)) elements.push(...table.indexes.map((index) => renderKey(dialect, index)));
  const isColumnCheck = (name: string | undefined) => dialect === 'mariadb' && table.columns.some((column) => sameName(dialect, column.name, name));
  for (const check of own(table.checks)) if (!isColumnCheck(check.name) && (check.validated || dialect !== 'postgresql')) elements.push(renderCheck(dialect, check));
  for (const { name, text } of table.exclusions) elements.push(name === undefined ? text : `CONSTRAINT ${quoteIdentifier(dialect, name)} ${text}`);
  for (const key of own(table.foreignKeys)) if (!later?.has(key)) elements.push(renderForeignKey(dialect, { ...key, validated: true }));
  return elements;
}

/** Whether AUTOINCREMENT of SQLite belongs to the key. */
function isCounted(dialect: Dialect, table: Table, { columns }: Key): boolean {
  return dialect === 'sqlite' && table.columns.some(({ name, autoIncrement }) => autoIncrement && columns.length === 1 && sameName(dialect, name, columns[0]));
}

/** A key of MySQL as it stands in CREATE TABLE, or behind ADD. */
export function renderKey(dialect: Dialect, index: Index): string {
  const kind = index.special?.toUpperCase() ?? (index.unique ? 'UNIQUE' : '');
  const method = index.method !== 'btree' && !index.special ? ` USING ${index.method.toUpperCase()}` : '';
  const options = splitOptions(index.options).map(({ name, value }) => ` ${name}${value === '' ? '' : ` ${value}`}`).join('');
  return `${kind === '' ? '' : `${kind} `}KEY ${quoteIdentifier(dialect, index.name)} ${renderParts(dialect, index.parts)}${method}${options}`;
}

/** What follows the closing bracket. */
function trailers(dialect: Dialect, table: Table): string[] {
  const parts: string[] = [];
  const options = splitOptions(table.options);
  if (isMySql(dialect)) {
    parts.push(...options.map(({ name, value }) => (value === '' ? name : `${name === 'CHARSET' ? 'DEFAULT CHARSET' : name}=${value}`)));
    if (table.comment !== undefined) parts.push(`COMMENT=${quoteString(dialect, table.comment)}`);
    if (table.partitionBy) parts.push(table.partitionBy.text);
    return parts;
  }
  if (dialect === 'sqlite') {
    const words = [table.withoutRowid && 'WITHOUT ROWID', table.strict && 'STRICT'].filter((word) => word);
    return words.length > 0 ? [words.join(', ')] : [];
  }
  const parentName = (key: string) => key.split('.').map((part) => quoteIdentifier(dialect, part)).join('.');
  if (table.inherits && table.inherits.length > 0) parts.push(`INHERITS (${table.inherits.map(parentName).join(', ')})`);
  if (table.partitionBy) parts.push(table.partitionBy.text);
  const parameters = options.filter(({ name }) => name === name.toLowerCase());
  if (parameters.length > 0) parts.push(`WITH (${parameters.map(assignment).join(', ')})`);
  for (const { name, value } of options) if (['TABLESPACE', 'USING', 'ON COMMIT'].includes(name)) parts.push(`${name} ${value}`);
  return parts;
}
