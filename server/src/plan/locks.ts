import type { DatabaseFacts, HistoryEntry } from '../project/facts.ts';
import { keyOf } from '../rules/support.ts';
import { findColumn, findTable } from '../schema/catalog.ts';
import { engineType } from '../schema/types.ts';
import { isMySql } from '../source/dialect.ts';
import type { AlterAction, AlterTable, ColumnDefinition, QualifiedName, StatementNode } from '../source/sql/ast.ts';

/** What a statement holds while it runs. `scan`: reads the whole table under that lock. */
export interface LockEffect {
  /** In the engine's own words, with the table; null when nothing that others use is locked. */
  readonly lock: string | null;
  readonly rewrite: boolean;
  readonly scan: boolean;
  /** Whether reads or writes of clients wait for it. */
  readonly blocks: 'nothing' | 'writes' | 'everything';
}

const none: LockEffect = { lock: null, rewrite: false, scan: false, blocks: 'nothing' };

/** Lock modes of PostgreSQL, weakest first (manual, 13.3.1), and what each keeps waiting. */
const postgresModes = ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const;
type PostgresMode = (typeof postgresModes)[number];

function blocksOf(mode: PostgresMode): LockEffect['blocks'] {
  if (mode === 'ACCESS EXCLUSIVE') return 'everything';
  return mode === 'ROW EXCLUSIVE' || mode === 'SHARE UPDATE EXCLUSIVE' ? 'nothing' : 'writes';
}

function nameOf(name: QualifiedName): string {
  return name.schema ? `${name.schema.name}.${name.name.name}` : name.name.name;
}

function postgres(mode: PostgresMode, table: string, rewrite = false, scan = false): LockEffect {
  return { lock: `${mode} on ${table}`, rewrite, scan, blocks: blocksOf(mode) };
}

/** Functions that PostgreSQL evaluates once per row when they stand in a DEFAULT (volatile), which rewrites the table. */
const volatileDefault = /\b(gen_random_uuid|uuid_generate_v\d\w*|uuidv[47]|random|clock_timestamp|timeofday|nextval)\s*\(/i;

function addColumnRewrites(column: ColumnDefinition): boolean {
  if (/^(big|small)?serial\d?$/.test(column.type?.name ?? '')) return true;
  return column.constraints.some(
    (constraint) =>
      constraint.kind === 'identity' ||
      (constraint.kind === 'generated' && constraint.stored) ||
      (constraint.kind === 'default' && volatileDefault.test(constraint.expression.text)),
  );
}

/** Type changes that PostgreSQL makes without touching a row (measured on 18): widening varchar, varchar to text. */
function typeChangeIsFree(before: string | undefined, after: string): boolean {
  if (before === undefined) return false;
  if (before === after) return true;
  const from = /^character varying(?:\((\d+)\))?$/.exec(before);
  const to = /^(?:varchar|character varying)(?:\s*\((\d+)\))?$/.exec(after);
  if (from && (to || after === 'text')) return after === 'text' || to![1] === undefined || (from[1] !== undefined && Number(to![1]) >= Number(from[1]));
  return before === 'text' && after === 'character varying';
}

function postgresAction(action: AlterAction, table: string, entry: HistoryEntry, node: AlterTable): LockEffect {
  switch (action.kind) {
    case 'addColumn': {
      const parents = action.column.constraints.flatMap((one) => (one.kind === 'references' ? [nameOf(one.references.table)] : []));
      const also = parents.length > 0 ? `, SHARE ROW EXCLUSIVE on ${parents.join(', ')}` : '';
      return postgres('ACCESS EXCLUSIVE', `${table}${also}`, addColumnRewrites(action.column), action.column.constraints.some((one) => one.kind === 'check' || one.kind === 'unique' || one.kind === 'primaryKey'));
    }
    case 'alterType': {
      const known = findTable(entry.before, node.name.schema?.name, node.name.name.name);
      const before = known && findColumn(entry.before.dialect, known, action.column.name)?.type;
      return postgres('ACCESS EXCLUSIVE', table, action.using !== undefined || !typeChangeIsFree(before, engineType('postgresql', action.type)));
    }
    case 'setNotNull':
      return postgres('ACCESS EXCLUSIVE', table, false, true);
    case 'addConstraint': {
      const { constraint } = action;
      if (constraint.kind === 'foreignKey') return postgres('SHARE ROW EXCLUSIVE', `${table} and ${nameOf(constraint.references.table)}`, false, !constraint.notValid);
      if (constraint.kind === 'check') return postgres('ACCESS EXCLUSIVE', table, false, !constraint.notValid);
      const usingIndex = (constraint.kind === 'unique' || constraint.kind === 'primaryKey') && constraint.usingIndex !== undefined;
      return postgres('ACCESS EXCLUSIVE', table, false, !usingIndex);
    }
    case 'validateConstraint':
      return postgres('SHARE UPDATE EXCLUSIVE', table, false, true);
    case 'attachPartition':
      return postgres('SHARE UPDATE EXCLUSIVE', `${table}, ACCESS EXCLUSIVE on ${nameOf(action.partition)}`, false, true);
    case 'detachPartition':
      return postgres(action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', table);
    case 'options':
    case 'columnOption':
      return postgres('SHARE UPDATE EXCLUSIVE', table);
    case 'trigger':
      return postgres('SHARE ROW EXCLUSIVE', table);
    case 'setLogged':
      return postgres('ACCESS EXCLUSIVE', table, true);
    default:
      return postgres('ACCESS EXCLUSIVE', table);
  }
}

function strongest(effects: readonly LockEffect[]): LockEffect {
  const order = ['nothing', 'writes', 'everything'];
  return effects.reduce((worst, effect) => {
    const first = order.indexOf(effect.blocks) > order.indexOf(worst.blocks) || worst.lock === null ? effect : worst;
    return { ...first, rewrite: worst.rewrite || effect.rewrite, scan: worst.scan || effect.scan };
  }, none);
}

function parentOf(name: QualifiedName): { readonly key: string; readonly name: string } {
  return { key: keyOf('postgresql', name), name: nameOf(name) };
}

function postgresEffect(node: StatementNode, entry: HistoryEntry): LockEffect {
  switch (node.kind) {
    case 'createTable': {
      const parents = [
        ...node.columns.flatMap((column) => column.constraints.flatMap((one) => (one.kind === 'references' ? [parentOf(one.references.table)] : []))),
        ...node.constraints.flatMap((one) => (one.kind === 'foreignKey' ? [parentOf(one.references.table)] : [])),
      ].filter(({ key }) => !entry.newTables.has(key) && key !== keyOf('postgresql', node.name)).map(({ name }) => name);
      return parents.length === 0 ? none : { ...postgres('SHARE ROW EXCLUSIVE', [...new Set(parents)].join(', ')) };
    }
    case 'alterTable':
      return strongest(node.actions.map((action) => postgresAction(action, nameOf(node.name), entry, node)));
    case 'createIndex':
      return postgres(node.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE', nameOf(node.table), false, true);
    case 'drop':
      if (node.object === 'index') return postgres(node.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', `the table of ${node.names.map(nameOf).join(', ')}`);
      return node.object === 'table' ? postgres('ACCESS EXCLUSIVE', node.names.map(nameOf).join(', ')) : none;
    case 'rename':
      return node.object === 'table' ? postgres('ACCESS EXCLUSIVE', node.pairs.map((pair) => nameOf(pair.from)).join(', ')) : none;
    case 'truncate':
      return postgres('ACCESS EXCLUSIVE', node.tables.map(nameOf).join(', '));
    case 'createTrigger':
      return postgres('SHARE ROW EXCLUSIVE', nameOf(node.table));
    case 'createPolicy':
    case 'alterPolicy':
      return postgres('ACCESS EXCLUSIVE', nameOf(node.table));
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      return node.table ? postgres('ROW EXCLUSIVE', nameOf(node.table), false, !node.hasWhere && node.kind !== 'insert') : none;
    default:
      return none;
  }
}

/**
 * MySQL 8 (manual, 17.12.1 Online DDL Operations): every ALTER takes a short exclusive metadata lock at its ends;
 * what matters is whether it rebuilds the table by copying, which keeps writes waiting.
 */
function mysqlEffect(node: StatementNode): LockEffect {
  const metadata = (table: string): LockEffect => ({ lock: `metadata lock on ${table}`, rewrite: false, scan: false, blocks: 'nothing' });
  const copy = (table: string): LockEffect => ({ lock: `metadata lock on ${table}, table copied, writes wait`, rewrite: true, scan: true, blocks: 'writes' });
  switch (node.kind) {
    case 'alterTable': {
      const table = nameOf(node.name);
      const copies = (action: AlterAction): boolean =>
        action.kind === 'modifyColumn' || action.kind === 'changeColumn' || (action.kind === 'addConstraint' && (action.constraint.kind === 'foreignKey' || action.constraint.kind === 'check')) || (action.kind === 'options' && (action.setting?.kind === 'convert' || action.options.some(({ name }) => name === 'CHARSET')));
      return node.actions.some(copies) ? copy(table) : metadata(table);
    }
    case 'createIndex':
      return { ...metadata(nameOf(node.table)), scan: true };
    case 'drop':
      return node.object === 'table' ? metadata(node.names.map(nameOf).join(', ')) : node.onTable ? metadata(nameOf(node.onTable)) : none;
    case 'truncate':
      return metadata(node.tables.map(nameOf).join(', '));
    case 'update':
    case 'delete':
      return node.table ? { lock: `row locks in ${nameOf(node.table)}${node.hasWhere ? '' : ' (every row)'}`, rewrite: false, scan: !node.hasWhere, blocks: node.hasWhere ? 'nothing' : 'writes' } : none;
    default:
      return none;
  }
}

/** SQLite knows one writer for the whole file (manual, File Locking And Concurrency). */
function sqliteEffect(node: StatementNode): LockEffect {
  const reading = new Set<StatementNode['kind']>(['select', 'values', 'transaction', 'set', 'unread', 'other']);
  if (reading.has(node.kind)) return none;
  const rewrite = node.kind === 'alterTable' && node.actions.some((action) => action.kind === 'dropColumn');
  return { lock: 'the database file (one writer)', rewrite, scan: node.kind === 'createIndex' || rewrite, blocks: 'writes' };
}

/**
 * What a statement of a migration locks. A class fact from the manuals, not an experiment: PostgreSQL 18's lock modes were
 * read from pg_locks for the statements listed here; the same modes hold from 12 on.
 */
export function lockEffect(database: DatabaseFacts, entry: HistoryEntry): LockEffect {
  const { node } = entry.placed;
  if (database.dialect === 'postgresql') return postgresEffect(node, entry);
  return isMySql(database.dialect) ? mysqlEffect(node) : sqliteEffect(node);
}

/** Whether the statement concerns only a table or materialized view that the same migration made, which nobody uses yet. */
export function onNewTable(database: DatabaseFacts, entry: HistoryEntry): boolean {
  const { node } = entry.placed;
  const table = 'table' in node ? node.table : node.kind === 'alterTable' ? node.name : undefined;
  if (table === undefined) return false;
  const key = keyOf(database.dialect, table);
  return entry.newTables.has(key) || entry.before.views.get(key)?.origin.file === entry.placed.file;
}
