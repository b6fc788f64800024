import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../server/src/source/dialect.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { AlterTable, CreateTable, StatementNode } from '../../server/src/source/sql/ast.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { columnDefinitionsOf, opaquePiecesOf, tableConstraintsOf } from '../../server/src/source/sql/visit.ts';

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

const pg = 'postgresql';

/** Column types: what is written, the name and arguments that are read, and how many array dimensions. */
const types: readonly [Dialect, string, string, string[]?, number?][] = [
  [pg, 'double precision', 'double precision'],
  [pg, 'timestamp with time zone', 'timestamp with time zone'],
  [pg, 'TIMESTAMP(3) WITHOUT TIME ZONE', 'timestamp without time zone', ['3']],
  [pg, 'time (6) with time zone', 'time with time zone', ['6']],
  [pg, 'timestamptz(6)', 'timestamptz', ['6']],
  [pg, 'character varying (10) []', 'character varying', ['10'], 1],
  [pg, 'varchar(255)', 'varchar', ['255']],
  [pg, 'national character varying(3)', 'national character varying', ['3']],
  [pg, 'int array', 'int', [], 1],
  [pg, 'int array[4]', 'int', [], 1],
  [pg, 'text[][3]', 'text', [], 2],
  [pg, 'interval day to second(2)', 'interval day to second', ['2']],
  [pg, 'interval(3)', 'interval', ['3']],
  [pg, 'interval year', 'interval year'],
  [pg, 'bit varying(8)', 'bit varying', ['8']],
  [pg, '"Quoted Type"', 'Quoted Type'],
  [pg, '"char"', '"char"'],
  [pg, 'schema.Mood', 'schema.mood'],
  [pg, 'public."Mood"[]', 'public.Mood', [], 1],
  [pg, 'numeric(10, 2)', 'numeric', ['10', '2']],
  [pg, 'geography(Point, 4326)', 'geography', ['Point', '4326']],
  [pg, 'other_table.column%TYPE', 'other_table.column'],
  ['mysql', 'int(11) unsigned zerofill', 'int', ['11']],
  ['mysql', 'BIGINT UNSIGNED', 'bigint'],
  ['mysql', "enum('a','b''c')", 'enum', ['a', "b'c"]],
  ['mysql', 'varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', 'varchar', ['10']],
  ['mysql', 'decimal(10,2)', 'decimal', ['10', '2']],
  ['mysql', 'double precision', 'double precision'],
  ['mysql', 'datetime(6)', 'datetime', ['6']],
  ['sqlite', 'UNSIGNED BIG INT', 'unsigned big int'],
  ['sqlite', 'VARYING CHARACTER(255)', 'varying character', ['255']],
  ['sqlite', '"TEXT"', 'text'],
  ['sqlite', 'DECIMAL(10,5)', 'decimal', ['10', '5']],
];

describe('types', () => {
  test.each(types)('%s %s', (dialect, written, name, args = [], arrayDimensions = 0) => {
    for (const tail of ['', ' NOT NULL', ' DEFAULT NULL', ' CONSTRAINT c CHECK (a > 0)', ' PRIMARY KEY', ' REFERENCES t (id)']) {
      const node = read(dialect, `CREATE TABLE t (a ${written}${tail}, b int)`) as CreateTable;
      expect(node.columns).toHaveLength(2);
      const [column] = node.columns;
      expect(column!.type).toMatchObject({ text: written, name, args, arrayDimensions });
      expect(column!.constraints).toHaveLength(tail ? 1 : 0);
      expect(opaquePiecesOf(node)).toEqual([]);
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

/** What follows a column's type, and the constraints that are read. */
const columns: readonly [Dialect, string, object[]][] = [
  [pg, "DEFAULT now() NOT NULL", [{ kind: 'default', expression: { text: 'now()' } }, { kind: 'notNull' }]],
  [pg, "DEFAULT 'x'::character varying COLLATE \"C\" NOT NULL", [{ expression: { text: "'x'::character varying" } }, { kind: 'collate', collation: '"C"' }, { kind: 'notNull' }]],
  [pg, 'DEFAULT (a AND b) UNIQUE', [{ expression: { text: '(a AND b)' } }, { kind: 'unique' }]],
  [pg, 'DEFAULT a AND b', [{ expression: { text: 'a AND b' } }]],
  [pg, 'DEFAULT CASE WHEN x IS NOT NULL THEN 1 ELSE NULL END NOT NULL', [{ expression: { text: 'CASE WHEN x IS NOT NULL THEN 1 ELSE NULL END' } }, { kind: 'notNull' }]],
  [pg, 'DEFAULT (x IS NULL)', [{ expression: { text: '(x IS NULL)' } }]],
  [pg, 'DEFAULT NULL NULL', [{ expression: { text: 'NULL' } }, { kind: 'null' }]],
  [pg, 'DEFAULT now() AT TIME ZONE \'utc\' PRIMARY KEY', [{ expression: { text: "now() AT TIME ZONE 'utc'" } }, { kind: 'primaryKey' }]],
  [pg, "DEFAULT ARRAY['a', 'b']::text[] NOT NULL", [{ expression: { text: "ARRAY['a', 'b']::text[]" } }, { kind: 'notNull' }]],
  [pg, 'DEFAULT -1 CHECK (a > 0) NO INHERIT', [{ expression: { text: '-1' } }, { kind: 'check', expression: { text: 'a > 0' }, noInherit: true }]],
  [pg, 'CONSTRAINT nn NOT NULL NO INHERIT', [{ kind: 'notNull', name: { name: 'nn' }, noInherit: true }]],
  [pg, 'CONSTRAINT k PRIMARY KEY WITH (fillfactor=70) USING INDEX TABLESPACE fast', [{ kind: 'primaryKey', name: { name: 'k' } }]],
  [pg, 'UNIQUE NULLS NOT DISTINCT', [{ kind: 'unique', nullsNotDistinct: true }]],
  [pg, 'GENERATED BY DEFAULT AS IDENTITY (START WITH 10) PRIMARY KEY', [{ kind: 'identity', always: false, options: '(START WITH 10)' }, { kind: 'primaryKey' }]],
  [pg, 'GENERATED ALWAYS AS IDENTITY', [{ kind: 'identity', always: true }]],
  [pg, 'GENERATED ALWAYS AS (b * 2) STORED', [{ kind: 'generated', expression: { text: 'b * 2' }, stored: true }]],
  [pg, 'GENERATED ALWAYS AS (b * 2) VIRTUAL NOT NULL', [{ kind: 'generated', stored: false }, { kind: 'notNull' }]],
  [
    pg,
    'REFERENCES a.b (c) MATCH FULL ON DELETE SET NULL (c) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED',
    [{ kind: 'references', references: { table: { schema: { name: 'a' }, name: { name: 'b' } }, match: 'full', onDelete: 'set null', onUpdate: 'cascade', initiallyDeferred: true } }],
  ],
  [pg, 'REFERENCES b NOT VALID', [{ kind: 'references', notValid: true, references: { columns: [] } }]],
  [pg, 'CHECK (a <> \'\') NOT ENFORCED', [{ kind: 'check', notEnforced: true }]],
  [pg, 'STORAGE EXTERNAL COMPRESSION lz4', [{ kind: 'option', text: 'STORAGE EXTERNAL' }, { kind: 'option', text: 'COMPRESSION lz4' }]],
  [pg, 'SOMETHING new NOT NULL', [{ kind: 'option', text: 'SOMETHING new', opaque: true }, { kind: 'notNull' }]],
  ['mysql', "NOT NULL DEFAULT '0' COMMENT 'it''s'", [{ kind: 'notNull' }, { expression: { text: "'0'" } }, { kind: 'comment', text: "it's" }]],
  [
    'mysql',
    'NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT \'c\'',
    [{ kind: 'notNull' }, { expression: { text: 'CURRENT_TIMESTAMP(3)' } }, { kind: 'onUpdate', expression: { text: 'CURRENT_TIMESTAMP(3)' } }, { kind: 'comment' }],
  ],
  ['mysql', 'AUTO_INCREMENT PRIMARY KEY', [{ kind: 'autoIncrement' }, { kind: 'primaryKey' }]],
  ['mysql', 'UNIQUE KEY INVISIBLE', [{ kind: 'unique' }, { kind: 'option', text: 'INVISIBLE' }]],
  ['mysql', 'KEY', [{ kind: 'primaryKey' }]],
  ['mysql', 'GENERATED ALWAYS AS (json_extract(`b`, \'$.x\')) STORED NOT NULL', [{ kind: 'generated', stored: true }, { kind: 'notNull' }]],
  ['mysql', 'AS (b + 1) VIRTUAL', [{ kind: 'generated', stored: false }]],
  ['mysql', 'DEFAULT (uuid()) COLLATE utf8mb4_bin', [{ expression: { text: '(uuid())' } }, { kind: 'collate', collation: 'utf8mb4_bin' }]],
  ['sqlite', 'PRIMARY KEY DESC ON CONFLICT REPLACE AUTOINCREMENT', [{ kind: 'primaryKey', order: 'desc', autoIncrement: true, onConflict: 'replace' }]],
  ['sqlite', 'NOT NULL ON CONFLICT FAIL UNIQUE ON CONFLICT IGNORE', [{ kind: 'notNull', onConflict: 'fail' }, { kind: 'unique', onConflict: 'ignore' }]],
  ['sqlite', "DEFAULT (strftime('%s','now')) COLLATE NOCASE", [{ expression: { text: "(strftime('%s','now'))" } }, { kind: 'collate', collation: 'NOCASE' }]],
  ['sqlite', 'AS (b || c) STORED', [{ kind: 'generated', stored: true }]],
];

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

const column = (name: string) => ({ column: { name } });

/** Table constraints as elements of CREATE TABLE and after ADD. */
const constraints: readonly [Dialect, string, object][] = [
  [pg, 'PRIMARY KEY (a, b) INCLUDE (c) DEFERRABLE', { kind: 'primaryKey', columns: [column('a'), column('b')], include: [{ name: 'c' }], deferrable: true }],
  [pg, 'CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a)', { kind: 'unique', name: { name: 'u' }, nullsNotDistinct: true }],
  [pg, 'CONSTRAINT u UNIQUE USING INDEX i', { kind: 'unique', usingIndex: { name: 'i' } }],
  [pg, 'CONSTRAINT p PRIMARY KEY USING INDEX i', { kind: 'primaryKey', usingIndex: { name: 'i' } }],
  [
    pg,
    'CONSTRAINT f FOREIGN KEY (a, b) REFERENCES s.t (c, d) ON DELETE CASCADE NOT VALID',
    { kind: 'foreignKey', columns: [{ name: 'a' }, { name: 'b' }], references: { onDelete: 'cascade', columns: [{ name: 'c' }, { name: 'd' }] }, notValid: true },
  ],
  [pg, 'FOREIGN KEY (a) REFERENCES t NOT ENFORCED', { kind: 'foreignKey', notEnforced: true }],
  [pg, 'CONSTRAINT c CHECK (a > 0 AND b IN (1, 2)) NOT VALID', { kind: 'check', expression: { text: 'a > 0 AND b IN (1, 2)' }, notValid: true }],
  [pg, 'CONSTRAINT n NOT NULL a NOT VALID', { kind: 'notNull', name: { name: 'n' }, column: { name: 'a' }, notValid: true }],
  [pg, 'NOT NULL a NO INHERIT', { kind: 'notNull', noInherit: true }],
  [pg, 'EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled)', { kind: 'exclude', method: 'gist' }],
  [pg, 'CONSTRAINT odd FANCY (a) STUFF', { kind: 'opaque', text: 'CONSTRAINT odd FANCY (a) STUFF' }],
  ['mysql', 'PRIMARY KEY (`id`) USING BTREE', { kind: 'primaryKey', columns: [column('id')] }],
  ['mysql', 'KEY `k` (`name`(10) DESC, `b`)', { kind: 'index', name: { name: 'k' }, columns: [{ column: { name: 'name' }, prefixLength: 10, order: 'desc' }, column('b')] }],
  ['mysql', 'UNIQUE KEY `u` (`a`) COMMENT \'x\'', { kind: 'unique', name: { name: 'u' } }],
  ['mysql', 'UNIQUE INDEX `u` USING HASH (`a`)', { kind: 'unique', name: { name: 'u' } }],
  ['mysql', 'CONSTRAINT s UNIQUE KEY `u` (`a`)', { kind: 'unique', name: { name: 'u' } }],
  ['mysql', 'INDEX ((lower(`a`)), (`b` + 1) DESC)', { kind: 'index', columns: [{ expression: { text: 'lower(`a`)' } }, { expression: { text: '`b` + 1' }, order: 'desc' }] }],
  ['mysql', 'FULLTEXT KEY `ft` (`a`) WITH PARSER ngram', { kind: 'index', special: 'fulltext', name: { name: 'ft' } }],
  ['mysql', 'SPATIAL INDEX `sp` (`a`)', { kind: 'index', special: 'spatial' }],
  ['mysql', 'CONSTRAINT `f` FOREIGN KEY `idx` (`a`) REFERENCES `t` (`b`) ON UPDATE NO ACTION', { kind: 'foreignKey', name: { name: 'f' }, references: { onUpdate: 'no action' } }],
  ['mysql', 'FOREIGN KEY `idx` (`a`) REFERENCES `t` (`b`)', { kind: 'foreignKey', name: { name: 'idx' } }],
  ['mysql', 'CONSTRAINT CHECK (a > 1) NOT ENFORCED', { kind: 'check', notEnforced: true }],
  ['sqlite', 'PRIMARY KEY (a ASC, b COLLATE NOCASE DESC) ON CONFLICT ROLLBACK', { kind: 'primaryKey', onConflict: 'rollback', columns: [{ order: 'asc' }, { collation: 'NOCASE', order: 'desc' }] }],
  ['sqlite', 'FOREIGN KEY (a) REFERENCES t (b) DEFERRABLE INITIALLY DEFERRED', { kind: 'foreignKey', references: { deferrable: true, initiallyDeferred: true } }],
];

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

/** Actions of ALTER TABLE. */
const actions: readonly [Dialect, string, object][] = [
  [pg, 'ADD COLUMN IF NOT EXISTS a int', { kind: 'addColumn', ifNotExists: true }],
  [pg, 'ADD a int DEFAULT 1', { kind: 'addColumn' }],
  [pg, 'DROP COLUMN IF EXISTS a CASCADE', { kind: 'dropColumn', ifExists: true, cascade: true }],
  [pg, 'DROP a', { kind: 'dropColumn', column: { name: 'a' }, cascade: false }],
  [pg, 'ALTER COLUMN a SET DATA TYPE numeric(10,2) COLLATE "C" USING a::numeric(10,2)', { kind: 'alterType', type: { name: 'numeric' }, collation: '"C"', using: { text: 'a::numeric(10,2)' } }],
  [pg, 'ALTER a TYPE "E"[] USING (CASE WHEN a IS NULL THEN NULL ELSE a END)', { kind: 'alterType', type: { arrayDimensions: 1 } }],
  [pg, "ALTER COLUMN a SET DEFAULT 'x'::text", { kind: 'setDefault', expression: { text: "'x'::text" } }],
  [pg, 'ALTER COLUMN a DROP DEFAULT', { kind: 'dropDefault' }],
  [pg, 'ALTER COLUMN a SET NOT NULL', { kind: 'setNotNull' }],
  [pg, 'ALTER COLUMN a DROP NOT NULL', { kind: 'dropNotNull' }],
  [pg, 'ALTER COLUMN a ADD GENERATED BY DEFAULT AS IDENTITY (START 5)', { kind: 'addIdentity', always: false }],
  [pg, 'ALTER COLUMN a SET GENERATED ALWAYS RESTART WITH 5', { kind: 'setIdentity', always: true }],
  [pg, 'ALTER COLUMN a RESTART', { kind: 'setIdentity' }],
  [pg, 'ALTER COLUMN a DROP IDENTITY IF EXISTS', { kind: 'dropIdentity', ifExists: true }],
  [pg, 'ALTER COLUMN a DROP EXPRESSION', { kind: 'dropExpression', ifExists: false }],
  [pg, 'ALTER COLUMN a SET EXPRESSION AS (b + 1)', { kind: 'setExpression', expression: { text: 'b + 1' } }],
  [pg, 'ALTER COLUMN a SET STATISTICS 1000', { kind: 'columnOption' }],
  [pg, 'ALTER COLUMN a SET (n_distinct = -1)', { kind: 'columnOption' }],
  [pg, 'RENAME COLUMN a TO b', { kind: 'renameColumn', from: { name: 'a' }, to: { name: 'b' } }],
  [pg, 'RENAME a TO "B"', { kind: 'renameColumn', to: { name: 'B' } }],
  [pg, 'RENAME TO b', { kind: 'renameTable', to: { name: { name: 'b' } } }],
  [pg, 'RENAME CONSTRAINT a TO b', { kind: 'renameConstraint' }],
  [pg, 'DROP CONSTRAINT IF EXISTS c CASCADE', { kind: 'dropConstraint', target: 'constraint', ifExists: true, cascade: true }],
  [pg, 'VALIDATE CONSTRAINT c', { kind: 'validateConstraint' }],
  [pg, 'ALTER CONSTRAINT c DEFERRABLE INITIALLY DEFERRED', { kind: 'alterConstraint', text: 'DEFERRABLE INITIALLY DEFERRED' }],
  [pg, "ATTACH PARTITION p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')", { kind: 'attachPartition', bound: "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')" }],
  [pg, 'DETACH PARTITION p CONCURRENTLY', { kind: 'detachPartition', concurrently: true }],
  [pg, 'NO INHERIT parent', { kind: 'inherit', remove: true }],
  [pg, 'SET SCHEMA archive', { kind: 'setSchema' }],
  [pg, 'ENABLE ROW LEVEL SECURITY', { kind: 'rowSecurity', mode: 'enable' }],
  [pg, 'NO FORCE ROW LEVEL SECURITY', { kind: 'rowSecurity', mode: 'noForce' }],
  [pg, 'DISABLE TRIGGER ALL', { kind: 'trigger' }],
  [pg, 'OWNER TO CURRENT_USER', { kind: 'owner', role: 'CURRENT_USER' }],
  [pg, 'SET UNLOGGED', { kind: 'setLogged', logged: false }],
  [pg, 'SET (fillfactor = 70, autovacuum_enabled = false)', { kind: 'options', options: [{ name: 'fillfactor', value: '70' }, { name: 'autovacuum_enabled' }] }],
  [pg, 'REPLICA IDENTITY USING INDEX i', { kind: 'options', options: [{ name: 'REPLICA IDENTITY', value: 'USING INDEX i' }] }],
  [pg, 'FROBNICATE (a, b) hard', { kind: 'opaque', text: 'FROBNICATE (a, b) hard' }],
  ['mysql', 'MODIFY COLUMN `a` int NOT NULL FIRST', { kind: 'modifyColumn', position: { first: true } }],
  ['mysql', "CHANGE `a` `b` varchar(3) DEFAULT 'x' AFTER `c`", { kind: 'changeColumn', from: { name: 'a' }, column: { name: { name: 'b' } }, position: { after: { name: 'c' } } }],
  ['mysql', 'ADD COLUMN `a` int AFTER `b`', { kind: 'addColumn', position: { after: { name: 'b' } } }],
  ['mysql', 'DROP FOREIGN KEY `f`', { kind: 'dropConstraint', target: 'foreignKey' }],
  ['mysql', 'DROP PRIMARY KEY', { kind: 'dropConstraint', target: 'primaryKey' }],
  ['mysql', 'DROP INDEX `i`', { kind: 'dropConstraint', target: 'index', name: { name: 'i' } }],
  ['mysql', 'DROP KEY `i`', { kind: 'dropConstraint', target: 'index' }],
  ['mysql', 'DROP CHECK c', { kind: 'dropConstraint', target: 'check' }],
  ['mysql', 'RENAME INDEX a TO b', { kind: 'renameIndex' }],
  ['mysql', 'RENAME TO b', { kind: 'renameTable' }],
  ['mysql', 'RENAME b', { kind: 'renameTable' }],
  ['mysql', 'ALGORITHM=INPLACE', { kind: 'algorithm', value: 'INPLACE' }],
  ['mysql', 'LOCK = none', { kind: 'lock', value: 'NONE' }],
  ['mysql', 'ENGINE=InnoDB ROW_FORMAT=DYNAMIC', { kind: 'options', options: [{ name: 'ENGINE', value: 'InnoDB' }, { name: 'ROW_FORMAT', value: 'DYNAMIC' }] }],
  ['mysql', 'CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', { kind: 'options', options: [{ name: 'CONVERT TO CHARACTER SET' }] }],
  ['mysql', "COMMENT = 'about'", { kind: 'options', options: [{ name: 'COMMENT', decoded: 'about' }] }],
  ['mysql', 'ALTER INDEX i INVISIBLE', { kind: 'options' }],
  ['mysql', 'ALTER COLUMN a SET DEFAULT 5', { kind: 'setDefault' }],
  ['sqlite', 'RENAME COLUMN a TO b', { kind: 'renameColumn' }],
  ['sqlite', 'DROP COLUMN a', { kind: 'dropColumn' }],
];

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

/** Whole statements. */
const statements: readonly [Dialect, string, object][] = [
  [pg, 'CREATE TEMP TABLE IF NOT EXISTS "S".T () ON COMMIT DROP', { kind: 'createTable', temporary: true, ifNotExists: true, name: { schema: { name: 'S' }, name: { name: 't' } }, options: [{ name: 'ON COMMIT', value: 'DROP' }] }],
  [
    pg,
    'CREATE UNLOGGED TABLE t (LIKE u INCLUDING ALL EXCLUDING INDEXES, a int) INHERITS (p, q) WITH (fillfactor=70) TABLESPACE x',
    { unlogged: true, likes: [{ including: ['all', 'excluding indexes'] }], inherits: [{}, {}], options: [{ name: 'fillfactor' }, { name: 'TABLESPACE', value: 'x' }] },
  ],
  [pg, 'CREATE TABLE t (a int, at timestamptz) PARTITION BY RANGE (at, (a + 1))', { partitionBy: { strategy: 'range', columns: [{ column: { name: 'at' } }, { expression: { text: 'a + 1' } }] } }],
  [pg, "CREATE TABLE p PARTITION OF t (a DEFAULT 1, CHECK (a > 0)) FOR VALUES FROM ('x') TO (MAXVALUE) PARTITION BY LIST (a)", { partitionOf: { bound: "FOR VALUES FROM ('x') TO (MAXVALUE)" }, partitionBy: { strategy: 'list' } }],
  [pg, 'CREATE TABLE p PARTITION OF t FOR VALUES WITH (MODULUS 4, REMAINDER 0)', { partitionOf: { bound: 'FOR VALUES WITH (MODULUS 4, REMAINDER 0)' } }],
  [pg, 'CREATE TABLE p PARTITION OF t DEFAULT', { partitionOf: { bound: 'DEFAULT' } }],
  [pg, 'CREATE TABLE t AS SELECT a, b FROM u WITH NO DATA', { asQuery: { text: 'SELECT a, b FROM u' }, options: [{ name: 'WITH NO DATA' }] }],
  [pg, 'CREATE TABLE t (a, b) AS (WITH x AS (SELECT 1) SELECT * FROM x)', { columns: [{}, {}], asQuery: { text: '(WITH x AS (SELECT 1) SELECT * FROM x)' } }],
  [pg, 'CREATE TABLE t OF mytype (a WITH OPTIONS PRIMARY KEY)', { ofType: { name: { name: 'mytype' } }, columns: [{ constraints: [{ kind: 'primaryKey' }] }] }],
  [pg, 'CREATE FOREIGN TABLE t (a int) SERVER s OPTIONS (x \'y\')', { foreign: true, options: [{ name: 'SERVER' }, { name: 'OPTIONS' }] }],
  [
    'mysql',
    "CREATE TABLE t (id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (id)) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='it''s' PARTITION BY HASH (id) PARTITIONS 4",
    {
      options: [{ name: 'ENGINE' }, { name: 'AUTO_INCREMENT', value: '5' }, { name: 'CHARSET', value: 'utf8mb4' }, { name: 'COLLATE' }, { name: 'COMMENT', decoded: "it's" }],
      partitionBy: { strategy: 'hash', text: 'PARTITION BY HASH (id) PARTITIONS 4' },
      opaque: [],
    },
  ],
  ['mysql', 'CREATE TABLE a LIKE b', { likes: [{ table: { name: { name: 'b' } } }] }],
  ['mysql', 'CREATE TABLE a (x int) ENGINE=InnoDB SELECT 1 AS x', { asQuery: { text: 'SELECT 1 AS x' } }],
  ['sqlite', 'CREATE VIRTUAL TABLE t USING fts5(a, b)', { kind: 'other', verb: 'CREATE VIRTUAL TABLE', target: { name: { name: 't' } } }],
  [
    pg,
    'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t USING btree (a DESC NULLS LAST, lower(b) text_pattern_ops, (c || d), e COLLATE "C" varchar_ops) INCLUDE (f, g) NULLS NOT DISTINCT WITH (fillfactor = 70) TABLESPACE x WHERE f IS NOT NULL AND g > 0',
    {
      kind: 'createIndex',
      unique: true,
      concurrently: true,
      ifNotExists: true,
      only: true,
      method: 'btree',
      columns: [
        { column: { name: 'a' }, order: 'desc', nulls: 'last' },
        { expression: { text: 'lower(b)' }, operatorClass: 'text_pattern_ops' },
        { expression: { text: 'c || d' } },
        { column: { name: 'e' }, collation: '"C"', operatorClass: 'varchar_ops' },
      ],
      include: [{ name: 'f' }, { name: 'g' }],
      nullsNotDistinct: true,
      where: { text: 'f IS NOT NULL AND g > 0' },
      opaque: [],
    },
  ],
  [pg, 'CREATE INDEX ON t (a)', { kind: 'createIndex', table: { name: { name: 't' } }, concurrently: false }],
  [pg, 'CREATE INDEX i ON t USING gin (doc jsonb_path_ops, (doc -> \'x\'::text) gin_trgm_ops)', { columns: [{ operatorClass: 'jsonb_path_ops' }, { operatorClass: 'gin_trgm_ops' }] }],
  ['mysql', 'CREATE FULLTEXT INDEX i ON t (a, b(10)) ALGORITHM=INPLACE LOCK=NONE', { special: 'fulltext', algorithm: 'INPLACE', lock: 'NONE', columns: [{}, { prefixLength: 10 }] }],
  ['sqlite', 'CREATE UNIQUE INDEX i ON t (a COLLATE NOCASE, length(b) DESC) WHERE c = 1', { columns: [{ collation: 'NOCASE' }, { expression: { text: 'length(b)' }, order: 'desc' }], where: { text: 'c = 1' } }],
  [pg, 'DROP TABLE IF EXISTS a, s.b CASCADE', { kind: 'drop', object: 'table', names: [{}, { schema: { name: 's' } }], ifExists: true, cascade: true }],
  [pg, 'DROP INDEX CONCURRENTLY IF EXISTS s.i', { object: 'index', concurrently: true, ifExists: true }],
  [pg, 'DROP FUNCTION f(int, text), g()', { object: 'function', names: [{}, {}] }],
  [pg, 'DROP MATERIALIZED VIEW v', { object: 'materializedView' }],
  [pg, 'DROP TRIGGER tr ON t', { object: 'trigger', onTable: { name: { name: 't' } } }],
  [pg, 'DROP POLICY "p q" ON t', { object: 'policy', names: [{ name: { name: 'p q' } }] }],
  [pg, 'DROP OWNED BY bob', { object: 'other', names: [] }],
  ['mysql', 'DROP INDEX i ON t ALGORITHM=INPLACE', { object: 'index', onTable: { name: { name: 't' } } }],
  ['mysql', 'DROP SCHEMA s', { object: 'database' }],
  ['mysql', 'RENAME TABLE a TO b, c TO d.e', { kind: 'rename', object: 'table', pairs: [{}, { to: { schema: { name: 'd' } } }] }],
  [pg, 'ALTER INDEX IF EXISTS i RENAME TO j', { kind: 'rename', object: 'index' }],
  [pg, 'ALTER TYPE t RENAME TO u', { kind: 'rename', object: 'type' }],
  [pg, 'ALTER VIEW v OWNER TO bob', { kind: 'other', verb: 'ALTER VIEW' }],
  [pg, 'ALTER TRIGGER a ON t RENAME TO b', { kind: 'rename', object: 'trigger', onTable: {} }],
  [pg, "CREATE TYPE s.e AS ENUM ('a', 'b''c')", { kind: 'createType', enumValues: [{ value: 'a' }, { value: "b'c" }] }],
  [pg, 'CREATE TYPE c AS (a int, b text COLLATE "C")', { kind: 'createType', attributes: [{}, {}] }],
  [pg, "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'", { kind: 'alterType', action: { kind: 'addValue', value: 'x', ifNotExists: true, before: 'y' } }],
  [pg, "ALTER TYPE e RENAME VALUE 'x' TO 'y'", { action: { kind: 'renameValue', from: 'x', to: 'y' } }],
  [pg, 'CREATE DOMAIN d AS text DEFAULT \'x\' NOT NULL CONSTRAINT c CHECK (VALUE <> \'\')', { kind: 'createDomain', type: { name: 'text' }, constraints: [{ kind: 'default' }, { kind: 'notNull' }, { kind: 'check' }] }],
  [pg, 'CREATE SEQUENCE IF NOT EXISTS s AS bigint START WITH 5 INCREMENT BY -1 NO CYCLE OWNED BY t.c', { kind: 'createSequence', options: [{ name: 'AS' }, { name: 'START WITH', value: '5' }, { name: 'INCREMENT BY', value: '-1' }, { name: 'NO CYCLE' }], ownedBy: { column: { name: 'c' } } }],
  [pg, 'ALTER SEQUENCE s RESTART', { kind: 'alterSequence', options: [{ name: 'RESTART', value: '' }] }],
  [pg, 'CREATE OR REPLACE VIEW v (a, b) WITH (security_barrier) AS SELECT 1, 2', { kind: 'createView', orReplace: true, columns: [{}, {}], query: { text: 'SELECT 1, 2' }, options: [{ name: 'security_barrier' }] }],
  [pg, 'CREATE MATERIALIZED VIEW v AS SELECT 1 WITH NO DATA', { materialized: true, query: { text: 'SELECT 1' }, options: [{ name: 'WITH NO DATA' }] }],
  ['mysql', 'CREATE ALGORITHM=MERGE DEFINER=`root`@`localhost` SQL SECURITY INVOKER VIEW v AS SELECT 1', { kind: 'createView', query: { text: 'SELECT 1' } }],
  [
    pg,
    "CREATE OR REPLACE FUNCTION s.f(a int DEFAULT 1) RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$ BEGIN RETURN NEW; END $body$",
    { kind: 'createFunction', orReplace: true, procedure: false, language: 'plpgsql', securityDefiner: true, argumentsText: '(a int DEFAULT 1)', body: { text: ' BEGIN RETURN NEW; END ' } },
  ],
  ['mysql', 'CREATE PROCEDURE p() BEGIN SELECT 1; END', { kind: 'createFunction', procedure: true, body: { text: 'BEGIN SELECT 1; END' } }],
  ['mysql', 'CREATE DEFINER=CURRENT_USER TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1', { kind: 'createTrigger', table: { name: { name: 't' } } }],
  [pg, 'CREATE CONSTRAINT TRIGGER tr AFTER UPDATE OF a, b ON s.t FOR EACH ROW EXECUTE FUNCTION f()', { kind: 'createTrigger', table: { schema: { name: 's' } } }],
  [
    pg,
    'CREATE POLICY p ON t AS RESTRICTIVE FOR UPDATE TO alice, "Bob" USING (tenant = 1) WITH CHECK (true)',
    { kind: 'createPolicy', permissive: false, command: 'update', roles: ['alice', 'Bob'], using: { text: 'tenant = 1' }, check: { text: 'true' } },
  ],
  [pg, 'ALTER POLICY p ON t USING (a)', { kind: 'alterPolicy', using: { text: 'a' } }],
  [pg, 'ALTER POLICY p ON t RENAME TO q', { kind: 'rename', object: 'policy' }],
  [pg, 'BEGIN', { kind: 'transaction', action: 'begin' }],
  ['mysql', 'START TRANSACTION READ ONLY', { action: 'begin' }],
  ['sqlite', 'BEGIN IMMEDIATE TRANSACTION', { action: 'begin' }],
  [pg, 'END', { action: 'commit' }],
  [pg, 'COMMIT WORK', { action: 'commit' }],
  [pg, 'ROLLBACK TO SAVEPOINT s', { action: 'rollbackTo' }],
  [pg, 'ROLLBACK', { action: 'rollback' }],
  [pg, 'RELEASE SAVEPOINT s', { action: 'release' }],
  [pg, 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', { action: 'setTransaction' }],
  [pg, "SET LOCAL lock_timeout = '2s'", { kind: 'set', name: 'lock_timeout', value: "'2s'", local: true }],
  [pg, 'SET statement_timeout TO 0', { name: 'statement_timeout', value: '0', local: false }],
  [pg, "SET TIME ZONE 'UTC'", { name: 'time zone' }],
  [pg, 'RESET ALL', { name: 'all', reset: true }],
  ['mysql', 'SET FOREIGN_KEY_CHECKS=0', { name: 'foreign_key_checks', value: '0' }],
  ['sqlite', 'PRAGMA foreign_keys = OFF', { name: 'foreign_keys', value: 'OFF', pragma: true }],
  ['sqlite', 'PRAGMA main.table_info(t)', { name: 'table_info', value: 't' }],
  [pg, 'TRUNCATE TABLE ONLY a, b RESTART IDENTITY CASCADE', { kind: 'truncate', tables: [{}, {}], cascade: true }],
  [pg, "COMMENT ON COLUMN s.t.c IS 'about'", { kind: 'other', verb: 'COMMENT ON', object: 'column', target: { name: { name: 't' } }, column: { name: 'c' }, body: { text: 'about' } }],
  [pg, 'COMMENT ON TABLE t IS NULL', { object: 'table', target: {} }],
  [pg, "COMMENT ON CONSTRAINT c ON t IS 'x'", { object: 'constraint', target: { name: { name: 't' } } }],
  [pg, 'GRANT SELECT (a, b), INSERT ON TABLE t TO bob', { verb: 'GRANT', object: 'table', target: { name: { name: 't' } } }],
  [pg, 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA x', { verb: 'CREATE EXTENSION', ifNotExists: true, target: { name: { name: 'uuid-ossp' } } }],
  [pg, 'CREATE SCHEMA IF NOT EXISTS app', { verb: 'CREATE SCHEMA', target: { name: { name: 'app' } } }],
  [pg, 'LOCK TABLE ONLY t IN ACCESS EXCLUSIVE MODE', { verb: 'LOCK TABLE', target: { name: { name: 't' } } }],
  [pg, 'VACUUM (FULL, VERBOSE) t', { verb: 'VACUUM', target: { name: { name: 't' } } }],
  [pg, 'REINDEX INDEX CONCURRENTLY i', { verb: 'REINDEX', concurrently: true }],
  [pg, 'REFRESH MATERIALIZED VIEW CONCURRENTLY v', { verb: 'REFRESH MATERIALIZED VIEW', concurrently: true, target: {} }],
  [pg, 'COPY t (a) FROM STDIN', { verb: 'COPY', target: { name: { name: 't' } } }],
  [pg, 'DO LANGUAGE plpgsql $$ BEGIN NULL; END $$', { verb: 'DO', body: { text: ' BEGIN NULL; END ' } }],
  [pg, "DO 'BEGIN NULL; END'", { verb: 'DO', body: { text: 'BEGIN NULL; END' } }],
  [pg, 'EXPLAIN (ANALYZE) SELECT 1', { verb: 'EXPLAIN' }],
  ['mysql', 'CALL p(1)', { verb: 'CALL', target: { name: { name: 'p' } } }],
  ['mysql', 'USE db', { verb: 'USE', target: { name: { name: 'db' } } }],
  [pg, 'INSERT INTO s.t (a) VALUES (1) ON CONFLICT DO NOTHING', { kind: 'insert', table: { schema: { name: 's' } }, hasWhere: false, with: false }],
  ['mysql', 'REPLACE INTO t VALUES (1)', { kind: 'insert', replace: true, table: { name: { name: 't' } } }],
  ['sqlite', 'INSERT OR REPLACE INTO t VALUES (1)', { kind: 'insert', replace: true, table: { name: { name: 't' } } }],
  [pg, 'UPDATE ONLY t SET a = (SELECT 1 WHERE true)', { kind: 'update', table: { name: { name: 't' } }, hasWhere: false }],
  [pg, 'DELETE FROM t WHERE a', { kind: 'delete', hasWhere: true }],
  [pg, 'WITH x (a) AS MATERIALIZED (SELECT 1 WHERE true), y AS (DELETE FROM u WHERE b RETURNING 1) UPDATE t SET a = 1', { kind: 'update', with: true, hasWhere: false, table: { name: { name: 't' } } }],
  [pg, 'WITH x AS (SELECT 1) (SELECT * FROM x) UNION SELECT 2', { kind: 'select', with: true }],
  [pg, '(SELECT 1) UNION (SELECT 2)', { kind: 'select', with: false }],
  [pg, 'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE', { kind: 'merge', table: { name: { name: 't' } } }],
  [pg, 'ALTER TABLE {{ index .Options "Namespace" }}.users ADD a int', { kind: 'alterTable', name: { name: { name: 'users' } } }],
  [pg, 'FLY ME TO THE MOON', { kind: 'unread' }],
  [pg, 'CREATE TABLE', { kind: 'unread' }],
  [pg, 'CREATE INDEX i ON', { kind: 'unread' }],
];

describe('statements', () => {
  test.each(statements)('%s %s', (dialect, sql, expected) => {
    const node = read(dialect, sql);
    expect(node).toMatchObject(expected);
    expect(opaquePiecesOf(node)).toEqual([]);
    checkRanges(node, sql);
  });
});

describe('names', () => {
  test('fold in PostgreSQL, keep their case elsewhere', () => {
    expect(read(pg, 'DROP TABLE Users')).toMatchObject({ names: [{ name: { name: 'users', text: 'Users', quoted: false } }] });
    expect(read('mysql', 'DROP TABLE `Users`')).toMatchObject({ names: [{ name: { name: 'Users', quoted: true } }] });
    expect(read('sqlite', 'DROP TABLE Users')).toMatchObject({ names: [{ name: { name: 'Users' } }] });
  });

  test('words of other dialects are names', () => {
    const node = read(pg, 'CREATE TABLE t (key text, comment text, index int, first int, "primary" int, as_of date, exclude boolean, type text)') as CreateTable;
    expect(node.columns.map((defined) => defined.name.name)).toEqual(['key', 'comment', 'index', 'first', 'primary', 'as_of', 'exclude', 'type']);
    expect(opaquePiecesOf(node)).toEqual([]);
  });
});

describe('tolerance', () => {
  const samples: readonly [Dialect, string][] = [
    ...types.map(([dialect, written]): [Dialect, string] => [dialect, `CREATE TABLE t (a ${written} NOT NULL)`]),
    ...constraints.map(([dialect, written]): [Dialect, string] => [dialect, `CREATE TABLE t (a int, ${written})`]),
    ...actions.map(([dialect, written]): [Dialect, string] => [dialect, `ALTER TABLE t ${written}`]),
    ...statements.map(([dialect, sql]): [Dialect, string] => [dialect, sql]),
  ];

  test('a statement cut off anywhere is read or unread, never thrown, and never the reader\'s own fault', () => {
    for (const [dialect, sql] of samples) {
      for (let length = 1; length < sql.length; length++) {
        for (const statement of splitScript(sql.slice(0, length), dialect).statements) {
          const node = readStatement(statement);
          if (node.kind === 'unread') expect(node.reason).not.toContain('the reader failed');
          checkRanges(node, statement.text);
        }
      }
    }
  });

  test('a failure inside is contained', () => {
    const statement = statementOf(pg, 'SELECT 1');
    const broken = { ...statement, text: 'SELECT contained', get tokens(): Statement['tokens'] { throw new TypeError('on purpose'); } };
    expect(readStatement(broken)).toEqual({ kind: 'unread', reason: 'the reader failed: on purpose' });
  });

  test('the same text is read once', () => {
    const [first, second] = splitScript('DROP TABLE once;\nDROP TABLE once;', pg).statements;
    expect(readStatement(first!)).toBe(readStatement(second!));
  });
});
