import type { Database } from 'node-sqlite3-wasm';
import { lex } from '../../server/src/source/lexer.ts';

type Row = Record<string, unknown>;

/** What the engine itself says of its schema, as sorted lines; two equal lists are the same schema but for the order of columns. */
export function introspectSqlite(database: Database): string[] {
  const facts: string[] = [];
  const all = (sql: string) => database.all(sql) as Row[];
  const quote = (name: unknown) => `"${String(name).replaceAll('"', '""')}"`;
  for (const { type, name, tbl_name: table, sql } of all("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")) {
    if (type === 'view' || type === 'trigger') facts.push(`${String(type)} ${String(name)} ${tidy(String(sql))}`);
    if (type === 'index') facts.push(`index ${String(name)} on ${String(table)} where ${tidy(String(sql)).split(/ where /i)[1] ?? ''}`);
    if (type !== 'table') continue;
    for (const column of all(`PRAGMA table_xinfo(${quote(name)})`)) {
      const { type: of, notnull, dflt_value: value, pk, hidden } = column;
      const rowid = pk === 1 && String(of).toUpperCase() === 'INTEGER';
      const fallback = value === null || String(value).toUpperCase() === 'NULL' ? 'none' : String(value);
      facts.push(`column ${String(name)}.${String(column['name'])} ${String(of)} notnull=${rowid ? 'rowid' : String(notnull)} default=${fallback} pk=${String(pk)} hidden=${String(hidden)}`);
    }
    for (const key of all(`PRAGMA foreign_key_list(${quote(name)})`)) {
      facts.push(`foreign key ${String(name)}.${String(key['from'])} -> ${String(key['table'])}.${String(key['to'])} ${String(key['on_delete'])} ${String(key['on_update'])}`);
    }
    for (const index of all(`PRAGMA index_list(${quote(name)})`)) {
      const parts = all(`PRAGMA index_xinfo(${quote(index['name'])})`).filter((part) => part['key'] === 1).map((part) => `${String(part['name'])}${part['desc'] === 1 ? ' desc' : ''} ${String(part['coll'])}`);
      const label = String(index['name']).startsWith('sqlite_autoindex') ? '' : String(index['name']);
      facts.push(`index of ${String(name)} ${label} ${String(index['origin'])} unique=${String(index['unique'])} (${parts.join(', ')})`);
    }
    facts.push(...checksOf(String(sql)).map((check) => `check ${String(name)} ${check}`), `table ${String(name)} ${/autoincrement/i.test(String(sql)) ? 'autoincrement' : ''}`);
  }
  return facts.sort();
}

function tidy(sql: string): string {
  return lex(sql, 'sqlite').tokens.map((token) => (token.kind === 'quotedIdentifier' ? token.value : token.text)).join(' ');
}

/** The CHECK clauses of a CREATE TABLE. */
function checksOf(sql: string): string[] {
  const { tokens } = lex(sql, 'sqlite');
  const found: string[] = [];
  tokens.forEach((token, start) => {
    if (token.upper !== 'CHECK') return;
    let depth = 0;
    for (let i = start + 1; i < tokens.length; i++) {
      if (tokens[i]!.text === '(') depth++;
      else if (tokens[i]!.text === ')' && --depth === 0) {
        found.push(tokens.slice(start + 1, i + 1).map(({ text }) => text.toLowerCase()).join(' '));
        return;
      }
    }
  });
  return found;
}
