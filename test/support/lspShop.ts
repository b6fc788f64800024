import { afterEach } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver/node';
import { TestClient, TestFolder, type ClientOptions } from './lspClient.ts';

export const init = `CREATE TABLE customers (
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
export const coupons = 'CREATE TABLE coupons (\n  id SERIAL PRIMARY KEY,\n  code text NOT NULL UNIQUE\n);\n';
/** A shop with one pending migration that is open in most tests. */
export const shop = {
  'database-expert.yaml': 'dialect: postgresql\nmigrations:\n  applied: none\nscale_targets:\n  rows:\n    orders: 5000000\n',
  'migrations/0001_init.up.sql': init,
  'migrations/0001_init.down.sql': 'DROP TABLE orders;\nDROP TABLE customers;\n',
  'migrations/0002_coupons.up.sql': coupons,
  'migrations/0002_coupons.down.sql': 'DROP TABLE coupons;\n',
};

/** The client that `connect` or `start` made last. */
export let client: TestClient;
let folders: TestFolder[] = [];

/** A folder of these files, which goes away after the test. */
export function folderOf(files: Readonly<Record<string, string>>): TestFolder {
  const folder = new TestFolder(files);
  folders.push(folder);
  return folder;
}

/** Starts a server that nobody has initialized yet. */
export function connect(options: ClientOptions = {}): void {
  client = new TestClient(options);
}

/** Starts a server on a folder of these files. */
export async function start(files: Readonly<Record<string, string>>, options: ClientOptions = {}): Promise<TestFolder> {
  const folder = folderOf(files);
  connect(options);
  await client.initialize([folder], options);
  return folder;
}

/** Ends the server after each test of a file. */
export function stopAfterEach(): void {
  afterEach(async () => {
    await client.stop();
    for (const folder of folders) folder.remove();
    folders = [];
  });
}

export const has = (rule: string) => (diagnostics: readonly Diagnostic[]) => diagnostics.some(({ code }) => code === rule);
export const lacks = (rule: string) => (diagnostics: readonly Diagnostic[]) => !has(rule)(diagnostics);

/** Opens the pending migration of the shop. */
export async function openCoupons(folder: TestFolder): Promise<string> {
  const uri = folder.uriOf('migrations/0002_coupons.up.sql');
  await client.open(uri, coupons);
  return uri;
}

/** The actions that are offered for a diagnostic. */
export async function actionsFor(uri: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
  return client.ask<CodeAction[]>('textDocument/codeAction', { textDocument: { uri }, range: diagnostic.range, context: { diagnostics: [diagnostic] } });
}
