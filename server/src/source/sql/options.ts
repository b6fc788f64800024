import type { TableOption } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { canBeName, readIdentifier, readQualifiedName } from './names.ts';

/** MySQL's table options; a value follows each, after an optional equals sign. */
const mysqlOptions: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'ENGINE', 'TYPE', 'AUTO_INCREMENT', 'AVG_ROW_LENGTH', 'CHECKSUM', 'COMMENT', 'COMPRESSION', 'CONNECTION', 'DELAY_KEY_WRITE', 'ENCRYPTION',
    'ENGINE_ATTRIBUTE', 'INSERT_METHOD', 'KEY_BLOCK_SIZE', 'MAX_ROWS', 'MIN_ROWS', 'PACK_KEYS', 'PAGE_CHECKSUM', 'PAGE_COMPRESSED', 'PASSWORD',
    'ROW_FORMAT', 'SECONDARY_ENGINE', 'SECONDARY_ENGINE_ATTRIBUTE', 'SEQUENCE', 'STATS_AUTO_RECALC', 'STATS_PERSISTENT', 'STATS_SAMPLE_PAGES',
    'TABLESPACE', 'TRANSACTIONAL', 'UNION', 'COLLATE', 'CHARSET', 'AUTOEXTEND_SIZE',
  ].map((name) => [name, name]),
);

const mysqlCompoundOptions: readonly (readonly [words: string, name: string])[] = [
  ['DEFAULT CHARACTER SET', 'CHARSET'],
  ['DEFAULT CHARSET', 'CHARSET'],
  ['DEFAULT COLLATE', 'COLLATE'],
  ['CHARACTER SET', 'CHARSET'],
  ['DATA DIRECTORY', 'DATA DIRECTORY'],
  ['INDEX DIRECTORY', 'INDEX DIRECTORY'],
  ['START TRANSACTION', 'START TRANSACTION'],
  ['WITH SYSTEM VERSIONING', 'WITH SYSTEM VERSIONING'],
];

const valueless: ReadonlySet<string> = new Set(['START TRANSACTION', 'WITH SYSTEM VERSIONING']);

/** Reads one MySQL table option, or gives undefined when none begins here. */
export function readMySqlOption(cursor: Cursor): TableOption | undefined {
  const first = cursor.position;
  const compound = mysqlCompoundOptions.find(([words]) => cursor.acceptPhrase(words));
  const word = cursor.peek()?.upper ?? '';
  const name = compound?.[1] ?? (Object.hasOwn(mysqlOptions, word) ? mysqlOptions[word] : undefined);
  if (name === undefined) return undefined;
  if (!compound) cursor.next();
  if (valueless.has(name)) return { name, value: '', range: cursor.rangeSince(first) };
  cursor.acceptMark('=');
  return readValue(cursor, name, first);
}

function readValue(cursor: Cursor, name: string, first: number): TableOption {
  const at = cursor.position;
  if (cursor.done) return { name, value: '', range: cursor.rangeSince(first) };
  if (cursor.atMark('-') || cursor.atMark('+')) cursor.next();
  cursor.skipItem();
  const token = cursor.peek(-1);
  const decoded = token?.kind === 'string' ? { decoded: token.value } : {};
  return { name, value: cursor.textSince(at), ...decoded, range: cursor.rangeSince(first) };
}

const mysqlIndexOptions = ['KEY_BLOCK_SIZE', 'COMMENT', 'WITH PARSER', 'ENGINE_ATTRIBUTE', 'SECONDARY_ENGINE_ATTRIBUTE', 'CLUSTERING', 'M', 'DISTANCE'];
const mysqlIndexMarks = ['VISIBLE', 'INVISIBLE', 'IGNORED', 'NOT IGNORED'];

/** Reads one option of a MySQL index or key, or gives undefined when none begins here. */
export function readMySqlIndexOption(cursor: Cursor): TableOption | undefined {
  const first = cursor.position;
  const mark = cursor.acceptFirst(...mysqlIndexMarks);
  if (mark) return { name: mark, value: '', range: cursor.rangeSince(first) };
  const name = cursor.acceptFirst(...mysqlIndexOptions);
  if (!name) return undefined;
  cursor.acceptMark('=');
  const token = cursor.next();
  const decoded = token.kind === 'string' ? { decoded: token.value } : {};
  return { name, value: token.text, ...decoded, range: cursor.rangeSince(first) };
}

/** Reads PostgreSQL's storage parameters `( name = value, ... )`; the names come in lower case unless they are quoted. */
export function readParameters(cursor: Cursor): TableOption[] {
  return cursor.bracketed(() => {
    const first = cursor.position;
    const written = cursor.slice(readQualifiedName(cursor).range);
    const name = written.includes('"') ? written : written.toLowerCase();
    if (cursor.acceptMark('=')) {
      const at = cursor.position;
      cursor.skipElement();
      return { name, value: cursor.textSince(at), range: cursor.rangeSince(first) };
    }
    cursor.skipElement();
    return { name, value: '', range: cursor.rangeSince(first) };
  });
}

/** Reads the options of foreign objects `( [ADD | SET | DROP] name 'value', ... )`; the verb stands before the name. */
export function readForeignOptions(cursor: Cursor): TableOption[] {
  return cursor.bracketed(() => {
    const first = cursor.position;
    const verb = canBeName(cursor, cursor.peek(1)) ? cursor.acceptFirst('ADD', 'SET', 'DROP') : undefined;
    const { text } = readIdentifier(cursor);
    const at = cursor.position;
    cursor.skipElement();
    return { name: verb ? `${verb} ${text}` : text, value: cursor.textSince(at), range: cursor.rangeSince(first) };
  });
}

/** Reads an option of fixed words and one name after them, such as TABLESPACE x. */
export function readNamedOption(cursor: Cursor, ...words: readonly string[]): TableOption | undefined {
  const first = cursor.position;
  if (!cursor.atWords(words) || !canBeName(cursor, cursor.peek(words.length))) return undefined;
  cursor.expectWords(words);
  const value = readIdentifier(cursor).text;
  return { name: words.join(' '), value, range: cursor.rangeSince(first) };
}

/** The words passed so far as an option: `name` is known, the rest from token `valueFirst` on is the value. */
export function optionSince(cursor: Cursor, name: string, first: number, valueFirst: number): TableOption {
  return { name, value: cursor.textSince(valueFirst), range: cursor.rangeSince(first) };
}

/** MariaDB's WAIT n or NOWAIT, as words. */
export function readWait(cursor: Cursor): string | undefined {
  const word = cursor.acceptFirst('NOWAIT', 'WAIT');
  return word === 'WAIT' ? `WAIT ${cursor.next().text}` : word;
}
