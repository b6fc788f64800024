import type { CreateTrigger } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists, readQualifiedName } from './names.ts';

/** Reads CREATE TRIGGER from after the word TRIGGER. @throws ReadFailure when the table is not named. */
export function readCreateTrigger(cursor: Cursor, { orReplace }: { readonly orReplace: boolean }): CreateTrigger {
  const ifNotExists = acceptIfNotExists(cursor);
  const name = readQualifiedName(cursor);
  while (!cursor.done && !cursor.at('ON')) cursor.skipItem();
  cursor.expect('ON');
  const table = readQualifiedName(cursor);
  cursor.skipRest();
  return { kind: 'createTrigger', name, table, ifNotExists, orReplace, text: cursor.text };
}
