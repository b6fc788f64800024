import { describe, expect, test } from 'vitest';
import { dialects, type Dialect } from '../../server/src/source/dialect.ts';
import { lex } from '../../server/src/source/lexer.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { corpusSqlFiles, hasCorpora } from '../support/corpus.ts';
import { randomNumbers, randomText } from '../support/randomEdits.ts';

const whole = process.env['DATABASE_EXPERT_WHOLE'] !== undefined;

const squeeze = (text: string) => text.replace(/\s+/g, ' ');

/** The statements of a text, blanks squeezed. */
function split(text: string, dialect: Dialect): string[] {
  return splitScript(text, dialect).statements.map((statement) => squeeze(statement.text));
}

/** A statement with a line break wherever a blank stands between two tokens. */
function oneTokenPerLine({ text, tokens }: Statement): string {
  let end = 0;
  return tokens.reduce((lines, token) => {
    const gap = text.slice(end, token.start);
    end = token.end;
    return lines + (gap.trim() === '' && gap !== '' ? '\n' : gap) + token.text;
  }, '');
}

/** Texts and the statements they hold; a lone text is one statement, without its last semicolon. */
const splits: readonly (readonly [about: string, dialect: Dialect, text: string, statements?: readonly string[]])[] = [
  ['strings and comments hide semicolons', 'postgresql', "SELECT ';', $$;$$, E'\\';', \"a;b\" /* ; */ + 1;"],
  ['comments alone', 'postgresql', '-- nothing\n/* here */', []],
  ['empty statements', 'postgresql', ';;SELECT 1;;SELECT 2;', ['SELECT 1', 'SELECT 2']],
  ['a function with a dollar body', 'postgresql', 'CREATE FUNCTION f() RETURNS int AS $$ BEGIN; END; $$ LANGUAGE plpgsql;'],
  ['a function with a standard body', 'postgresql', 'CREATE OR REPLACE FUNCTION f() RETURNS TABLE (a int)\nBEGIN ATOMIC\nSELECT CASE WHEN a THEN 1 END;\nSELECT 2;\nEND;'],
  ['a rule with several commands', 'postgresql', 'CREATE RULE r AS ON INSERT TO t DO ALSO (\nINSERT INTO a VALUES (1);\nDELETE FROM b;\n);'],
  ['psql sends on \\g', 'postgresql', 'SELECT 1 \\gset\nSELECT 2 \\g out.txt\n\\d t\nSELECT 3;', ['SELECT 1', 'SELECT 2', 'SELECT 3']],
  ['psql separates with \\;', 'postgresql', 'SELECT 1\\; SELECT 2;', ['SELECT 1', 'SELECT 2']],
  ['a trigger', 'sqlite', 'CREATE TEMP TRIGGER t AFTER UPDATE ON x BEGIN\nUPDATE y SET a = CASE WHEN 1 THEN 2 END;\nDELETE FROM z;\nEND;'],
  ['a trigger', 'mysql', 'CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN\nIF NEW.a THEN SET NEW.a = IF(1, 2, 3); END IF;\nEND;'],
  ['a routine that is one block statement', 'mysql', 'CREATE PROCEDURE p() IF a THEN SELECT 1; ELSE SELECT 2; END IF;'],
  [
    'a routine with every kind of block',
    'mysql',
    `CREATE DEFINER = \`u\`@\`h\` PROCEDURE p(a INT) lbl: BEGIN DECLARE c CURSOR FOR SELECT 1; WHILE a DO SET a = CASE WHEN 1 THEN REPEAT('x', 2) ELSE IF(1, 2, 3) END; END WHILE;
     REPEAT SET a = 1; UNTIL a END REPEAT; CASE a WHEN 1 THEN SELECT 1; END CASE; LOOP LEAVE lbl; END LOOP; SELECT 1 FROM (t) FOR UPDATE; END;`,
  ],
  ['a procedure with IF NOT EXISTS', 'mysql', 'CREATE PROCEDURE IF NOT EXISTS p() SELECT 1;'],
  ['an anonymous block', 'mariadb', 'BEGIN NOT ATOMIC SELECT 1; SELECT 2; END;'],
  ['a transaction is no block', 'mysql', 'BEGIN; UPDATE t SET a = 1; COMMIT;', ['BEGIN', 'UPDATE t SET a = 1', 'COMMIT']],
  ['executed comments are code', 'mysql', '/*!40101 SET NAMES utf8 */; CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) */;', ['/*!40101 SET NAMES utf8 */', 'CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) */']],
  ['several statements in one block of goose', 'postgresql', '-- +goose StatementBegin\nCREATE TABLE a (b int);\nDROP TABLE c\n-- +goose StatementEnd\nSELECT 1;', ['CREATE TABLE a (b int)', 'DROP TABLE c', 'SELECT 1']],
  ['migration marks end a statement', 'postgresql', '-- migrate:up\nCREATE TABLE a (b int)\n-- migrate:down\nDROP TABLE a', ['CREATE TABLE a (b int)', 'DROP TABLE a']],
  ['drizzle breakpoints', 'sqlite', 'CREATE TABLE `a` (`b` int)--> statement-breakpoint\nCREATE TABLE `c` (`d` int);', ['CREATE TABLE `a` (`b` int)', 'CREATE TABLE `c` (`d` int)']],
  ['queries named for sqlc', 'postgresql', '-- name: A :one\nSELECT 1\n-- name: B :many\nSELECT 2', ['SELECT 1', 'SELECT 2']],
  ['parts of node-pg-migrate', 'postgresql', '-- Up Migration\nCREATE TABLE a (b int)\n-- Down Migration\nDROP TABLE a', ['CREATE TABLE a (b int)', 'DROP TABLE a']],
  ['\\G of the client', 'mysql', 'SELECT 1\\G\nSELECT 2\\g', ['SELECT 1', 'SELECT 2']],
  ['commands of the shell', 'sqlite', '.mode csv\nSELECT a\n.b FROM a;\n.read other.sql\nSELECT .5;', ['SELECT a .b FROM a', 'SELECT .5']],
  ['tags of ERB', 'postgresql', '<% if a %>\nDROP TABLE <%= a %>_b;\n<% end %>', ['DROP TABLE <%= a %>_b']],
  ['GO', 'postgresql', 'SELECT 1\nGO\nSELECT 2\ngo 5\n', ['SELECT 1', 'SELECT 2']],
  ['a column named go', 'postgresql', 'SELECT go,\n  go\nFROM t;'],
];

describe('statements', () => {
  for (const [about, dialect, text, statements] of splits) {
    test(`${about} (${dialect})`, () => {
      const expected = (statements ?? [text.replace(/;$/, '')]).map(squeeze);
      expect(split(text, dialect)).toEqual(expected);
      expect(split(`${text}\n;SELECT 9`, dialect)).toEqual([...expected, 'SELECT 9']);
    });
  }

  test('a block of goose that we would cut inside a body stays whole', () => {
    const text = '-- +goose StatementBegin\nCREATE THING x\n  frob;\nEND THING;\n-- +goose StatementEnd\nSELECT 1;';
    expect(split(text, 'mysql')).toEqual(['CREATE THING x frob; END THING', 'SELECT 1']);
  });

  test('DELIMITER changes what ends a statement', () => {
    const text = 'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\ndelimiter ;\nSELECT 2;';
    expect(split(text, 'mysql')).toEqual(['CREATE PROCEDURE p() BEGIN SELECT 1; END', 'SELECT 2']);
  });

  test('the data of COPY belongs to nothing', () => {
    const text = "COPY t (a) FROM stdin;\n1\tit's\n-- no comment;\n\\.\nSELECT 1;\nCOPY u FROM '/data/x';\nSELECT 2;";
    const script = splitScript(text, 'postgresql');
    expect(script.statements.map((statement) => statement.text)).toEqual(['COPY t (a) FROM stdin', 'SELECT 1', "COPY u FROM '/data/x'", 'SELECT 2']);
    expect(script.comments).toEqual([]);
  });

  test('offsets, terminators, holes and lazily read tokens', () => {
    const text = '\ufeff-- up\r\nSELECT 1 /* one */ ;\r\nDROP TABLE {{x}} -- tail\r\n';
    const script = splitScript(text, 'postgresql');
    expect(script.statements).toMatchObject([
      { index: 0, start: 8, end: 16, terminatorEnd: 28, terminated: true, text: 'SELECT 1', hasHole: false },
      { index: 1, start: 30, end: 46, terminatorEnd: 46, terminated: false, text: 'DROP TABLE {{x}}', hasHole: true },
    ]);
    expect(script.comments.map((comment) => comment.text)).toEqual(['-- up', '/* one */', '-- tail']);
    expect(script.statements[1]!.tokens.map((token) => token.start)).toEqual([0, 5, 11]);
    expect(script.statements[1]!.tokens).toEqual(lex('DROP TABLE {{x}}', 'postgresql').tokens);
  });
});

/** Every `¶` is a missing terminator: the next line begins another statement. */
const broken: readonly (readonly [Dialect, string])[] = [
  ['postgresql', 'CREATE TABLE a (id int,¶\nCREATE TABLE b (id int);'],
  ['postgresql', 'SELECT * FROM a WHERE¶\nINSERT INTO b VALUES (1);'],
  ['postgresql', 'SELECT * FROM a WHERE b IN (1, 2¶\nUPDATE b SET c = 1;'],
  ['postgresql', 'ALTER TABLE a ADD COLUMN b int¶\nSELECT 1;'],
  ['postgresql', 'ALTER TABLE a ADD COLUMN b timestamp with time zone¶\nDROP INDEX c;'],
  ['postgresql', 'UPDATE a SET b = 1 WHERE c = 2¶\nDELETE FROM d;'],
  ['postgresql', 'INSERT INTO a VALUES (1)¶\nWITH x AS (SELECT 1) SELECT * FROM x;'],
  ['postgresql', 'CREATE INDEX i ON a (b)¶\nCOMMIT;'],
  ['postgresql', 'CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql¶\nCREATE TABLE b (id int);'],
  ['postgresql', "INSERT INTO a VALUES ('open);¶\nINSERT INTO a VALUES ('b');"],
  ['postgresql', 'CREATE FUNCTION f() RETURNS int AS $$ SELECT 1;¶\nCREATE FUNCTION g() RETURNS int AS $$ SELECT 2 $$ LANGUAGE sql;'],
  ['postgresql', 'GRANT SELECT ON a TO b¶\nCREATE TYPE c AS ENUM ();'],
  ['postgresql', '  ALTER TABLE a ADD COLUMN b int¶\n  ALTER TABLE a ADD COLUMN c int;'],
  ['postgresql', 'BEGIN¶\n  UPDATE a SET b = 1;'],
  ['postgresql', 'INSERT INTO a SELECT * FROM b¶\nINSERT INTO c SELECT 1;'],
  ['postgresql', 'INSERT INTO a (b)¶\nDELETE FROM c;'],
  ['postgresql', 'WITH x AS (\n  SELECT 1\n)\nINSERT INTO a\nSELECT * FROM x¶\nWITH y AS (\n  SELECT 2\n)\nINSERT INTO b\nSELECT * FROM y;'],
  ['postgresql', 'CREATE VIEW a AS SELECT 1¶\nGRANT SELECT ON a TO b;'],
  ['postgresql', 'GRANT SELECT ON a TO b¶\nGRANT SELECT ON c TO d;'],
  ['postgresql', 'GRANT SELECT ON a TO b¶\nALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO b;'],
  ['postgresql', 'CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql¶\nSELECT f();'],
  ['postgresql', 'CREATE SCHEMA a¶\nDROP TABLE b;'],
  ['postgresql', 'ALTER TABLE a ADD b int¶\nUPDATE {{ .schema }}.a SET b = 1;'],
  ['postgresql', 'CREATE TABLE a (\n  id int, /* half\n  b int\n);¶\nCREATE TABLE b (id int);'],
  ['postgresql', '/* outer /* inner */\nDROP TABLE a¶\nDROP TABLE b;'],
  ['mysql', 'ALTER TABLE a DROP COLUMN b¶\nDROP INDEX c ON a;'],
  ['sqlite', 'CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;¶\nCREATE TABLE b (id);'],
  ['mysql', 'DROP TABLE a¶\nSET FOREIGN_KEY_CHECKS = 0;'],
  ['mysql', 'CREATE PROCEDURE p() BEGIN SELECT 1;¶\nCREATE PROCEDURE q() SELECT 2;'],
];

/** A line that begins with a statement's word and is no statement. */
const continued: readonly (readonly [Dialect, string])[] = [
  ['postgresql', 'CREATE VIEW v AS\nSELECT 1'],
  ['postgresql', 'CREATE MATERIALIZED VIEW v\nWITH (fillfactor = 70)\nAS\nWITH x AS (\nSELECT 1\n)\nSELECT * FROM x\nWITH NO DATA'],
  ['postgresql', 'INSERT INTO t\nSELECT 1\nON CONFLICT DO\nUPDATE SET a = 1'],
  ['postgresql', 'INSERT INTO t (value, "values")\nSELECT 1'],
  ['postgresql', 'WITH x AS (\nINSERT INTO t DEFAULT VALUES RETURNING id\n)\nUPDATE u SET a = 1 FROM x\nWHERE true'],
  ['postgresql', 'EXPLAIN (ANALYZE)\nSELECT 1'],
  ['postgresql', 'EXPLAIN\nCREATE TABLE t AS\nSELECT 1'],
  ['postgresql', 'CREATE TABLE t AS\nSELECT 1\nUNION ALL\nSELECT 2'],
  ['postgresql', 'GRANT\nSELECT, INSERT,\nUPDATE\nON t TO u'],
  ['postgresql', 'CREATE POLICY p ON t\nFOR\nUPDATE\nUSING (a)\nWITH CHECK (b)'],
  ['postgresql', 'SELECT 1 FROM t\nFOR\nUPDATE OF t'],
  ['postgresql', 'ALTER TABLE t\nADD COLUMN a int,\nDROP COLUMN b,\nDROP type,\nALTER c SET NOT NULL,\nALTER type TYPE text'],
  ['postgresql', 'CREATE TABLE t (\na int REFERENCES u (id)\nON DELETE\nSET NULL\nON UPDATE CASCADE,\nCONSTRAINT c CHECK (a > 0)\n)\nWITH (fillfactor = 70)'],
  ['postgresql', 'MERGE INTO t USING s ON a\nWHEN MATCHED THEN\nUPDATE SET b = 1\nWHEN NOT MATCHED THEN\nINSERT VALUES (1)'],
  ['postgresql', 'CREATE TRIGGER x\nBEFORE\nINSERT OR\nUPDATE OF a\nOR\nDELETE ON t\nFOR EACH ROW EXECUTE FUNCTION f()'],
  ['postgresql', 'CREATE RULE r AS ON INSERT TO t DO INSTEAD\nINSERT INTO u VALUES (1)'],
  ['postgresql', 'CREATE SCHEMA s\nCREATE TABLE t (a int)\nCREATE INDEX i ON t (a)\nGRANT SELECT ON t TO u'],
  ['postgresql', 'ALTER DEFAULT PRIVILEGES IN SCHEMA s\nGRANT SELECT ON TABLES TO u'],
  ['postgresql', 'ALTER PUBLICATION p\nDROP TABLE t'],
  ['postgresql', 'ALTER FUNCTION f()\nSET search_path = s'],
  ['postgresql', 'UPDATE t\nSET search_path = 1'],
  ['postgresql', 'SELECT * FROM t WHERE id IN (\nSELECT 1\nEXCEPT\nSELECT 2\n)'],
  ['postgresql', 'DECLARE c CURSOR FOR\nSELECT 1'],
  ['postgresql', "CREATE FUNCTION f() RETURNS int AS '\nSELECT 1;\nSELECT 2;\n'LANGUAGE sql"],
  ['postgresql', 'INSERT INTO t\nWITH x AS (\nSELECT 1\n)\nSELECT * FROM x\nUNION\nSELECT 2'],
  ['postgresql', 'CREATE VIEW v AS\nWITH x AS (\nSELECT 1\n)\nSELECT * FROM x\nWITH CHECK OPTION'],
  ['postgresql', 'REVOKE\nGRANT OPTION FOR\nSELECT ON t\nFROM u'],
  ['postgresql', 'BEGIN\nISOLATION LEVEL SERIALIZABLE'],
  ['mysql', 'ALTER TABLE t\nTRUNCATE PARTITION p'],
  ['mysql', 'ANALYZE FORMAT=JSON\nSELECT 1'],
  ['mysql', 'CREATE TABLE t (a int)\nSELECT 1 AS a'],
  ['mysql', 'INSERT INTO t VALUES (1)\nON DUPLICATE KEY\nUPDATE a = 1'],
  ['mysql', 'ALTER TABLE t\nDROP INDEX i,\nDROP KEY k,\nDROP FOREIGN KEY f'],
  ['mysql', 'GRANT SELECT,\nCREATE VIEW,\nCREATE USER ON *.* TO u'],
  ['mysql', 'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO\nDELETE FROM t'],
  ['mysql', 'CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW\nINSERT INTO u VALUES (1)'],
  ['sqlite', 'CREATE VIRTUAL TABLE t\nUSING fts5 (a)'],
];

describe('a missing terminator', () => {
  test.each(broken)('%s: %s', (dialect, marked) => {
    const text = marked.replace('¶', '');
    const { statements } = splitScript(text, dialect);
    expect(statements.map((statement) => statement.start)).toContain(marked.indexOf('¶') + /¶(\s*)/.exec(marked)![1]!.length);
    expect(statements[0]!.terminated).toBe(false);
    expect(statements.at(-1)!.terminated).toBe(true);
  });

  test.each(continued)('is not seen in %s: %s', (dialect, text) => {
    expect(splitScript(`${text};`, dialect).statements.map((statement) => statement.text)).toEqual([text]);
  });
});

describe.runIf(hasCorpora('statement splitter on the corpora'))('corpora', () => {
  const files = hasCorpora('statement splitter on the corpora') ? corpusSqlFiles() : [];

  test('indentation decides nothing in statements that are whole', () => {
    const cut = files.filter(({ text, dialect }) => {
      const flat = text.replace(/^[ \t]+/gm, '');
      return splitScript(text, dialect).statements.length !== splitScript(flat, dialect).statements.length;
    });
    expect(cut.map((file) => file.path)).toEqual([]);
  });

  test('a statement is one however its lines are broken', () => {
    const cut: string[] = [];
    let tried = 0;
    for (const { path, text, dialect } of files.filter((_, index) => whole || index % 4 === 0)) {
      const { statements, comments } = splitScript(text, dialect);
      for (const statement of statements) {
        const holdsComment = comments.some((comment) => comment.start >= statement.start && comment.end <= statement.end);
        if (!statement.terminated || holdsComment || statement.text.length > 20_000 || /delimiter/i.test(statement.text)) continue;
        tried++;
        if (splitScript(`${oneTokenPerLine(statement)};`, dialect).statements.length !== 1) cut.push(`${path}: ${statement.text}`);
      }
    }
    expect(tried).toBeGreaterThan(1500);
    // MySQL's way to drop an index, in a migration for SQLite, which refuses it.
    expect(cut.filter((one) => !one.includes('drop index name_uniq_idx'))).toEqual([]);
  });

  test('a missing terminator costs one statement, nearly always', () => {
    let recovered = 0;
    let tried = 0;
    for (const { text, dialect } of files) {
      const { statements } = splitScript(text, dialect);
      // One statement of each file, so that the test stays short.
      const index = Math.floor((statements.length - 1) / 2);
      const statement = statements[index];
      if (index + 1 >= statements.length || !statement?.terminated) continue;
      tried++;
      const open = text.slice(0, statement.end) + text.slice(statement.terminatorEnd);
      if (splitScript(open, dialect).statements.length === statements.length) recovered++;
    }
    expect(tried).toBeGreaterThan(1000);
    expect(recovered / tried).toBeGreaterThan(0.99);
  });

  test('tokens of a statement cover it', () => {
    for (const { path, text, dialect } of files) {
      for (const statement of splitScript(text, dialect).statements) {
        expect(text.slice(statement.start, statement.end), path).toBe(statement.text);
        expect(statement.tokens.length, path).toBeGreaterThan(0);
        expect(statement.tokens.every((token) => statement.text.slice(token.start, token.end) === token.text), path).toBe(true);
      }
    }
  });
});



describe('any text', () => {
  test.each(dialects)('%s never throws, and statements lie in order and apart', (dialect) => {
    const random = randomNumbers(7);
    for (let round = 0; round < 2000; round++) {
      const text = randomText(random, Math.floor(random() * 40));
      const { statements } = splitScript(text, dialect);
      let end = 0;
      for (const [index, statement] of statements.entries()) {
        expect(statement.index, text).toBe(index);
        expect(statement.start, text).toBeGreaterThanOrEqual(end);
        expect(statement.terminatorEnd, text).toBeGreaterThanOrEqual(statement.end);
        expect(statement.text, text).toBe(text.slice(statement.start, statement.end));
        expect(statement.tokens.every((token) => token.start < token.end && token.end <= statement.text.length), text).toBe(true);
        end = statement.terminatorEnd;
      }
    }
  });

  test('deep and long texts', () => {
    const deep = `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)};`;
    const long = 'SELECT 1;\n'.repeat(800_000);
    for (const dialect of dialects) expect(splitScript(deep, dialect).statements).toHaveLength(1);
    expect(splitScript(long, 'postgresql').statements).toHaveLength(800_000);
  });
});
