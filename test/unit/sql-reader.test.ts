import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../server/src/source/dialect.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { AlterTable, CreateTable, StatementNode } from '../../server/src/source/sql/ast.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { actions, columns, constraints, everyday, samples, statements, types } from '../support/readerCases.ts';
import { columnDefinitionsOf, tableConstraintsOf } from '../support/definitions.ts';

function statementOf(dialect: Dialect, sql: string): Statement {
  const { statements } = splitScript(sql, dialect);
  expect(statements).toHaveLength(1);
  return statements[0]!;
}

function read(dialect: Dialect, sql: string): StatementNode {
  return readStatement(statementOf(dialect, sql));
}

/** Every piece that carries its text beside its range must say what stands there. */
function checkRanges(value: unknown, sql: string): void {
  if (typeof value !== 'object' || value === null) return;
  const { text, range } = value as { text?: unknown; range?: { start: number; end: number } };
  if (range) {
    expect(range.start).toBeLessThanOrEqual(range.end);
    expect(range.end).toBeLessThanOrEqual(sql.length);
    if (typeof text === 'string' && !('kind' in value && (value.kind === 'comment' || value.kind === 'exclude'))) expect(sql.slice(range.start, range.end)).toContain(text);
  }
  for (const inner of Object.values(value)) checkRanges(inner, sql);
}

describe('types', () => {
  test.each(types)('%s %s', (dialect, written, name, args = [], arrayDimensions = 0) => {
    for (const tail of ['', ' NOT NULL', ' DEFAULT NULL', ' CONSTRAINT c CHECK (a > 0)', ' PRIMARY KEY', ' REFERENCES t (id)']) {
      const node = read(dialect, `CREATE TABLE t (a ${written}${tail}, b int)`) as CreateTable & Pick<StatementNode, 'unknown'>;
      expect(node.columns).toHaveLength(2);
      const [column] = node.columns;
      expect(column!.type).toMatchObject({ text: written, name, args, arrayDimensions });
      expect(column!.constraints).toHaveLength(tail ? 1 : 0);
      expect(node.unknown).toBeUndefined();
    }
    const alter = read(dialect, `ALTER TABLE t ADD COLUMN a ${written}`) as AlterTable;
    expect(alter.actions).toMatchObject([{ kind: 'addColumn', column: { type: { text: written, name, args } } }]);
  });

  test('marks of MySQL types', () => {
    const node = read('mysql', 'CREATE TABLE t (a int unsigned zerofill, b varchar(3) CHARACTER SET latin1 COLLATE latin1_bin)') as CreateTable;
    expect(node.columns[0]!.type).toMatchObject({ unsigned: true, zerofill: true });
    expect(node.columns[1]!.type).toMatchObject({ characterSet: 'latin1', collation: 'latin1_bin' });
  });
});

describe('column constraints', () => {
  test.each(columns)('%s %s', (dialect, written, expected) => {
    const sql = `CREATE TABLE t (a integer ${written}, b integer)`;
    const node = read(dialect, sql) as CreateTable;
    expect(node.columns).toHaveLength(2);
    expect(node.columns[0]!.constraints).toHaveLength(expected.length);
    expect(node.columns[0]!.constraints).toMatchObject(expected);
    expect(node.columns[0]!.range).toEqual({ start: sql.indexOf('a integer'), end: sql.indexOf(', b') });
    checkRanges(node, sql);
  });

  test('SQLite columns without a type', () => {
    const node = read('sqlite', "CREATE TABLE t (a, b PRIMARY KEY, 'c' DEFAULT 1, [d e] TEXT) STRICT, WITHOUT ROWID") as CreateTable;
    expect(node.columns.map((column) => [column.name.name, column.type?.name, column.constraints.length])).toEqual([
      ['a', undefined, 0],
      ['b', undefined, 1],
      ['c', undefined, 1],
      ['d e', 'text', 0],
    ]);
    expect(node).toMatchObject({ strict: true, withoutRowid: true, opaque: [] });
  });
});

describe('table constraints', () => {
  test.each(constraints)('%s %s', (dialect, written, expected) => {
    for (const sql of [`CREATE TABLE t (a int, ${written}, UNIQUE (z))`, `ALTER TABLE t ADD ${written}`]) {
      const node = read(dialect, sql);
      const [first] = tableConstraintsOf(node);
      expect(first?.constraint).toMatchObject(expected);
      expect(sql.slice(first!.constraint.range.start, first!.constraint.range.end)).toBe(written);
      checkRanges(node, sql);
      if (node.kind === 'createTable') expect(node.constraints).toHaveLength(2);
    }
  });
});

describe('actions of ALTER TABLE', () => {
  test.each(actions)('%s %s', (dialect, written, expected) => {
    const alone = `ALTER TABLE IF EXISTS s.t ${written}`;
    const node = read(dialect, alone) as AlterTable;
    expect(node).toMatchObject({ kind: 'alterTable', ifExists: true, name: { schema: { name: 's' }, name: { name: 't' } } });
    expect(node.actions).toHaveLength(1);
    expect(node.actions[0]).toMatchObject(expected);
    const { start, end } = node.actions[0]!.range;
    expect(alone.slice(start, end)).toBe(written);
    checkRanges(node, alone);

    const twice = read(dialect, `ALTER TABLE t ADD COLUMN z int, ${written}, ADD COLUMN y int`) as AlterTable;
    expect(twice.actions.map((action) => action.kind)).toEqual(['addColumn', node.actions[0]!.kind, 'addColumn']);
  });

  test('columns in brackets', () => {
    const node = read('mysql', 'ALTER TABLE t ADD COLUMN (a int, b int NOT NULL, KEY k (a))') as AlterTable;
    expect(node.actions.map((action) => action.kind)).toEqual(['addColumn', 'addColumn', 'addConstraint']);
    expect(columnDefinitionsOf(node).map((defined) => defined.column.name.name)).toEqual(['a', 'b']);
  });
});

describe('statements', () => {
  test.each(statements)('%s %s', (dialect, sql, expected) => {
    const node = read(dialect, sql);
    expect(node).toMatchObject(expected);
    expect(node.unknown).toBeUndefined();
    checkRanges(node, sql);
  });
});

describe('everyday statements', () => {
  test.each(everyday)('%s %s', (dialect, sql) => {
    const node = read(dialect, sql);
    expect(node.kind).not.toBe('unread');
    expect(node.unknown).toBeUndefined();
    checkRanges(node, sql);
  });
});

describe('names', () => {
  test('fold in PostgreSQL, keep their case elsewhere', () => {
    expect(read('postgresql', 'DROP TABLE Users')).toMatchObject({ names: [{ name: { name: 'users', text: 'Users', quoted: false } }] });
    expect(read('mysql', 'DROP TABLE `Users`')).toMatchObject({ names: [{ name: { name: 'Users', quoted: true } }] });
    expect(read('sqlite', 'DROP TABLE Users')).toMatchObject({ names: [{ name: { name: 'Users' } }] });
  });

  test('words of other dialects are names', () => {
    const node = read('postgresql', 'CREATE TABLE t (key text, comment text, index int, first int, "primary" int, as_of date, exclude boolean, type text)') as CreateTable & Pick<StatementNode, 'unknown'>;
    expect(node.columns.map((defined) => defined.name.name)).toEqual(['key', 'comment', 'index', 'first', 'primary', 'as_of', 'exclude', 'type']);
    expect(node.unknown).toBeUndefined();
  });
});

describe('tolerance', () => {
  test('a statement cut off anywhere is read or unread, never thrown, and never the reader\'s own fault', () => {
    for (const [dialect, sql] of [...samples, ...everyday]) {
      for (let length = 1; length < sql.length; length += 3) {
        for (const statement of splitScript(sql.slice(0, length), dialect).statements) {
          const node = readStatement(statement);
          if (node.kind === 'unread') expect(node.reason).not.toContain('the reader failed');
          checkRanges(node, statement.text);
        }
      }
    }
  });

  test('a failure inside is contained', () => {
    const statement = statementOf('postgresql', 'SELECT 1');
    const broken = { ...statement, text: 'SELECT contained', get tokens(): Statement['tokens'] { throw new TypeError('on purpose'); } };
    expect(readStatement(broken)).toEqual({ kind: 'unread', reason: 'the reader failed: on purpose' });
  });

  test('the rows of a long INSERT are not looked at', () => {
    const statement = statementOf('postgresql', `INSERT INTO s.t (a) VALUES ${'(1), '.repeat(20_000)}(2)`);
    const untouched = { ...statement, text: statement.text, get tokens(): Statement['tokens'] { throw new Error('all tokens were asked for'); } };
    expect(readStatement(untouched)).toMatchObject({ kind: 'insert', table: { schema: { name: 's' }, name: { name: 't' } } });
  });

  test('the same text is read once', () => {
    const [first, second] = splitScript('DROP TABLE once;\nDROP TABLE once;', 'postgresql').statements;
    expect(readStatement(first!)).toBe(readStatement(second!));
  });
});
