import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedEngine, enginesProgram } from '../../server/src/host/engines/embedded.ts';
import type { EmbeddedEngine } from '../../server/src/host/engines/messages.ts';
import { EngineRefusal, EngineStopped, type EngineSession } from '../../server/src/proofs/engine.ts';

// What hostile SQL can do to the machine, to this process, and to whoever asks next. Needs dist/, which `npm test` builds first.

let folder = '';
const open: EngineSession[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engines-'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
});
afterAll(async () => {
  await Promise.all(open.map((session) => session.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function session(engine: EmbeddedEngine, timeout = 60_000, memory?: number): Promise<EngineSession> {
  const opened = await embeddedEngine(engine, memory === undefined ? {} : { memory }).open({ timeout });
  open.push(opened);
  return opened;
}

/** What was said against a text: the code of a refusal, the reason of an end; undefined when it ran. */
async function verdict(engine: EngineSession, sql: string): Promise<string | undefined> {
  try {
    await engine.run(sql);
    return undefined;
  } catch (error) {
    if (error instanceof EngineRefusal) return `refused ${error.code}`.trim();
    if (error instanceof EngineStopped) return error.reason;
    throw error;
  }
}

describe('files, programs and the network', () => {
  it('are out of reach of PostgreSQL', async () => {
    const engine = await session('pglite');
    await engine.run(`CREATE TABLE lines (line text); SELECT lo_from_bytea(4711, 'x')`);
    const secret = join(folder, 'secret.txt');
    const refused: Record<string, string> = {
      [`COPY (SELECT 1) TO '${folder}/out'`]: '42501',
      [`COPY lines FROM '${secret}'`]: '42501',
      [`COPY lines FROM '/etc/passwd'`]: '42501',
      [`COPY (SELECT 1) TO PROGRAM 'touch ${folder}/out'`]: 'XX000',
      [`COPY lines FROM PROGRAM 'cat ${secret}'`]: 'XX000',
      [`COPY lines FROM PROGRAM 'locale -a; touch ${folder}/out'`]: 'XX000',
      [`DO $$BEGIN EXECUTE 'COPY (SELECT 1) TO ''${folder}/out'''; END$$`]: '42501',
      [`SELECT pg_read_file('${secret}')`]: '42501',
      [`SELECT pg_read_binary_file('/etc/passwd')`]: '42501',
      [`SELECT pg_ls_dir('/')`]: '42501',
      [`SELECT lo_import('${secret}')`]: '42501',
      [`SELECT lo_export(4711, '${folder}/out')`]: '42501',
      [`CREATE FUNCTION reads(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'; SELECT reads('/etc/passwd')`]: '42501',
      [`CREATE FUNCTION calls(text) RETURNS int LANGUAGE c AS 'libc.so.6', 'system'`]: '58P01',
      [`LOAD '${folder}/library.so'`]: '58P01',
      [`CREATE TABLESPACE place LOCATION '${folder}'`]: '58P01',
      [`CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p`]: '58P01',
      ...Object.fromEntries(['file_fdw', 'dblink', 'postgres_fdw', 'plpython3u', 'adminpack'].map((name) => [`CREATE EXTENSION ${name}`, '0A000'])),
      [`CREATE LANGUAGE plperlu`]: '0A000',
    };
    const found: Record<string, string | undefined> = {};
    for (const sql of Object.keys(refused)) found[sql] = await verdict(engine, sql);
    expect(found).toEqual(Object.fromEntries(Object.entries(refused).map(([sql, code]) => [sql, `refused ${code}`])));
    // The server is none the worse for it, and links its own libraries.
    expect((await engine.run(`DO $$BEGIN PERFORM 1; END$$; SELECT to_tsvector('english', 'running') AS words`)).at(-1)!.rows).toEqual([{ words: `'run':1` }]);
    expect(readdirSync(folder)).toEqual(['secret.txt']);
  });

  it('stay out of reach of a library that SQL has written', async () => {
    const engine = await session('pglite');
    const archive = gunzipSync(readFileSync(join(enginesProgram(), '../extensions/citext.tar.gz')));
    const begin = archive.indexOf(Buffer.from([0, 0x61, 0x73, 0x6d]));
    // The library as it is in the archive, with one byte of its text changed, so that it is another one.
    const library = Buffer.from(archive.subarray(begin, begin + Number.parseInt(archive.subarray(begin - 512 + 124, begin - 512 + 135).toString(), 8)));
    expect(WebAssembly.validate(library)).toBe(true);
    const text = library.indexOf('citext');
    library[text] = 'k'.charCodeAt(0);
    expect(WebAssembly.validate(library)).toBe(true);
    await engine.run(`SELECT lo_from_bytea(4711, decode('${library.toString('hex')}', 'hex')); SELECT lo_export(4711, '/pglite/data/base/5/4711')`);
    expect(await engine.run(`LOAD '/pglite/data/base/5/4711'`).then(() => 'loaded', (error: Error) => error.message)).toContain('no access to files, network or processes');
  });

  it('are out of reach of SQLite', async () => {
    const engine = await session('sqlite');
    await engine.run('CREATE TABLE kept (a); INSERT INTO kept VALUES (1)');
    const attacks = [
      `ATTACH '${folder}/out.db' AS other`,
      `ATTACH 'file:${folder}/out.db?mode=rwc' AS other`,
      `ATTACH '${folder}/secret.txt' AS other; SELECT * FROM other.sqlite_master`,
      `VACUUM INTO '${folder}/out.db'`,
      `SELECT load_extension('${folder}/library.so')`,
      `SELECT readfile('${folder}/secret.txt')`,
      `SELECT writefile('${folder}/out', 'x')`,
      `CREATE VIRTUAL TABLE lines USING csv(filename = '${folder}/secret.txt')`,
      `PRAGMA temp_store_directory = '${folder}'`,
    ];
    for (const sql of attacks) expect(await verdict(engine, sql), sql).toMatch(/^refused/);
    expect((await engine.run(`ATTACH ':memory:' AS other; CREATE TABLE other.made (a); PRAGMA journal_mode = WAL; VACUUM; SELECT count(*) AS n FROM kept`)).at(-1)!.rows).toEqual([{ n: '1' }]);
    expect(readdirSync(folder)).toEqual(['secret.txt']);
  });
});

describe('an engine that does not come to rest', () => {
  const endless: readonly (readonly [EmbeddedEngine, string])[] = [
    ['pglite', 'DO $$BEGIN LOOP END LOOP; END$$'],
    ['pglite', 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'],
    ['sqlite', 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'],
  ];

  it.each(endless)('is ended in time, while this process goes on and the next engine opens: %s %s', async (id, sql) => {
    const engine = await session(id, 1500);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    expect(await verdict(engine, sql)).toBe('timeout');
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(5);
    expect(await verdict(engine, 'SELECT 1')).toBe('timeout');
    expect(await verdict(await session(id), 'SELECT 1')).toBeUndefined();
  });

  it('is ended when its work is cancelled', async () => {
    const controller = new AbortController();
    const engine = await embeddedEngine('pglite').open({ signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    expect(await verdict(engine, 'SELECT pg_sleep(60)')).toBe('cancelled');
    await engine.close();
  });

  it.each([
    ['pglite', 'CREATE TABLE big AS SELECT g, repeat(md5(g::text), 40) FROM generate_series(1, 10000000) AS g'],
    ['pglite', 'SELECT array_agg(g) FROM generate_series(1, 1000000000) AS g'],
    ['sqlite', 'CREATE TABLE big AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) SELECT zeroblob(10000) AS b FROM n'],
  ] as const)('is ended when it takes too much memory: %s %s', async (id, sql) => {
    const engine = await session(id, 120_000, 600 * 1024 * 1024);
    expect(await verdict(engine, sql)).toBe('memory');
  });
});

describe('deep recursion', () => {
  it('is refused, or ends the engine and is told', async () => {
    const engine = await session('pglite');
    const recursive = `CREATE FUNCTION f(int) RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN f($1 + 1); END$$; SELECT f(1)`;
    expect(await verdict(engine, recursive)).toBe('refused 54001');
    expect(await verdict(engine, `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`)).toBe('refused 42601');
    expect(await verdict(engine, 'SELECT 1')).toBeUndefined();
    // PGlite would give an empty answer here: V8's stack is full before the server's.
    expect(await verdict(engine, `SELECT ${Array(50_000).fill('1').join('+')}`)).toBe('crashed');
  });

  it('is refused by SQLite', async () => {
    const engine = await session('sqlite');
    expect(await verdict(engine, `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)}`)).toBe('refused');
    expect(await verdict(engine, `SELECT ${Array(50_000).fill('1').join('+')}`)).toBe('refused');
    expect(await verdict(engine, 'CREATE TABLE r (a); CREATE TRIGGER t AFTER INSERT ON r BEGIN INSERT INTO r VALUES (new.a + 1); END; PRAGMA recursive_triggers = ON; INSERT INTO r VALUES (1)')).toBe('refused');
    expect(await verdict(engine, 'SELECT 1')).toBeUndefined();
  });
});
