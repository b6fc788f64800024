import type { Script } from '../statement.ts';

/** A query that a comment names for a code generator or a query loader. */
export interface NamedQuery {
  readonly name: string;
  /** Index of the statement in its script. */
  readonly statementIndex: number;
  /** `sqlc` has a command after the name (`:one`, `:many`); the rest have a bare name, as yesql, aiosql and dotsql write it. */
  readonly kind: 'sqlc' | 'sqlx' | 'other';
}

const nameMark = /^(?:--|\/\*|#)\s*name:\s*([\w.\-<>!?]+)\s*(:[a-z]+)?/i;

/** The named queries of a script: those with a `-- name: X` comment between the statement before and their first token. */
export function namedQueries(script: Script): NamedQuery[] {
  const named: NamedQuery[] = [];
  let previousEnd = 0;
  let next = 0;
  for (const statement of script.statements) {
    let found: NamedQuery | undefined;
    for (; next < script.comments.length && script.comments[next]!.start < statement.start; next++) {
      const comment = script.comments[next]!;
      const match = comment.start >= previousEnd ? nameMark.exec(comment.text) : null;
      if (match) found = { name: match[1]!, statementIndex: statement.index, kind: match[2] === undefined ? 'other' : 'sqlc' };
    }
    if (found) named.push(found);
    previousEnd = statement.terminatorEnd;
  }
  return named;
}
