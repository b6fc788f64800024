import { afterEach, describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic, DocumentDiagnosticReport, DocumentSymbol, Hover, Location } from 'vscode-languageserver/node';
import type { ConfigurationEditAnswer, ExplainRuleAnswer, PlanAnswer, RenderPlanAnswer, StatusAnswer } from '../../protocol/requests.ts';
import { TestClient, TestFolder, applyWorkspaceEdit, eventually, type ClientOptions } from '../support/lspClient.ts';

const init = `CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE
);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  status text NOT NULL DEFAULT 'open',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
`;
const coupons = 'CREATE TABLE coupons (\n  id SERIAL PRIMARY KEY,\n  code text NOT NULL UNIQUE\n);\n';
const shop = {
  'database-expert.yaml': 'dialect: postgresql\nmigrations:\n  applied: none\nscale_targets:\n  rows:\n    orders: 5000000\n',
  'migrations/0001_init.up.sql': init,
  'migrations/0001_init.down.sql': 'DROP TABLE orders;\nDROP TABLE customers;\n',
  'migrations/0002_coupons.up.sql': coupons,
  'migrations/0002_coupons.down.sql': 'DROP TABLE coupons;\n',
};

let client: TestClient;
let folders: TestFolder[] = [];

async function start(files: Readonly<Record<string, string>>, options: ClientOptions = {}): Promise<TestFolder> {
  const folder = new TestFolder(files);
  folders.push(folder);
  client = new TestClient(options);
  await client.initialize([folder], options);
  return folder;
}

afterEach(async () => {
  await client.stop();
  for (const folder of folders) folder.remove();
  folders = [];
});

const has = (rule: string) => (diagnostics: readonly Diagnostic[]) => diagnostics.some(({ code }) => code === rule);
const lacks = (rule: string) => (diagnostics: readonly Diagnostic[]) => !has(rule)(diagnostics);

async function openCoupons(folder: TestFolder): Promise<string> {
  const uri = folder.uriOf('migrations/0002_coupons.up.sql');
  await client.open(uri, coupons);
  return uri;
}

async function actionsFor(uri: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
  return client.ask<CodeAction[]>('textDocument/codeAction', { textDocument: { uri }, range: diagnostic.range, context: { diagnostics: [diagnostic] } });
}

describe('diagnostics', () => {
  it('are pushed with their three parts, source, page and key, and change with the text', async () => {
    const folder = await start(shop);
    const uri = await openCoupons(folder);
    const found = (await client.pushed(uri, has('prefer-identity'))).find(({ code }) => code === 'prefer-identity')!;
    expect(found).toMatchObject({ source: 'database-expert', severity: 4, range: { start: { line: 1, character: 5 }, end: { line: 1, character: 11 } } });
    expect((found.message as string).split('\n').length).toBeGreaterThanOrEqual(3);
    expect(found.codeDescription?.href).toMatch(/^file:.*\/docs\/rules\/prefer-identity\.md$/);
    expect(found.data).toHaveProperty('key');
    await client.edit(uri, 'SERIAL', 'bigint');
    await client.pushed(uri, lacks('prefer-identity'));
  });

  it('are taken away when the file is closed', async () => {
    const folder = await start(shop);
    const uri = await openCoupons(folder);
    await client.pushed(uri, has('prefer-identity'));
    await client.close(uri);
    await client.pushed(uri, (diagnostics) => diagnostics.length === 0);
  });

  it('cover closed files when the settings say so', async () => {
    const folder = await start(shop, { settings: { diagnostics: { scope: 'workspace' } } });
    await client.pushed(folder.uriOf('migrations/0002_coupons.up.sql'), has('prefer-identity'));
  });

  it('are pulled where the client can, and the client is told to ask again when another file changes them', async () => {
    const folder = await start({ ...shop, 'queries/orders.sql': "SELECT * FROM orders WHERE status = 'open' ORDER BY created_at DESC;\n" }, { pull: true });
    const uri = folder.uriOf('queries/orders.sql');
    await client.open(uri, folder.read('queries/orders.sql'));
    const pull = (previousResultId?: string) => client.ask<DocumentDiagnosticReport>('textDocument/diagnostic', { textDocument: { uri }, previousResultId });
    const first = await pull();
    expect(first).toMatchObject({ kind: 'full' });
    expect(first.kind === 'full' && has('missing-composite-index')(first.items)).toBe(true);
    expect(await pull(first.resultId)).toMatchObject({ kind: 'unchanged' });
    expect(client.published.has(uri)).toBe(false);
    const other = await openCoupons(folder);
    await client.edit(other, ');\n', ');\nCREATE INDEX ON orders (status, created_at DESC);\n');
    await eventually(() => (client.refreshes > 0 ? true : undefined), () => 'a refresh');
    const later = await pull(first.resultId);
    expect(later.kind === 'full' && lacks('missing-composite-index')(later.items)).toBe(true);
  });

  it('of a syntax error wait while the caret is in the statement', async () => {
    const folder = await start(shop);
    const uri = await openCoupons(folder);
    await client.pushed(uri, has('prefer-identity'));
    await client.edit(uri, 'PRIMARY KEY,', 'PRIMARY KEYY,');
    const found = await client.pushed(uri, has('syntax-error'));
    expect(found.find(({ code }) => code === 'syntax-error')!.severity).toBe(1);
  });

  it('are limited per file, with a line for the rest', async () => {
    const tables = Array.from({ length: 600 }, (_, i) => `CREATE TABLE t${i} (id SERIAL PRIMARY KEY);`).join('\n');
    const folder = await start({ ...shop, 'migrations/0003_many.up.sql': tables, 'migrations/0003_many.down.sql': 'SELECT 1;' });
    const uri = folder.uriOf('migrations/0003_many.up.sql');
    await client.open(uri, tables);
    const found = await client.pushed(uri, (diagnostics) => diagnostics.length > 400);
    expect(found).toHaveLength(501);
    expect(found.at(-1)!.message).toMatch(/^\d+ more findings in this file/);
  });

  it('say what is wrong in database-expert.yaml', async () => {
    const folder = await start({ ...shop, 'database-expert.yaml': 'dialect: postgresql\ntenancy_modle: shared\n' });
    const found = await client.pushed(folder.uriOf('database-expert.yaml'), (diagnostics) => diagnostics.length > 0);
    expect(found[0]).toMatchObject({ code: 'configuration', range: { start: { line: 1 } } });
    expect(found[0]!.message).toContain('tenancy_model');
  });

  it('follow changes on disk', async () => {
    const folder = await start({ ...shop, 'queries/orders.sql': "SELECT * FROM orders WHERE status = 'open' ORDER BY created_at DESC;\n" });
    const uri = folder.uriOf('queries/orders.sql');
    await client.open(uri, folder.read('queries/orders.sql'));
    await client.pushed(uri, has('missing-composite-index'));
    expect(client.registered).toContain('workspace/didChangeWatchedFiles');
    folder.write('migrations/0003_index.up.sql', 'CREATE INDEX CONCURRENTLY orders_status ON orders (status, created_at DESC);\n');
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: folder.uriOf('migrations/0003_index.up.sql'), type: 1 }] });
    await client.pushed(uri, lacks('missing-composite-index'));
  });
});

describe('code actions', () => {
  it('mend a finding with a versioned edit that is built when it is picked', async () => {
    const folder = await start(shop);
    const uri = await openCoupons(folder);
    const diagnostic = (await client.pushed(uri, has('prefer-identity'))).find(({ code }) => code === 'prefer-identity')!;
    const action = (await actionsFor(uri, diagnostic)).find(({ title }) => /identity/i.test(title) && !/Disable|Explain/.test(title))!;
    expect(action.edit).toBeUndefined();
    const { edit } = await client.ask<CodeAction>('codeAction/resolve', action);
    expect(edit!.documentChanges![0]).toMatchObject({ textDocument: { uri, version: 1 } });
    expect(applyWorkspaceEdit(client, edit!).get(uri)).toContain('GENERATED BY DEFAULT AS IDENTITY');
  });

  it('silence a rule for a line and for the file, and explain it', async () => {
    const folder = await start(shop, { initializationOptions: { clientCommands: ['databaseExpert.explainRule'] } });
    const uri = await openCoupons(folder);
    const diagnostic = (await client.pushed(uri, has('prefer-identity'))).find(({ code }) => code === 'prefer-identity')!;
    const actions = await actionsFor(uri, diagnostic);
    const textAfter = async (title: string) => applyWorkspaceEdit(client, (await client.ask<CodeAction>('codeAction/resolve', actions.find((one) => one.title === title)!)).edit!).get(uri)!;
    expect((await textAfter('Disable prefer-identity for this line')).split('\n')[1]).toBe('  -- database-expert-disable-next-line prefer-identity');
    const disabled = await textAfter('Disable prefer-identity for this file');
    expect(disabled).toBe(`-- database-expert-disable-file prefer-identity\n${coupons}`);
    expect(actions.find(({ title }) => title === 'Explain prefer-identity')!.command).toMatchObject({ command: 'databaseExpert.explainRule', arguments: ['prefer-identity'] });
    await client.edit(uri, 'CREATE TABLE', '-- database-expert-disable-file prefer-identity\nCREATE TABLE');
    await client.pushed(uri, lacks('prefer-identity'));
  });

  it('make a migration under a number that is free when the action is picked', async () => {
    const files = { ...shop, 'queries/orders.sql': "-- name: OpenOrders :many\nSELECT * FROM orders WHERE status = $1 ORDER BY created_at DESC;\n" };
    const folder = await start(files, { initializationOptions: { clientCommands: ['databaseExpert.openCreated'] } });
    const uri = folder.uriOf('queries/orders.sql');
    await client.open(uri, files['queries/orders.sql']);
    const diagnostic = (await client.pushed(uri, has('missing-composite-index'))).find(({ code }) => code === 'missing-composite-index')!;
    const action = (await actionsFor(uri, diagnostic)).find(({ title }) => !/Disable|Explain/.test(title))!;
    // Somebody takes the next number, and no watcher has told yet.
    folder.write('migrations/0003_taken.up.sql', 'SELECT 1;\n');
    folder.write('migrations/0003_taken.down.sql', 'SELECT 1;\n');
    const resolved = await client.ask<CodeAction>('codeAction/resolve', action);
    const made = [...applyWorkspaceEdit(client, resolved.edit!)].map(([path, text]) => [path.slice(folder.uri.length + 1), text] as const);
    expect(made.length).toBeGreaterThanOrEqual(1);
    expect(made[0]![1]).toMatch(/CREATE INDEX/);
    expect(resolved.command).toMatchObject({ command: 'databaseExpert.openCreated' });
    expect(resolved.edit!.documentChanges![0]).toMatchObject({ kind: 'create', options: { overwrite: false } });
  });

  it('that make files are not offered to a client that cannot make them', async () => {
    const files = { ...shop, 'queries/orders.sql': 'SELECT * FROM orders WHERE status = $1 ORDER BY created_at DESC;\n' };
    const folder = await start(files, { createsFiles: false });
    const uri = folder.uriOf('queries/orders.sql');
    await client.open(uri, files['queries/orders.sql']);
    const diagnostic = (await client.pushed(uri, has('missing-composite-index'))).find(({ code }) => code === 'missing-composite-index')!;
    expect((await actionsFor(uri, diagnostic)).filter(({ title }) => !/Disable|Explain/.test(title))).toEqual([]);
  });

  it('apply every safe fix of a file at once', async () => {
    const folder = await start(shop, { resolves: false });
    const uri = folder.uriOf('migrations/0002_coupons.up.sql');
    const two = `${coupons}CREATE TABLE vouchers (id SERIAL PRIMARY KEY);\n`;
    await client.open(uri, two);
    await client.pushed(uri, (diagnostics) => diagnostics.filter(({ code }) => code === 'prefer-identity').length === 2);
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const actions = await client.ask<CodeAction[]>('textDocument/codeAction', { textDocument: { uri }, range, context: { diagnostics: [], only: ['source.fixAll'] } });
    expect(actions).toHaveLength(1);
    expect(applyWorkspaceEdit(client, actions[0]!.edit!).get(uri)).not.toContain('SERIAL');
  });

  it('never edit an applied migration: the rule is turned off in the configuration instead', async () => {
    const bare = 'CREATE TABLE notes (body text NOT NULL);\n';
    const folder = await start({ ...shop, 'migrations/0002_coupons.up.sql': bare, 'database-expert.yaml': 'dialect: postgresql\nmigrations:\n  applied: "0002"\n' });
    const uri = folder.uriOf('migrations/0002_coupons.up.sql');
    await client.open(uri, bare);
    const diagnostic = (await client.pushed(uri, has('missing-primary-key'))).find(({ code }) => code === 'missing-primary-key')!;
    const actions = await actionsFor(uri, diagnostic);
    expect(actions.map(({ title }) => title)).toContain('Turn missing-primary-key off in database-expert.yaml');
    for (const action of actions.filter((one) => one.data)) {
      const { edit } = await client.ask<CodeAction>('codeAction/resolve', action);
      expect([...applyWorkspaceEdit(client, edit!).keys()]).not.toContain(uri);
    }
  });
});

describe('reading along', () => {
  const query = 'SELECT o.created_at FROM orders o JOIN customers c ON c.id = o.customer_id;\n';

  async function openQuery(): Promise<{ folder: TestFolder; uri: string }> {
    const folder = await start({ ...shop, 'queries/q.sql': query });
    const uri = folder.uriOf('queries/q.sql');
    await client.open(uri, query);
    return { folder, uri };
  }

  it('shows the definition of a table and of a column behind an alias', async () => {
    const { uri } = await openQuery();
    const hoverAt = async (find: string, occurrence?: number) => JSON.stringify((await client.ask<Hover | null>('textDocument/hover', { textDocument: { uri }, position: client.at(uri, find, occurrence) }))?.contents);
    const table = await hoverAt('orders');
    for (const part of ['CREATE TABLE', 'customer_id', '0001_init.up.sql:5', 'orders_customer_id_idx', '5,000,000']) expect(table).toContain(part);
    const column = await hoverAt('created_at');
    for (const part of ['timestamp with time zone', 'never null', 'orders', '0001_init.up.sql:9']) expect(column).toContain(part);
    expect(await hoverAt('customer_id')).toContain('References `customers(id)`');
    expect(await hoverAt('SELECT')).toBeUndefined();
  });

  it('shows what a Prisma model and its fields are in the database', async () => {
    const schema = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel Order {\n  id    Int    @id\n  total Int    @default(0) @map("total_cents")\n  lines Line[]\n\n  @@map("orders")\n}\n\nmodel Line {\n  id      Int   @id\n  orderId Int\n  order   Order @relation(fields: [orderId], references: [id])\n}\n';
    const folder = await start({ 'prisma/schema.prisma': schema });
    const uri = folder.uriOf('prisma/schema.prisma');
    await client.open(uri, schema, 'prisma');
    const hoverAt = async (find: string) => JSON.stringify((await client.ask<Hover | null>('textDocument/hover', { textDocument: { uri }, position: client.at(uri, find) }))?.contents);
    const model = await hoverAt('Order {');
    for (const part of ['CREATE TABLE orders', 'total_cents', 'Referenced by `Line(orderId)`']) expect(model).toContain(part);
    expect(await hoverAt('total ')).toContain('total_cents integer');
    expect(await hoverAt('Order @relation')).toContain('CREATE TABLE orders');
    const symbols = await client.ask<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    expect(symbols.map(({ name }) => name)).toEqual(['db', 'Order', 'Line']);
  });

  it('counts a byte-order mark as editors do', async () => {
    const folder = await start({ ...shop, 'migrations/0001_init.up.sql': `\uFEFF${init}`, 'queries/q.sql': query });
    const uri = folder.uriOf('queries/q.sql');
    await client.open(uri, query);
    const found = await client.ask<Location[]>('textDocument/definition', { textDocument: { uri }, position: client.at(uri, 'customers') });
    expect(found[0]!.range.start).toEqual({ line: 0, character: 'CREATE TABLE '.length });
  });

  it('goes to the statement that makes a table', async () => {
    const { folder, uri } = await openQuery();
    const found = await client.ask<Location[]>('textDocument/definition', { textDocument: { uri }, position: client.at(uri, 'customers') });
    expect(found).toMatchObject([{ uri: folder.uriOf('migrations/0001_init.up.sql'), range: { start: { line: 0 } } }]);
  });

  it('gives an outline', async () => {
    const folder = await start(shop);
    const uri = await openCoupons(folder);
    const symbols = await client.ask<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    expect(symbols.map(({ name, children }) => [name, children!.map((child) => child.name)])).toEqual([['coupons', ['id', 'code']]]);
  });

  it('tells how a file is read', async () => {
    const folder = await start(shop);
    const uri = await openCoupons(folder);
    expect(await client.ask<StatusAnswer>('databaseExpert/status', { uri })).toMatchObject({ dialect: 'postgresql', role: 'migration', statements: 1, unread: 0 });
  });

  it('leaves a foreign dialect alone and says so', async () => {
    const text = 'SELECT TOP 5 * FROM [dbo].[Users]\nGO\nEXEC sp_help;\nGO\n';
    const folder = await start({ 'report.sql': text });
    const uri = folder.uriOf('report.sql');
    await client.open(uri, text);
    expect((await client.ask<StatusAnswer>('databaseExpert/status', { uri }))!.leftAlone).toBeTruthy();
  });
});

describe('the plan', () => {
  it('is made for a database and rendered', async () => {
    const folder = await start(shop);
    const answer = await client.ask<PlanAnswer>('databaseExpert/plan', { folder: folder.uri });
    expect(answer.databases).toHaveLength(1);
    expect(answer.plan).toMatchObject({ version: 1, dialect: 'postgresql', position_card: { role: 'Database Expert' } });
    const markdown = await client.ask<RenderPlanAnswer>('databaseExpert/renderPlan', { folder: folder.uri, format: 'markdown' });
    expect(markdown!.text).toContain('# ');
    const yaml = await client.ask<RenderPlanAnswer>('databaseExpert/renderPlan', { folder: folder.uri, format: 'yaml' });
    expect(yaml!.text).toContain('position_card:');
  });

  it('says why there is none', async () => {
    const folder = await start({ 'notes.txt': 'nothing' });
    expect(await client.ask<PlanAnswer>('databaseExpert/plan', { folder: folder.uri })).toMatchObject({ plan: null, reason: expect.stringContaining('no migrations') });
  });

  it('is not made of a query about nothing', async () => {
    const folder = await start({ 'a.sql': 'SELECT 1;\n' });
    expect(await client.ask<PlanAnswer>('databaseExpert/plan', { folder: folder.uri })).toMatchObject({ plan: null });
  });

  it('takes settings into database-expert.yaml', async () => {
    const folder = await start(shop);
    const answer = await client.ask<ConfigurationEditAnswer>('databaseExpert/configurationEdit', { uri: folder.uri, yaml: 'scale_targets:\n  qps: 50' });
    expect(answer).toMatchObject({ uri: folder.uriOf('database-expert.yaml'), create: false, line: 6 });
    expect(answer.text).toContain('    orders: 5000000\n  qps: 50\n');
  });

  it('names the page of a rule', async () => {
    await start(shop);
    expect((await client.ask<ExplainRuleAnswer>('databaseExpert/explainRule', { rule: 'prefer-identity' }))!.uri).toMatch(/docs\/rules\/prefer-identity\.md$/);
    expect(await client.ask<ExplainRuleAnswer>('databaseExpert/explainRule', { rule: '../../etc/passwd' })).toBeNull();
  });
});

describe('containment', () => {
  it('lives on when the rules crash, and says so in the log', async () => {
    const folder = await start(shop, {
      analysis: {
        check: () => {
          throw new Error('on purpose');
        },
      },
    });
    const uri = await openCoupons(folder);
    await client.pushed(uri, (diagnostics) => diagnostics.length === 0);
    expect(client.logs.some(({ message }) => message.includes('on purpose'))).toBe(true);
    expect(await client.ask<StatusAnswer>('databaseExpert/status', { uri })).toMatchObject({ dialect: 'postgresql' });
  });

  it('lives on when reading the workspace crashes', async () => {
    let calls = 0;
    const { buildFacts } = await import('../../server/src/project/build.ts');
    const folder = await start(shop, {
      analysis: {
        build: (input, previous) => {
          if (input.files.some(({ text }) => text.includes('crash here'))) throw new Error(`on purpose ${++calls}`);
          return buildFacts(input, previous);
        },
      },
    });
    const uri = await openCoupons(folder);
    await client.pushed(uri, has('prefer-identity'));
    await client.edit(uri, 'code text', '/* crash here */ code text');
    await eventually(() => (calls > 0 ? true : undefined), () => 'the crash');
    await client.edit(uri, '/* crash here */ code', 'kode');
    await client.edit(uri, 'SERIAL', 'bigint');
    await client.pushed(uri, lacks('prefer-identity'));
    expect(client.logs.some(({ message }) => message.includes('on purpose'))).toBe(true);
  });

  it('answers a malformed request and goes on', async () => {
    const folder = await start(shop);
    const uri = await openCoupons(folder);
    expect(await client.ask('textDocument/hover', { textDocument: { uri } })).toBeNull();
    expect(await client.ask('textDocument/codeAction', { textDocument: { uri: 'nonsense' } })).toEqual([]);
    expect(await client.ask<StatusAnswer>('databaseExpert/status', { uri })).toMatchObject({ dialect: 'postgresql' });
  });
});

describe('workspaces', () => {
  it('do not run git when they are not trusted', async () => {
    const files = { 'migrations/0001_init.up.sql': init, 'migrations/0001_init.down.sql': 'DROP TABLE orders;\nDROP TABLE customers;\n' };
    const folder = await start(files, { initializationOptions: { trusted: false } });
    const uri = folder.uriOf('migrations/0001_init.up.sql');
    await client.open(uri, init);
    const status = await client.ask<StatusAnswer>('databaseExpert/status', { uri });
    expect(status!.appliedNote).toMatch(/trust/i);
  });

  it('of several folders are kept apart', async () => {
    const first = new TestFolder(shop);
    const second = new TestFolder({ 'mysql/schema.sql': 'CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY);\n' });
    folders = [first, second];
    client = new TestClient();
    await client.initialize(folders);
    const uri = second.uriOf('mysql/schema.sql');
    await client.open(uri, second.read('mysql/schema.sql'));
    expect(await client.ask<StatusAnswer>('databaseExpert/status', { uri })).toMatchObject({ dialect: 'mysql' });
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [{ uri: second.uri, name: 'x' }] } });
    const other = await openCoupons(first);
    await client.pushed(other, has('prefer-identity'));
  });

  it('read a file outside of any folder on its own', async () => {
    await start(shop);
    await client.open('untitled:Untitled-1', 'CREATE TABLE a (id SERIAL PRIMARY KEY);\n');
    await client.pushed('untitled:Untitled-1', has('prefer-identity'));
  });

  it('answer nothing before initialize or after shutdown', async () => {
    client = new TestClient();
    const ask = () => client.ask('textDocument/hover', { textDocument: { uri: 'file:///a.sql' }, position: { line: 0, character: 0 } });
    await expect(ask()).rejects.toMatchObject({ code: -32002 });
    await client.initialize([]);
    expect(await ask()).toBe(null);
    await client.connection.sendRequest('shutdown');
    await expect(ask()).rejects.toMatchObject({ code: -32600 });
  });

  it('read a file where no folder is open', async () => {
    client = new TestClient();
    await client.initialize([]);
    const folder = new TestFolder({ 'a.sql': 'CREATE TABLE a (id SERIAL PRIMARY KEY);\n' });
    folders.push(folder);
    await client.open(folder.uriOf('a.sql'), folder.read('a.sql'));
    await client.pushed(folder.uriOf('a.sql'), has('prefer-identity'));
  });

  it('leave an ignored file alone', async () => {
    const folder = await start({ ...shop, '.gitignore': 'generated/\n', '.git/HEAD': 'ref: refs/heads/main\n', 'generated/x.sql': 'CREATE TABLE a (id SERIAL PRIMARY KEY);\n' });
    const uri = folder.uriOf('generated/x.sql');
    await client.open(uri, folder.read('generated/x.sql'));
    const status = await client.ask<StatusAnswer>('databaseExpert/status', { uri });
    expect(status!.leftAlone).toContain('ignored');
  });
});
