import type { Database } from 'node-sqlite3-wasm';

type Row = Record<string, unknown>;

/** What SQLite itself says of its schema, as sorted lines; column order, quoting and blanks do not count. */
export function introspectSqlite(database: Database): string[] {
  const lines: string[] = [];
  const all = (sql: string, ...values: string[]) => database.all(sql, values) as Row[];
  for (const { type, name, tbl_name: table, sql } of all(`SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`)) {
    if (type === 'table') lines.push(...tableFacts(all, String(name), String(sql)));
    else if (type === 'index') lines.push(`index ${String(name)} ${predicate(String(sql))}`);
    else lines.push(`${String(type)} ${String(table)} ${normal(String(sql))}`);
  }
  return lines.sort();
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
  return [...lines, ...checksOf(table, sql)];
}

/** CHECK clauses stand only in the text of the table. */
function checksOf(table: string, sql: string): string[] {
  const checks: string[] = [];
  for (const match of sql.matchAll(/\bcheck\s*\(/gi)) {
    let depth = 0;
    let end = match.index + match[0].length - 1;
    for (; end < sql.length; end++) {
      if (sql[end] === '(') depth++;
      else if (sql[end] === ')' && --depth === 0) break;
    }
    checks.push(`check ${table} ${normal(sql.slice(match.index, end + 1))}`);
  }
  return checks;
}

function predicate(sql: string): string {
  return normal(/\bon\b.*/is.exec(sql)?.[0] ?? sql).replaceAll(' asc', '');
}

function normal(sql: string): string {
  return sql.replaceAll(/--[^\n]*/g, ' ').replaceAll(/["`[\]]/g, '').replace(/\bif not exists\b/i, '').replaceAll(/\s+/g, '').toLowerCase();
}
