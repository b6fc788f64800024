// Proofs: the first on a cold workspace, those after an edit, what memory an engine takes and gives back, and typing meanwhile.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LanguageClient } from './languageClient.mjs';
import { measure } from './processes.mjs';
import { median, quantile } from './statistics.mjs';

const timeout = 120_000;
const tables = 40;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const table = (number) => `CREATE TABLE items_${number} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL,
  parent_id bigint REFERENCES items_${Math.max(0, number - 1)} (id),
  state text NOT NULL DEFAULT 'new',
  note text,
  made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX items_${number}_account_idx ON items_${number} (account_id);
`;

/** Ten changes of schema, the last of which an edit turns into another. */
const tenStatements = (length) => `ALTER TABLE items_3 ADD COLUMN colour text;
CREATE INDEX items_3_colour_idx ON items_3 (colour);
ALTER TABLE items_4 ADD COLUMN size integer NOT NULL DEFAULT 0;
ALTER TABLE items_5 ALTER COLUMN note TYPE varchar(2000);
CREATE TABLE labels (id bigint PRIMARY KEY, item_id bigint NOT NULL REFERENCES items_3 (id), label text NOT NULL);
CREATE INDEX labels_item_idx ON labels (item_id);
ALTER TABLE items_6 RENAME COLUMN note TO remark;
ALTER TABLE items_7 DROP COLUMN note;
ALTER TABLE items_8 ADD CONSTRAINT items_8_state_check CHECK (state <> 'x');
ALTER TABLE items_9 ADD COLUMN code varchar(${length});
`;

/** Lays down a workspace of forty tables and a pending migration of ten statements. */
export function provingWorkspace(folder) {
  mkdirSync(join(folder, 'migrations'), { recursive: true });
  const pending = join(folder, 'migrations/000002_ten.up.sql');
  writeFileSync(join(folder, 'database-expert.yaml'), 'dialect: postgresql\nmigrations:\n  applied: "000001"\n');
  writeFileSync(join(folder, 'migrations/000001_init.up.sql'), Array.from({ length: tables }, (_, number) => table(number)).join(''));
  writeFileSync(pending, tenStatements(100));
  return { title: `${tables} tables, ten statements`, folder, pending };
}

/** A copy of trigger.dev's history, with its newest migration to be proved; undefined without the corpora. */
export function triggerWorkspace(corpora, folder) {
  const from = join(corpora, 'trigger.dev');
  if (!existsSync(from)) return undefined;
  cpSync(from, folder, { recursive: true });
  const migrations = join(folder, 'internal-packages/database/prisma/migrations');
  const newest = readdirSync(migrations, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort().at(-1);
  return { title: 'trigger.dev, its newest migration', folder, pending: join(migrations, newest, 'migration.sql') };
}

/** Milliseconds of `prove` on a file, processes and all; the median of some runs. */
export async function measureColdProof(cli, { folder, pending }, runs = 3) {
  const times = [];
  for (let run = 0; run < runs; run++) {
    const { milliseconds, output, stopped } = await measure([process.execPath, cli, 'prove', pending, '--format', 'json'], { cwd: folder, timeout });
    if (stopped) throw new Error(`The proof of ${pending} was stopped: ${stopped}.`);
    requireRun(JSON.parse(output).summary);
    times.push(milliseconds);
  }
  return median(times);
}

function requireRun({ notRun }) {
  if (notRun > 0) throw new Error(`${notRun} experiments did not run: the times would mean nothing.`);
}

/**
 * Proves through the language server: the first time, and after each of some edits.
 * @returns milliseconds `first`, `median`, `p95`; bytes `before`, `open`, `after` (the engine closes when nobody used it for half a minute)
 */
export async function measureServerProofs(command, { folder, pending }, edits = 12) {
  return await withServer(command, folder, async (client) => {
    const text = readFileSync(pending, 'utf8');
    await client.open(pending, text, timeout);
    await pause(1000);
    const before = client.resident;
    const first = await prove(client, pending);
    const times = [];
    let open = client.resident;
    for (let edit = 0; edit < edits; edit++) {
      // A comment changes the text that a proof holds for, whatever the migration is.
      await client.edit(pending, { offset: 0, length: 0, put: `-- ${edit}\n` }, timeout);
      await pause(300);
      times.push(await prove(client, pending));
      open = Math.max(open, client.resident);
    }
    await pause(35_000);
    return { first, median: median(times), p95: quantile(times, 0.95), before, open, after: client.resident };
  });
}

/** Milliseconds until diagnostics, of characters typed while nothing is proved and while proofs follow one another. */
export async function measureTypingMeanwhile(command, { folder, pending }, characters = 40) {
  const other = join(dirname(pending), '000003_typed.up.sql');
  const text = 'ALTER TABLE items_1 ADD COLUMN typed text;\n';
  writeFileSync(other, text);
  try {
    return await withServer(command, folder, async (client) => {
      await client.open(pending, readFileSync(pending, 'utf8'), timeout);
      await client.open(other, text, timeout);
      await prove(client, pending);
      const quiet = await typed(client, other, characters);
      let running = true;
      let proofs = 0;
      const proving = (async () => {
        for (; running; proofs++) {
          await client.edit(pending, { offset: 0, length: 0, put: `-- ${proofs}\n` }, timeout);
          await prove(client, pending);
        }
      })();
      const busy = await typed(client, other, characters);
      running = false;
      await proving;
      return { quiet, busy, proofs };
    });
  } finally {
    rmSync(other);
  }
}

async function typed(client, path, characters) {
  const times = [];
  for (let count = 0; count < characters; count++) {
    const change = count % 2 === 0 ? { offset: 32, length: 0, put: 'x' } : { offset: 32, length: 1, put: '' };
    times.push((await client.edit(path, change, timeout)).milliseconds);
    await pause(120);
  }
  return { median: median(times), p95: quantile(times, 0.95) };
}

async function prove(client, path) {
  const { milliseconds, result } = await client.ask('databaseExpert/prove', { uri: client.uriOf(path) }, timeout);
  if (result.reason !== undefined || result.notRun.length > 0) throw new Error(`Not proved: ${result.reason ?? result.notRun.join(' ')}`);
  return milliseconds;
}

/** The server has a folder of its own to keep proofs in, so that none is found there. */
async function withServer(command, folder, act) {
  const scratch = mkdtempSync(join(tmpdir(), 'database-expert-proofs-'));
  const client = new LanguageClient(command, { cwd: folder, env: { XDG_CACHE_HOME: scratch, XDG_STATE_HOME: scratch } });
  try {
    await client.initialize(folder, { diagnostics: { delay: 0 }, proofs: { background: false } });
    return await act(client);
  } finally {
    client.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}
