import { entriesAboutBeside } from '../../project/lookups.ts';
import type { HistoryEntry } from '../../project/facts.ts';
import { isMySql } from '../../source/dialect.ts';
import type { DataStatement, QualifiedName } from '../../source/sql/ast.ts';
import type { Token } from '../../source/token.ts';
import { defineRule, type StatementContext } from '../rule.ts';
import { everyDialect, isEmptyHere, keyOf, tableBefore } from '../support.ts';

export const changeWithoutWhere = defineRule({
  id: 'change-without-where',
  dialects: everyDialect,
  severity: 'warning',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Say which rows an UPDATE or DELETE means.',
  why: 'Without a WHERE every row changes or goes: a slip that no later statement mends, and a lock on every row until the transaction ends.',
  fix: 'Add the condition that was meant. When every row is meant, say so: WHERE true, or TRUNCATE.',
  examples: [
    { dialect: 'postgresql', bad: "UPDATE products SET currency = 'EUR';", good: "UPDATE products SET currency = 'EUR' WHERE currency IS NULL;" },
    { dialect: 'mysql', bad: 'DELETE FROM sessions;', good: 'DELETE FROM sessions WHERE expires_at < NOW();' },
  ],
  references: [
    { title: 'PostgreSQL: UPDATE', url: 'https://www.postgresql.org/docs/current/sql-update.html' },
    { title: 'MySQL: UPDATE', url: 'https://dev.mysql.com/doc/refman/8.4/en/update.html' },
    { title: 'SQLite: UPDATE', url: 'https://www.sqlite.org/lang_update.html' },
  ],
  aliases: { pgls: ['banUpdateWithoutWhere', 'banDeleteWithoutWhere'], pgfence: ['delete-without-where', 'update-in-migration'], bytebase: ['STATEMENT_WHERE_REQUIRE_UPDATE_DELETE'] },
  check: { update: checkChange, delete: checkChange },
});

/** Folders in which emptying a table is the point. */
const testData = /(^|\/)(tests?|__tests__|spec|fixtures?|seeds?|testdata)(\/|\.|_)/i;

function checkChange(node: DataStatement, context: StatementContext): void {
  const { entry, database } = context;
  const { table } = node;
  if (node.hasWhere || node.with || !table || joinsWithCondition(node, entry) || testData.test(entry.placed.file) || /\blimit\b/i.test(entry.placed.statement.text)) return;
  if (isEmptyHere(database, entry, table) || tableBefore(entry, table)?.temporary || fillsNewColumns(node, table, context)) return;
  const { name } = table.name;
  context.report({
    at: table,
    message: node.kind === 'update' ? `This UPDATE has no WHERE and changes every row of ${name}` : `This DELETE has no WHERE and empties ${name}`,
  });
}

/** Whether MySQL changes only the rows that an inner join finds: `UPDATE a JOIN b ON ...`, `DELETE a FROM a JOIN b USING (...)`. */
function joinsWithCondition({ kind }: DataStatement, { placed: { statement } }: HistoryEntry): boolean {
  if (!isMySql(statement.dialect)) return false;
  const words = statement.tokens.filter(({ kind: token }) => token === 'word').map(({ upper }) => upper);
  const set = kind === 'update' ? words.indexOf('SET') : words.length;
  const joined = words.slice(0, set < 0 ? words.length : set);
  const outer = joined.some((word) => word === 'LEFT' || word === 'RIGHT' || word === 'OUTER' || word === 'CROSS');
  return !outer && joined.includes('JOIN') && (joined.includes('ON') || joined.includes('USING'));
}

/** Whether an UPDATE writes only columns that the same migration or script added to the table: every row is meant. */
function fillsNewColumns(node: DataStatement, table: QualifiedName, { entry, database }: StatementContext): boolean {
  if (node.kind !== 'update') return false;
  const added = new Set(entriesAboutBeside(database, entry, keyOf(database.dialect, table)).flatMap(({ placed }) => (placed.node.kind === 'alterTable' ? placed.node.actions.flatMap((action) => (action.kind === 'addColumn' ? [action.column.name.name.toLowerCase()] : [])) : [])));
  if (added.size === 0) return false;
  const written = writtenColumns(entry.placed.statement.tokens);
  return written.length > 0 && written.every((column) => added.has(column.toLowerCase()));
}

/** The columns that an UPDATE sets: the names before each `=` of its SET clause, those of `(a, b) = ...` included. */
function writtenColumns(tokens: readonly Token[]): string[] {
  const columns: string[] = [];
  let depth = 0;
  let inTarget = false;
  for (const { upper, text, kind, value } of tokens) {
    if (text === '(') depth++;
    else if (text === ')') depth--;
    else if (depth === 0 && upper === 'SET') inTarget = true;
    else if (depth === 0 && (upper === 'FROM' || upper === 'WHERE')) break;
    else if (inTarget && text === '=') inTarget = false;
    else if (inTarget && text === '.') columns.pop();
    else if (inTarget && (kind === 'word' || kind === 'quotedIdentifier')) columns.push(value);
    else if (depth === 0 && text === ',' && !inTarget) inTarget = columns.length > 0;
  }
  return columns;
}
