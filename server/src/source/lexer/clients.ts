import { isMySql, type Dialect } from '../dialect.ts';
import { isWordPart, isWordStart, unitAt } from './characters.ts';

/** The new delimiter where the word in `[start, end)` is MySQL's `DELIMITER //`, at the beginning of a line. */
export function newDelimiter(text: string, start: number, end: number): string | undefined {
  if (end - start !== 9 || text.slice(start, end).toLowerCase() !== 'delimiter') return undefined;
  if (!/(^|[\n\r\ufeff])[ \t]*$/.test(text.slice(Math.max(0, start - 40), start))) return undefined;
  const mark = /^[ \t]+(\S+)/.exec(text.slice(end, end + 80))?.[1];
  return mark && (mark.replace(/^(['"])(.*)\1$/, '$2') || ';');
}

/** What a backslash begins: a command of psql, what makes a client send (`\;`, MySQL's `\G`), or nothing. */
export function clientCommand(text: string, position: number, dialect: Dialect): 'client' | 'terminator' | 'operator' {
  const next = unitAt(text, position + 1);
  if (dialect === 'postgresql') return next === 59 ? 'terminator' : 'client';
  return isMySql(dialect) && (next | 32) === 103 && !isWordPart(unitAt(text, position + 2)) ? 'terminator' : 'operator';
}

/** Whether the dot begins a command of SQLite's shell, `.mode csv`: at the beginning of a line. */
export function isShellCommand(text: string, position: number): boolean {
  const before = position === 0 ? 10 : text.charCodeAt(position - 1);
  return (before === 10 || before === 13) && isWordStart(unitAt(text, position + 1));
}

/** psql variables that stand for any text are written in capitals by custom: `:SCHEMA.users`. */
export function isVariableOfPsql(name: string): boolean {
  return /^[A-Z][A-Z0-9_]+$/.test(name);
}
