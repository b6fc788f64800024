import { isMySql, type Dialect } from '../../../server/src/source/dialect.ts';
import type { AlterDomain, AlterType, AttributeAction, CreateDomain, CreateType, Drop, Rename, SequenceStatement, TruncateStatement, TypeChange } from '../../../server/src/source/sql/ast.ts';
import { renderColumn } from './columns.ts';
import { renderColumnConstraint } from './constraints.ts';
import { bracketed, clauses, identifier, literal, parameters, qualified, typeName, words } from './text.ts';
import { renderType } from './types.ts';

const objectWords: Readonly<Record<string, string>> = { materializedView: 'MATERIALIZED VIEW' };
const wordsOf = (object: string): string => objectWords[object] ?? object.toUpperCase();
const types: ReadonlySet<string> = new Set(['type', 'domain']);

/** DROP. */
export function renderDrop(dialect: Dialect, node: Drop): string {
  const name = types.has(node.object) ? typeName : qualified;
  return words(
    'DROP',
    node.temporary && 'TEMPORARY',
    node.foreign && 'FOREIGN',
    wordsOf(node.object),
    node.concurrently && 'CONCURRENTLY',
    node.ifExists && 'IF EXISTS',
    node.names.map((one, at) => name(dialect, one) + (node.argumentTexts?.[at] ?? '')).join(', '),
    node.onTable && `ON ${qualified(dialect, node.onTable)}`,
    node.wait,
    node.cascade && 'CASCADE',
    node.algorithm && `ALGORITHM = ${node.algorithm}`,
    node.lock && `LOCK = ${node.lock}`,
  );
}

/** RENAME TABLE, and ALTER kind name RENAME TO. */
export function renderRename(dialect: Dialect, node: Rename): string {
  const guard = node.ifExists && 'IF EXISTS';
  const pair = ({ from, to, argumentsText }: Rename['pairs'][number], verb: string) =>
    words((types.has(node.object) ? typeName : qualified)(dialect, from) + (argumentsText ?? ''), node.onTable && `ON ${qualified(dialect, node.onTable)}`, verb, qualified(dialect, to));
  if (node.object === 'table' && isMySql(dialect)) return words('RENAME TABLE', guard, node.pairs.map((one) => pair(one, 'TO')).join(', '));
  return words('ALTER', node.words ?? wordsOf(node.object), guard, pair(node.pairs[0]!, 'RENAME TO'));
}

/** CREATE TYPE. */
export function renderCreateType(dialect: Dialect, node: CreateType): string {
  const head = `CREATE TYPE ${typeName(dialect, node.name)}`;
  if (node.enumValues) return `${head} AS ENUM ${bracketed(node.enumValues.map(({ value }) => literal(dialect, value)))}`;
  if (node.attributes) return `${head} AS ${bracketed(node.attributes.map((attribute) => renderColumn(dialect, attribute)))}`;
  if (node.rangeOptions) return `${head} AS RANGE ${parameters(node.rangeOptions)}`;
  return words(head, node.baseOptions && parameters(node.baseOptions));
}

/** ALTER TYPE. */
export function renderAlterType(dialect: Dialect, { name, action }: AlterType): string {
  const head = `ALTER TYPE ${typeName(dialect, name)}`;
  switch (action.kind) {
    case 'addValue': {
      const side = action.before === undefined ? action.after !== undefined && `AFTER ${literal(dialect, action.after)}` : `BEFORE ${literal(dialect, action.before)}`;
      return words(head, 'ADD VALUE', action.ifNotExists && 'IF NOT EXISTS', literal(dialect, action.value), side);
    }
    case 'renameValue':
      return `${head} RENAME VALUE ${literal(dialect, action.from)} TO ${literal(dialect, action.to)}`;
    case 'setSchema':
      return `${head} SET SCHEMA ${identifier(dialect, action.schema)}`;
    case 'other':
      return `${head} ${action.change ? renderTypeChange(dialect, action.change) : '<opaque>'}`;
  }
}

function renderTypeChange(dialect: Dialect, change: TypeChange): string {
  switch (change.kind) {
    case 'owner':
      return `OWNER TO ${change.role}`;
    case 'properties':
      return `SET ${parameters(change.options)}`;
    case 'renameAttribute':
      return words('RENAME ATTRIBUTE', identifier(dialect, change.from), 'TO', identifier(dialect, change.to), change.cascade && 'CASCADE');
    case 'attributes':
      return change.actions.map((action) => words(renderAttributeAction(dialect, action), action.cascade && 'CASCADE')).join(', ');
  }
}

function renderAttributeAction(dialect: Dialect, action: AttributeAction): string {
  switch (action.kind) {
    case 'add':
      return `ADD ATTRIBUTE ${renderColumn(dialect, action.attribute)}`;
    case 'drop':
      return words('DROP ATTRIBUTE', action.ifExists && 'IF EXISTS', identifier(dialect, action.name));
    case 'retype':
      return words('ALTER ATTRIBUTE', identifier(dialect, action.name), 'TYPE', renderType(dialect, action.type), action.collation !== undefined && `COLLATE ${action.collation}`);
  }
}

/** CREATE DOMAIN. */
export function renderCreateDomain(dialect: Dialect, { name, type, constraints }: CreateDomain): string {
  return words('CREATE DOMAIN', typeName(dialect, name), 'AS', renderType(dialect, type), ...constraints.map((constraint) => renderColumnConstraint(dialect, constraint)));
}

/** ALTER DOMAIN. */
export function renderAlterDomain(dialect: Dialect, { name, action }: AlterDomain): string {
  return words('ALTER DOMAIN', typeName(dialect, name), action ? renderDomainAction(dialect, action) : '<opaque>');
}

function renderDomainAction(dialect: Dialect, action: NonNullable<AlterDomain['action']>): string {
  switch (action.kind) {
    case 'setDefault':
      return `SET DEFAULT ${action.expression.text}`;
    case 'dropDefault':
      return 'DROP DEFAULT';
    case 'setNotNull':
      return 'SET NOT NULL';
    case 'dropNotNull':
      return 'DROP NOT NULL';
    case 'addConstraint':
      return `ADD ${renderColumnConstraint(dialect, action.constraint)}`;
    case 'dropConstraint':
      return words('DROP CONSTRAINT', action.ifExists && 'IF EXISTS', identifier(dialect, action.name), action.cascade && 'CASCADE');
    case 'renameConstraint':
      return `RENAME CONSTRAINT ${identifier(dialect, action.from)} TO ${identifier(dialect, action.to)}`;
    case 'validateConstraint':
      return `VALIDATE CONSTRAINT ${identifier(dialect, action.name)}`;
    case 'owner':
      return `OWNER TO ${action.role}`;
    case 'setSchema':
      return `SET SCHEMA ${identifier(dialect, action.schema)}`;
  }
}

/** CREATE SEQUENCE and ALTER SEQUENCE. */
export function renderSequence(dialect: Dialect, node: SequenceStatement): string {
  const { ownedBy, ownedByIndex = 0, options } = node;
  const owner = ownedBy && `OWNED BY ${qualified(dialect, ownedBy.table)}.${identifier(dialect, ownedBy.column)}`;
  return words(
    node.kind === 'createSequence' ? 'CREATE' : 'ALTER',
    node.orReplace && 'OR REPLACE',
    node.temporary && 'TEMPORARY',
    node.unlogged && 'UNLOGGED',
    'SEQUENCE',
    node.ifNotExists && 'IF NOT EXISTS',
    node.ifExists && 'IF EXISTS',
    qualified(dialect, node.name),
    clauses(options.slice(0, ownedByIndex)),
    owner,
    clauses(options.slice(ownedByIndex)),
  );
}

/** TRUNCATE. */
export function renderTruncate(dialect: Dialect, { tables, only, identity, cascade }: TruncateStatement): string {
  const names = tables.map((table, at) => words(only?.[at] && 'ONLY', qualified(dialect, table))).join(', ');
  return words('TRUNCATE TABLE', names, identity && `${identity.toUpperCase()} IDENTITY`, cascade && 'CASCADE');
}
