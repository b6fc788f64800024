import type { AlterAction, AlterTable, ColumnDefinition, CreateIndex, Identifier, IndexPart, QualifiedName, StatementNode, TableConstraint } from '../../../server/src/source/sql/ast.ts';
import { qualified, quoted } from './text.ts';

// A state in which a MySQL statement can be carried out: the tables that it speaks of, with the columns and keys that it needs.

/** What a table must have. */
class TableState {
  readonly columns = new Map<string, string>();
  readonly keys: string[] = [];

  need(column: Identifier, type = 'int'): void {
    if (!this.columns.has(column.name)) this.columns.set(column.name, type);
  }

  needParts(parts: readonly IndexPart[], type?: string): void {
    for (const { column, prefixLength } of parts) if (column) this.need(column, type ?? (prefixLength === undefined ? 'int' : 'text'));
  }

  needKey(sql: (column: string) => string): void {
    const column = `key_${this.keys.length}`;
    this.columns.set(column, 'int');
    this.keys.push(sql(quoted('mysql', column)));
  }

  toSql(name: QualifiedName): string {
    const columns = [...this.columns].map(([column, type]) => `${quoted('mysql', column)} ${type}`);
    return `CREATE TABLE ${qualified('mysql', name)} (${['spare int', ...columns, ...this.keys].join(', ')})`;
  }
}

const specialType = (special: string | undefined): string | undefined => (special === 'fulltext' ? 'text' : undefined);

/** The statements that make the state; undefined when the statement is of another kind. */
export function stateFor(node: StatementNode): readonly string[] | undefined {
  switch (node.kind) {
    case 'alterTable':
      return [alteredTable(node)];
    case 'createIndex':
      return [indexedTable(node)];
    case 'drop':
      if (node.object === 'table') return node.names.map((name) => new TableState().toSql(name));
      return node.object === 'index' && node.onTable ? [tableWithKeys(node.onTable, node.names.map(({ name }) => name))] : undefined;
    case 'rename':
      return node.pairs.map(({ from }) => new TableState().toSql(from));
    case 'truncate':
      return node.tables.map((name) => new TableState().toSql(name));
    default:
      return undefined;
  }
}

function indexedTable(node: CreateIndex): string {
  const state = new TableState();
  state.needParts(node.columns, specialType(node.special));
  return state.toSql(node.table);
}

function tableWithKeys(table: QualifiedName, names: readonly Identifier[]): string {
  const state = new TableState();
  for (const name of names) state.needKey((column) => `KEY ${quoted('mysql', name.name)} (${column})`);
  return state.toSql(table);
}

function alteredTable(node: AlterTable): string {
  const state = new TableState();
  const added = new Set(node.actions.flatMap((action) => (action.kind === 'addColumn' || action.kind === 'changeColumn' ? [action.column.name.name] : [])));
  for (const action of node.actions) needFor(state, action);
  for (const action of node.actions) if (action.kind === 'addColumn' || (action.kind === 'changeColumn' && action.from.name !== action.column.name.name)) state.columns.delete(action.column.name.name);
  for (const action of node.actions) if (action.kind === 'addConstraint') needForConstraint(state, action.constraint, added);
  return state.toSql(node.name);
}

function needFor(state: TableState, action: AlterAction): void {
  if ('position' in action && action.position?.after) state.need(action.position.after);
  switch (action.kind) {
    case 'dropColumn':
      return state.need(action.column);
    case 'setDefault':
    case 'dropDefault':
      return state.need(action.column, 'varchar(100)');
    case 'modifyColumn':
      return needRedefined(state, action.column.name, action.column);
    case 'changeColumn':
      return needRedefined(state, action.from, action.column);
    case 'renameColumn':
      return state.need(action.from);
    case 'renameIndex':
      return state.needKey((column) => `KEY ${quoted('mysql', action.from.name)} (${column})`);
    case 'dropConstraint':
      return needDropped(state, action);
    default:
      return undefined;
  }
}

/** A column that counts has to have a key. */
function needRedefined(state: TableState, old: Identifier, { constraints }: ColumnDefinition): void {
  state.need(old);
  if (constraints.some(({ kind }) => kind === 'autoIncrement')) state.keys.push(`KEY (${quoted('mysql', old.name)})`);
}

function needDropped(state: TableState, { target, name }: Extract<AlterAction, { kind: 'dropConstraint' }>): void {
  if (target === 'primaryKey') return state.needKey((column) => `PRIMARY KEY (${column})`);
  const named = quoted('mysql', name!.name);
  if (target === 'foreignKey') return state.needKey((column) => `CONSTRAINT ${named} FOREIGN KEY (${column}) REFERENCES parent (id)`);
  if (target === 'check') return state.needKey((column) => `CONSTRAINT ${named} CHECK (${column} > 0)`);
  return state.needKey((column) => `${target === 'index' ? 'KEY' : 'UNIQUE KEY'} ${named} (${column})`);
}

function needForConstraint(state: TableState, constraint: TableConstraint, added: ReadonlySet<string>): void {
  if (!('columns' in constraint)) return;
  const type = specialType('special' in constraint ? constraint.special : undefined);
  for (const part of constraint.columns) {
    const column = 'name' in part ? part : part.column;
    if (column && !added.has(column.name)) state.need(column, type ?? ('prefixLength' in part && part.prefixLength !== undefined ? 'text' : 'int'));
  }
}
