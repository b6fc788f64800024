import { isMySql, type Dialect } from '../../source/dialect.ts';
import type { Check, Column, Domain, EnumType, ForeignKey, Index, Key, KeyPart, Policy, Sequence, Table, View } from '../catalog.ts';
import { splitOptions } from '../options.ts';
import { quoteIdentifier, quoteList, quoteString, renderName } from '../quote.ts';

const serialNames: Readonly<Record<string, string>> = { smallint: 'smallserial', integer: 'serial', bigint: 'bigserial' };

function joined(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');
}

/** A column as it is written in CREATE TABLE and after ADD COLUMN, without the keys it takes part in. */
export function renderColumn(dialect: Dialect, column: Column): string {
  if (isMySql(dialect)) return renderMySqlColumn(dialect, column);
  const serial = dialect === 'postgresql' && column.autoIncrement ? serialNames[column.type] : undefined;
  const generated = column.generated && `GENERATED ALWAYS AS (${column.generated.expression}) ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`;
  return joined(
    quoteIdentifier(dialect, column.name),
    serial ?? column.type,
    column.collation !== undefined && `COLLATE ${collationName(dialect, column.collation)}`,
    generated,
    column.identity && `GENERATED ${column.identity.toUpperCase()} AS IDENTITY${column.identityOptions === undefined ? '' : ` (${column.identityOptions})`}`,
    !column.nullable && !serial && !column.identity && joined(column.notNullName !== undefined && `CONSTRAINT ${quoteIdentifier(dialect, column.notNullName)}`, 'NOT NULL'),
    column.default !== undefined && !serial && `DEFAULT ${column.default}`,
  );
}

/** Collations are identifiers; what was written with its schema or quotes stays so. */
function collationName(dialect: Dialect, collation: string): string {
  if (dialect !== 'postgresql' || /["]/.test(collation)) return collation;
  return collation.split('.').map((part) => quoteIdentifier(dialect, part)).join('.');
}

function renderMySqlColumn(dialect: Dialect, column: Column): string {
  const generated = column.generated && `GENERATED ALWAYS AS (${column.generated.expression}) ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`;
  const nullable = column.nullable ? /^timestamp\b/.test(column.type) && 'NULL' : 'NOT NULL';
  return joined(
    quoteIdentifier(dialect, column.name),
    column.type,
    column.characterSet !== undefined && `CHARACTER SET ${column.characterSet}`,
    column.collation !== undefined && `COLLATE ${column.collation}`,
    generated,
    !(generated && dialect === 'mariadb') && nullable,
    column.default !== undefined && `DEFAULT ${column.default}`,
    column.onUpdate !== undefined && `ON UPDATE ${column.onUpdate}`,
    column.autoIncrement && 'AUTO_INCREMENT',
    column.comment !== undefined && `COMMENT ${quoteString(dialect, column.comment)}`,
  );
}

function named(dialect: Dialect, name: string | undefined, clause: string): string {
  return name === undefined ? clause : `CONSTRAINT ${quoteIdentifier(dialect, name)} ${clause}`;
}

function deferral(constraint: { readonly deferrable?: boolean; readonly initiallyDeferred?: boolean }): string {
  if (constraint.initiallyDeferred) return 'DEFERRABLE INITIALLY DEFERRED';
  return constraint.deferrable ? 'DEFERRABLE' : '';
}

function keyColumns(dialect: Dialect, key: Key, counted = false): string {
  const columns = key.sorting ? key.columns.map((column, i) => renderPart(dialect, { column, ...key.sorting![i]! })).join(', ') : quoteList(dialect, key.columns);
  return joined(`(${columns}${counted ? ' AUTOINCREMENT' : ''}${key.withoutOverlaps ? ' WITHOUT OVERLAPS' : ''})`, ...indexOptions(dialect, key.options), key.include !== undefined && `INCLUDE (${quoteList(dialect, key.include)})`, deferral(key));
}

/** `CONSTRAINT name PRIMARY KEY (a, b)`; `counted`: SQLite counts its lone column with AUTOINCREMENT. */
export function renderPrimaryKey(dialect: Dialect, key: Key, counted = false): string {
  return named(dialect, isMySql(dialect) ? undefined : key.name, `PRIMARY KEY ${keyColumns(dialect, key, counted)}`);
}

/** A primary key as it stands after its lone column: `PRIMARY KEY`. */
export function renderColumnKey(dialect: Dialect, { name, notRowId }: Key, counted: boolean): string {
  const words = joined('PRIMARY KEY', notRowId && 'DESC', counted && 'AUTOINCREMENT');
  return notRowId ? named(dialect, name, words) : words;
}

/** `CONSTRAINT name UNIQUE (a, b)`; on MySQL `UNIQUE KEY name (a, b)`. */
export function renderUnique(dialect: Dialect, key: Key): string {
  if (isMySql(dialect)) return joined('UNIQUE KEY', key.name !== undefined && quoteIdentifier(dialect, key.name), keyColumns(dialect, key));
  return named(dialect, key.name, joined('UNIQUE', key.nullsNotDistinct && 'NULLS NOT DISTINCT', keyColumns(dialect, key)));
}

/** `CONSTRAINT name FOREIGN KEY (a) REFERENCES t (b) ON DELETE CASCADE`, as in CREATE TABLE and after ADD. */
export function renderForeignKey(dialect: Dialect, key: ForeignKey): string {
  return named(dialect, key.name, joined(`FOREIGN KEY (${columnsWithPeriod(dialect, key.columns, key.period)})`, renderReferences(dialect, key)));
}

/** `REFERENCES t (b) ON DELETE CASCADE`, as it also stands after a column. */
export function renderReferences(dialect: Dialect, key: ForeignKey): string {
  const { references } = key;
  return joined(
    `REFERENCES ${renderName(dialect, references.schema, references.table)}${references.columns.length > 0 ? ` (${columnsWithPeriod(dialect, references.columns, key.period)})` : ''}`,
    key.match !== undefined && `MATCH ${key.match.toUpperCase()}`,
    key.onUpdate !== 'no action' && `ON UPDATE ${key.onUpdate.toUpperCase()}`,
    key.onDelete !== 'no action' && `ON DELETE ${key.onDelete.toUpperCase()}`,
    deferral(key),
    key.notEnforced ? 'NOT ENFORCED' : !key.validated && 'NOT VALID',
  );
}

function columnsWithPeriod(dialect: Dialect, columns: readonly string[], period: boolean | undefined): string {
  return columns.map((column, i) => `${period && i === columns.length - 1 ? 'PERIOD ' : ''}${quoteIdentifier(dialect, column)}`).join(', ');
}

/** `CONSTRAINT name CHECK (expression)`. */
export function renderCheck(dialect: Dialect, check: Check): string {
  const clause = joined(`CHECK (${check.expression})`, check.noInherit && 'NO INHERIT', check.notEnforced && 'NOT ENFORCED', !check.validated && !check.notEnforced && 'NOT VALID');
  return named(dialect, check.name, clause);
}

function renderPart(dialect: Dialect, part: KeyPart): string {
  const what = part.column === undefined ? indexExpression(dialect, part.expression ?? '') : quoteIdentifier(dialect, part.column);
  return joined(
    part.prefixLength === undefined ? what : `${what}(${part.prefixLength})`,
    part.collation !== undefined && `COLLATE ${collationName(dialect, part.collation)}`,
    part.operatorClass,
    part.order === 'desc' && 'DESC',
    part.nulls && `NULLS ${part.nulls.toUpperCase()}`,
  );
}

/** An index expression: SQLite takes it as it is, PostgreSQL only a lone function call; anything else stands in parentheses. */
function indexExpression(dialect: Dialect, expression: string): string {
  if (isBracketed(expression) || dialect === 'sqlite') return expression;
  const call = /^[A-Za-z_][\w.]*(?=\()/.exec(expression);
  return !isMySql(dialect) && call && isBracketed(expression.slice(call[0].length)) ? expression : `(${expression})`;
}

function isBracketed(text: string): boolean {
  if (!text.startsWith('(')) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i === text.length - 1;
  }
  return false;
}

/** The column list of an index, in its parentheses. */
export function renderParts(dialect: Dialect, parts: readonly KeyPart[]): string {
  return `(${parts.map((part) => renderPart(dialect, part)).join(', ')})`;
}

/** CREATE INDEX, without a terminator. */
export function renderIndex(
  dialect: Dialect,
  table: Pick<Table, 'schema' | 'name'>,
  index: Index,
  options: { readonly concurrently?: boolean; readonly ifNotExists?: boolean } = {},
): string {
  const method = index.method !== 'btree' && !index.special && dialect !== 'sqlite' ? `USING ${index.method}` : undefined;
  const mysql = isMySql(dialect);
  const on = renderName(dialect, table.schema, table.name);
  // SQLite puts the schema before the index, not before the table.
  const name = dialect === 'sqlite' ? renderName(dialect, table.schema, index.name) : quoteIdentifier(dialect, index.name);
  return joined(
    'CREATE',
    index.special?.toUpperCase(),
    index.unique && 'UNIQUE',
    'INDEX',
    options.concurrently && 'CONCURRENTLY',
    options.ifNotExists && 'IF NOT EXISTS',
    name,
    mysql && method,
    'ON',
    dialect === 'sqlite' ? quoteIdentifier(dialect, table.name) : on,
    !mysql && method,
    renderParts(dialect, index.parts),
    index.include !== undefined && `INCLUDE (${quoteList(dialect, index.include)})`,
    index.nullsNotDistinct && 'NULLS NOT DISTINCT',
    ...indexOptions(dialect, index.options),
    index.where !== undefined && `WHERE ${index.where}`,
  );
}

function indexOptions(dialect: Dialect, options: string | undefined): string[] {
  const list = splitOptions(options);
  if (isMySql(dialect)) return list.map(({ name, value }) => joined(name, value));
  const parameters = list.filter(({ name }) => name === name.toLowerCase());
  const rest = list.filter(({ name }) => name !== name.toLowerCase());
  return [...(parameters.length > 0 ? [`WITH (${parameters.map(assignment).join(', ')})`] : []), ...rest.map(({ name, value }) => joined(name, value))];
}

/** `name = value`, or the name alone. */
export function assignment({ name, value }: { readonly name: string; readonly value: string }): string {
  return value === '' ? name : `${name} = ${value}`;
}

/** CREATE POLICY, without a terminator. */
export function renderPolicy(dialect: Dialect, table: Pick<Table, 'schema' | 'name'>, policy: Policy): string {
  const roles = policy.roles.map((role) => (/^(public|current_user|session_user|current_role)$/i.test(role) ? role : quoteIdentifier(dialect, role)));
  return joined(
    `CREATE POLICY ${quoteIdentifier(dialect, policy.name)} ON ${renderName(dialect, table.schema, table.name)}`,
    !policy.permissive && '\n  AS RESTRICTIVE',
    policy.command !== 'all' && `\n  FOR ${policy.command.toUpperCase()}`,
    roles.length > 0 && `\n  TO ${roles.join(', ')}`,
    policy.using !== undefined && `\n  USING (${policy.using})`,
    policy.check !== undefined && `\n  WITH CHECK (${policy.check})`,
  ).replaceAll(' \n', '\n');
}

/** CREATE TYPE ... AS ENUM, without a terminator. */
export function renderEnum(dialect: Dialect, type: EnumType): string {
  return `CREATE TYPE ${renderName(dialect, type.schema, type.name)} AS ENUM (${type.values.map((value) => quoteString(dialect, value)).join(', ')})`;
}

/** CREATE DOMAIN, without a terminator. */
export function renderDomain(dialect: Dialect, domain: Domain): string {
  return joined(`CREATE DOMAIN ${renderName(dialect, domain.schema, domain.name)} AS ${domain.type}`, domain.text);
}

/** CREATE SEQUENCE, without a terminator and without its owner. */
export function renderSequence(dialect: Dialect, sequence: Sequence): string {
  return joined(`CREATE SEQUENCE ${renderName(dialect, sequence.schema, sequence.name)}`, sequence.options);
}

/** ALTER SEQUENCE ... OWNED BY, without a terminator; undefined for a sequence that nobody owns. */
export function renderSequenceOwner(dialect: Dialect, sequence: Sequence): string | undefined {
  const owner = sequence.ownedBy;
  if (!owner) return undefined;
  return `ALTER SEQUENCE ${renderName(dialect, sequence.schema, sequence.name)} OWNED BY ${renderName(dialect, owner.schema, owner.table)}.${quoteIdentifier(dialect, owner.column)}`;
}

/** CREATE VIEW or CREATE MATERIALIZED VIEW, without a terminator. */
export function renderView(dialect: Dialect, view: View): string {
  const options = splitOptions(view.options);
  const parameters = options.filter(({ name }) => name === name.toLowerCase());
  const trailer = options.find(({ name }) => /^WITH (?:NO DATA|DATA|.*CHECK OPTION)$/.test(name));
  const characteristics = options.filter(({ name }) => name === 'ALGORITHM' || name === 'SQL SECURITY').map(({ name, value }) => `${name}${name === 'ALGORITHM' ? '=' : ' '}${value} `);
  return joined(
    `CREATE ${characteristics.join('')}${view.temporary ? 'TEMPORARY ' : ''}${view.materialized ? 'MATERIALIZED ' : ''}${view.recursive ? 'RECURSIVE ' : ''}VIEW ${renderName(dialect, view.schema, view.name)}`,
    view.columns.length > 0 && `(${quoteList(dialect, view.columns)})`,
    parameters.length > 0 && `WITH (${parameters.map(assignment).join(', ')})`,
    `AS\n${view.query}`,
    trailer && `\n${trailer.name}`,
  ).replaceAll(' \n', '\n');
}
