import { describe, expect, it } from 'vitest';
import type { DocumentDiagnosticReport } from 'vscode-languageserver/node';
import { eventually } from '../support/lspClient.ts';
import { client, has, lacks, openCoupons, shop, start, stopAfterEach } from '../support/lspShop.ts';

stopAfterEach();

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

  it('follow code that calls Prisma Client, also in a file that was not there, and not what is ignored', async () => {
    const schema = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel Order {\n  id       Int    @id\n  tenantId Int\n  state    String\n}\n';
    const call = 'export const open = () => db.order.findMany({ where: { tenantId, state } });\n';
    const folder = await start({ '.gitignore': 'made/\n', 'schema.prisma': schema, 'src/a.ts': '' });
    const uri = folder.uriOf('schema.prisma');
    await client.open(uri, schema, 'prisma');
    await client.pushed(uri, lacks('missing-composite-index'));
    const changed = async (path: string, text: string) => {
      folder.write(path, text);
      await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: folder.uriOf(path), type: 2 }] });
    };
    await changed('made/a.ts', call);
    await changed('src/a.ts', call);
    const [finding] = await client.pushed(uri, has('missing-composite-index'));
    expect(finding!.relatedInformation!.map(({ location }) => location.uri)).toEqual([folder.uriOf('src/a.ts')]);
    await changed('src/a.ts', '');
    await client.pushed(uri, lacks('missing-composite-index'));
    await changed('src/new.ts', call);
    await client.pushed(uri, has('missing-composite-index'));
  });
});
