import type { SequenceStatement, TableOption } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists, readColumnPath, readQualifiedName } from './names.ts';

/** Options of a sequence, longer ones before those that begin them; the value follows each but for those that end with a full stop. */
const options: readonly string[] = [
  'AS', 'INCREMENT BY', 'INCREMENT', 'NO MINVALUE', 'NO MAXVALUE', 'MINVALUE', 'MAXVALUE', 'START WITH', 'START', 'RESTART WITH', 'RESTART', 'CACHE', 'NO CYCLE', 'CYCLE',
  'NOCACHE', 'NOCYCLE', 'OWNER TO', 'SET SCHEMA', 'SET LOGGED', 'SET UNLOGGED', 'SEQUENCE NAME', 'OWNED BY', 'LOGGED', 'UNLOGGED',
];

const valueless: ReadonlySet<string> = new Set(['NO MINVALUE', 'NO MAXVALUE', 'NO CYCLE', 'CYCLE', 'NOCACHE', 'NOCYCLE', 'SET LOGGED', 'SET UNLOGGED', 'LOGGED', 'UNLOGGED']);

const optionFirstWords: ReadonlySet<string> = new Set(options.map((words) => words.split(' ')[0]!));

/** What stood between CREATE and SEQUENCE. */
export interface SequenceHeader {
  readonly temporary: boolean;
  readonly unlogged: boolean;
  readonly orReplace: boolean;
}

/** Reads CREATE SEQUENCE from after the word SEQUENCE. */
export function readCreateSequence(cursor: Cursor, { temporary, unlogged, orReplace }: SequenceHeader): SequenceStatement {
  const ifNotExists = acceptIfNotExists(cursor);
  const name = readQualifiedName(cursor);
  return { kind: 'createSequence', name, ifNotExists, temporary, ...(unlogged && { unlogged }), ...(orReplace && { orReplace }), ...readSequenceOptions(cursor) };
}

/** Reads ALTER SEQUENCE from after the name of the sequence. */
export function readAlterSequence(cursor: Cursor, name: SequenceStatement['name'], ifExists: boolean): SequenceStatement {
  return { kind: 'alterSequence', name, ifNotExists: false, temporary: false, ...(ifExists && { ifExists }), ...readSequenceOptions(cursor) };
}

/** Reads the bracketed options of an identity column. */
export function readSequenceList(cursor: Cursor): TableOption[] {
  const found: TableOption[] = [];
  cursor.expectMark('(');
  while (!cursor.acceptMark(')')) found.push(readSequenceOption(cursor));
  return found;
}

function readSequenceOptions(cursor: Cursor): Pick<SequenceStatement, 'options' | 'ownedBy' | 'ownedByIndex'> {
  const found: TableOption[] = [];
  let owner: Pick<SequenceStatement, 'ownedBy' | 'ownedByIndex'> = {};
  while (!cursor.done) {
    if (cursor.at('OWNED', 'BY') && !cursor.at('OWNED', 'BY', 'NONE')) {
      cursor.expect('OWNED', 'BY');
      owner = { ownedBy: readColumnPath(cursor), ownedByIndex: found.length };
    } else found.push(readSequenceOption(cursor));
  }
  return { options: found, ...owner };
}

/** Reads one option of a sequence or an identity; the value follows its words, and there is none for some. */
export function readSequenceOption(cursor: Cursor): TableOption {
  const first = cursor.position;
  const name = cursor.acceptFirst(...options) ?? cursor.next().upper;
  const at = cursor.position;
  if (!valueless.has(name) && !cursor.atElementEnd && !cursor.atAny(optionFirstWords)) {
    cursor.acceptMark('=');
    if (cursor.atMark('-') || cursor.atMark('+')) cursor.next();
    cursor.skipItem();
    while (cursor.atMark('.')) cursor.position += 2;
  }
  return { name, value: cursor.textSince(at), range: cursor.rangeSince(first) };
}
