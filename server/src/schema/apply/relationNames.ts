import type { Dialect } from '../../source/dialect.ts';
import { lex } from '../../source/lexer.ts';
import type { Token } from '../../source/token.ts';
import { sameName } from '../catalog.ts';
import { identifierOf } from '../expressions.ts';
import { quoteIdentifier, renderName } from '../quote.ts';

interface Relation {
  readonly schema?: string;
  readonly name: string;
}

/** Words that end the list of a FROM clause. */
const endsFrom = new Set('WHERE GROUP ORDER HAVING LIMIT OFFSET UNION INTERSECT EXCEPT WINDOW FETCH FOR SELECT SET RETURNING ON USING WITH'.split(' '));

const beforeRelation = new Set(['FROM', 'JOIN', 'ONLY', 'INTO', 'UPDATE', 'TABLE']);

/**
 * A query after a relation got another name or schema. Only names that stand for a relation change: those in a FROM clause, and those
 * before the full stop of a column where the relation has no other name there.
 */
export function renameRelationIn(dialect: Dialect, query: string, from: Relation, to: Relation): string {
  const { tokens } = lex(query, dialect);
  const places = relationPlaces(dialect, tokens, from);
  const aliased = places.length > 0 && places.every(({ last }) => isAliased(tokens, last));
  let result = '';
  let position = 0;
  tokens.forEach((token, i) => {
    const place = places.find(({ last }) => last === i);
    const qualifies = !place && !aliased && tokens[i + 1]?.text === '.' && tokens[i - 1]?.text !== '.' && sameName(dialect, identifierOf(dialect, token), from.name);
    if (!place && !qualifies) return;
    const start = place ? tokens[place.first]!.start : token.start;
    if (start < position) return;
    result += query.slice(position, start) + (place ? renderName(dialect, to.schema, to.name) : quoteIdentifier(dialect, to.name));
    position = token.end;
  });
  return result + query.slice(position);
}

/** Where the relation is named in FROM clauses, as the numbers of the first and last token of the name. */
export function relationPlaces(dialect: Dialect, tokens: readonly Token[], { schema, name }: Relation): { first: number; last: number }[] {
  const places: { first: number; last: number }[] = [];
  const depths: boolean[] = [false];
  tokens.forEach((token, i) => {
    if (token.text === '(') depths.push(depths.at(-1)! && tokens[i - 1]?.kind !== 'word');
    else if (token.text === ')') depths.pop();
    else if (token.upper === 'FROM') depths[depths.length - 1] = true;
    else if (endsFrom.has(token.upper)) depths[depths.length - 1] = false;
    const qualified = tokens[i - 1]?.text === '.';
    const first = qualified ? i - 2 : i;
    const before = tokens[first - 1];
    const starts = before !== undefined && (beforeRelation.has(before.upper) || ((before.text === ',' || before.text === '(') && depths.at(-1) === true));
    if (!starts || !sameName(dialect, identifierOf(dialect, token), name) || tokens[i + 1]?.text === '.' || tokens[i + 1]?.text === '(') return;
    if (qualified && !sameName(dialect, identifierOf(dialect, tokens[first]!), schema ?? (dialect === 'sqlite' ? 'main' : 'public'))) return;
    places.push({ first, last: i });
  });
  return places;
}

const noAlias = new Set('ON USING WHERE GROUP ORDER HAVING LIMIT OFFSET UNION INTERSECT EXCEPT WINDOW FETCH FOR JOIN LEFT RIGHT FULL INNER CROSS NATURAL TABLESAMPLE SET'.split(' '));

function isAliased(tokens: readonly Token[], last: number): boolean {
  const next = tokens[last + 1];
  return next !== undefined && (next.kind === 'word' || next.kind === 'quotedIdentifier') && !noAlias.has(next.upper);
}
