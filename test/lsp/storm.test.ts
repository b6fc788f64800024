import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ConfigurationEditAnswer, StatusAnswer } from '../../protocol/requests.ts';
import { TestClient, TestFolder } from '../support/lspClient.ts';

const files = {
  'm/0001_a.up.sql': 'CREATE TABLE a (id integer PRIMARY KEY);\n',
  'm/0001_a.down.sql': 'DROP TABLE a;\n',
  'm/0002_b.up.sql': 'CREATE TABLE b (id integer PRIMARY KEY);\n',
  'm/0002_b.down.sql': 'DROP TABLE b;\n',
};

let client: TestClient;
let folder: TestFolder;

async function start(more: Readonly<Record<string, string>> = {}): Promise<void> {
  folder = new TestFolder({ ...files, ...more });
  client = new TestClient();
  await client.initialize([folder]);
}

afterEach(async () => {
  vi.useRealTimers();
  await client.stop();
  folder.remove();
});

const readings = () => client.logs.filter(({ message }) => /^read \d+ files/.test(message)).length;
const status = (path: string) => client.ask<StatusAnswer>('databaseExpert/status', { uri: folder.uriOf(path) });

async function changed(...uris: readonly string[]): Promise<void> {
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: uris.map((uri) => ({ uri, type: 2 })) });
}

let passed = 0;

/** From now on the time in which pauses are measured goes on only in `pass`, however slow the machine is. */
function holdTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  passed = 0;
}

async function pass(milliseconds: number): Promise<void> {
  passed += milliseconds;
  await vi.advanceTimersByTimeAsync(milliseconds);
}

/** Lets time pass until an answer is here, and gives it. */
async function awaited<T>(answer: Promise<T>): Promise<T> {
  let here = false;
  const end = (): void => void (here = true);
  answer.then(end, end);
  while (!here) {
    await pass(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return answer;
}

/** Five hundred changes, of files that nobody has heard of before. */
const batch = (number: number) => changed(...Array.from({ length: 500 }, (_, i) => folder.uriOf(`m/${number * 500 + i + 10_000}_x.up.sql`)));

const roleOf = async (path: string) => (await awaited(status(path)))?.role;

describe('changes on disk', () => {
  test('ten thousand of them at once are worked off in one reading, and what is true at the end is seen', async () => {
    await start();
    await status('m/0002_b.up.sql');
    const before = readings();
    holdTime();
    for (let number = 0; number < 20; number++) await batch(number);
    folder.write('m/0003_c.up.sql', 'CREATE TABLE c (id integer PRIMARY KEY);\n');
    await changed(folder.uriOf('m/0003_c.up.sql'));
    // Messages are answered in turn: all that was told before has arrived with this answer, and no time has passed.
    await status('m/0002_b.up.sql');
    expect(readings()).toBe(before);
    while ((await roleOf('m/0003_c.up.sql')) !== 'migration') await pass(1);
    expect(readings()).toBe(before + 1);
  });

  test('those that do not end are worked off at intervals', async () => {
    await start();
    await status('m/0002_b.up.sql');
    const before = readings();
    holdTime();
    for (let number = 0; readings() < before + 3; number++) {
      await batch(number);
      await awaited(status('m/0002_b.up.sql'));
      await pass(50);
    }
    // An interval has 250 ms.
    expect(readings() - before).toBeLessThanOrEqual(passed / 250);
  });

  test('those in folders that are not read cost nothing', async () => {
    await start();
    await status('m/0002_b.up.sql');
    const before = readings();
    await changed(...Array.from({ length: 1000 }, (_, i) => folder.uriOf(`node_modules/p${i}/x.sql`)), folder.uriOf('.git/index'), folder.uriOf('vendor/a/b.sql'));
    folder.write('m/0002_b.up.sql', 'CREATE TABLE b (id integer PRIMARY KEY);\nSELECT 1;\n');
    await changed(folder.uriOf('m/0002_b.up.sql'));
    let statements = 0;
    while (statements !== 2) statements = (await status('m/0002_b.up.sql'))?.statements ?? 0;
    expect(readings()).toBe(before);
  });

  test('a file that goes away is forgotten', async () => {
    await start();
    expect((await status('m/0002_b.up.sql'))?.role).toBe('migration');
    folder.removeFile('m/0002_b.up.sql');
    await changed(folder.uriOf('m/0002_b.up.sql'));
    let role: string | null | undefined = 'migration';
    while (role === 'migration') role = (await status('m/0002_b.up.sql'))?.role;
    expect(role).toBeNull();
  });
});

test('the dialect of a file is shown with its source, and changed by way of the configuration', async () => {
  await start();
  expect(await status('m/0001_a.up.sql')).toMatchObject({ dialect: 'postgresql', dialectFrom: 'default' });
  const answer = await client.ask<ConfigurationEditAnswer>('databaseExpert/configurationEdit', { uri: folder.uriOf('m/0001_a.up.sql'), dialect: 'sqlite' });
  expect(answer).toMatchObject({ create: true, text: 'dialect: sqlite\n' });
  folder.write('database-expert.yaml', answer.text);
  await changed(folder.uriOf('database-expert.yaml'));
  let dialect: string | null | undefined = 'postgresql';
  while (dialect === 'postgresql') dialect = (await status('m/0001_a.up.sql'))?.dialect;
  expect(await status('m/0001_a.up.sql')).toMatchObject({ dialect: 'sqlite', dialectFrom: 'configuration' });
});

test('a file that was taken for another engine is read once its dialect is stated', async () => {
  await start({ 'other/x.sql': 'CREATE TABLE t (id int, n NVARCHAR(max));\n' });
  expect((await status('other/x.sql'))?.leftAlone).toMatch(/SQL Server/);
  const answer = await client.ask<ConfigurationEditAnswer>('databaseExpert/configurationEdit', { uri: folder.uriOf('other/x.sql'), dialect: 'sqlite' });
  folder.write('database-expert.yaml', answer.text);
  await changed(folder.uriOf('database-expert.yaml'));
  let left: string | null | undefined = '';
  while (left !== null) left = (await status('other/x.sql'))?.leftAlone;
  expect(await status('other/x.sql')).toMatchObject({ dialect: 'sqlite' });
});
