import type { Dialect } from '../../../server/src/source/dialect.ts';
import type { AlterAction, AlterTable, ColumnSetting, PartitionChange, RelationChange, QualifiedName, TableSetting, TableOption, TablespaceMove } from '../../../server/src/source/sql/ast.ts';
import { renderColumn, renderPosition } from './columns.ts';
import { attributes, renderTableConstraint } from './constraints.ts';
import { renderPart } from './indexParts.ts';
import { renderBound, renderDefinitions, renderPartitionBy } from './partitions.ts';
import { bareOrQuoted, clauses, identifier, identifiers, parameters, qualified, typeName, words } from './text.ts';
import { renderType } from './types.ts';

type Of<K extends AlterAction['kind']> = Extract<AlterAction, { kind: K }>;

/** ALTER TABLE. */
export function renderAlterTable(dialect: Dialect, node: AlterTable): string {
  return words(
    'ALTER',
    node.modifier?.toUpperCase(),
    node.foreign && 'FOREIGN',
    'TABLE',
    node.ifExists && 'IF EXISTS',
    node.only && 'ONLY',
    qualified(dialect, node.name),
    node.wait,
    renderActions(dialect, node.actions),
  );
}

const relationWords = { index: 'INDEX', view: 'VIEW', materializedView: 'MATERIALIZED VIEW', sequence: 'SEQUENCE' } as const;

/** ALTER INDEX, VIEW, MATERIALIZED VIEW and SEQUENCE, where they are written as ALTER TABLE is. */
export function renderRelationChange(dialect: Dialect, target: QualifiedName, { object, ifExists, actions, attached, dependsOn }: RelationChange): string {
  return words(
    'ALTER',
    relationWords[object],
    ifExists && 'IF EXISTS',
    qualified(dialect, target),
    attached && `ATTACH PARTITION ${qualified(dialect, attached)}`,
    dependsOn && words(dependsOn.remove && 'NO', `DEPENDS ON EXTENSION ${identifier(dialect, dependsOn.extension)}`),
    renderActions(dialect, actions),
  );
}

/** ALTER TABLE, INDEX and MATERIALIZED VIEW ALL IN TABLESPACE. */
export function renderMove(dialect: Dialect, { object, from, ownedBy, to, nowait }: TablespaceMove): string {
  const kind = object === 'table' ? 'TABLE' : relationWords[object];
  return words('ALTER', kind, 'ALL IN TABLESPACE', identifier(dialect, from), ownedBy.length > 0 && `OWNED BY ${ownedBy.join(', ')}`, 'SET TABLESPACE', identifier(dialect, to), nowait && 'NOWAIT');
}

function renderActions(dialect: Dialect, actions: readonly AlterAction[]): string {
  return actions.map((action) => renderAction(dialect, action)).join(', ');
}

function renderAction(dialect: Dialect, action: AlterAction): string {
  return (forms[action.kind] as (dialect: Dialect, action: AlterAction) => string)(dialect, action);
}

const dropWords = { constraint: 'CONSTRAINT', foreignKey: 'FOREIGN KEY', primaryKey: 'PRIMARY KEY', check: 'CHECK', index: 'INDEX' } as const;
const securityWords = { enable: 'ENABLE', disable: 'DISABLE', force: 'FORCE', noForce: 'NO FORCE' } as const;

const onColumn = <K extends AlterAction['kind']>(change: (dialect: Dialect, action: Of<K>) => string) => (dialect: Dialect, action: Of<K>): string => {
  const { column, ifExists } = action as unknown as Of<'setDefault'>;
  const name = /^\d+$/.test(column.name) && !column.quoted ? column.name : identifier(dialect, column);
  return words('ALTER COLUMN', ifExists && 'IF EXISTS', name, change(dialect, action));
};

const forms: { readonly [K in AlterAction['kind']]: (dialect: Dialect, action: Of<K>) => string } = {
  addColumn: (dialect, { column, ifNotExists, position }) => words('ADD COLUMN', ifNotExists && 'IF NOT EXISTS', renderColumn(dialect, column), renderPosition(dialect, position)),
  dropColumn: (dialect, { column, ifExists, cascade }) => words('DROP COLUMN', ifExists && 'IF EXISTS', identifier(dialect, column), cascade && 'CASCADE'),
  alterType: onColumn((dialect, { type, collation, using }) => words('TYPE', renderType(dialect, type), collation !== undefined && `COLLATE ${collation}`, using && `USING ${using.text}`)),
  setDefault: onColumn((_dialect, { expression }) => `SET DEFAULT ${expression.text}`),
  dropDefault: onColumn(() => 'DROP DEFAULT'),
  setNotNull: onColumn(() => 'SET NOT NULL'),
  dropNotNull: onColumn(() => 'DROP NOT NULL'),
  addIdentity: onColumn((_dialect, { always, sequence }) => words('ADD GENERATED', always ? 'ALWAYS' : 'BY DEFAULT', 'AS IDENTITY', sequence && `(${clauses(sequence)})`)),
  setIdentity: onColumn((_dialect, { changes }) => words(...changes.map(identityChange))),
  dropIdentity: (dialect, { column, ifExists }) => words('ALTER COLUMN', identifier(dialect, column), 'DROP IDENTITY', ifExists && 'IF EXISTS'),
  setExpression: onColumn((_dialect, { expression }) => `SET EXPRESSION AS (${expression.text})`),
  dropExpression: (dialect, { column, ifExists }) => words('ALTER COLUMN', identifier(dialect, column), 'DROP EXPRESSION', ifExists && 'IF EXISTS'),
  columnOption: onColumn((_dialect, { setting }) => renderColumnSetting(setting)),
  modifyColumn: (dialect, { column, ifExists, position }) => words('MODIFY COLUMN', ifExists && 'IF EXISTS', renderColumn(dialect, column), renderPosition(dialect, position)),
  changeColumn: (dialect, { from, column, ifExists, position }) => words('CHANGE COLUMN', ifExists && 'IF EXISTS', identifier(dialect, from), renderColumn(dialect, column), renderPosition(dialect, position)),
  renameColumn: (dialect, { from, to, ifExists }) => words('RENAME COLUMN', ifExists && 'IF EXISTS', identifier(dialect, from), 'TO', identifier(dialect, to)),
  renameTable: (dialect, { to }) => `RENAME TO ${qualified(dialect, to)}`,
  renameConstraint: (dialect, { from, to }) => `RENAME CONSTRAINT ${identifier(dialect, from)} TO ${identifier(dialect, to)}`,
  renameIndex: (dialect, { from, to, ifExists }) => words('RENAME INDEX', ifExists && 'IF EXISTS', identifier(dialect, from), 'TO', identifier(dialect, to)),
  addConstraint: (dialect, { constraint }) => `ADD ${renderTableConstraint(dialect, constraint)}`,
  dropConstraint: (dialect, { name, target, ifExists, cascade }) => words('DROP', dropWords[target], ifExists && 'IF EXISTS', name && identifier(dialect, name), cascade && 'CASCADE'),
  validateConstraint: (dialect, { name }) => `VALIDATE CONSTRAINT ${identifier(dialect, name)}`,
  alterConstraint: (dialect, { name, attributes: list, inherit }) => words('ALTER CONSTRAINT', identifier(dialect, name), attributes({ attributes: list }), inherit !== undefined && (inherit ? 'INHERIT' : 'NO INHERIT')),
  attachPartition: (dialect, { partition, rows }) => `ATTACH PARTITION ${qualified(dialect, partition)} ${renderBound(rows)}`,
  detachPartition: (dialect, { partition, concurrently, finalize }) => words('DETACH PARTITION', qualified(dialect, partition), concurrently && 'CONCURRENTLY', finalize && 'FINALIZE'),
  inherit: (dialect, { parent, remove }) => words(remove && 'NO', 'INHERIT', qualified(dialect, parent)),
  setSchema: (dialect, { schema }) => `SET SCHEMA ${identifier(dialect, schema)}`,
  rowSecurity: (_dialect, { mode }) => `${securityWords[mode]} ROW LEVEL SECURITY`,
  trigger: (dialect, { object, mode, name }) => words(mode.toUpperCase(), object.toUpperCase(), /^(?:all|user)$/.test(name.name) && !name.quoted ? name.name : identifier(dialect, name)),
  owner: (_dialect, { role }) => `OWNER TO ${role}`,
  setLogged: (_dialect, { logged }) => (logged ? 'SET LOGGED' : 'SET UNLOGGED'),
  options: (dialect, { options, setting }) => (setting ? renderSetting(dialect, setting, options) : clauses(options)),
  algorithm: (_dialect, { value }) => `ALGORITHM = ${value}`,
  lock: (_dialect, { value }) => `LOCK = ${value}`,
  opaque: () => '<opaque>',
};

function identityChange({ name, value }: TableOption): string {
  return words(!name.startsWith('RESTART') && 'SET', name, value);
}

function renderColumnSetting(setting: ColumnSetting): string {
  switch (setting.kind) {
    case 'set':
    case 'reset':
      return `${setting.kind.toUpperCase()} ${parameters(setting.options)}`;
    case 'foreign':
      return `OPTIONS (${setting.options.map(({ name, value }) => words(name, value)).join(', ')})`;
    default:
      return words('SET', setting.kind.toUpperCase(), setting.value);
  }
}

function renderSetting(dialect: Dialect, setting: TableSetting, options: readonly TableOption[]): string {
  switch (setting.kind) {
    case 'set':
    case 'reset':
      return `${setting.kind.toUpperCase()} ${parameters(options)}`;
    case 'foreign':
      return clauses(options);
    case 'words':
      return setting.words;
    case 'named':
      return words(setting.words, setting.name ? identifier(dialect, setting.name) : 'DEFAULT');
    case 'replicaIdentity':
      return words('REPLICA IDENTITY', setting.index ? `USING INDEX ${identifier(dialect, setting.index)}` : setting.mode.toUpperCase());
    case 'ofType':
      return `OF ${typeName(dialect, setting.type)}`;
    case 'orderBy':
      return `ORDER BY ${setting.columns.map((part) => renderPart(dialect, part)).join(', ')}`;
    case 'convert':
      return words('CONVERT TO CHARACTER SET', setting.characterSet, setting.collation !== undefined && `COLLATE ${setting.collation}`);
    case 'indexVisibility':
      return `ALTER INDEX ${identifier(dialect, setting.index)} ${setting.visibility}`;
    case 'period':
      return words(setting.columns ? 'ADD' : 'DROP', 'PERIOD FOR', bareOrQuoted(dialect, setting.name), setting.columns && identifiers(dialect, setting.columns));
    case 'partitionBy':
      return renderPartitionBy(dialect, setting.partitionBy);
    case 'partitions':
      return renderPartitionChange(dialect, setting);
  }
}

function renderPartitionChange(dialect: Dialect, change: PartitionChange): string {
  const listed = change.names?.map((name) => identifier(dialect, name)).join(', ');
  return words(
    `${change.verb} PARTITION`,
    change.ifNotExists && 'IF NOT EXISTS',
    change.ifExists && 'IF EXISTS',
    change.all && 'ALL',
    listed,
    change.verb === 'ADD' && change.count !== undefined && 'PARTITIONS',
    change.count,
    change.definitions && words(change.verb === 'REORGANIZE' && 'INTO', renderDefinitions(dialect, change.definitions)),
    change.table && `WITH TABLE ${qualified(dialect, change.table)}`,
    change.ending,
  );
}
