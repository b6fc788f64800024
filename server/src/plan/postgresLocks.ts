import type { HistoryEntry } from '../project/facts.ts';
import { keyOf, provedNotNull } from '../rules/support.ts';
import { bareKey, findColumn, findTable, objectKey, type Table } from '../schema/catalog.ts';
import { engineType } from '../schema/types.ts';
import type { AlterAction, AlterTable, ColumnDefinition, CreateTable, Drop, OtherStatement, QualifiedName } from '../source/sql/ast.ts';
import type { LockEffect } from './lockEffect.ts';

// What statements of PostgreSQL lock, as the manual has it and servers of versions 15 and 18 showed it: docs/locks.md lists the kinds,
// and a test compares what is said here with what they did.

/** Lock modes, weakest first (manual, 13.3.1). */
const modes = ['ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const;
type Mode = (typeof modes)[number];

interface Taken {
  readonly mode: Mode;
  readonly on: string;
}

/** What a part of a statement does. */
interface Effect {
  readonly taken: readonly Taken[];
  readonly rewrite?: boolean;
  readonly scan?: boolean;
}

const none: Effect = { taken: [] };

function take(mode: Mode, ...names: readonly string[]): Effect {
  return { taken: names.map((on) => ({ mode, on })) };
}

function nameOf(name: QualifiedName): string {
  return name.schema ? `${name.schema.name}.${name.name.name}` : name.name.name;
}

function tableName({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return schema === undefined || schema === 'public' ? name : `${schema}.${name}`;
}

/** What a statement locks; a statement that is not known to lock anything gives the empty effect. */
export function postgresEffect(entry: HistoryEntry): LockEffect {
  return told(effectOf(entry));
}

function told({ taken, rewrite = false, scan = false }: Effect): LockEffect {
  const strongest = new Map<string, Mode>();
  for (const { mode, on } of taken) if (modes.indexOf(mode) > modes.indexOf(strongest.get(on) ?? 'ACCESS SHARE')) strongest.set(on, mode);
  const byMode = modes.toReversed().flatMap((mode) => {
    const names = [...strongest].flatMap(([on, held]) => (held === mode ? [on] : []));
    return names.length === 0 ? [] : [`${mode} on ${names.join(' and ')}`];
  });
  return { lock: byMode.length === 0 ? null : byMode.join(', '), rewrite, scan, blocks: blocksOf([...strongest.values()]) };
}

function blocksOf(held: readonly Mode[]): LockEffect['blocks'] {
  if (held.includes('ACCESS EXCLUSIVE')) return 'everything';
  return held.some((mode) => modes.indexOf(mode) >= modes.indexOf('SHARE')) ? 'writes' : 'nothing';
}

function together(effects: readonly Effect[]): Effect {
  return { taken: effects.flatMap(({ taken }) => taken), rewrite: effects.some(({ rewrite }) => rewrite), scan: effects.some(({ scan }) => scan) };
}

function effectOf(entry: HistoryEntry): Effect {
  const { node } = entry.placed;
  switch (node.kind) {
    case 'createTable':
      return createTable(node, entry);
    case 'alterTable':
      return together(node.actions.map((action) => alterAction(action, node, entry)));
    case 'createIndex':
      return { ...take(node.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE', nameOf(node.table)), scan: true };
    case 'drop':
      return drop(node, entry);
    case 'rename':
      return node.object === 'table' || node.object === 'view' ? take('ACCESS EXCLUSIVE', ...node.pairs.map(({ from }) => nameOf(from))) : none;
    case 'truncate':
      return take('ACCESS EXCLUSIVE', ...node.tables.map(nameOf));
    case 'createView':
      return node.orReplace && entry.before.views.has(keyOf('postgresql', node.name)) ? take('ACCESS EXCLUSIVE', nameOf(node.name)) : none;
    case 'createTrigger':
      return take('SHARE ROW EXCLUSIVE', nameOf(node.table));
    case 'createPolicy':
    case 'alterPolicy':
      return take('ACCESS EXCLUSIVE', nameOf(node.table));
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      return node.table ? { ...take('ROW EXCLUSIVE', nameOf(node.table)), scan: !node.hasWhere && node.kind !== 'insert' } : none;
    case 'other':
      return other(node, entry);
    default:
      return none;
  }
}

/** A new table concerns others by its foreign keys, and by what it is a part of. */
function createTable(node: CreateTable, entry: HistoryEntry): Effect {
  const referenced = [
    ...node.columns.flatMap((column) => column.constraints.flatMap((one) => (one.kind === 'references' ? [one.references.table] : []))),
    ...node.constraints.flatMap((one) => (one.kind === 'foreignKey' ? [one.references.table] : [])),
  ];
  const stood = (name: QualifiedName): boolean => {
    const key = keyOf('postgresql', name);
    return !entry.newTables.has(key) && key !== keyOf('postgresql', node.name);
  };
  const part = node.partitionOf && stood(node.partitionOf.parent) ? take('ACCESS EXCLUSIVE', nameOf(node.partitionOf.parent)) : none;
  return together([take('SHARE ROW EXCLUSIVE', ...referenced.filter(stood).map(nameOf)), part, take('SHARE UPDATE EXCLUSIVE', ...node.inherits.filter(stood).map(nameOf))]);
}

function alterAction(action: AlterAction, node: AlterTable, entry: HistoryEntry): Effect {
  const table = nameOf(node.name);
  const known = findTable(entry.before, node.name.schema?.name, node.name.name.name);
  switch (action.kind) {
    case 'addColumn':
      return addColumn(action.column, table, entry);
    case 'alterType': {
      const before = known && findColumn('postgresql', known, action.column.name)?.type;
      return { ...take('ACCESS EXCLUSIVE', table), rewrite: action.using !== undefined || !typeChangeIsFree(before, engineType('postgresql', action.type)) };
    }
    case 'setNotNull': {
      const sure = known !== undefined && (provedNotNull(known, action.column.name) || findColumn('postgresql', known, action.column.name)?.nullable === false);
      return { ...take('ACCESS EXCLUSIVE', table), scan: !sure };
    }
    case 'addConstraint':
      return addConstraint(action.constraint, table);
    case 'dropConstraint': {
      const parent = known?.foreignKeys.find(({ name }) => name === action.name?.name)?.references;
      return take('ACCESS EXCLUSIVE', table, ...(parent ? [tableName({ ...parent, name: parent.table })] : []));
    }
    case 'validateConstraint':
      return { ...take('SHARE UPDATE EXCLUSIVE', table), scan: true };
    case 'attachPartition':
      return { ...together([take('SHARE UPDATE EXCLUSIVE', table), take('ACCESS EXCLUSIVE', nameOf(action.partition))]), scan: true };
    case 'detachPartition':
      return together([take(action.concurrently || action.finalize ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', table), take('ACCESS EXCLUSIVE', nameOf(action.partition))]);
    case 'inherit':
      return together([take('ACCESS EXCLUSIVE', table), ...(action.remove ? [] : [take('SHARE UPDATE EXCLUSIVE', nameOf(action.parent))])]);
    case 'options':
    case 'columnOption':
      return take(isLightSetting(action) ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', table);
    case 'trigger':
      return take(action.object === 'trigger' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE', table);
    case 'setLogged':
      return { ...take('ACCESS EXCLUSIVE', table), rewrite: true };
    default:
      return take('ACCESS EXCLUSIVE', table);
  }
}

/** Storage parameters, statistics targets and the index to cluster on; SET STORAGE, TABLESPACE, REPLICA IDENTITY and the rest lock reads too. */
function isLightSetting({ setting }: Extract<AlterAction, { kind: 'options' | 'columnOption' }>): boolean {
  if (setting?.kind === 'named' || setting?.kind === 'words') return /\bCLUSTER\b/.test(setting.words);
  return setting === undefined || setting.kind === 'set' || setting.kind === 'reset' || setting.kind === 'statistics';
}

function addColumn(column: ColumnDefinition, table: string, entry: HistoryEntry): Effect {
  const parents = column.constraints.flatMap((one) => (one.kind === 'references' ? [nameOf(one.references.table)] : []));
  const scan = column.constraints.some(({ kind }) => kind === 'check' || kind === 'unique' || kind === 'primaryKey');
  return { ...together([take('ACCESS EXCLUSIVE', table), take('SHARE ROW EXCLUSIVE', ...parents)]), rewrite: addColumnRewrites(column, entry), scan };
}

/** Functions that PostgreSQL evaluates once per row when they stand in a DEFAULT (volatile), which rewrites the table. */
const volatileDefault = /\b(gen_random_uuid|uuid_generate_v\d\w*|uuidv[47]|random|clock_timestamp|timeofday|nextval)\s*\(/i;

function addColumnRewrites({ type, constraints }: ColumnDefinition, { before }: HistoryEntry): boolean {
  if (/^(big|small)?serial\d?$/.test(type?.name ?? '')) return true;
  const domain = type && before.domains.get(objectKey('postgresql', undefined, type.name));
  if (domain && domain.constraints.length > 0) return true;
  return constraints.some(
    (constraint) =>
      constraint.kind === 'identity' ||
      (constraint.kind === 'generated' && constraint.stored) ||
      (constraint.kind === 'default' && volatileDefault.test(constraint.expression.text)),
  );
}

/** Type changes that PostgreSQL makes without touching a row: widening varchar and numeric of the same scale, varchar and text either way round. */
function typeChangeIsFree(before: string | undefined, after: string): boolean {
  if (before === undefined) return false;
  if (before === after) return true;
  const from = /^(character varying|numeric)(?:\((\d+)(?:,\s*(\d+))?\))?$/.exec(before);
  if (!from) return before === 'text' && after === 'character varying';
  if (from[1] === 'character varying' && after === 'text') return true;
  const to = /^(varchar|character varying|numeric)(?:\s*\((\d+)(?:,\s*(\d+))?\))?$/.exec(after);
  if (!to || (to[1] === 'numeric') !== (from[1] === 'numeric')) return false;
  return to[2] === undefined || (from[2] !== undefined && Number(to[2]) >= Number(from[2]) && Number(to[3] ?? 0) === Number(from[3] ?? 0));
}

function addConstraint(constraint: Extract<AlterAction, { kind: 'addConstraint' }>['constraint'], table: string): Effect {
  switch (constraint.kind) {
    case 'foreignKey':
      return { ...take('SHARE ROW EXCLUSIVE', table, nameOf(constraint.references.table)), scan: !constraint.notValid && !constraint.notEnforced };
    case 'check':
      return { ...take('ACCESS EXCLUSIVE', table), scan: !constraint.notValid && !constraint.notEnforced };
    case 'notNull':
      return { ...take('ACCESS EXCLUSIVE', table), scan: !constraint.notValid };
    case 'unique':
    case 'primaryKey':
      return { ...take('ACCESS EXCLUSIVE', table), scan: constraint.usingIndex === undefined };
    default:
      return { ...take('ACCESS EXCLUSIVE', table), scan: true };
  }
}

function drop(node: Drop, { before }: HistoryEntry): Effect {
  switch (node.object) {
    case 'index':
      return take(node.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', ...node.names.map((name) => tableOfIndex(before, name) ?? `the table of ${nameOf(name)}`));
    case 'table':
      return take('ACCESS EXCLUSIVE', ...new Set(node.names.flatMap((name) => [nameOf(name), ...joinedByKeys(before, name)])));
    case 'view':
    case 'materializedView':
      return take('ACCESS EXCLUSIVE', ...node.names.map(nameOf));
    case 'trigger':
    case 'policy':
      return node.onTable ? take('ACCESS EXCLUSIVE', nameOf(node.onTable)) : none;
    default:
      return none;
  }
}

type Catalog = HistoryEntry['before'];

function tableOfIndex({ tables }: Catalog, name: QualifiedName): string | undefined {
  const [key] = tables.keysBy('index', bareKey('postgresql', name.name.name));
  const table = key === undefined ? undefined : tables.get(key);
  return table && tableName(table);
}

/** Tables that foreign keys of a table point at, or whose foreign keys point at it: their triggers go with it. */
function joinedByKeys(catalog: Catalog, name: QualifiedName): string[] {
  const { tables } = catalog;
  const known = findTable(catalog, name.schema?.name, name.name.name);
  const parents = known?.foreignKeys.map(({ references }) => tableName({ ...references, name: references.table })) ?? [];
  const children = tables.keysBy('referenced', bareKey('postgresql', name.name.name)).map((key) => tableName(tables.get(key)!));
  return [...parents, ...children];
}

/** Statements of which the reader knows the leading words and the name behind them. */
function other(node: OtherStatement, { before }: HistoryEntry): Effect {
  if (node.target === undefined) return none;
  const name = nameOf(node.target);
  switch (node.verb) {
    case 'COMMENT ON':
      return node.object === 'table' || node.object === 'column' ? take('SHARE UPDATE EXCLUSIVE', name) : none;
    case 'ANALYZE':
      return take('SHARE UPDATE EXCLUSIVE', name);
    case 'VACUUM':
      return /^VACUUM\s*(\(\s*|[^(]*\b)FULL\b/i.test(node.text) ? { ...take('ACCESS EXCLUSIVE', name), rewrite: true } : take('SHARE UPDATE EXCLUSIVE', name);
    case 'CLUSTER':
      return { ...take('ACCESS EXCLUSIVE', name), rewrite: true };
    case 'LOCK TABLE':
      return take(modes.find((mode) => new RegExp(`\\bIN\\s+${mode.replaceAll(' ', '\\s+')}\\s+MODE\\b`, 'i').test(node.text)) ?? 'ACCESS EXCLUSIVE', name);
    case 'REFRESH MATERIALIZED VIEW':
      return /\bCONCURRENTLY\b/i.test(node.text) ? { ...take('EXCLUSIVE', name), scan: true } : { ...take('ACCESS EXCLUSIVE', name), rewrite: true };
    case 'REINDEX':
      return reindex(node, before, name);
    default:
      return none;
  }
}

/** Reads plan with every index of a table, so that they wait for the one that is built. */
function reindex(node: OtherStatement, before: Catalog, name: string): Effect {
  const ofIndex = /^REINDEX\s*(\([^)]*\)\s*)?INDEX\b/i.test(node.text);
  if (!ofIndex && !/^REINDEX\s*(\([^)]*\)\s*)?TABLE\b/i.test(node.text)) return none;
  const table = ofIndex ? (tableOfIndex(before, node.target!) ?? `the table of ${name}`) : name;
  if (node.concurrently) return { ...take('SHARE UPDATE EXCLUSIVE', table), scan: true };
  return { ...together([take('SHARE', table), take('ACCESS EXCLUSIVE', ofIndex ? name : `the indexes of ${name}`)]), scan: true };
}
