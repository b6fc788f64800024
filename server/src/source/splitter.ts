import type { Dialect } from './dialect.ts';
import { Splitter } from './splitter/splitter.ts';
import type { Script } from './statement.ts';

/**
 * Splits a script into statements in one linear pass. Never throws. A statement begins at its first token and ends at
 * its last one, before the terminator; where the terminator is missing it ends before a line that surely begins
 * another statement. Client commands, the data of COPY FROM STDIN and batch separators belong to no statement.
 */
export function splitScript(text: string, dialect: Dialect): Script {
  const splitter = new Splitter(text, dialect);
  splitter.run();
  return { dialect, text, statements: splitter.statements, comments: splitter.comments, farLooks: splitter.farLooks };
}
