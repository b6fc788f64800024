import type { Dialect } from '../source/dialect.ts';

/** A query that sqlx recorded in `.sqlx/query-*.json`. */
export interface SqlxQuery {
  readonly dialect: Dialect;
  /** The text of the JSON file with all but the query blanked out: offsets in it are offsets of the file. */
  readonly text: string;
}

/**
 * Undoes JSON escapes without changing the length, so that offsets stay those of the file. An escaped double quote opens
 * and closes in turn: its blank goes outside the quoted name.
 */
function unescapeInPlace(text: string): string {
  let open = false;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (escape, code: string | undefined, letter: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16)).padEnd(escape.length);
    switch (letter) {
      case 'n':
        return ' \n';
      case '"':
        open = !open;
        return open ? ' "' : '" ';
      case 't':
      case 'r':
        return '  ';
      default:
        return ` ${letter}`;
    }
  });
}

/** Reads a recorded query; undefined when the file is no such record or its engine is none of ours. */
export function readSqlxQuery(json: string): SqlxQuery | undefined {
  const dialect = /^\s*\{\s*"db_name"\s*:\s*"(\w+)"/.exec(json)?.[1]?.toLowerCase();
  const match = /"query"\s*:\s*"((?:[^"\\]|\\.)*)"/s.exec(json);
  if (!match || (dialect !== 'postgresql' && dialect !== 'mysql' && dialect !== 'sqlite')) return undefined;
  const start = match.index + match[0].length - 1 - match[1]!.length;
  const blank = (text: string) => text.replace(/[^\r\n]/g, ' ');
  const end = start + match[1]!.length;
  return { dialect, text: blank(json.slice(0, start)) + unescapeInPlace(match[1]!) + blank(json.slice(end)) };
}
