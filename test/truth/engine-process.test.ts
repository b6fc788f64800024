import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { embeddedEngine, enginesProgram } from '../../server/src/host/engines/embedded.ts';
import { EngineProcess } from '../../server/src/host/engines/process.ts';
import { EngineRefusal, EngineStopped, type EngineSession } from '../../server/src/proofs/engine.ts';

// The processes of the engines. Needs dist/, which `npm test` builds first.

const folder = mkdtempSync(join(tmpdir(), 'engines-'));
const sessions: EngineSession[] = [];
afterAll(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  rmSync(folder, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Runs a program that uses the engines, bundled from a text; gives what it printed once it has ended. */
async function run(text: string): Promise<{ out: string; code: number | null; signal: string | null }> {
  const outfile = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  const from = (name: string) => JSON.stringify(join(import.meta.dirname, '../../server/src/host/engines', name));
  const contents = `import { EngineProcess } from ${from('process.ts')}; import { embeddedEngine } from ${from('embedded.ts')}; const program = ${JSON.stringify(enginesProgram())};\n${text}`;
  await build({ stdin: { contents, resolveDir: folder, loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'silent' });
  const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  return await new Promise((resolve) => child.on('close', (code, signal) => resolve({ out, code, signal })));
}

async function gone(pid: number): Promise<boolean> {
  for (let wait = 0; wait < 100 && isAlive(pid); wait++) await new Promise((resolve) => setTimeout(resolve, 50));
  return !isAlive(pid);
}

describe('an engine in a process of its own', () => {
  it.each(['pglite', 'sqlite'] as const)('gives values as text, what was written, and refusals with their code: %s', async (id) => {
    const session = await embeddedEngine(id).open();
    sessions.push(session);
    expect(session.info).toMatchObject({ id, dialect: id === 'pglite' ? 'postgresql' : 'sqlite', version: expect.stringMatching(/^\d+\.\d+/) });
    const results = await session.run(`CREATE TABLE t (a integer NOT NULL, b text, c numeric); INSERT INTO t VALUES (1, NULL, 1.50), (2, 'x', 2); SELECT a, b FROM t ORDER BY a; DELETE FROM t WHERE a = 1; SELECT count(*) AS n FROM t`);
    expect(results.map(({ rows, affected }) => ({ rows, affected }))).toEqual([
      { rows: [], affected: undefined },
      { rows: [], affected: 2 },
      { rows: [{ a: '1', b: null }, { a: '2', b: 'x' }], affected: undefined },
      { rows: [], affected: 1 },
      { rows: [{ n: '1' }], affected: undefined },
    ]);
    const refusal = await session.run('INSERT INTO t VALUES (NULL, NULL, NULL)').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(EngineRefusal);
    expect((refusal as EngineRefusal).code).toBe(id === 'pglite' ? '23502' : 'SQLITE_CONSTRAINT_NOTNULL');
  });

  it('leaves out what a very long answer has too much', async () => {
    const session = await embeddedEngine('pglite').open();
    sessions.push(session);
    const [many] = await session.run('SELECT g FROM generate_series(1, 100003) AS g');
    expect([many!.rows.length, many!.omitted]).toEqual([100_000, 3]);
    const [wide] = await session.run(`SELECT repeat('x', 1000000) AS w FROM generate_series(1, 70)`);
    expect(wide!.rows.length + wide!.omitted!).toBe(70);
    expect(wide!.rows.length).toBeLessThan(70);
  });

  it('answers in order, and an end reaches all who wait', async () => {
    const session = await embeddedEngine('sqlite').open();
    const answers = await Promise.all(['SELECT 1 AS n', 'SELECT 2 AS n', 'SELECT 3 AS n'].map((sql) => session.run(sql)));
    expect(answers.map(([result]) => result!.rows[0]!['n'])).toEqual(['1', '2', '3']);
    const waiting = [session.run('SELECT 1'), session.run('SELECT 2')].map((asked) => asked.catch((error: unknown) => error));
    await session.close();
    for (const end of await Promise.all(waiting)) expect(end).toBeInstanceOf(EngineStopped);
    expect(await session.run('SELECT 1').catch((error: unknown) => error)).toMatchObject({ reason: 'cancelled' });
  });

  it('gets none of the environment', async () => {
    process.env['DATABASE_EXPERT_SECRET'] = 'secret';
    const { out } = await run(`
      import { readFileSync } from 'node:fs';
      const engine = new EngineProcess(program);
      await engine.ask({ ask: 'open', engine: 'sqlite', extensions: [], memory: 1e9 }, 60000);
      console.log(process.platform === 'linux' ? readFileSync('/proc/' + engine.pid + '/environ', 'utf8').includes('SECRET') : false, process.env.DATABASE_EXPERT_SECRET);
      await engine.end();`);
    delete process.env['DATABASE_EXPERT_SECRET'];
    expect(out.trim()).toBe('false secret');
  });

  it('keeps no process from ending, and ends with it', async () => {
    const left = await run(`
      const engine = new EngineProcess(program);
      await engine.ask({ ask: 'open', engine: 'pglite', extensions: [], memory: 1e9 }, 60000);
      console.log(engine.pid);`);
    expect(left.code).toBe(0);
    expect(await gone(Number(left.out))).toBe(true);
  });

  it('ends when the process that started it is killed, even while it computes', async () => {
    const killed = await run(`
      const engine = new EngineProcess(program);
      await engine.ask({ ask: 'open', engine: 'pglite', extensions: [], memory: 1e9 }, 60000);
      console.log(engine.pid);
      engine.ask({ ask: 'run', sql: 'DO $$BEGIN LOOP END LOOP; END$$' }, 60000);
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 300);`);
    expect(killed.signal).toBe('SIGKILL');
    expect(await gone(Number(killed.out))).toBe(true);
  });

  it('tells when its program is not there', async () => {
    const engine = new EngineProcess(join(folder, 'nothing.cjs'));
    expect(await engine.ask({ ask: 'open', engine: 'sqlite', extensions: [], memory: 1e9 }, 60_000).catch((error: unknown) => error)).toBeInstanceOf(EngineStopped);
  });
});
