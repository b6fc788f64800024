import { describe, expect, test } from 'vitest';
import {
  deleteInStatement, deleteStatement, insertAfterStatement, insertBeforeStatement, insertInStatement, mergeChanges, replaceInStatement, statementText,
} from '../../server/src/edits/builders.ts';
import { isCreation, type FileChange } from '../../server/src/edits/change.ts';
import { downChange, downRefusal } from '../../server/src/edits/down/downChange.ts';
import { guardApplied } from '../../server/src/edits/guard.ts';
import { migrationRefusal, newMigration } from '../../server/src/edits/newMigration.ts';
import { wrapInTransaction } from '../../server/src/edits/wrap.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { PlacedStatement } from '../../server/src/project/facts.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Script } from '../../server/src/source/statement.ts';
import { applyEdits } from '../../server/src/text/edits.ts';
import { placedStatements } from '../support/history.ts';

function scriptOf(text: string, dialect: Dialect = 'postgresql'): { script: Script; placed: PlacedStatement[] } {
  return { script: splitScript(text, dialect), placed: placedStatements(dialect, 'a.sql', text) };
}

function edited(text: string, ...changes: FileChange[]): string {
  return mergeChanges(changes).reduce((result, change) => (isCreation(change) ? result : applyEdits(result, change.edits)), text);
}

describe('edits of statements', () => {
  test('ranges of a statement become ranges of the file', () => {
    const text = 'SELECT 1;\n  SELECT 22;\n';
    const { placed } = scriptOf(text);
    expect(edited(text, replaceInStatement(placed[1]!, { start: 7, end: 9 }, '3'))).toBe('SELECT 1;\n  SELECT 3;\n');
    expect(edited(text, insertInStatement(placed[1]!, 6, ' ALL'))).toBe('SELECT 1;\n  SELECT ALL 22;\n');
  });

  test('what is deleted takes the blanks before it along', () => {
    const text = 'CREATE TABLE t (a int NOT NULL DEFAULT 1, b int NOT NULL);';
    const { placed } = scriptOf(text);
    const at = (words: string, from = 0) => ({ start: text.indexOf(words, from), end: text.indexOf(words, from) + words.length });
    expect(edited(text, deleteInStatement(placed[0]!, at('NOT NULL')))).toBe('CREATE TABLE t (a int DEFAULT 1, b int NOT NULL);');
    expect(edited(text, deleteInStatement(placed[0]!, at('NOT NULL', 30)))).toBe('CREATE TABLE t (a int NOT NULL DEFAULT 1, b int);');
  });

  const inserts: [name: string, before: string, above: string, below: string][] = [
    ['keeps LF and indentation', 'A;\n  SELECT 1;\nB;\n', 'A;\n  X (\n    1\n  );\n  SELECT 1;\nB;\n', 'A;\n  SELECT 1;\n  X (\n    1\n  );\nB;\n'],
    ['keeps CRLF', 'A;\r\nSELECT 1;\r\nB;\r\n', 'A;\r\nX (\r\n  1\r\n);\r\nSELECT 1;\r\nB;\r\n', 'A;\r\nSELECT 1;\r\nX (\r\n  1\r\n);\r\nB;\r\n'],
    ['passes a comment on the same line', 'A;\nSELECT 1; -- one\nB;\n', 'A;\nX (\n  1\n);\nSELECT 1; -- one\nB;\n', 'A;\nSELECT 1; -- one\nX (\n  1\n);\nB;\n'],
    ['ends a statement that is not ended', 'A;\nSELECT 1', 'A;\nX (\n  1\n);\nSELECT 1', 'A;\nSELECT 1;\nX (\n  1\n);'],
  ];
  test.each(inserts)('insertion %s', (_name, text, above, below) => {
    const { script, placed } = scriptOf(text);
    expect(edited(text, insertBeforeStatement(script, placed[1]!, 'X (\n  1\n)'))).toBe(above);
    expect(edited(text, insertAfterStatement(script, placed[1]!, 'X (\n  1\n)'))).toBe(below);
  });

  const deletions: [name: string, before: string, after: string][] = [
    ['with its line', 'SELECT 0;\nSELECT 1;\nSELECT 2;\n', 'SELECT 0;\nSELECT 2;\n'],
    ['with its comment and CRLF', 'SELECT 0;\r\nSELECT 1; -- x\r\nSELECT 2;\r\n', 'SELECT 0;\r\nSELECT 2;\r\n'],
    ['with one of two blank lines', 'SELECT 0;\n\nSELECT 1;\n\nSELECT 2;\n', 'SELECT 0;\n\nSELECT 2;\n'],
    ['between others on a line', 'SELECT 0; SELECT 1; SELECT 2;\n', 'SELECT 0; SELECT 2;\n'],
    ['at the end of a line', 'SELECT 0; SELECT 1;\nSELECT 2;\n', 'SELECT 0;\nSELECT 2;\n'],
    ['at the end of the file', 'SELECT 0;\nSELECT 1', 'SELECT 0;\n'],
  ];
  test.each(deletions)('a statement goes %s', (_name, text, expected) => {
    const { script, placed } = scriptOf(text);
    expect(edited(text, deleteStatement(script, placed[1]!))).toBe(expected);
  });

  test('a statement is taken out of its indentation', () => {
    const { script, placed } = scriptOf('A;\n  SELECT\n    1\n  ;');
    expect(statementText(script, placed[1]!)).toBe('SELECT\n  1;');
  });
});

describe('wrapping in a transaction', () => {
  const cases: [dialect: Dialect, text: string, expected: string][] = [
    ['postgresql', 'UPDATE a SET b = 1;\nDELETE FROM c;\n', 'BEGIN;\nUPDATE a SET b = 1;\nDELETE FROM c;\nCOMMIT;\n'],
    ['mysql', '  UPDATE a SET b = 1;\r\n  DELETE FROM c\r\n', '  START TRANSACTION;\r\n  UPDATE a SET b = 1;\r\n  DELETE FROM c;\r\n  COMMIT;\r\n'],
    ['sqlite', '-- take from stock\nUPDATE a SET b = 1; -- one\nDELETE FROM c; -- two\n', 'BEGIN;\n-- take from stock\nUPDATE a SET b = 1; -- one\nDELETE FROM c; -- two\nCOMMIT;\n'],
    ['postgresql', '-- +goose Up\nUPDATE a SET b = 1;\nDELETE FROM c;\n', '-- +goose Up\nBEGIN;\nUPDATE a SET b = 1;\nDELETE FROM c;\nCOMMIT;\n'],
  ];
  test.each(cases)('%s %j', (dialect, text, expected) => {
    const { script, placed } = scriptOf(text, dialect);
    expect(edited(text, ...wrapInTransaction(script, placed[0]!, placed[1]!))).toBe(expected);
  });
});

function workspace(files: Record<string, string>, applied = false) {
  const input = Object.entries(files).map(([path, text]) => ({ path, text }));
  const facts = buildFacts({ files: input, applied: applied ? { kind: 'git', unchanged: new Set(Object.keys(files)) } : { kind: 'none', note: 'test' } });
  return { facts, database: facts.databases[0]! };
}

const create = 'CREATE TABLE orders (id bigint PRIMARY KEY);\n';
const add = 'ALTER TABLE orders ADD COLUMN note text;\n';
const request = { slug: 'Add orders index', up: 'CREATE INDEX CONCURRENTLY i ON orders (id);', down: 'DROP INDEX CONCURRENTLY i;', transactionless: true };

describe('new migrations', () => {
  const layouts: [name: string, files: Record<string, string>, expected: Record<string, string>][] = [
    ['golang-migrate', { 'go.mod': '', 'migrations/000009_a.up.sql': create, 'migrations/000009_a.down.sql': 'DROP TABLE orders;\n' },
      { 'migrations/000010_add_orders_index.up.sql': `${request.up}\n`, 'migrations/000010_add_orders_index.down.sql': `${request.down}\n` }],
    ['goose, with CRLF', { 'db/00001_a.sql': `-- +goose Up\r\n${create}` },
      { 'db/00002_add_orders_index.sql': `-- +goose NO TRANSACTION\r\n-- +goose Up\r\n${request.up}\r\n\r\n-- +goose Down\r\n${request.down}\r\n` }],
    ['Prisma Migrate', { 'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n', 'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n', 'prisma/migrations/20240101000000_a/migration.sql': create },
      { 'prisma/migrations/20240101000001_add_orders_index/migration.sql': `${request.up}\n`, 'prisma/migrations/20240101000001_add_orders_index/down.sql': `${request.down}\n` }],
  ];
  test.each(layouts)('%s', (_name, files, expected) => {
    const { facts, database } = workspace(files);
    const changes = newMigration(facts, database, request) ?? [];
    expect(Object.fromEntries(changes.map((change) => [change.file, isCreation(change) ? change.create : change.edits]))).toEqual(expected);
  });

  test('several statements cannot leave the transaction of a file that is sent as one query', () => {
    const { facts, database } = workspace({ 'go.mod': '', 'migrations/000009_a.up.sql': create });
    const two = { ...request, up: `${request.up}\nSELECT 1;` };
    expect(newMigration(facts, database, two)).toBeUndefined();
    expect(migrationRefusal(facts, database, two)).toBe('golang-migrate sends the file as one query, so the statement has to be alone in it.');
  });

  // Two files and their atlas.sum as Atlas itself wrote it.
  const atlas = {
    'm/20230727105553_init.sql': 'CREATE TABLE t1 ( c1 int );\n',
    'm/20230727105615_t2.sql': 'CREATE TABLE t2 ( c1 int, c2 text );\n',
    'm/20230926085734_destructive-change.sql': 'DROP TABLE t2;\n',
    'm/atlas.sum': 'h1:hnQZfRcN6sV+y+0YePtkLazMy+Ty3lhyGv69ixeYoXc=\n20230727105553_init.sql h1:jxgvnWO6tZD3lSPpH1ao5E/6VjapP7iwvBCUJ6aez58=\n20230727105615_t2.sql h1:UvzeoFxe90Y/7b21ziwg6pPzWJQSV7LeYwJl8J63lMU=\n20230926085734_destructive-change.sql h1:Gf/bSvUkfqHr/MEXKCxdGu2YvG8zwe4ER5TW8T/laA0=\n',
  };

  test('atlas.sum is carried on where it is in step', () => {
    const { facts, database } = workspace(atlas);
    const changes = newMigration(facts, database, { slug: 'x', up: 'SELECT 1;' })!;
    expect(changes.map(({ file }) => file)).toEqual(['m/20230926085735_x.sql', 'm/atlas.sum']);
    const sum = edited(atlas['m/atlas.sum'], changes[1]!);
    expect(sum.split('\n').slice(1, 4)).toEqual(atlas['m/atlas.sum'].split('\n').slice(1, 4));
    expect(sum).toMatch(/^h1:\S+=\n(.*\n){3}20230926085735_x\.sql h1:\S+=\n$/);
  });

  test('a manifest that is not in step is not written', () => {
    const { facts, database } = workspace({ ...atlas, 'm/20230926085734_destructive-change.sql': 'DROP TABLE t1;\n' });
    expect(newMigration(facts, database, { slug: 'x', up: 'SELECT 1;' })).toBeUndefined();
    expect(migrationRefusal(facts, database, { slug: 'x', up: 'SELECT 1;' })).toContain('m/atlas.sum is not in step');
  });

  test('the journal of Drizzle gets an entry that is younger than the last', () => {
    const journal = { version: '7', dialect: 'postgresql', entries: [{ idx: 0, version: '7', when: 1700000000000, tag: '0000_a', breakpoints: true }] };
    const { facts, database } = workspace({ 'drizzle/0000_a.sql': create, 'drizzle/meta/_journal.json': JSON.stringify(journal, null, 2) });
    const changes = newMigration(facts, database, { slug: 'x', up: 'SELECT 1;' })!;
    const written = JSON.parse(edited(JSON.stringify(journal, null, 2), changes[1]!)) as typeof journal;
    expect(written.entries[1]).toEqual({ idx: 1, version: '7', when: 1700000000001, tag: '0001_x', breakpoints: true });
    expect(migrationRefusal(facts, database, request)).toBeDefined();
  });
});

describe('where a down goes', () => {
  const layouts: [name: string, files: Record<string, string>, file: string, text: string][] = [
    ['the other file of the pair', { 'go.mod': '', 'm/1_a.up.sql': create, 'm/1_a.down.sql': 'DROP TABLE orders;\n', 'm/2_b.up.sql': add }, 'm/2_b.down.sql', 'ALTER TABLE orders DROP COLUMN note;\n'],
    ['a file beside diesel’s up.sql', { 'diesel.toml': '', 'm/2024-01-01-000000_a/up.sql': create, 'm/2024-01-01-000000_a/down.sql': 'DROP TABLE orders;\n', 'm/2024-01-02-000000_b/up.sql': add }, 'm/2024-01-02-000000_b/down.sql', 'ALTER TABLE orders DROP COLUMN note;\n'],
    ['a section of goose', { 'm/00001_a.sql': `-- +goose Up\n${create}\n-- +goose Down\nDROP TABLE orders;\n`, 'm/00002_b.sql': `-- +goose Up\r\n${add.trim()}` }, 'm/00002_b.sql', `-- +goose Up\r\n${add.trim()}\r\n\r\n-- +goose Down\r\nALTER TABLE orders DROP COLUMN note;\r\n`],
    ['an empty section of dbmate', { 'm/1_a.sql': `-- migrate:up\n${create}\n-- migrate:down\nDROP TABLE orders;\n`, 'm/2_b.sql': `-- migrate:up\n${add}\n-- migrate:down\n` }, 'm/2_b.sql', `-- migrate:up\n${add}\n-- migrate:down\nALTER TABLE orders DROP COLUMN note;\n`],
  ];
  test.each(layouts)('%s', (_name, files, file, text) => {
    const { facts, database } = workspace(files);
    const change = downChange(facts, database, database.steps[1]!)!;
    expect(change.title).toBe('Write the down migration');
    const [only] = change.changes;
    expect(only!.file).toBe(file);
    expect(isCreation(only!) ? only.create : edited(files[file]!, only!)).toBe(text);
  });

  test('a down that is there is not written again, and an applied file is not edited', () => {
    const files = { 'm/00001_a.sql': `-- +goose Up\n${create}\n-- +goose Down\nDROP TABLE orders;\n`, 'm/00002_b.sql': `-- +goose Up\n${add}` };
    const { facts, database } = workspace(files, true);
    expect(downRefusal(facts, database, database.steps[0]!)).toBe('m/00001_a.sql holds a down migration already.');
    expect(downRefusal(facts, database, database.steps[1]!)).toBe('m/00002_b.sql is applied, and an applied migration is not edited.');
    expect(guardApplied(facts, { file: 'm/00002_b.sql', edits: [] })).toBe('is an applied migration and is never edited');
    expect(guardApplied(facts, { file: 'm/00003_c.sql', create: '' })).toBeUndefined();
  });

  test('the title says what does not come back', () => {
    const { facts, database } = workspace({ 'go.mod': '', 'm/1_a.up.sql': create, 'm/1_a.down.sql': '', 'm/2_b.up.sql': 'DROP TABLE orders;\n' });
    expect(downChange(facts, database, database.steps[1]!)!.title).toBe('Write the down migration (does not come back: the rows of orders)');
  });
});
