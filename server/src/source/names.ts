import { lex } from './lexer.ts';
import { truncate } from './sql/names.ts';
import type { Statement } from './statement.ts';
import type { Token } from './token.ts';

/** Words that no dialect takes for a bare name. */
const reserved: ReadonlySet<string> = new Set(
  (
    'ADD ALTER AND AS ASC BETWEEN BY CASE CHECK COLLATE COLUMN CONSTRAINT CREATE CROSS CURRENT_TIMESTAMP DEFAULT DELETE DESC DISTINCT DROP ELSE EXISTS FOREIGN ' +
    'FROM GROUP HAVING IN INDEX INNER INSERT INTO IS JOIN LEFT LIKE LIMIT NOT NULL ON OR ORDER PRIMARY REFERENCES SELECT SET TABLE THEN TO TRUE UNION UNIQUE UPDATE ' +
    'USING VALUES WHEN WHERE WITH'
  ).split(' '),
);

/** Statements of data: what they name stands at their head, and their strings are values. */
const carriers: ReadonlySet<string> = new Set(['INSERT', 'REPLACE', 'COPY']);

/** Length, in UTF-16 units, from which of a statement of data only the head is looked at. */
const long = 30_000;
const head = 4_096;

const kept = new WeakMap<Statement, readonly string[]>();

/**
 * The names that stand in a statement, each once, without schema and in lower case, so that one that means the same object is never
 * missed; some mean something else (types, functions, words of a string that may hold SQL). Kept with the statement.
 */
export function namesIn(statement: Statement): readonly string[] {
  let names = kept.get(statement);
  if (!names) kept.set(statement, (names = read(statement)));
  return names;
}

/** The name under which `namesIn` lists an object, from its name or from the key of a schema object. */
export function bareName(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1).toLowerCase();
}

function read(statement: Statement): string[] {
  const names = new Set<string>();
  const data = carriers.has(/^\w*/.exec(statement.text)![0].toUpperCase());
  const tokens = data && statement.text.length > long ? lex(statement.text.slice(0, head), statement.dialect).tokens : statement.tokens;
  for (const token of tokens) addNames(names, token, statement, data);
  return [...names];
}

function addNames(names: Set<string>, { kind, upper, value, text }: Token, { dialect }: Statement, data: boolean): void {
  switch (kind) {
    case 'word':
      if (reserved.has(upper)) return;
      names.add(dialect === 'postgresql' ? truncate(value.toLowerCase()) : value.toLowerCase());
      return;
    case 'quotedIdentifier':
    case 'hole':
      names.add(bareName(dialect === 'postgresql' ? truncate(value) : value));
      return;
    case 'parameter':
      if (text.startsWith(':')) names.add(text.toLowerCase());
      return;
    case 'string':
      // A body in dollar quotes, dynamic SQL, and the strings that MySQL and SQLite take for names.
      if (!data) for (const word of value.toLowerCase().match(/[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/g) ?? []) names.add(word);
      return;
    default:
  }
}
