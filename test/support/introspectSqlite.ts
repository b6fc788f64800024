import type { Database } from 'node-sqlite3-wasm';
import { parseStmt } from 'sqlite3-parser';

type Row = Record<string, unknown>;

/** What SQLite itself says of its schema, as sorted lines; quoting and blanks do not count, nor does the order of columns unless `order` asks for it. */
export function introspectSqlite(database: Database, { order = false }: { readonly order?: boolean } = {}): string[] {
  const lines: string[] = [];
  const all = (sql: string, ...values: string[]) => database.all(sql, values) as Row[];
  for (const { type, name, tbl_name: table, sql } of all(`SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`)) {
    if (type === 'table') lines.push(...tableFacts(all, String(name), String(sql)), ...(order ? [orderOf(all, String(name))] : []));
    else if (type === 'index') lines.push(`index ${String(name)} ${predicate(String(sql))}`);
    else lines.push(`${String(type)} ${String(table)} ${normal(String(sql))}`);
  }
  return lines.sort();
}

function orderOf(all: (sql: string, ...values: string[]) => Row[], table: string): string {
  return `order ${table} (${all('SELECT name FROM pragma_table_xinfo(?) ORDER BY cid', table).map(({ name }) => String(name)).join(', ')})`;
}

function tableFacts(all: (sql: string, ...values: string[]) => Row[], table: string, sql: string): string[] {
  const lines = [`table ${table} rowid=${!/without\s+rowid/i.test(sql)} strict=${/\)[^)]*\bstrict\b[^)]*$/i.test(sql)} autoincrement=${/autoincrement/i.test(sql)}`];
  const columns = all('SELECT * FROM pragma_table_xinfo(?)', table);
  const keys = columns.filter(({ pk }) => Number(pk) > 0);
  for (const { name, type, notnull, dflt_value, pk, hidden } of columns) {
    const alias = keys.length === 1 && Number(pk) === 1 && String(type).toUpperCase() === 'INTEGER';
    const written = typeof dflt_value === 'string' ? dflt_value : '';
    const fallback = /^null$/i.test(written) ? '' : normal(written);
    lines.push(`column ${table}.${String(name)} ${normal(String(type))} notnull=${alias ? 1 : String(notnull)} default=${fallback} pk=${String(pk)} hidden=${String(hidden)}`);
  }
  for (const { name, unique, origin, partial } of all('SELECT * FROM pragma_index_list(?)', table)) {
    const parts = all('SELECT * FROM pragma_index_xinfo(?)', String(name)).filter(({ key }) => Number(key) === 1);
    const list = parts.map((part) => `${String(part['name'])}${Number(part['desc']) ? ' desc' : ''} ${String(part['coll'])}`).join(', ');
    lines.push(`key ${table} ${origin === 'c' ? String(name) : ''} unique=${String(unique)} origin=${String(origin)} partial=${String(partial)} (${list})`);
  }
  const foreign = new Map<string, string>();
  const primary = (parent: unknown, seq: unknown) => all('SELECT name FROM pragma_table_info(?) WHERE pk = CAST(? AS INTEGER)', String(parent), String(Number(seq) + 1))[0]?.['name'];
  for (const { id, table: parent, from, to, seq, on_update, on_delete } of all('SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq', table)) {
    foreign.set(String(id), `${foreign.get(String(id)) ?? ''} ${String(from)}->${String(parent)}.${String(to ?? primary(parent, seq))} ${String(on_update)} ${String(on_delete)}`);
  }
  for (const text of foreign.values()) lines.push(`foreign key ${table}${text}`);
  return [...lines, ...textFacts(table, sql)];
}

// eslint-disable-next-line typescript/no-explicit-any -- the tree is looked at in a few places only
type Tree = any;

/** What stands only in the text of a table, as SQLite's own grammar reads it: checks, generated columns, collations, deferral, conflict clauses, names of constraints. */
function textFacts(table: string, sql: string): string[] {
  const parsed = parseStmt(sql) as Tree;
  const tree = parsed.status === 'ok' ? (parsed.root.type === 'CmdList' ? parsed.root.cmds[0] : parsed.root) : undefined;
  if (tree?.type !== 'CreateTableStmt') return [`text ${table} ${normal(sql)}`];
  const facts: string[] = [];
  const say = (name: Tree, ...parts: readonly unknown[]) => facts.push(`constraint ${table} ${name?.text ?? '-'} ${parts.filter((part) => part !== undefined && part !== '').map(String).join(' ')}`);
  for (const { colName, constraints } of tree.body.columns ?? []) {
    for (const [i, { name, constraint }] of constraints.entries()) sayColumn((...parts) => say(name, ...parts), colName.text, constraint, constraints[i + 1]?.constraint, name !== undefined);
  }
  for (const { name, constraint } of tree.body.constraints ?? []) {
    const columns = (constraint.columns ?? []).map((column: Tree) => column.colName?.text ?? (column.expr.type === 'Id' ? column.expr.name : shape(column))).join();
    if (constraint.type === 'CheckTableConstraint') say(name, 'check', shape(constraint.expr));
    else if (constraint.type === 'ForeignKeyTableConstraint') say(name, 'foreign key', columns, deferral(constraint.deferClause), matchOf(constraint.clause));
    else if (name || constraint.conflictClause) say(name, constraint.type.replace('TableConstraint', ''), columns, constraint.conflictClause);
  }
  return facts.map((fact) => fact.toLowerCase());
}

function sayColumn(say: (...parts: readonly unknown[]) => void, column: string, constraint: Tree, next: Tree, named: boolean): void {
  const kind = constraint.type.replace('ColumnConstraint', '');
  if (kind === 'Check') say('check', shape(constraint.expr));
  else if (kind === 'Generated') say('generated', column, shape(constraint.expr), constraint.typ?.name);
  else if (kind === 'Collate') say('collate', column, constraint.collationName.text);
  else if (kind === 'ForeignKey') say('foreign key', column, next?.type === 'DeferColumnConstraint' ? deferral(next.clause) : '', matchOf(constraint.clause));
  else if ((kind === 'Unique' || kind === 'PrimaryKey') && (named || constraint.conflictClause)) say(kind, column, constraint.conflictClause);
  else if (kind === 'NotNull' && constraint.conflictClause) say(kind, column, constraint.conflictClause);
}

/** DEFERRABLE alone means INITIALLY IMMEDIATE, which is what holds anyway. */
function deferral(clause: Tree): string {
  return clause?.deferrable && clause.initDeferred === 'InitiallyDeferred' ? 'deferred' : '';
}

function matchOf(clause: Tree): string {
  return clause.args.flatMap((arg: Tree) => (arg.type === 'MatchRefArg' && !/^simple$/i.test(arg.name.text) ? [`match ${arg.name.text}`] : [])).join();
}

/** An expression without its places, so that blanks, quotes and brackets do not count. */
function shape(tree: Tree): string {
  const text = JSON.stringify(tree, (key, value: Tree) => (key === 'span' ? undefined : value?.type === 'ParenthesizedExpr' && value.exprs?.length === 1 ? value.exprs[0] : value));
  return text.replaceAll(/"type":|["{}[\]]/g, '').replaceAll(/[:,]+/g, ' ');
}

function predicate(sql: string): string {
  return normal((/\bon\b.*/is.exec(sql)?.[0] ?? sql).replaceAll(/ asc\b/gi, ''));
}

function normal(sql: string): string {
  return sql.replaceAll(/--[^\n]*/g, ' ').replaceAll(/["`[\]]/g, '').replace(/\bif not exists\b/i, '').replaceAll(/\s+/g, '').toLowerCase();
}
