import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CodeAction, Hover } from 'vscode-languageserver/node';
import { TestClient, TestFolder, applyWorkspaceEdit, eventually, type ClientOptions } from '../support/lspClient.ts';
import { age, differ, loop, prismaRepository, second } from '../support/prismaRepository.ts';
import { sharedPostgres } from '../support/sharedEngine.ts';

const postgres = sharedPostgres();
afterAll(() => postgres.stop());

const up = 'CREATE INDEX orders_note ON orders (note);\n';
const shop = {
  'database-expert.yaml': 'dialect: postgresql\nmigrations:\n  applied: "0001"\n',
  'migrations/0001_init.up.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n',
  'migrations/0001_init.down.sql': 'DROP TABLE orders;\n',
  'migrations/0002_note.up.sql': up,
};
const settings = { proofs: { background: false } };
const concurrently = 'Build the index CONCURRENTLY';

let client: TestClient;
const remove: (() => void)[] = [];

afterEach(async () => {
  await client.stop();
  for (const one of remove.splice(0)) one();
});

async function start(folder: Pick<TestFolder, 'uri' | 'root'>, path: string, options: ClientOptions): Promise<string> {
  client = new TestClient(options);
  await client.initialize([folder as TestFolder], options);
  const uri = pathToFileURL(join(folder.root, path)).href;
  await client.open(uri, readFileSync(join(folder.root, path), 'utf8'));
  return uri;
}

async function inShop(): Promise<string> {
  const folder = new TestFolder(shop);
  remove.push(() => folder.remove());
  return await start(folder, 'migrations/0002_note.up.sql', { settings, engines: [postgres] });
}

const fixesOf = async (uri: string) => (await client.ask<CodeAction[]>('textDocument/codeAction', { textDocument: { uri }, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 10 } }, context: { diagnostics: [] } })).filter(({ title }) => /^(?:Build|Write)/.test(title));
const titles = async (uri: string) => (await fixesOf(uri)).map(({ title }) => title.replace(/18\.\d+/, '18'));

describe('quick fixes of a migration that was proved', () => {
  it('say what was seen of them, until the text changes', async () => {
    const uri = await inShop();
    expect(await titles(uri)).toEqual([concurrently, 'Write the down migration']);
    await client.ask('databaseExpert/prove', { uri, version: '0002' });
    await eventually(async () => ((await titles(uri))[0] !== concurrently ? true : undefined), () => 'what was seen of the fix');
    expect(await titles(uri)).toEqual([`${concurrently} (proved on PostgreSQL 18: same final schema, weaker locks as known of such statements)`, 'Write the down migration (proved on PostgreSQL 18)']);
    const [fix] = await fixesOf(uri);
    expect(fix).toMatchObject({ isPreferred: true });
    expect((await client.ask<CodeAction>('codeAction/resolve', fix!)).edit).toBeDefined();
    const hover = await client.ask<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 0, character: 8 } });
    const { value } = hover.contents as { value: string };
    expect(value).toContain(`${concurrently}: The schema comes out the same with the fix. What is held of orders gets weaker: Share, read through under Share before, ShareUpdateExclusive (known of such statements, not seen) with the fix.`);
    await client.edit(uri, '(note)', '(note, id)');
    expect(await titles(uri)).toEqual([concurrently, 'Write the down migration']);
  });

  it('say nothing when the workspace was proved: that takes no time for fixes', async () => {
    const uri = await inShop();
    await client.ask('databaseExpert/prove', null);
    expect(await titles(uri)).toEqual([concurrently, 'Write the down migration (proved on PostgreSQL 18)']);
  });
});

describe('the down of a migration of Prisma', () => {
  it('is the better one of the history and of the difference of the schemas, once it was proved', async () => {
    const root = await prismaRepository(`${loop}${age}`);
    remove.push(() => rmSync(root, { recursive: true, force: true }));
    const both = 'ALTER TABLE "User" DROP COLUMN name, DROP COLUMN age;\n';
    const uri = await start({ root, uri: pathToFileURL(root).href }, second, { settings, engines: [postgres], prismaDiffer: differ(both) });
    const offered = async () => (await client.ask<CodeAction[]>('textDocument/codeAction', { textDocument: { uri }, range: { start: { line: 1, character: 0 }, end: { line: 1, character: 10 } }, context: { diagnostics: [] } })).filter(({ title }) => title.startsWith('Write the down'));
    expect((await offered()).map(({ title }) => title)).toEqual([expect.not.stringContaining('Prisma')]);
    await client.ask('databaseExpert/prove', { uri });
    await eventually(async () => ((await offered())[0]?.title.includes('Prisma') ? true : undefined), () => 'what was seen of the down');
    const [action] = await offered();
    expect(action!.title).toMatch(/^Write the down migration from the difference of the two Prisma schemas \(proved on PostgreSQL 18\.\d+\)$/);
    const { edit } = await client.ask<CodeAction>('codeAction/resolve', action!);
    const made = applyWorkspaceEdit(client, edit!);
    expect([...made]).toEqual([[uri.replace('migration.sql', 'down.sql'), both]]);
  });
});
