import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource, type CodeLens, type Diagnostic, type Hover } from 'vscode-languageserver/node';
import type { ProveAnswer } from '../../protocol/requests.ts';
import { EngineStopped, type Engine } from '../../server/src/proofs/engine.ts';
import { TestClient, TestFolder, eventually, type ClientOptions } from '../support/lspClient.ts';
import { sharedPostgres } from '../support/sharedEngine.ts';

const postgres = sharedPostgres();
const storage = mkdtempSync(join(tmpdir(), 'database-expert-proofs-'));
afterAll(async () => {
  await postgres.stop();
  rmSync(storage, { recursive: true, force: true });
});

/** Counts the sessions that are asked for. */
function counted(engine: Engine): Engine & { opened: number } {
  return { ...engine, opened: 0, open(options) { this.opened++; return engine.open(options); } };
}

const up = 'ALTER TABLE orders ADD COLUMN status text NOT NULL;\n';
const shop = {
  'database-expert.yaml': 'dialect: postgresql\nmigrations:\n  applied: "0001"\n',
  'migrations/0001_init.up.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n',
  'migrations/0001_init.down.sql': 'DROP TABLE orders;\n',
  'migrations/0002_status.up.sql': up,
  'migrations/0002_status.down.sql': 'ALTER TABLE orders DROP COLUMN status;\n',
};
const quiet = { proofs: { background: false } };

let client: TestClient;
const folders: TestFolder[] = [];

async function start(options: ClientOptions, files: Readonly<Record<string, string>> = shop): Promise<{ folder: TestFolder; uri: string }> {
  const folder = new TestFolder(files);
  folders.push(folder);
  client = new TestClient(options);
  await client.initialize([folder], options);
  const uri = folder.uriOf('migrations/0002_status.up.sql');
  if (files === shop) await client.open(uri, up);
  return { folder, uri };
}

afterEach(async () => {
  await client.stop();
  for (const folder of folders.splice(0)) folder.remove();
});

const proved = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(({ message }) => (message as string).includes('\nProved on PostgreSQL'));
const lensesOf = (uri: string) => client.ask<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });

describe('proving', () => {
  it('offers it above a pending migration, and says there what came of it', async () => {
    const { uri } = await start({ settings: quiet, engines: [postgres] });
    const [before] = await lensesOf(uri);
    expect(before).toMatchObject({ range: { start: { line: 0, character: 0 } }, command: { title: 'Prove this migration', command: 'databaseExpert.proveMigration', arguments: [uri, '0002'] } });
    const answer = await client.ask<ProveAnswer>('databaseExpert/prove', { uri, version: '0002' });
    expect(answer).toMatchObject({ migrations: 1, problems: [{ uri, line: 0 }] });
    expect(answer.engines[0]).toMatch(/^PostgreSQL 18/);
    expect((await lensesOf(uri))[0]!.command!.title).toMatch(/^✗ A problem seen on PostgreSQL 18.*null values/);
  });

  it('gives the finding a badge, the hover its evidence, and takes both away when the text changes', async () => {
    const { uri } = await start({ settings: quiet, engines: [postgres] });
    await client.ask('databaseExpert/prove', { uri });
    const found = (await client.pushed(uri, proved)).find(({ code }) => code === 'not-null-without-default')!;
    const hover = await client.ask<Hover>('textDocument/hover', { textDocument: { uri }, position: found.range.start });
    expect((hover.contents as { value: string }).value).toMatch(/^✓ \*\*proved\*\* on PostgreSQL 18[.\d]* · existing rows\n\nIt failed on rows/);
    await client.edit(uri, 'status', 'state');
    await client.pushed(uri, (diagnostics) => diagnostics.length > 0 && !proved(diagnostics));
    expect((await lensesOf(uri))[0]!.command!.title).toBe('Prove this migration');
  });

  it('happens by itself when nobody types, and not where it is turned off', async () => {
    const { uri } = await start({ engines: [postgres] });
    await client.pushed(uri, proved);
    await client.stop();
    const engine = counted(postgres);
    const second = await start({ settings: quiet, engines: [engine] });
    await client.pushed(second.uri, (diagnostics) => diagnostics.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(engine.opened).toBe(0);
  });

  it('keeps what was proved from one session to the next, in the folder that it is given', async () => {
    const first = counted(postgres);
    const { uri } = await start({ settings: quiet, engines: [first], initializationOptions: { storage } });
    const answer = await client.ask<ProveAnswer>('databaseExpert/prove', { uri });
    expect([first.opened, readdirSync(storage).length].every((count) => count > 0)).toBe(true);
    await client.stop();
    const second = counted(postgres);
    const again = await start({ settings: quiet, engines: [second], initializationOptions: { storage } });
    expect(await client.ask<ProveAnswer>('databaseExpert/prove', { uri: again.uri })).toEqual({ ...answer, problems: [{ ...answer.problems[0]!, uri: again.uri }] });
    expect(second.opened).toBe(0);
  });

  describe('of a schema as a whole', () => {
    const condition = "tenant_id = current_setting('app.tenant_id')::bigint";
    const shared = {
      'database-expert.yaml': 'dialect: postgresql\ntenancy_model: shared\ntenant_key: tenant_id\n',
      'schema.sql': `CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, state text);\nCREATE VIEW all_orders AS SELECT * FROM orders;\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON orders USING (${condition});\nCREATE ROLE app;\nGRANT SELECT ON orders, all_orders TO app;\n`,
      'queries.sql': "SELECT id FROM orders WHERE tenant_id = 1 AND state = 'new' ORDER BY id;\n",
    };
    const leak = /^✗ Tenants reach rows of each other here \(read\), seen on PostgreSQL 18/;

    async function startShared(options: ClientOptions) {
      const { folder } = await start(options, shared);
      const uri = folder.uriOf('schema.sql');
      await client.open(uri, shared['schema.sql']);
      return { folder, uri };
    }

    it('shows a way to rows of other tenants above what opens it, and keeps it from one session to the next', async () => {
      const keep = { initializationOptions: { storage: mkdtempSync(join(storage, 'whole-')) } };
      const { uri } = await startShared({ settings: quiet, engines: [postgres], ...keep });
      const answer = await client.ask<ProveAnswer>('databaseExpert/prove', null);
      expect(answer).toMatchObject({ migrations: 0, problems: [{ uri, line: 1, message: expect.stringContaining('all_orders') as string }] });
      expect((await lensesOf(uri)).map(({ range, command }) => [range.start.line, command!.command, leak.test(command!.title)])).toEqual([[1, 'databaseExpert.proveWorkspace', true]]);
      const hover = await client.ask<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 13 } });
      expect((hover.contents as { value: string }).value).toMatch(/^✓ \*\*proved\*\* on PostgreSQL 18[.\d]* · tenant isolation\n/);
      await client.stop();
      const second = counted(postgres);
      const again = await startShared({ settings: quiet, engines: [second], ...keep });
      expect((await client.ask<ProveAnswer>('databaseExpert/prove', null)).engines).toEqual(answer.engines);
      await client.stop();
      folders.splice(folders.indexOf(again.folder), 1)[0]!.remove();
      const third = await startShared({ engines: [second], ...keep });
      await eventually(async () => ((await lensesOf(third.uri)).some(({ command }) => leak.test(command!.title)) ? true : undefined), () => 'the lens of an earlier session');
      expect(second.opened).toBe(0);
    });

    it('holds no longer when who may do what has changed', async () => {
      const { uri } = await startShared({ settings: quiet, engines: [postgres] });
      await client.ask('databaseExpert/prove', null);
      expect(await lensesOf(uri)).toHaveLength(1);
      await client.edit(uri, 'GRANT SELECT ON orders, all_orders TO app', 'GRANT SELECT ON orders TO app');
      expect(await lensesOf(uri)).toEqual([]);
    });
  });

  it('can be stopped, which ends the engine', async () => {
    let ended = 0;
    const endless = async (): ReturnType<Engine['open']> => {
      let end: (error: Error) => void = () => undefined;
      const never = new Promise<never>((_, reject) => (end = reject));
      return { info: { id: 'pglite', name: 'PostgreSQL', version: '18.6', dialect: 'postgresql' }, run: () => never, close: async () => { ended++; end(new EngineStopped('cancelled', 'gone')); } };
    };
    const { uri } = await start({ settings: quiet, engines: [{ ...postgres, open: endless }] });
    const stop = new CancellationTokenSource();
    const answer = client.connection.sendRequest<ProveAnswer>('databaseExpert/prove', { uri }, stop.token).then(() => 'answered', (error: Error) => error.message);
    await lensesOf(uri);
    stop.cancel();
    expect(await answer).toContain('cancelled');
    await eventually(() => (ended > 0 ? true : undefined), () => 'the end of the engine');
    expect((await lensesOf(uri))[0]!.command!.title).toBe('Prove this migration');
  });

  it('survives an engine that ends', async () => {
    const { uri } = await start({ settings: quiet, engines: [{ ...postgres, open: () => Promise.reject(new EngineStopped('memory', 'gone')) }] });
    const answer = await client.ask<ProveAnswer>('databaseExpert/prove', { uri });
    expect(answer.problems).toEqual([]);
    expect(answer.notRun).toContain('locks: The engine needed more memory than it may have and was ended.');
    expect((await lensesOf(uri))[0]!.command!.title).toMatch(/^Not proved: The engine needed more memory/);
  });

  it('says so of a file that is no migration', async () => {
    const { folder } = await start({ settings: quiet, engines: [postgres] });
    expect(await client.ask<ProveAnswer>('databaseExpert/prove', { uri: folder.uriOf('database-expert.yaml') })).toMatchObject({ migrations: 0, reason: 'This file is no migration of the workspace.' });
    expect(await eventually(() => client.ask<ProveAnswer>('databaseExpert/prove', null), () => 'an answer')).toMatchObject({ migrations: 1 });
  });
});
