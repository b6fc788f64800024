import { cover, type TextRange } from '../../text/range.ts';
import { foldIdentifier, isMySql, type Dialect } from '../dialect.ts';
import type { Statement } from '../statement.ts';
import type { Token } from '../token.ts';
import type { Mask } from './mask.ts';
import type { ColumnUse, Query, TableUse, Write } from './query.ts';

// MySQL updates joined tables, UPDATE a JOIN b ON ... SET ... WHERE ..., which sql-parser-cst 0.42 does not know.
// Its tables and conditions are those of SELECT 1 FROM a JOIN b ON ... WHERE ...; what it sets is read from the tokens.

/** What has to stand before the masked text to make it a SELECT. */
export const selectPrefix = 'SELECT 1 FROM ';

/** The pieces of an UPDATE over a join that a SELECT has not. */
export interface JoinedUpdate {
  readonly introduction: TextRange;
  readonly set: TextRange;
  readonly columns: readonly ColumnUse[];
}

/** Finds the pieces; undefined for every other statement. */
export function findJoinedUpdate({ dialect, tokens }: Statement): JoinedUpdate | undefined {
  if (!isMySql(dialect) || tokens[0]?.upper !== 'UPDATE') return undefined;
  const level = depths(tokens);
  const find = (from: number, ...words: string[]) => tokens.findIndex(({ upper }, i) => i >= from && level[i] === 0 && words.includes(upper));
  const set = find(1, 'SET');
  const join = find(1, 'JOIN', 'STRAIGHT_JOIN');
  if (set < 0 || join < 0 || join > set) return undefined;
  let tables = 1;
  while (['LOW_PRIORITY', 'IGNORE'].includes(tokens[tables]!.upper)) tables++;
  const rest = find(set, 'WHERE', 'ORDER', 'LIMIT');
  const end = rest < 0 ? tokens.length : rest;
  return {
    introduction: cover(tokens[0], tokens[tables - 1]!),
    set: cover(tokens[set]!, tokens[end - 1]!),
    columns: assignedColumns(tokens, level, set, end, dialect),
  };
}

/** Blanks what a SELECT has not. */
export function maskJoinedUpdate(mask: Mask, { introduction, set }: JoinedUpdate): void {
  mask.blank(introduction);
  mask.blank(set);
}

/** Turns the query that was read as a SELECT back into the UPDATE; which columns its SET reads stays open. */
export function asUpdate(query: Query, update: JoinedUpdate, statement: Statement, parameters: readonly string[]): Query {
  const [first, ...nested] = query.blocks;
  if (first === undefined) return query;
  const block = { ...first, projected: undefined, range: { start: 0, end: statement.text.length } };
  const target = ({ qualifier }: ColumnUse): TableUse | undefined => first.tables.find(({ name, alias }) => qualifier === undefined || (alias ?? name) === qualifier);
  const targets = new Set(update.columns.flatMap((column) => target(column) ?? []));
  const writes = [...targets].map((table): Write => ({ kind: 'update', table, columns: update.columns.filter((column) => target(column) === table), parameters }));
  return { blocks: [block, ...nested], writes: [...writes, ...query.writes], tables: query.tables };
}

function depths(tokens: readonly Token[]): number[] {
  let depth = 0;
  return tokens.map(({ text }) => {
    if (text === ')') depth--;
    const own = depth;
    if (text === '(') depth++;
    return own;
  });
}

/** The names before the `=` of each assignment between SET and the end. */
function assignedColumns(tokens: readonly Token[], level: readonly number[], set: number, end: number, dialect: Dialect): ColumnUse[] {
  const columns: ColumnUse[] = [];
  for (let i = set; i < end; i++) {
    if (i > set && (tokens[i]!.text !== ',' || level[i] !== 0)) continue;
    const equals = tokens.findIndex(({ text }, at) => at > i && text === '=');
    const [name, , owner] = tokens.slice(i + 1, Math.max(i + 1, equals)).toReversed();
    if (name === undefined) continue;
    const fold = (token: Token) => foldIdentifier(dialect, token.value, token.kind === 'quotedIdentifier');
    columns.push({ ...(owner ? { qualifier: fold(owner) } : {}), name: fold(name), range: cover(owner ?? name, name) });
  }
  return columns;
}
