import { lex } from '../../source/lexer.ts';
import { isMySql } from '../../source/dialect.ts';
import { findColumn, sameName, type Table, type View } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { identifierOf, identifiersIn } from '../expressions.ts';
import { quoteIdentifier } from '../quote.ts';

/** Views of PostgreSQL and SQLite follow a renamed column of a table they read, where the name can mean no other column. */
export function renameColumnInViews(draft: Draft, table: Table, from: string, to: string): void {
  if (isMySql(draft.dialect)) return;
  for (const key of draft.catalog.views.keysBy('reads', draft.bare(table.name))) {
    const view = draft.catalog.views.get(key)!;
    if (!reads(draft, view, table, from)) continue;
    const query = renamedQuery(draft, view, from, to);
    draft.set('views', key, { ...view, query });
  }
}

/** Whether the view reads the column, and no other relation in its query has one of that name. */
function reads(draft: Draft, view: View, table: Table, column: string): boolean {
  const names = identifiersIn(draft.dialect, view.query);
  if (!names.has(draft.bare(column))) return false;
  const hides = (other: Table) => (other.name !== table.name || other.schema !== table.schema) && findColumn(draft.dialect, other, column) !== undefined;
  return ![...names].some((name) => draft.tablesBy('name', name).some(hides));
}

/** PostgreSQL keeps the names of a view's columns, so a column that is selected bare gets its old name as an alias. */
function renamedQuery(draft: Draft, view: View, from: string, to: string): string {
  const { dialect } = draft;
  const { tokens } = lex(view.query, dialect);
  const spelling = quoteIdentifier(dialect, to);
  const firstFrom = tokens.findIndex((token) => token.upper === 'FROM');
  let result = '';
  let position = 0;
  let depth = 0;
  tokens.forEach((token, i) => {
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    const next = tokens[i + 1];
    if (!sameName(dialect, identifierOf(dialect, token), from) || next?.text === '(' || tokens[i - 1]?.upper === 'AS') return;
    const selected = dialect === 'postgresql' && view.columns.length === 0 && depth === 0 && i < firstFrom && (next?.text === ',' || next?.upper === 'FROM');
    result += view.query.slice(position, token.start) + spelling + (selected ? ` AS ${quoteIdentifier(dialect, from)}` : '');
    position = token.end;
  });
  return result + view.query.slice(position);
}
