import { describe, expect, it } from 'vitest';
import type { Diagnostic, DocumentSymbol } from 'vscode-languageserver/node';
import type { StatusAnswer } from '../../protocol/requests.ts';
import { eventually } from '../support/lspClient.ts';
import { client, connect, coupons, folderOf, has, init, lacks, openCoupons, shop, start, stopAfterEach } from '../support/lspShop.ts';

stopAfterEach();

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
    const first = folderOf(shop);
    const second = folderOf({ 'mysql/schema.sql': 'CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY);\n' });
    connect();
    await client.initialize([first, second]);
    const uri = second.uriOf('mysql/schema.sql');
    await client.open(uri, second.read('mysql/schema.sql'));
    expect(await client.ask<StatusAnswer>('databaseExpert/status', { uri })).toMatchObject({ dialect: 'mysql' });
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [{ uri: second.uri, name: 'x' }] } });
    const other = await openCoupons(first);
    await client.pushed(other, has('prefer-identity'));
  });

  it('hand an open file over when folders come and go', async () => {
    const folder = folderOf(shop);
    const uri = folder.uriOf('migrations/0002_coupons.up.sql');
    const move = (kind: 'added' | 'removed') => client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [], [kind]: [{ uri: folder.uri, name: 'shop' }] } });
    const onLine = (line: number) => (diagnostics: readonly Diagnostic[]) => diagnostics.some(({ code, range }) => code === 'prefer-identity' && range.start.line === line);
    connect();
    await client.initialize([]);
    await client.open(uri, coupons);
    await client.pushed(uri, onLine(1));
    await move('added');
    await client.edit(uri, 'CREATE', '-- a line above\nCREATE');
    await client.pushed(uri, onLine(2));
    await move('removed');
    await client.ask('databaseExpert/status', { uri });
    const symbols = await client.ask<readonly DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    expect(symbols[0]).toMatchObject({ range: { start: { line: 1 } } });
  });

  it('know a file as it stands on disk once an inner folder has closed it', async () => {
    const outer = folderOf(shop);
    const uri = outer.uriOf('migrations/0002_coupons.up.sql');
    const inner = { uri: `${outer.uri}/migrations`, name: 'migrations' };
    connect();
    await client.initialize([outer]);
    await client.open(uri, coupons.replace('code text', 'kode text'));
    await client.pushed(uri, has('prefer-identity'));
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [inner], removed: [] } });
    await client.close(uri);
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [inner] } });
    const symbols = await client.ask('textDocument/documentSymbol', { textDocument: { uri } });
    expect(JSON.stringify(symbols)).toContain('code');
    expect(JSON.stringify(symbols)).not.toContain('kode');
  });

  it('read a file outside of any folder on its own', async () => {
    await start(shop);
    await client.open('untitled:Untitled-1', 'CREATE TABLE a (id SERIAL PRIMARY KEY);\n');
    await client.pushed('untitled:Untitled-1', has('prefer-identity'));
  });

  it('answer nothing before initialize or after shutdown', async () => {
    connect();
    const ask = () => client.ask('textDocument/hover', { textDocument: { uri: 'file:///a.sql' }, position: { line: 0, character: 0 } });
    await expect(ask()).rejects.toMatchObject({ code: -32002 });
    await client.initialize([]);
    expect(await ask()).toBe(null);
    await client.connection.sendRequest('shutdown');
    await expect(ask()).rejects.toMatchObject({ code: -32600 });
  });

  it('read a file where no folder is open', async () => {
    connect();
    await client.initialize([]);
    const folder = folderOf({ 'a.sql': 'CREATE TABLE a (id SERIAL PRIMARY KEY);\n' });
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
