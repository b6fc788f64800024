import type { SequenceStatement, TableOption } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { acceptIfNotExists, readColumnPath, readQualifiedName } from './names.ts';

/** Options of a sequence, longer ones before those that begin them; the value follows each but for those that end with a full stop. */
const options: readonly string[] = [
  'AS', 'INCREMENT BY', 'INCREMENT', 'NO MINVALUE', 'NO MAXVALUE', 'MINVALUE', 'MAXVALUE', 'START WITH', 'START', 'RESTART WITH', 'RESTART', 'CACHE', 'NO CYCLE', 'CYCLE',
  'NOCACHE', 'NOCYCLE', 'OWNER TO', 'SET SCHEMA', 'SET LOGGED', 'SET UNLOGGED', 'SEQUENCE NAME',
];

const valueless: ReadonlySet<string> = new Set(['NO MINVALUE', 'NO MAXVALUE', 'NO CYCLE', 'CYCLE', 'NOCACHE', 'NOCYCLE', 'SET LOGGED', 'SET UNLOGGED']);

const optionFirstWords: ReadonlySet<string> = new Set(options.map((words) => words.split(' ')[0]!));

/** Reads CREATE SEQUENCE from after the word SEQUENCE. */
export function readCreateSequence(cursor: Cursor, { temporary }: { readonly temporary: boolean }): SequenceStatement {
  const ifNotExists = acceptIfNotExists(cursor);
  const name = readQualifiedName(cursor);
  return { kind: 'createSequence', name, ifNotExists, temporary, ...readSequenceOptions(cursor) };
}

/** Reads ALTER SEQUENCE from after the name of the sequence. */
export function readAlterSequence(cursor: Cursor, name: SequenceStatement['name']): SequenceStatement {
  return { kind: 'alterSequence', name, ifNotExists: false, temporary: false, ...readSequenceOptions(cursor) };
}

function readSequenceOptions(cursor: Cursor): Pick<SequenceStatement, 'options' | 'ownedBy'> {
  const found: TableOption[] = [];
  let ownedBy: SequenceStatement['ownedBy'];
  while (!cursor.done) {
    const first = cursor.position;
    if (cursor.accept('OWNED', 'BY')) {
      if (cursor.accept('NONE')) found.push({ name: 'OWNED BY', value: 'NONE', range: cursor.rangeSince(first) });
      else ownedBy = readColumnPath(cursor);
    } else found.push(readSequenceOption(cursor));
  }
  return { options: found, ...(ownedBy && { ownedBy }) };
}

function readSequenceOption(cursor: Cursor): TableOption {
  const first = cursor.position;
  const name = cursor.acceptFirst(...options) ?? cursor.next().upper;
  const at = cursor.position;
  if (!valueless.has(name) && !cursor.done && !cursor.atAny(optionFirstWords)) {
    cursor.acceptMark('=');
    if (cursor.atMark('-') || cursor.atMark('+')) cursor.next();
    cursor.skipItem();
    while (cursor.atMark('.')) cursor.position += 2;
  }
  return { name, value: cursor.textSince(at), range: cursor.rangeSince(first) };
}
