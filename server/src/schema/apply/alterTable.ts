import { isMySql } from '../../source/dialect.ts';
import type { AlterAction, AlterTable, ColumnDefinition, ColumnPosition, ConstraintAttribute, QualifiedName } from '../../source/sql/ast.ts';
import { findColumn, objectKey, sameName, type Column, type Table, type Trigger } from '../catalog.ts';
import { addConstraint, addConstraints } from './constraints.ts';
import { dropColumn, renameColumn } from './columnChanges.ts';
import { changeColumn, constraintsOf, defaultText, makeColumn, placeColumn } from './columns.ts';
import { dropConstraint, renameConstraint, renameIndex, validateConstraint } from './constraintChanges.ts';
import { hasConstraint } from './constraintNames.ts';
import { addIdentitySequence, dropIdentitySequence, identityText } from './identity.ts';
import type { Draft } from './draft.ts';
import { tidyExpression } from '../expressions.ts';
import { attachPartition, childrenOf, detachPartition, inheritFromParent, leaveParent } from './inheritance.ts';
import { mergeOptions, setMySqlOptions, withoutOptions } from '../options.ts';
import { changePartitions, partitioningOf } from './partitioning.ts';
import { renameTable } from './references.ts';
import { ownedSequenceDefault } from '../sequences.ts';
import { engineType } from '../types.ts';

type ActionOf<K extends AlterAction['kind']> = Extract<AlterAction, { kind: K }>;

type Action<K extends AlterAction['kind']> = (draft: Draft, table: Table, action: ActionOf<K>) => void;

const nothing = (): void => {};

const actions: { readonly [K in AlterAction['kind']]: Action<K> } = {
  addColumn,
  dropColumn: (draft, table, { column, cascade }) => dropColumn(draft, table, column.name, cascade),
  alterType: (draft, table, action) =>
    alterColumn(draft, table, action.column.name, (column) => ({ ...column, ...retyped(draft, column, action), origin: draft.origin(action.column.range) })),
  setDefault: (draft, table, { column, expression }) =>
    alterColumn(draft, table, column.name, (old) => withDefault(draft, table, old, defaultText(draft, expression.text))),
  dropDefault: (draft, table, { column }) => alterColumn(draft, table, column.name, (old) => withDefault(draft, table, old, undefined)),
  setNotNull: (draft, table, { column }) => alterColumn(draft, table, column.name, (old) => ({ ...old, nullable: false })),
  dropNotNull: (draft, table, { column }) => alterColumn(draft, table, column.name, (old) => ({ ...old, nullable: true, notNullName: undefined })),
  addIdentity: (draft, table, { column, always, sequence }) => {
    const options = { identity: always ? 'always' : 'by default', identityOptions: identityText(undefined, sequence ?? []) } as const;
    const old = findColumn(draft.dialect, table, column.name);
    if (old && !draft.inheriting) addIdentitySequence(draft, table, old, sequence);
    alterColumn(draft, table, column.name, (changed) => ({ ...withDefault(draft, table, changed, undefined), nullable: false, ...options }));
  },
  setIdentity: (draft, table, { column, always, changes }) =>
    alterColumn(draft, table, column.name, (old) => ({
      ...old,
      ...(always !== undefined && { identity: always ? 'always' : 'by default' }),
      identityOptions: identityText(old.identityOptions, changes.filter(({ name }) => !name.startsWith('GENERATED'))),
    })),
  dropIdentity: (draft, table, { column }) => {
    dropIdentitySequence(draft, table, column.name);
    alterColumn(draft, table, column.name, (old) => ({ ...old, identity: undefined, identityOptions: undefined }));
  },
  setExpression: (draft, table, { column, expression }) =>
    alterColumn(draft, table, column.name, (old) => {
      const generated = { expression: tidyExpression(draft.dialect, expression.text), stored: old.generated?.stored ?? true };
      return { ...old, generated };
    }),
  dropExpression: (draft, table, { column }) => alterColumn(draft, table, column.name, (old) => ({ ...old, generated: undefined })),
  columnOption: nothing,
  modifyColumn: (draft, table, { column, position }) => redefineColumn(draft, table, column, position),
  changeColumn: (draft, table, { from, column, position }) => {
    const renamed = findColumn(draft.dialect, table, from.name) && from.name !== column.name.name;
    if (renamed) renameColumn(draft, table, from.name, column.name.name);
    redefineColumn(draft, currentOf(draft, table), column, position);
  },
  renameColumn: (draft, table, { from, to }) => renameColumn(draft, table, from.name, to.name),
  renameTable: (draft, table, { to }) => {
    const schema = to.schema?.name ?? table.schema;
    renameTable(draft, table, draft.targetOf(schema, to.name.name));
  },
  renameConstraint: (draft, table, { from, to }) => draft.put(renameConstraint(draft, table, from.name, to.name)),
  renameIndex: (draft, table, { from, to }) => draft.put(renameIndex(draft, table, from.name, to.name)),
  addConstraint: (draft, table, { constraint, ifNotExists }) => {
    if (ifNotExists && constraint.name && hasConstraint(draft, table, constraint.name.name)) return;
    draft.put(addConstraint(draft, table, constraint));
  },
  dropConstraint: (draft, table, action) => dropConstraint(draft, table, action),
  validateConstraint: (draft, table, { name }) => draft.put(validateConstraint(draft, table, name.name)),
  alterConstraint: (draft, table, action) => draft.put(alterConstraint(draft, table, action)),
  attachPartition: (draft, table, { partition, bound }) => draft.put(attachPartition(draft, draft.tableOrUnknown(partition), table, bound)),
  detachPartition: (draft, _table, { partition }) => draft.put(detachPartition(draft.tableOrUnknown(partition))),
  inherit: (draft, table, { parent, remove }) => draft.put(setParent(draft, table, draft.tableOrUnknown(parent), remove)),
  setSchema: (draft, table, { schema }) => renameTable(draft, table, draft.targetOf(schema.name, table.name)),
  rowSecurity: (draft, table, { mode }) => {
    const old = table.rowSecurity ?? { enabled: false, forced: false };
    const enabled = mode === 'enable' || (mode !== 'disable' && old.enabled);
    const forced = mode === 'force' || (mode !== 'noForce' && old.forced);
    draft.put({ ...table, rowSecurity: enabled || forced ? { enabled, forced } : undefined });
  },
  trigger: (draft, table, action) => draft.put(switchTrigger(draft, table, action)),
  owner: nothing,
  setLogged: (draft, table, { logged }) => draft.put({ ...table, unlogged: logged ? undefined : true }),
  options: (draft, table, action) => draft.put(setOptions(draft, table, action)),
  algorithm: nothing,
  lock: nothing,
  opaque: (draft) => draft.markUncertain('a table is altered in a way that is not followed'),
};

/** Actions that PostgreSQL repeats on partitions and inheriting tables unless ONLY is said. */
const repeated: ReadonlySet<AlterAction['kind']> = new Set<AlterAction['kind']>([
  'addColumn',
  'dropColumn',
  'renameColumn',
  'alterType',
  'setDefault',
  'dropDefault',
  'setNotNull',
  'dropNotNull',
  'addConstraint',
  'dropConstraint',
  'renameConstraint',
  'validateConstraint',
]);

/** Keys and foreign keys go to partitions but not to tables that merely inherit. */
const onlyPartitions: ReadonlySet<string> = new Set(['primaryKey', 'unique', 'foreignKey', 'exclude']);

/** ALTER TABLE: its actions, one after the other. */
export function alterTable(draft: Draft, node: AlterTable): void {
  let key = draft.lookup('tables', node.name).key;
  if (!draft.has('tables', key) && alterRelation(draft, node.name, node.actions)) return;
  if (!draft.has('tables', key)) {
    if (node.ifExists) return;
    draft.put(draft.tableOrUnknown(node.name));
  }
  for (const action of inOrder(draft, node.actions)) {
    const table = draft.catalog.tables.get(key);
    if (!table || isSettled(draft, table, action)) continue;
    run(draft, table, action, draft.dialect === 'postgresql' && !node.only);
    key = keyAfter(draft, table, action) ?? key;
  }
}

/** MySQL takes keys away before it adds any, so a new one may get the name of one that goes. */
function inOrder(draft: Draft, actions: readonly AlterAction[]): readonly AlterAction[] {
  if (!isMySql(draft.dialect)) return actions;
  const drops = (action: AlterAction) => action.kind === 'dropConstraint';
  return [...actions.filter(drops), ...actions.filter((action) => !drops(action))];
}

/** IF EXISTS and IF NOT EXISTS that have nothing left to do. */
function isSettled(draft: Draft, table: Table, action: AlterAction): boolean {
  if (action.kind === 'addColumn') return action.ifNotExists && findColumn(draft.dialect, table, action.column.name.name) !== undefined;
  return false;
}

function run(draft: Draft, table: Table, action: AlterAction, recurse: boolean): void {
  const children = recurse && repeated.has(action.kind) ? childrenOf(draft, table) : [];
  const handler = actions[action.kind] as (draft: Draft, table: Table, action: AlterAction) => void;
  handler(draft, table, action);
  if (children.length === 0) return;
  const before = draft.inheriting;
  draft.inheriting = true;
  for (const key of children) {
    const child = draft.catalog.tables.get(key);
    if (child && concerns(draft, child, action)) run(draft, child, forChild(draft, table, action), true);
  }
  draft.inheriting = before;
}

function concerns(draft: Draft, child: Table, action: AlterAction): boolean {
  if (action.kind === 'addColumn') return findColumn(draft.dialect, child, action.column.name.name) === undefined;
  if (action.kind !== 'addConstraint') return true;
  const { constraint } = action;
  if (constraint.kind === 'check' && constraint.noInherit) return false;
  return child.partitionOf !== undefined || !onlyPartitions.has(constraint.kind);
}

/** Checks and foreign keys keep the parent's name in the children; keys get names of their own there. */
function forChild(draft: Draft, parent: Table, action: AlterAction): AlterAction {
  if (action.kind !== 'addConstraint') return action;
  const { constraint } = action;
  if (constraint.kind !== 'check' && constraint.kind !== 'foreignKey') return { ...action, constraint: { ...constraint, name: undefined } };
  if (constraint.name) return action;
  const made = currentOf(draft, parent);
  const name = (constraint.kind === 'check' ? made.checks : made.foreignKeys).at(-1)?.name;
  if (name === undefined) return action;
  return { ...action, constraint: { ...constraint, name: { name, text: name, quoted: true, range: constraint.range } } };
}

function keyAfter(draft: Draft, table: Table, action: AlterAction): string | undefined {
  if (action.kind === 'renameTable') return draft.targetOf(action.to.schema?.name ?? table.schema, action.to.name.name).key;
  if (action.kind === 'setSchema') return draft.targetOf(action.schema.name, table.name).key;
  return undefined;
}

/** PostgreSQL takes views, sequences and indexes in ALTER TABLE too, where the words make sense. */
export function alterRelation(draft: Draft, of: QualifiedName, changes: readonly AlterAction[]): boolean {
  for (const collection of ['views', 'sequences'] as const) {
    const { key } = draft.lookup(collection, of);
    const found = draft.catalog[collection].get(key);
    if (!found) continue;
    for (const action of changes) {
      if (action.kind === 'renameColumn' && 'columns' in found) {
        draft.set('views', key, { ...found, columns: found.columns.map((column) => (sameName(draft.dialect, column, action.from.name) ? action.to.name : column)) });
      }
      const schema = action.kind === 'setSchema' ? action.schema.name : found.schema;
      const name = action.kind === 'renameTable' ? action.to.name.name : found.name;
      const target = draft.targetOf(schema, name);
      if (target.key === key) continue;
      draft.remove(collection, key);
      draft.set(collection, target.key, { ...found, schema: target.schema, name } as never);
    }
    return true;
  }
  return false;
}

/** The table as the draft has it now; handlers that change several things start from there. */
function currentOf(draft: Draft, table: Table): Table {
  return draft.catalog.tables.get(objectKey(draft.dialect, table.schema, table.name)) ?? table;
}

function addColumn(draft: Draft, table: Table, { column, position }: ActionOf<'addColumn'>): void {
  const placed = placeColumn(draft, table, column, position);
  draft.put(addConstraints(draft, placed, constraintsOf(draft, column)));
}

function alterColumn(draft: Draft, table: Table, name: string, change: (column: Column) => Column): void {
  draft.put(changeColumn(draft, table, name, change));
}

function retyped(draft: Draft, column: Column, action: ActionOf<'alterType'>): Partial<Column> {
  const collation = action.collation ?? action.type.collation;
  const type = engineType(draft.dialect, action.type);
  return { type, ...(draft.dialect === 'postgresql' && { collation, default: retypedDefault(column, type) }) };
}

/** The default is kept as it was understood under the old type, so that a bare string stays one of that type. */
function retypedDefault(column: Column, type: string): string | undefined {
  const base = (name: string) => name.replace(/\([\d, ]+\)/, '');
  const isString = column.default !== undefined && /^'(?:[^']|'')*'$/.test(column.default);
  return isString && base(type) !== base(column.type) ? `${column.default}::${base(column.type)}` : column.default;
}

function withDefault(draft: Draft, table: Table, column: Column, text: string | undefined): Column {
  const owned = text !== undefined && ownedSequenceDefault(draft.catalog, table, column.name, text);
  return { ...column, default: text, ...(draft.dialect === 'postgresql' && { autoIncrement: owned ? true : undefined }) };
}

/** MySQL's MODIFY and CHANGE say the whole column anew; only membership in keys is kept. */
function redefineColumn(draft: Draft, table: Table, definition: ColumnDefinition, position: ColumnPosition | undefined): void {
  const made = makeColumn(draft, definition);
  const inPrimaryKey = table.primaryKey?.columns.some((column) => sameName(draft.dialect, column, made.name)) ?? false;
  const cleared = draft.dialect === 'mariadb' ? { ...table, checks: table.checks.filter((check) => !sameName(draft.dialect, check.name, made.name)) } : table;
  const placed = placeColumn(draft, cleared, definition, position);
  const result = inPrimaryKey ? changeColumn(draft, placed, made.name, (column) => ({ ...column, nullable: false })) : placed;
  const added = constraintsOf(draft, definition).filter((constraint) => !(constraint.kind === 'primaryKey' && inPrimaryKey));
  draft.put(addConstraints(draft, result, added));
}

/** What is not said of a foreign key stays; INITIALLY is IMMEDIATE unless it is said. */
function alterConstraint(draft: Draft, table: Table, { name, attributes }: ActionOf<'alterConstraint'>): Table {
  const has = (attribute: ConstraintAttribute) => attributes.includes(attribute);
  const initiallyDeferred = has('initially deferred') || undefined;
  const foreignKeys = table.foreignKeys.map((key) => {
    if (!sameName(draft.dialect, key.name, name.name)) return key;
    const deferrable = has('deferrable') || initiallyDeferred || (has('not deferrable') ? undefined : key.deferrable);
    return { ...key, deferrable: deferrable || undefined, initiallyDeferred };
  });
  const notEnforced = has('not enforced') || undefined;
  const changes = notEnforced || has('enforced');
  const checks = table.checks.map((check) => (changes && sameName(draft.dialect, check.name, name.name) ? { ...check, notEnforced } : check));
  return { ...table, foreignKeys, checks };
}

function setParent(draft: Draft, table: Table, parent: Table, remove: boolean): Table {
  if (!remove) return inheritFromParent(draft, table, parent);
  const key = objectKey(draft.dialect, parent.schema, parent.name);
  return leaveParent(table, key, draft.catalog);
}

/** ENABLE or DISABLE TRIGGER, of one trigger or of all. */
function switchTrigger(draft: Draft, table: Table, { object, mode, name }: ActionOf<'trigger'>): Table {
  if (object === 'rule') return table;
  const enabled = mode === 'disable' ? false : undefined;
  const fires: Trigger['fires'] = mode === 'enable replica' ? 'replica' : mode === 'enable always' ? 'always' : undefined;
  const all = !name.quoted && /^(?:all|user)$/.test(name.name);
  const triggers = table.triggers.map((trigger) => (all || sameName(draft.dialect, trigger.name, name.name) ? { ...trigger, enabled, fires } : trigger));
  return { ...table, triggers };
}

/** What is left of MySQL's settings without a value; keys switched off and tables made anew are no part of the schema. */
function setByWords(table: Table, words: string): Table {
  const versioned = 'WITH SYSTEM VERSIONING';
  if (words === 'REMOVE PARTITIONING') return { ...table, partitionBy: undefined };
  if (words === 'ADD SYSTEM VERSIONING') return { ...table, options: mergeOptions('mariadb', table.options, [{ name: versioned, value: '' }]) };
  return words === 'DROP SYSTEM VERSIONING' ? { ...table, options: withoutOptions(table.options, [versioned]) } : table;
}

function setOptions(draft: Draft, table: Table, { options, setting }: ActionOf<'options'>): Table {
  if (setting?.kind === 'indexVisibility') return table;
  if (setting?.kind === 'partitionBy') return { ...table, partitionBy: partitioningOf(setting.partitionBy) };
  if (setting?.kind === 'partitions') return { ...table, partitionBy: table.partitionBy && changePartitions(table.partitionBy, setting) };
  if (setting?.kind === 'words' && isMySql(draft.dialect)) return setByWords(table, setting.words);
  if (isMySql(draft.dialect)) return setting?.kind === 'orderBy' ? table : setMySqlOptions(draft.dialect, table, options);
  if (setting?.kind === 'reset') return { ...table, options: withoutOptions(table.options, options.map((option) => option.name)) };
  return { ...table, options: mergeOptions(draft.dialect, table.options, options) };
}
