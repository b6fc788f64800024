import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadAuthorities } from '../../server/src/host/authorities.ts';
import { loadPrismaAuthority } from '../../server/src/host/prismaAuthority.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import { syntaxFindings } from '../../server/src/rules/syntax.ts';
import type { SyntaxAuthority } from '../../server/src/source/syntax.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { corpusSqlFiles, hasCorpora } from '../support/corpus.ts';

let authorities: Record<'postgresql' | 'sqlite', SyntaxAuthority>;
beforeAll(async () => {
  authorities = await loadAuthorities();
  await loadModule();
});

const valid: readonly (readonly ['postgresql' | 'sqlite', string])[] = [
  ['postgresql', 'CREATE INDEX CONCURRENTLY i ON t (a) WHERE b'],
  ['postgresql', 'SELECT * FROM t WHERE id = :id AND a = ? AND b = $1 AND c = ?2 AND d = @d LIMIT :n'],
  ['postgresql', 'SELECT * FROM t WHERE a = $name AND b=%s AND c = %(c)s'],
  ['sqlite', 'SELECT * FROM t WHERE a = %s'],
  ['postgresql', "SELECT data ? 'key', data ?| $1 FROM t"],
  ['postgresql', 'INSERT INTO t VALUES (?, ?) -- why?'],
  ['postgresql', 'SELECT FROM {{table}} WHERE'],
  ['postgresql', 'SELECT FROM :TABLE WHERE ('],
  ['postgresql', 'SELECT * FROM "{{ x }}" WHERE'],
  ['postgresql', '\\d foo'],
  ['postgresql', ''],
  ['postgresql', '-- a comment'],
  ['postgresql', `SELECT (${' '.repeat(65_536)}`],
  ['postgresql', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
  ['sqlite', 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT, WITHOUT ROWID'],
  ['sqlite', 'SELECT * FROM groups WHERE a = ?1 AND b = :b AND c = @c AND d = $d'],
  ['sqlite', 'SELECT * FROM t WHERE a IN (sqlc.slice(ids))'],
  ['sqlite', 'CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END'],
  ['sqlite', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
];

/** The mark `¦` stands where the grammar must give up. */
const invalid: readonly (readonly ['postgresql' | 'sqlite', string, RegExp])[] = [
  ['postgresql', 'CREATE TABLE t (a int¦', /end of input/],
  ['postgresql', 'SELECT 1 FRM ¦t', /"t"/],
  ['postgresql', "SELECT '💡💡', ¦FROM t", /FROM/],
  ['postgresql', 'SELECT * FROM t WHERE id = :id ¦:other', /./],
  ['sqlite', 'SELECT ¦FROM t', /FROM/],
  ['sqlite', "SELECT '💡💡', ¦FROM t", /FROM/],
  ['sqlite', 'CREATE TABLE t (a int¦', /./],
];

const pieces = ['CREATE TABLE t (a int DEFAULT 1, "b c" text CHECK (a > 0))', "INSERT INTO t VALUES (1, 'é💡', E'\\n') RETURNING *", 'ALTER TABLE ONLY s.t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (b) ON DELETE CASCADE'];

/** Statements with a word taken away or a comma put in, at every place. */
const damaged = pieces.flatMap((text) => [...text.matchAll(/\S+/g)].flatMap(({ index, 0: word }) => [text.slice(0, index) + text.slice(index + word.length), `${text.slice(0, index)}, ${text.slice(index)}`]));

/** What the package says through its own function. */
function packageVerdict(text: string): { message: string; offset: number } | undefined {
  try {
    parseSync(text);
    return undefined;
  } catch (error) {
    const { message, sqlDetails } = error as { message: string; sqlDetails: { cursorPosition: number } };
    return { message, offset: Array.from(text).slice(0, sqlDetails.cursorPosition).join('').length };
  }
}

describe('syntax authorities', () => {
  test.each(valid)('%s has nothing against %.60s', (dialect, text) => {
    expect(authorities[dialect].check(text)).toBeUndefined();
  });

  test.each(invalid)('%s rejects %s', (dialect, marked, message) => {
    const problem = authorities[dialect].check(marked.replace('¦', ''));
    expect(problem).toMatchObject({ message: expect.stringMatching(message), offset: marked.indexOf('¦') });
  });

  test('PostgreSQL goes on judging after statements that overflow its stack', async () => {
    for (let round = 0; round < 32; round++) {
      expect(authorities.postgresql.check(`SELECT ${'1+'.repeat(30_000)}1`)).toBeUndefined();
      if (round % 16 === 15) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(authorities.postgresql.check('SELECT FROM FROM')).toMatchObject({ offset: 12 });
  });

  test.each(damaged)("PostgreSQL's answer is that of the package to %s", (text) => {
    const given = authorities.postgresql.check(text);
    expect(given && { message: given.message, offset: given.offset }).toEqual(packageVerdict(text));
  });

  test.runIf(hasCorpora('syntax authorities'))('real migrations are valid', () => {
    const rejected = new Map<string, number>();
    let count = 0;
    for (const { path, text, dialect } of corpusSqlFiles()) {
      // Written for another engine, or rewritten by its program before it runs.
      if ((dialect !== 'postgresql' && dialect !== 'sqlite') || /^atuin|azure-functions|cockroach|^benchbase|device_flow\.autocommit/.test(path)) continue;
      for (const statement of splitScript(text, dialect).statements) {
        count++;
        if (!statement.hasHole && authorities[dialect].check(statement.text)) rejected.set(path, (rejected.get(path) ?? 0) + 1);
      }
    }
    expect(count).toBeGreaterThan(12_000);
    // Read by hand: each of these is refused by the engine too (a missing semicolon, DROP INDEX ... ON).
    expect([...rejected.keys()].sort()).toEqual([
      'gitness/app/store/database/migrate/postgres/0029_create_index_job_job_group_id_down.sql',
      'gitness/app/store/database/migrate/sqlite/0029_create_index_job_job_group_id_down.sql',
      'graph-node/store/postgres/migrations/2020-12-15-000000_remove_nested_templates/down.sql',
      'graph-node/store/postgres/migrations/2021-02-24-051050_dds_remove_unused_columns/down.sql',
      'graph-node/store/postgres/migrations/2021-03-24-220541_deployment_schemas_deployment_shard/down.sql',
      'graph-node/store/postgres/migrations/2022-10-13-000000_track_processed_data_source/down.sql',
      'graph-node/store/postgres/migrations/2023-12-15-182102_add_first_last_fn/down.sql',
    ]);
  });

  test('load from a bundle that has the binary beside it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dbx-authorities-'));
    try {
      const module = join(import.meta.dirname, '../../server/src/host/authorities.ts');
      const entry = join(folder, 'entry.ts');
      await writeFile(
        entry,
        `import { loadAuthorities } from ${JSON.stringify(module)};
void loadAuthorities().then(({ postgresql, sqlite }) => console.log(JSON.stringify([postgresql.check('SELECT FRM'), postgresql.check('SELECT FROM FROM'), sqlite.check('SELECT FROM')?.offset])));`,
      );
      const outfile = join(folder, 'bundle.cjs');
      await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'error' });
      await copyFile(join(dirname(createRequire(import.meta.url).resolve('libpg-query')), 'libpg-query.wasm'), join(folder, 'libpg-query.wasm'));
      const output = execFileSync(process.execPath, [outfile], { encoding: 'utf8' });
      expect(JSON.parse(output)).toEqual([null, { message: 'syntax error at or near "FROM"', offset: 12 }, 7]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("Prisma's engine", () => {
  const schema = (field: string) => `datasource db {\n  provider = "postgresql"\n}\n\nmodel Order {\n  id Int @id\n  ${field}\n}\n`;
  const findings = async (text: string, caret?: { file: string; offset: number }) => {
    const facts = buildFacts({ files: [{ path: 'prisma/schema.prisma', text }], applied: { kind: 'none' } });
    return syntaxFindings(facts, { prisma: await loadPrismaAuthority() }, caret ? { caret } : {});
  };

  test('judges a schema through @prisma/internals', async () => {
    const text = schema('buyer Buyer');
    const [finding, ...rest] = await findings(text);
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ rule: 'syntax-error', severity: 'error', at: { file: 'prisma/schema.prisma' } });
    expect(text.slice(finding!.at.range.start, finding!.at.range.end)).toContain('Buyer');
  });

  test('is silent on a valid schema, and while the file is being typed in', async () => {
    expect(await findings(schema('total Int'))).toEqual([]);
    expect(await findings(schema('buyer Buyer'), { file: 'prisma/schema.prisma', offset: 3 })).toEqual([]);
  });
});
