import { describe, expect, test } from 'vitest';
import { detectDialect } from '../../server/src/source/detect.ts';
import { corpusSqlFiles, hasCorpora } from '../support/corpus.ts';

const paths: readonly (readonly [string, string | undefined])[] = [
  ['db/0001_users.mysql.up.sql', 'mysql'],
  ['postgres/0001.sqlite.sql', 'sqlite'],
  ['store/mysql/0001.sql', 'mysql'],
  ['store\\sqlite\\0001.sql', 'sqlite'],
  ['mysql/archive/postgres/x.sql', 'postgresql'],
  ['schema-mariadb.sql', 'mariadb'],
  ['ddl_postgres.sql', 'postgresql'],
  ['supabase/migrations/1_x.sql', 'postgresql'],
  ['db/2024_move_from_mysql.sql', undefined],
  ['db/constructor.sql', undefined],
];

const contents: readonly (readonly [string, string | undefined])[] = [
  ['CREATE TABLE t (id int AUTO_INCREMENT) ENGINE=InnoDB;', 'mysql'],
  ['CREATE TABLE `t` (`id` INT(11) NOT NULL, PRIMARY KEY (`id`));', 'mysql'],
  ['CREATE TABLE `t` (`id` integer PRIMARY KEY NOT NULL);', undefined],
  ['-- MariaDB dump 10.19\nCREATE TABLE t (a int) ENGINE=InnoDB;', 'mariadb'],
  ['CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);', 'sqlite'],
  ['PRAGMA foreign_keys = OFF;', 'sqlite'],
  ['CREATE TABLE t (id INTEGER PRIMARY KEY) WITHOUT ROWID;', 'sqlite'],
  ['CREATE TABLE t (id SERIAL PRIMARY KEY);', 'postgresql'],
  ["SELECT a::int, '::' FROM t;", 'postgresql'],
  ['CREATE INDEX CONCURRENTLY i ON t (a);', 'postgresql'],
  ['ALTER TABLE t ADD COLUMN meta jsonb;', 'postgresql'],
  ['CREATE TABLE t (a int);', undefined],
  ["-- AUTO_INCREMENT\nINSERT INTO t VALUES ('ENGINE=InnoDB');", undefined],
];

const foreign: readonly (readonly [string, string, RegExp])[] = [
  ['a.sql', 'CREATE OR REPLACE TABLE x (id NUMBER AUTOINCREMENT, v VARIANT);\nCREATE STAGE s;', /Snowflake/],
  ['x.sql', 'CREATE TABLE [dbo].[t] ([id] INT IDENTITY(1,1) NOT NULL);\nGO\n', /SQL Server/],
  ['x.sql', 'SELECT TOP 10 * FROM t;\nGO\n', /SQL Server/],
  ['x.sql', 'CREATE TABLE t (a VARCHAR2(10), b NUMBER(10));', /Oracle/],
  ['x.sql', 'CREATE TABLE d.t (a ARRAY<STRING>, b STRUCT<c INT64>);', /BigQuery/],
  ['models/x.sql', "{{ config(materialized='table') }}\nSELECT * FROM {{ ref('a') }}", /dbt or Jinja/],
  ['postgres/x.sql', '{% if a %} SELECT 1 {% endif %}', /dbt or Jinja/],
  ['x.sql', 'CREATE TABLE t (a UInt64) ENGINE = MergeTree() ORDER BY a', /ClickHouse/],
  ['db/x.cockroach.up.sql', 'CREATE TABLE t (a int);', /CockroachDB/],
  ['sqlserver/x.sql', 'CREATE TABLE t (a int);', /SQL Server/],
  ['oracle/x.sql', 'CREATE TABLE t (a int);', /Oracle/],
];

describe('detectDialect', () => {
  test.each(paths)('the path %s', (path, dialect) => {
    expect(detectDialect('SELECT 1;', path)).toEqual(dialect ? { dialect } : {});
  });

  test.each(contents)('the content %s', (text, dialect) => {
    expect(detectDialect(text, 'migrations/1_x.sql')).toEqual(dialect ? { dialect } : {});
  });

  test.each(foreign)('%s: %s', (path, text, reason) => {
    const detection = detectDialect(text, path);
    expect(detection.dialect).toBeUndefined();
    expect(detection.foreign).toMatch(reason);
    expect(detection.foreign).toMatch(/^[A-Z].*\.$/);
  });

  test('a word of a path does not make PostgreSQL foreign', () => {
    expect(detectDialect('CREATE TABLE t (id SERIAL, b JSONB);', 'price/oracle/migrations/1.sql')).toEqual({ dialect: 'postgresql' });
  });

  test('placeholders of a migration are no foreign template', () => {
    expect(detectDialect('ALTER TABLE {{ index .Options "Namespace" }}.users ADD a jsonb;', '1.up.sql')).toEqual({ dialect: 'postgresql' });
  });
});

describe.runIf(hasCorpora('dialect detection'))('corpora', () => {
  const files = hasCorpora('dialect detection') ? corpusSqlFiles() : [];

  test('no file of ours is called foreign', () => {
    const wrong = files.filter(({ path, text }) => detectDialect(text, path).foreign && !/\.cockroach\.|azure-functions/.test(path));
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('the content alone is nearly always right where it says anything', () => {
    const said = files.flatMap(({ text, dialect }) => {
      const guess = detectDialect(text, 'x.sql').dialect;
      return guess ? [guess === dialect] : [];
    });
    expect(said.length).toBeGreaterThan(1500);
    expect(said.filter(Boolean).length / said.length).toBeGreaterThan(0.97);
  });
});
