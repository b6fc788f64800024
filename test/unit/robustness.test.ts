import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import { detectDialect } from '../../server/src/source/detect.ts';
import { dialects, type Dialect } from '../../server/src/source/dialect.ts';
import { readPrisma } from '../../server/src/source/prisma/read.ts';
import { readQuery } from '../../server/src/source/query/read.ts';
import { readRedisConfig } from '../../server/src/source/redis/read.ts';
import { resplitScript } from '../../server/src/source/resplit.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import type { Script, Statement } from '../../server/src/source/statement.ts';
import { corporaFolder, corpusFiles, corpusSqlFiles, hasCorpora } from '../support/corpus.ts';
import { randomEdit, randomNumbers } from '../support/randomEdits.ts';

const whole = process.env['DATABASE_EXPERT_WHOLE'] !== undefined;
/** How many random edits of the corpora are read; 100,000 when all is asked for. */
const edits = whole ? 100_000 : 2000;

/** Does with statements all that reading a workspace does; must not throw. */
function readAll(statements: readonly Statement[], dialect: Dialect): void {
  let catalog = emptyCatalog(dialect);
  for (const statement of statements) {
    catalog = applyStatement(catalog, readStatement(statement), { file: 'a.sql', statement });
    readQuery(statement);
  }
}

function readText(text: string, dialect: Dialect): Script {
  const script = splitScript(text, dialect);
  readAll(script.statements, dialect);
  return script;
}

/** Texts, each with what is read of it, edited at random in short chains; what the edit touches is read anew. */
function editAll<T>(texts: readonly T[], rounds: number, begin: (text: T) => string, edit: (text: T, edited: string) => void): void {
  const random = randomNumbers(3);
  for (let done = 0, index = 0; done < rounds; index++) {
    const text = texts[index % texts.length]!;
    let edited = begin(text);
    for (let step = 0; step < 4 && done < rounds && edited !== ''; step++, done++) {
      edited = randomEdit(edited, random);
      edit(text, edited);
    }
  }
}

describe.runIf(hasCorpora('robustness on the corpora'))('nothing throws or hangs', () => {
  const files = hasCorpora('robustness on the corpora') ? corpusSqlFiles() : [];
  const schemas = corpusFiles('.', '.prisma').map((path) => readFileSync(join(corporaFolder, path), 'utf8'));

  test('on the SQL of the corpora', () => {
    for (const { text, dialect, path } of files.filter((_, index) => whole || index % 8 === 0)) {
      detectDialect(text, path);
      readText(text, dialect);
    }
    expect(files.length).toBeGreaterThan(1000);
  });

  test('on the SQL of the corpora, read in another dialect', () => {
    const step = whole ? 1 : 20;
    for (let index = 0; index < files.length; index += step) {
      const { text, dialect } = files[index]!;
      for (const other of dialects) if (other !== dialect) readText(text, other);
    }
  });

  test('on random edits of the SQL', () => {
    const scripts = new Map<unknown, Script>();
    // Neighbours are much alike, so that a sample of them would be one-sided.
    const mixed = files.filter(({ text }) => text.length < 60_000).toSorted((a, b) => (a.text.length % 97) - (b.text.length % 97));
    let read = 0;
    editAll(
      mixed,
      edits,
      (file) => {
        scripts.set(file, splitScript(file.text, file.dialect));
        return file.text;
      },
      (file, edited) => {
        const { script, first, added } = resplitScript(scripts.get(file)!, edited);
        scripts.set(file, script);
        readAll(script.statements.slice(first, first + added), file.dialect);
        read += added;
      },
    );
    expect(read).toBeGreaterThan(edits / 4);
  });

  test('on random edits of Prisma schemas', () => {
    expect(schemas.length).toBeGreaterThan(10);
    editAll(schemas.filter((text) => text.length < 60_000), edits / 4, (text) => text, (_, edited) => readPrisma(edited));
  });
});

/** Bytes as they come, in the ways in which a file could be decoded. */
function randomBytes(random: () => number, length: number): string[] {
  const bytes = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  return [bytes.toString('latin1'), bytes.toString('utf8'), bytes.toString('utf16le')];
}

describe('arbitrary text', () => {
  test('bytes', () => {
    const random = randomNumbers(23);
    for (let round = 0; round < (whole ? 300 : 15); round++) {
      for (const text of randomBytes(random, Math.floor(random() * 20_000))) {
        for (const dialect of dialects) readText(text, dialect);
        readPrisma(text);
        readRedisConfig(text);
        detectDialect(text, 'a.sql');
      }
    }
  });

  const depth = 10_000;
  const nested = (before: string, open: string, middle: string, close: string, after: string) =>
    `${before}${open.repeat(depth)}${middle}${close.repeat(depth)}${after};`;
  /** Every place where brackets or blocks may stand in each other. */
  const deep = [
    nested('SELECT ', '(', '1', ')', ''),
    nested('SELECT * FROM t WHERE ', '(', 'a = 1', ')', ''),
    nested('SELECT * FROM ', '(SELECT * FROM ', 't', ') x', ''),
    nested('SELECT ', 'f(', '1', ')', ''),
    nested('SELECT ', 'CASE WHEN a THEN ', '1', ' END', ''),
    nested('SELECT ', 'NOT ', 'a', '', ''),
    nested('SELECT ', '- ', 'a', '', ''),
    nested('', '(', 'SELECT 1', ')', ''),
    nested('', 'WITH x AS (', 'SELECT 1', ')', ' SELECT 1'),
    nested('SELECT 1', ' UNION SELECT 1', '', '', ''),
    nested('SELECT a', ' AND b', '', '', ''),
    nested('SELECT a', '[', '1', ']', ''),
    nested('SELECT ARRAY', '[', '1', ']', ''),
    nested('SELECT * FROM a', ' JOIN (b', '', ')', ''),
    nested('CREATE TABLE t (a int DEFAULT ', '(', '1', ')', ')'),
    nested('CREATE TABLE t (a int CHECK (', '(', 'a > 1', ')', '))'),
    nested('CREATE TABLE t (a int GENERATED ALWAYS AS (', '(', '1', ')', ') STORED)'),
    nested('CREATE TABLE t (a ', 'numeric(', '1', ')', ')'),
    nested('CREATE TABLE t ', '(', 'a int', ')', ''),
    nested('CREATE TABLE t (a int) PARTITION BY RANGE ', '(', 'a', ')', ''),
    nested('CREATE INDEX i ON t ', '(', 'lower(a)', ')', ''),
    nested('CREATE INDEX i ON t (a) WHERE ', '(', 'a > 1', ')', ''),
    nested('CREATE VIEW v AS SELECT ', '(', '1', ')', ''),
    nested('CREATE VIEW v AS ', '(', 'SELECT 1', ')', ''),
    nested('CREATE POLICY p ON t USING ', '(', 'true', ')', ''),
    nested('ALTER TABLE t ADD CHECK ', '(', 'a > 1', ')', ''),
    nested('ALTER TABLE t ADD COLUMN a int DEFAULT ', '(', '1', ')', ''),
    nested('CREATE TYPE t AS ENUM ', '(', "'a'", ')', ''),
    nested('CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW WHEN ', '(', 'true', ')', ' EXECUTE FUNCTION f()'),
    nested('CREATE PROCEDURE p() ', 'BEGIN ', 'SELECT 1;', ' END;', ''),
    nested('DO $$ BEGIN ', 'IF a THEN ', 'ALTER TABLE t ADD COLUMN a int;', ' END IF;', ' END $$'),
    nested('DO $$ ', 'BEGIN ', 'ALTER TABLE t ADD COLUMN a int;', ' END;', ' $$'),
    nested('DO $$ BEGIN IF ', '(', 'true', ')', ' THEN ALTER TABLE t ADD COLUMN a int; END IF; END $$'),
    nested('INSERT INTO t VALUES ', '(', '1', ')', ''),
    nested('INSERT INTO t ', '(', 'SELECT 1', ')', ''),
    nested('UPDATE t SET a = ', '(', '1', ')', ''),
    nested('DELETE FROM t WHERE a IN ', '(', '1', ')', ''),
    nested('MERGE INTO t USING ', '(', 's', ')', ' ON true WHEN MATCHED THEN DELETE'),
    nested('EXPLAIN ', '(', 'SELECT 1', ')', ''),
    nested('', 'EXPLAIN ', 'SELECT 1', '', ''),
    nested('SET a = ', '(', '1', ')', ''),
    nested('GRANT SELECT ', '(', 'a', ')', ' ON t TO u'),
    nested('', '/*', '', '*/', 'SELECT 1'),
  ];

  // MariaDB reads as MySQL does.
  test.each(dialects.filter((dialect) => whole || dialect !== 'mariadb'))('10,000 brackets in each other, closed and not (%s)', (dialect) => {
    for (const text of deep) {
      readText(text, dialect);
      readText(text.slice(0, text.length >> 1), dialect);
    }
  });

  test('10,000 brackets in each other in a Prisma schema', () => {
    for (const [open, close] of [['[', ']'], ['(', ')'], ['{', '}'], ['f(', ')']] as const) {
      const text = `model A {\n  id Int @id @default(${open.repeat(depth)}${close.repeat(depth)})\n}\nmodel B {\n  id Int @id\n}\n`;
      readPrisma(text);
      readPrisma(text.slice(0, text.length >> 1));
    }
  });

  test('a single statement of 8 MB', () => {
    const size = 8_000_000;
    const long = (before: string, piece: string, after: string) => before + piece.repeat(Math.ceil(size / piece.length)) + after;
    const texts = [long("INSERT INTO t VALUES (0, 'x')", ", (1, 'some text of a row')", ';')];
    if (whole) {
      texts.push(long("INSERT INTO t VALUES ('", 'text ', "');"));
      texts.push(long('CREATE FUNCTION f() RETURNS int AS $$ ', 'SELECT 1; ', '$$ LANGUAGE sql;'));
      texts.push(long('CREATE TABLE t (id int', ', a int NOT NULL', ');'));
      texts.push(long('SELECT * FROM t WHERE a = 1', ' OR b = 2', ';'));
      texts.push(long('ALTER TABLE t ADD COLUMN a int', ', ADD COLUMN b int', ';'));
    }
    for (const text of texts) {
      expect(readText(text, 'postgresql').statements).toHaveLength(1);
    }
  });
});
