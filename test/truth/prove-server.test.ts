import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CodeLens, Hover } from 'vscode-languageserver/node';
import type { Plan } from '../../protocol/plan.ts';
import type { ProofReport, WireExperiment } from '../../protocol/proof.ts';
import type { ProveAnswer } from '../../protocol/requests.ts';
import { run } from '../../server/src/cli/run.ts';
import { configuredServer } from '../../server/src/host/engines/configuredServer.ts';
import type { EngineSession, ProofServer } from '../../server/src/proofs/engine.ts';
import { limitRun } from '../../server/src/proofs/limit.ts';
import { proveOnServer } from '../../server/src/proofs/serverProof.ts';
import { historyOf } from '../support/history.ts';
import { TestClient, TestFolder, eventually } from '../support/lspClient.ts';
import { hasMariaDb, nothingLeft, runMariaDb } from '../support/mariaDb.ts';

// A server that the user named is asked when they ask for a proof, and nothing is left on it.

const present = hasMariaDb('proofs on a configured server');
const user = `dbx_${process.pid}`;
const password = 'geheim-Wort1';
const url = `mariadb://${user}:${password}@127.0.0.1:3306`;
const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true });

const init = 'CREATE TABLE orders (id int PRIMARY KEY, amount int, note varchar(50));\n';
const up = 'ALTER TABLE orders MODIFY amount bigint;\nALTER TABLE orders ADD COLUMN state int;\nUPDATE orders SET state = 1;\n';
const shop = (dialect: string): Record<string, string> => ({
  'database-expert.yaml': `dialect: ${dialect}\nmigrations:\n  applied: "0001"\n`,
  'migrations/0001_init.up.sql': init,
  'migrations/0001_init.down.sql': 'DROP TABLE orders;\n',
  'migrations/0002_amount.up.sql': up,
  'migrations/0002_amount.down.sql': 'ALTER TABLE orders DROP COLUMN state, MODIFY amount int;\n',
});

/** Something that hangs up on whoever connects, and counts them. */
async function counter(): Promise<{ readonly url: string; readonly count: () => number; readonly close: () => void }> {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    socket.on('error', () => undefined).destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `mariadb://${user}:${password}@127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count, close: () => server.close() };
}

describe.skipIf(!present)('a configured MariaDB server', () => {
  const version = present ? /^[\d.]+/.exec(runMariaDb('mysql', 'SELECT VERSION()'))![0] : '';
  let cwd = '';
  beforeAll(() => {
    runMariaDb('mysql', `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'; GRANT ALL ON \`database\\_expert\\_%\`.* TO '${user}'@'%';`);
  });
  afterAll(() => {
    runMariaDb('mysql', `DROP USER '${user}'@'%'`);
  });
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'dbx-server-'));
  });
  afterEach(async () => {
    rmSync(cwd, { recursive: true, force: true });
    await nothingLeft();
  });

  async function cli(dialect: string, mysqlServer: string | undefined, ...args: string[]) {
    return await cliIn(shop(dialect), mysqlServer, ...args);
  }

  async function cliIn(files: Readonly<Record<string, string>>, mysqlServer: string | undefined, ...args: string[]) {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, file)), { recursive: true });
      writeFileSync(join(cwd, file), text);
    }
    let out = '';
    let err = '';
    const code = await run(args, { cwd, out: (text) => void (out += text), err: (text) => void (err += text), colour: false, stdin: () => Promise.resolve(''), engines: [], mysqlServer }, '1.2.3');
    expect(out + err).not.toContain(password);
    return { code, out, err };
  }

  async function experiments(dialect: string, server: string | undefined): Promise<readonly WireExperiment[]> {
    const report = JSON.parse((await cli(dialect, server, 'prove', '--format', 'json')).out) as ProofReport;
    const validate = ajv.compile(JSON.parse(readFileSync(new URL('../../docs/schemas/prove.schema.json', import.meta.url), 'utf8')) as object);
    expect([validate(report), validate.errors]).toEqual([true, null]);
    return report.databases[0]!.migrations[0]!.experiments;
  }

  const told = (list: readonly WireExperiment[]) => list.map((one) => (one.ran ? `${one.experiment}: ${one.engine} ${one.version}` : `${one.experiment}: ${one.reason}`));

  test('says in JSON what it takes and what it refuses, with its name and version', async () => {
    const [first, ...others] = await experiments('mariadb', url);
    expect(first).toMatchObject({ experiment: 'algorithm and lock', engine: 'MariaDB', version, statements: [{ line: 1, accepted: 'ALGORITHM=COPY, LOCK=SHARED' }, { line: 2, accepted: 'ALGORITHM=INSTANT', refused: [] }, { line: 3, notRun: expect.any(String) as string }] });
    expect(first?.ran && first.evidence.map(({ level, engine, observed }) => [level, engine, observed])).toEqual([
      ['proved', 'MariaDB', expect.stringContaining(` on this server. ALGORITHM=INPLACE, LOCK=SHARED is refused: `) as string],
      ['proved', 'MariaDB', `ALTER TABLE orders ADD COLUMN state int runs with ALGORITHM=INSTANT on this server.`],
    ]);
    expect(told(others)).toEqual(['locks', 'existing rows', 'round trip'].map((name) => `${name}: A server of your own is only asked what ALGORITHM and LOCK it takes.`));
  });

  test('says it to people', async () => {
    expect((await cli('mariadb', url, 'prove')).out).toContain(`  ✓ ALGORITHM and LOCK MariaDB ${version}, this server alone
      1  ALTER TABLE orders MODIFY amount bigint
         runs with ALGORITHM=COPY, LOCK=SHARED
`);
  });

  test('counts what it refuses as a problem', async () => {
    const files = Object.fromEntries(Object.entries(shop('mariadb')).map(([file, text]) => [file, text.replace('MODIFY amount bigint', 'MODIFY amount bigint, ALGORITHM=INSTANT')]));
    const { code, out } = await cliIn(files, url, 'prove', '--format', 'json');
    const { problems, summary } = JSON.parse(out) as ProofReport;
    expect(problems).toMatchObject([{ experiment: 'algorithm and lock', severity: 'error', line: 1, message: expect.stringContaining('The statement is refused by the configured server: ALGORITHM=INSTANT is not supported.') as string }]);
    expect([code, summary.problems]).toEqual([1, 1]);
  });

  // Needs dist/, which `npm test` builds first: there the driver is a bundle of its own.
  test('answers the program as it is shipped', async () => {
    await cli('mariadb', undefined, 'check');
    const { stdout, stderr } = spawnSync(process.execPath, [resolve(import.meta.dirname, '../../dist/cli.cjs'), 'prove', '--format', 'json'], { cwd, env: { ...process.env, DATABASE_EXPERT_MYSQL_SERVER: url }, encoding: 'utf8' });
    expect(stdout + stderr).not.toContain(password);
    expect((JSON.parse(stdout) as ProofReport).databases[0]!.migrations[0]!.experiments[0]).toMatchObject({ engine: 'MariaDB', version, statements: [{ accepted: 'ALGORITHM=COPY, LOCK=SHARED' }, { accepted: 'ALGORITHM=INSTANT' }, {}] });
  });

  test('is heard in the plan', async () => {
    const plan = JSON.parse((await cli('mariadb', url, 'plan', '--prove', '--format', 'json')).out) as Plan;
    expect(plan.database_plan.migration_plan.steps.slice(0, 2)).toMatchObject([
      { level: 'proved', rewrite: true, lock: 'metadata lock, ALGORITHM=COPY, LOCK=SHARED', evidence: [{ engine: 'MariaDB', version }] },
      { level: 'proved', rewrite: false, lock: 'metadata lock, ALGORITHM=INSTANT' },
    ]);
  });

  test('is not asked without a proof, and nothing is proved without it', async () => {
    const asked = await counter();
    await cli('mariadb', asked.url, 'check');
    expect(asked.count()).toBe(0);
    expect(told([(await experiments('mariadb', asked.url))[0]!])[0]).toMatch(/^algorithm and lock: The server at 127\.0\.0\.1:\d+ can not be used/);
    expect(asked.count()).toBeGreaterThan(0);
    asked.close();
    expect(told(await experiments('mariadb', undefined))).toEqual(['locks', 'existing rows', 'round trip'].map((name) => `${name}: There is no MariaDB engine to run this on; nothing is proved of MariaDB.`));
  });

  test.each([
    ['mysql', url, `The configured server is MariaDB ${version} and speaks for no MySQL; database_type in database-expert.yaml states what this database is.`],
    ['mariadb', url.replace(password, 'wrong'), 'The server at 127.0.0.1:3306 can not be used: Access denied'],
    ['mariadb', `${url}?ssl=true`, 'The server at 127.0.0.1:3306 can not be used: '],
    ['mariadb', 'mariadb://127.0.0.1:1', 'The server at 127.0.0.1:1 can not be used: '],
    ['mariadb', `nonsense:${password}@x`, 'The connection is no URL of the form'],
  ])('that can not be used for %s is told: %#', async (dialect, server, reason) => {
    const [first] = await experiments(dialect, server);
    expect(told([first!])[0]).toContain(`algorithm and lock: ${reason}`);
  });

  test('a user who may not create databases is told so', async () => {
    runMariaDb('mysql', `CREATE USER '${user}_b'@'%'`);
    try {
      expect(told(await experiments('mariadb', `mariadb://${user}_b@127.0.0.1`))[0]).toMatch(/^algorithm and lock: The server refused to go on: Access denied/);
    } finally {
      runMariaDb('mysql', `DROP USER '${user}_b'@'%'`);
    }
  });

  const [, step] = historyOf('mariadb', [init, up], 'none');

  /** The server, where something happens with the session before each request. */
  function meddled(meddle: (sql: string, session: EngineSession) => void): ProofServer {
    const server = configuredServer(url)!;
    return {
      async open(options) {
        const session = await server.open({ ...options, timeout: 500 });
        return { ...session, run: (sql) => (meddle(sql, session), session.run(sql)) };
      },
    };
  }

  test('nothing is left when the proof is stopped', async () => {
    const controller = new AbortController();
    const limit = limitRun(controller.signal, 60_000);
    const server = meddled((asked, session) => {
      if (!asked.startsWith('ALTER')) return;
      void session.run('SELECT SLEEP(20)').catch(() => undefined);
      setTimeout(() => controller.abort(), 100);
    });
    const outcome = await proveOnServer(server, step!, limit);
    limit.lift();
    expect(outcome).toMatchObject({ ran: false, reason: 'The proof was stopped.' });
  });

  test('nothing is left when the server does not answer in time', async () => {
    const outcome = await proveOnServer(meddled((asked, session) => void (asked.startsWith('ALTER') && session.run('SELECT SLEEP(20)').catch(() => undefined))), step!, limitRun(undefined, 60_000));
    expect(outcome).toMatchObject({ ran: false, reason: 'The engine did not answer in time and was ended.' });
  });

  test('what needs something that could not be made there is not called refused', async () => {
    const [, odd] = historyOf('mariadb', [init, 'CREATE TABLE copy AS SELECT * FROM orders; ALTER TABLE copy ADD COLUMN x int; ALTER TABLE orders ADD COLUMN x int;'], 'none');
    const outcome = await proveOnServer(configuredServer(url)!, odd!, limitRun(undefined, 60_000));
    expect(outcome.ran && outcome.detail.changes.map(({ accepted, notRun }) => accepted ?? notRun)).toEqual([expect.stringContaining('SELECT'), expect.stringContaining('not all that it needs'), 'ALGORITHM=INSTANT']);
  });

  describe('in the editor', () => {
    let client: TestClient;
    let folder: TestFolder;
    const file = 'migrations/0002_amount.up.sql';

    async function start(mysqlServer: string, trusted = true): Promise<string> {
      folder = new TestFolder(shop('mariadb'));
      client = new TestClient({ settings: { proofs: { background: true, mysqlServer } }, engines: [] });
      await client.initialize([folder], { initializationOptions: { trusted } });
      const uri = folder.uriOf(file);
      await client.open(uri, up);
      return uri;
    }
    afterEach(async () => {
      await client.stop();
      folder.remove();
      expect(JSON.stringify(client.logs)).not.toContain(password);
    });

    test('is asked by the command, and heard in lens and hover', async () => {
      const uri = await start(url);
      const answer = await client.ask<ProveAnswer>('databaseExpert/prove', { uri, version: '0002' });
      expect(answer).toMatchObject({ migrations: 1, engines: [`MariaDB ${version}`], problems: [] });
      const [lens] = await client.ask<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
      expect(lens!.command!.title).toBe(`✓ Proved on MariaDB ${version} (your server): runs with ALGORITHM=COPY, LOCK=SHARED; ALGORITHM=INSTANT`);
      const hover = await client.ask<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 1 } });
      expect((hover.contents as { value: string }).value).toMatch(new RegExp(`^✓ \\*\\*proved\\*\\* on MariaDB ${version.replaceAll('.', '\\.')} · algorithm and lock\n\nALTER TABLE orders MODIFY amount bigint runs with`));
    });

    test('is not asked in the background, nor in a workspace that nobody trusts', async () => {
      const asked = await counter();
      const uri = await start(asked.url, false);
      expect((await client.ask<ProveAnswer>('databaseExpert/prove', { uri, version: '0002' })).engines).toEqual([]);
      await client.stop();
      folder.remove();
      const other = await start(asked.url);
      const [lens] = await eventually(async () => {
        const lenses = await client.ask<CodeLens[]>('textDocument/codeLens', { textDocument: { uri: other } });
        return lenses[0]!.command!.title === 'Prove this migration' ? undefined : lenses;
      }, () => 'a proof in the background');
      expect(lens!.command!.title).toBe('Not proved: There is no MariaDB engine to run this on; nothing is proved of MariaDB.');
      expect(asked.count()).toBe(0);
      asked.close();
    });
  });
});
