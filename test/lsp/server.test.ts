import { describe, expect, it } from 'vitest';
import type { DocumentSymbol, Hover, Location } from 'vscode-languageserver/node';
import type { ConfigurationEditAnswer, ExplainRuleAnswer, PlanAnswer, RenderPlanAnswer, StatusAnswer } from '../../protocol/requests.ts';
import { TestFolder } from '../support/lspClient.ts';
import { client, init, openCoupons, shop, start, stopAfterEach } from '../support/lspShop.ts';

stopAfterEach();

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
    for (const params of [null, {}, { uri: 'file:///nowhere/a.sql', yaml: 'a: 1' }, { uri: folder.uri, yaml: 'a: [' }, { uri: folder.uri, dialect: 'oracle' }]) {
      await expect(client.ask('databaseExpert/configurationEdit', params)).rejects.toThrow('database-expert.yaml was not changed: ');
    }
  });

  it('names the page of a rule', async () => {
    await start(shop);
    expect((await client.ask<ExplainRuleAnswer>('databaseExpert/explainRule', { rule: 'prefer-identity' }))!.uri).toMatch(/docs\/rules\/prefer-identity\.md$/);
    expect(await client.ask<ExplainRuleAnswer>('databaseExpert/explainRule', { rule: '../../etc/passwd' })).toBeNull();
  });
});
