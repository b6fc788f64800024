import { lex } from '../../source/lexer.ts';
import { isMySql, type Dialect } from '../../source/dialect.ts';
import type { Token } from '../../source/token.ts';
import { findColumn, sameName, type Table, type View } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { identifierOf, identifiersIn } from '../expressions.ts';
import { quoteIdentifier } from '../quote.ts';
import { relationPlaces } from './relationNames.ts';

/** Views of PostgreSQL and SQLite follow a renamed column of a table they read, where the name can mean no other column. */
export function renameColumnInViews(draft: Draft, table: Table, from: string, to: string): void {
  if (isMySql(draft.dialect)) return;
  for (const key of draft.catalog.views.keysBy('reads', draft.bare(table.name))) {
    const view = draft.catalog.views.get(key)!;
    if (!identifiersIn(draft.dialect, view.query).has(draft.bare(from))) continue;
    draft.set('views', key, { ...view, query: renamedQuery(draft, view, table, from, to) });
  }
}

/** Whether a relation that the view reads besides the table has a column of the name, so that it means the table's only where it says so. */
function isShared(draft: Draft, view: View, table: Table, column: string): boolean {
  const hides = (other: Table) => (other.name !== table.name || other.schema !== table.schema) && findColumn(draft.dialect, other, column) !== undefined;
  return [...identifiersIn(draft.dialect, view.query)].some((name) => draft.tablesBy('name', name).some(hides));
}

const noAlias = new Set('ON USING WHERE GROUP ORDER HAVING LIMIT OFFSET UNION INTERSECT EXCEPT WINDOW FETCH FOR JOIN LEFT RIGHT FULL INNER CROSS NATURAL LATERAL TABLESAMPLE SET'.split(' '));

/** The names by which a query speaks of the table: its own, or those it is given. */
function aliasesOf(dialect: Dialect, tokens: readonly Token[], table: Table): Set<string> {
  const aliases = new Set<string>();
  tokens.forEach((token, i) => {
    if (!sameName(dialect, identifierOf(dialect, token), table.name) || tokens[i + 1]?.text === '.') return;
    const next = tokens[i + 1]?.upper === 'AS' ? tokens[i + 2] : tokens[i + 1];
    const alias = next && !noAlias.has(next.upper) ? identifierOf(dialect, next) : undefined;
    aliases.add((alias ?? table.name).toLowerCase());
  });
  return aliases;
}

/** PostgreSQL keeps the names of a view's columns, so a column that is selected bare gets its old name as an alias. */
function renamedQuery(draft: Draft, view: View, table: Table, from: string, to: string): string {
  const { dialect } = draft;
  const { tokens } = lex(view.query, dialect);
  const shared = isShared(draft, view, table, from);
  const aliases = aliasesOf(dialect, tokens, table);
  const relations = new Set(relationPlaces(dialect, tokens, { name: from }).map(({ last }) => last));
  const spelling = quoteIdentifier(dialect, to);
  const firstFrom = tokens.findIndex((token) => token.upper === 'FROM');
  let result = '';
  let position = 0;
  let depth = 0;
  tokens.forEach((token, i) => {
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    const next = tokens[i + 1];
    if (!sameName(dialect, identifierOf(dialect, token), from) || next?.text === '(' || next?.text === '.' || tokens[i - 1]?.upper === 'AS' || relations.has(i)) return;
    const qualifier = tokens[i - 1]?.text === '.' ? identifierOf(dialect, tokens[i - 2]!) : undefined;
    if (qualifier === undefined ? shared : !aliases.has(qualifier.toLowerCase())) return;
    const selected = dialect === 'postgresql' && view.columns.length === 0 && depth === 0 && i < firstFrom && (next?.text === ',' || next?.upper === 'FROM');
    result += view.query.slice(position, token.start) + spelling + (selected ? ` AS ${quoteIdentifier(dialect, from)}` : '');
    position = token.end;
  });
  return result + view.query.slice(position);
}
