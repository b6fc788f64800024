import { mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GivenUp, LanguageClient } from './languageClient.mjs';
import { median, quantile } from './statistics.mjs';

const timeout = 30_000;
/** Typing ends when it took longer than this, and after this many characters. */
const enough = 12_000;
const strokes = 24;
/** Milliseconds between two characters. */
const rest = 120;

/** How each server is started. Postgres Language Server leaves a daemon and its socket behind, so each start has a scratch folder. */
export function servers({ cli, squawk, pgls }, scratch) {
  mkdirSync(scratch, { recursive: true });
  return {
    ours: { command: [process.execPath, cli, 'lsp', '--stdio'], settings: { diagnostics: { delay: 0 } } },
    squawk: { command: [squawk, 'server'] },
    pgls: { command: [pgls, 'lsp-proxy'], env: () => ownFolder(mkdtempSync(join(scratch, 'pgls-'))) },
  };
}

const ownFolder = (folder) => ({ TMPDIR: folder, XDG_CACHE_HOME: folder, PGT_LOG_PATH: join(folder, 'log') });

/**
 * Types one character into a name in the middle of a file and takes it away again, over and over.
 * @returns `open` (milliseconds until the first diagnostics), `median`, `p95`, `samples`, `findings`, `bytes`, and `stopped` when it was given up.
 */
export function measureTyping(server, { path, text }) {
  return withClient(server, dirname(path), async (client, result) => {
    Object.assign(result, opened(await client.open(path, text, timeout)));
    await pause(1000);
    await type(client, result, path, text);
  });
}

/** The same in the newest migration of a workspace, and then in one of the middle: `back` is until its own diagnostics, `rest` until those of the newest. */
export function measureWorkspaceTyping(server, { folder, newest, middle }, texts) {
  return withClient(server, folder, async (client, result) => {
    Object.assign(result, opened(await client.open(newest, texts.newest, timeout)));
    await client.open(middle, texts.middle, timeout);
    await pause(1000);
    await type(client, result, newest, texts.newest);
    const back = {};
    await type(client, back, middle, texts.middle);
    result.back = back;
    const others = {};
    await type(client, others, middle, texts.middle, newest);
    result.others = others;
  });
}

async function withClient({ command, env, settings }, folder, act) {
  const client = new LanguageClient(command, { cwd: folder, env: env?.() });
  const result = {};
  try {
    await client.initialize(folder, settings);
    await act(client, result);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    result.stopped = error.reason;
  } finally {
    result.bytes = client.memory;
    client.stop();
  }
  return result;
}

const opened = ({ milliseconds, findings }) => ({ open: milliseconds, findings });

async function type(client, result, path, text, shown) {
  const offset = nameEnd(text);
  const times = [];
  const begin = Date.now();
  try {
    for (let stroke = 0; stroke < strokes && Date.now() - begin < enough; stroke++) {
      const edit = stroke % 2 === 0 ? { offset, length: 0, put: 'x' } : { offset, length: 1, put: '' };
      times.push((await client.edit(path, edit, timeout, shown)).milliseconds);
      await pause(rest);
    }
  } finally {
    Object.assign(result, { median: median(times), p95: quantile(times, 0.95), samples: times.length });
  }
}

/** Where the first name ends that begins a line in the second half of the file; else where the last word of the file ends. */
function nameEnd(text) {
  const half = Math.floor(text.length / 2);
  const found = /\n\s+"?[a-z]\w*/i.exec(text.slice(half));
  return found ? half + found.index + found[0].length : text.search(/\w\W*$/) + 1;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
