import type { Dialect } from '../../../source/dialect.ts';
import { normalTokens } from '../../../source/query/normal.ts';
import { splitScript } from '../../../source/splitter.ts';
import type { Token } from '../../../source/token.ts';

/** A query in the spelling that an engine takes. */
export interface AskedQuery {
  readonly sql: string;
  readonly parameters: number;
  /** Parameters that a number was put in for, in words. */
  readonly notes: readonly string[];
}

/** Rows that a LIMIT with a parameter is taken for: a page of a list. */
const usualLimit = 20;

/**
 * Writes a query with the parameters of whatever style ($1, ?, :name, @name, %s, sqlc.arg(name)) as $1, $2 ..., on SQLite ?1, ?2 ...
 * One that stands for LIMIT or OFFSET becomes a number, because a planner without one takes a tenth of all rows.
 * @returns the query, or why it cannot be asked
 */
export function askedQuery(text: string, dialect: Dialect): AskedQuery | { readonly reason: string } {
  const { statements } = splitScript(text, dialect);
  const [statement] = statements;
  if (!statement || statements.length > 1) return { reason: 'it is not one statement' };
  const tokens = embedded(normalTokens(statement, 'kept'));
  if (tokens.some(({ kind }) => kind === 'hole')) return { reason: 'a part of it is filled in by a template' };
  if (!/^(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|VALUES|REPLACE|\()/i.test(tokens[0]?.text ?? '')) return { reason: 'it is no query' };
  const numbers = new Map<string, number>();
  const notes: string[] = [];
  const mark = dialect === 'sqlite' ? '?' : '$';
  let next = Math.max(0, ...tokens.map(({ kind, text: one }) => (kind === 'parameter' ? Number(/^[$?](\d+)$/.exec(one)?.[1] ?? 0) : 0)));
  let sql = '';
  let end = 0;
  for (const [at, token] of tokens.entries()) {
    sql += statement.text.slice(end, token.start);
    end = token.end;
    const counted = token.kind === 'parameter' ? countOf(tokens, at) : undefined;
    if (counted) {
      notes.push(counted.note);
      sql += String(counted.value);
    } else if (token.kind === 'parameter') {
      const own = /^[$?](\d+)$/.exec(token.text)?.[1];
      const number = own ? Number(own) : (numbers.get(token.text) ?? ++next);
      if (!/^(\?|%s)$/.test(token.text)) numbers.set(token.text, number);
      sql += mark + String(number);
    } else sql += token.text;
  }
  return { sql: (sql + statement.text.slice(end)).trim(), parameters: /[$?]\d/.test(sql) ? Math.max(next, numbers.size) : 0, notes };
}

/** `sqlc.embed(t)` as `t.*`. */
function embedded(tokens: readonly Token[]): readonly Token[] {
  const result: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const [dot, name, open, table, close] = tokens.slice(i + 1, i + 6);
    if (token.upper === 'SQLC' && dot?.text === '.' && name?.upper === 'EMBED' && open?.text === '(' && close?.text === ')') {
      result.push({ ...token, text: `${table!.text}.*`, end: close.end });
      i += 5;
    } else result.push(token);
  }
  return result;
}

/** The number that stands in for a parameter behind LIMIT, OFFSET or FETCH FIRST. */
function countOf(tokens: readonly Token[], at: number): { readonly value: number; readonly note: string } | undefined {
  const before = tokens[at - 1]?.upper ?? '';
  const row = /^(ROWS?)$/.test(tokens[at + 1]?.upper ?? '') && /^(FIRST|NEXT)$/.test(before);
  if (before === 'LIMIT' || row) return { value: usualLimit, note: `the parameter of ${row ? 'FETCH' : 'LIMIT'} taken as ${usualLimit}` };
  if (before === 'OFFSET') return { value: 0, note: 'the parameter of OFFSET taken as 0' };
  return undefined;
}
