import { parseStmt } from 'sqlite3-parser';
import type { AlterAction, ColumnConstraint, ColumnDefinition, Identifier, IndexPart, StatementNode, TableConstraint } from '../../server/src/source/sql/ast.ts';
import type { TextRange } from '../../server/src/text/range.ts';

// What SQLite's own parser and the reader make of a statement, both as a list of marked places: "mark offset length".

// eslint-disable-next-line typescript/no-explicit-any -- the tree is looked at in a few places only
type Tree = any;

const at = (mark: string, { span }: Tree): string => `${mark} ${span.offset} ${span.length}`;
/** SQLite's parser lets a constraint begin after its name, so that only the ends can be compared. */
const ends = (mark: string, { span, name }: Tree): string => `${mark} -${span.offset + span.length}${name ? ` named ${name.span.offset}` : ''}`;
const endsHere = ({ kind, name, range }: ColumnConstraint | TableConstraint): string => `${kind === 'option' ? 'other' : kind} -${range.end}${name ? ` named ${name.range.start}` : ''}`;
const here = (mark: string, { start, end }: TextRange): string => `${mark} ${start} ${end - start}`;

const columnConstraints: Readonly<Record<string, string>> = {
  NotNullColumnConstraint: 'notNull',
  DefaultColumnConstraint: 'default',
  PrimaryKeyColumnConstraint: 'primaryKey',
  UniqueColumnConstraint: 'unique',
  CheckColumnConstraint: 'check',
  CollateColumnConstraint: 'collate',
  ForeignKeyColumnConstraint: 'references',
  GeneratedColumnConstraint: 'generated',
};

const tableConstraints: Readonly<Record<string, string>> = {
  PrimaryKeyTableConstraint: 'primaryKey',
  UniqueTableConstraint: 'unique',
  CheckTableConstraint: 'check',
  ForeignKeyTableConstraint: 'foreignKey',
};

/** The places that SQLite's parser marks, or undefined when it refuses the text or the statement is of another kind. */
export function sqlitePlaces(sql: string): string[] | undefined {
  const result = parseStmt(sql) as Tree;
  if (result.status !== 'ok') return undefined;
  const tree = result.root.type === 'CmdList' ? result.root.cmds[0] : result.root;
  switch (tree.type) {
    case 'CreateTableStmt':
      return [at('table', tree.tblName), ...(tree.body.columns ?? []).flatMap(treeColumn), ...(tree.body.constraints ?? []).flatMap(treeConstraint)];
    case 'CreateIndexStmt':
      return [at('table', tree.tblName), at('index', tree.idxName), ...tree.columns.flatMap(treeIndexed), ...(tree.whereClause ? [at('where', tree.whereClause)] : [])];
    case 'AlterTableStmt':
      return [at('table', tree.tblName), ...treeAlteration(tree.body)];
    case 'DropTableStmt':
    case 'DeleteStmt':
    case 'UpdateStmt':
    case 'InsertStmt':
      return [at('table', tree.tblName.objName), `where ${tree.whereClause !== undefined}`];
    default:
      return undefined;
  }
}

function treeColumn(column: Tree): string[] {
  return [at('column', column.colName), ...joinDeferral(column.constraints).map((item: Tree) => ends(columnConstraint(item.constraint), item)), ...(column.colType ? [`type ${typeName(column.colType.name)}`] : ['no type'])];
}

/** GENERATED ALWAYS is part of the type to SQLite's grammar; the engine takes it off again. */
const typeName = (name: string): string => name.toLowerCase().replace(/ generated always$/, '');

/** A deferral is an item of its own to SQLite's grammar, and the end of the foreign key before it to the reader. */
function joinDeferral(items: readonly Tree[]): readonly Tree[] {
  return items.reduce((joined: Tree[], item) => {
    if (item.constraint?.type !== 'DeferColumnConstraint') return [...joined, item];
    const { span, ...before } = joined.pop()!;
    return [...joined, { ...before, span: { offset: span.offset, length: item.span.offset + item.span.length - span.offset } }];
  }, []);
}

function columnConstraint(constraint: Tree): string {
  if (constraint?.nullable) return 'null';
  return columnConstraints[constraint?.type] ?? 'other';
}

function treeConstraint(item: Tree): string[] {
  const { constraint } = item;
  const clause = constraint.clause ? [at('parent', constraint.clause.tblName), ...(constraint.clause.columns ?? []).map((column: Tree) => at('referenced', column.colName))] : [];
  const columns = (constraint.columns ?? []).map((column: Tree) => at('key', column.colName ?? bareColumn(column.expr)));
  return [ends(tableConstraints[constraint.type] ?? 'other', item), ...columns, ...clause];
}

const bareColumn = (expression: Tree): Tree => (expression.type === 'CollateExpr' ? expression.expr : expression);

function treeIndexed({ expr, order }: Tree): string[] {
  const bare = bareColumn(expr);
  return [bare.type === 'Id' ? at('key', bare) : 'expression', ...(order ? [order.toLowerCase()] : [])];
}

function treeAlteration(body: Tree): string[] {
  switch (body.type) {
    case 'RenameToAlterTableBody':
      return [at('to', body.name)];
    case 'RenameColumnAlterTableBody':
      return [at('from', body.old), at('to', body.new)];
    case 'AddColumnAlterTableBody':
      return treeColumn(body.column);
    case 'DropColumnAlterTableBody':
      return [at('drop', body.column)];
    default:
      return ['other'];
  }
}

/** The same places as the reader marks them. */
export function readerPlaces(node: StatementNode): string[] | undefined {
  switch (node.kind) {
    case 'createTable':
      return [here('table', node.name.range), ...node.columns.flatMap(readColumn), ...node.constraints.flatMap(readConstraint)];
    case 'createIndex':
      return [here('table', node.table.range), here('index', node.name!.range), ...node.columns.flatMap(readIndexed), ...(node.where ? [here('where', node.where.range)] : [])];
    case 'alterTable':
      return [here('table', node.name.range), ...node.actions.flatMap(readAction)];
    case 'drop':
      return [here('table', node.names[0]!.name.range), 'where false'];
    case 'insert':
    case 'update':
    case 'delete':
      return node.table && [here('table', node.table.name.range), `where ${node.hasWhere}`];
    default:
      return undefined;
  }
}

function readColumn(column: ColumnDefinition): string[] {
  return [here('column', column.name.range), ...column.constraints.map(endsHere), column.type ? `type ${column.type.name}` : 'no type'];
}

function readConstraint(constraint: TableConstraint): string[] {
  const references = 'references' in constraint ? [here('parent', constraint.references.table.range), ...constraint.references.columns.map((column) => here('referenced', column.range))] : [];
  const columns = 'columns' in constraint ? constraint.columns.map((part) => here('key', keyRange(part))) : [];
  return [endsHere(constraint), ...columns, ...references];
}

const keyRange = (part: Identifier | IndexPart): TextRange => ('column' in part && part.column ? part.column.range : part.range);

function readIndexed(part: IndexPart): string[] {
  return [part.column ? here('key', part.column.range) : 'expression', ...(part.order ? [part.order] : [])];
}

function readAction(action: AlterAction): string[] {
  switch (action.kind) {
    case 'renameTable':
      return [here('to', action.to.range)];
    case 'renameColumn':
      return [here('from', action.from.range), here('to', action.to.range)];
    case 'addColumn':
      return readColumn(action.column);
    case 'dropColumn':
      return [here('drop', action.column.range)];
    default:
      return ['other'];
  }
}
