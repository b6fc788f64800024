import { mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GivenUp, LanguageClient } from './languageClient.mjs';
import { median, quantile } from './statistics.mjs';

const timeout = 30_000;
/** Typing ends when it took longer than this, and after this many rounds through the places. */
const enough = 15_000;
const rounds = 6;
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
 * Types one character into a file and takes it away again, at several places in turn: in names of tables and columns, in a comment, between
 * statements; at the beginning, in the middle and at the end.
 * @returns `open` (milliseconds until the first diagnostics), `median`, `p95`, `samples`, `findings`, `bytes`, and `stopped` when it was given up.
 */
export function measureTyping(server, { path, text }) {
  return withClient(server, dirname(path), async (client, result) => {
    Object.assign(result, opened(await client.open(path, text, timeout)));
    await pause(1000);
    await type(client, result, path, text);
  });
}

/** A line break put in above the first statement, which moves all that a server pushes without being asked. */
export function measurePushed(server, { path, text }) {
  return withClient({ ...server, push: true }, dirname(path), async (client, result) => {
    Object.assign(result, opened(await client.open(path, text, timeout)));
    await pause(1000);
    await type(client, result, path, text, { places: [{ offset: 0, put: '\n' }] });
  });
}

/** The same in the newest migration of a workspace, and then in one of the middle: `back` is until its own diagnostics, `others` until those of the newest. */
export function measureWorkspaceTyping(server, { folder, newest, middle }, texts) {
  return withClient(server, folder, async (client, result) => {
    Object.assign(result, opened(await client.open(newest, texts.newest, timeout)));
    await client.open(middle, texts.middle, timeout);
    await pause(1000);
    await type(client, result, newest, texts.newest);
    await type(client, (result.back = {}), middle, texts.middle);
    await type(client, (result.others = {}), middle, texts.middle, { shown: newest });
  });
}

async function withClient({ command, env, settings, push = false }, folder, act) {
  const client = new LanguageClient(command, { cwd: folder, env: env?.(), push });
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

async function type(client, result, path, text, { shown, places = placesOf(text) } = {}) {
  const times = [];
  const begin = Date.now();
  const edit = async (one) => {
    times.push((await client.edit(path, one, timeout, shown)).milliseconds);
    await pause(rest);
  };
  try {
    for (let round = 0; round < rounds; round++) {
      for (const { offset, put } of places) {
        if (Date.now() - begin > enough) return;
        await edit({ offset, length: 0, put });
        await edit({ offset, length: put.length, put: '' });
      }
    }
  } finally {
    Object.assign(result, { median: median(times), p95: quantile(times, 0.95), samples: times.length });
  }
}

/** Where a character is typed: behind what a pattern finds first from a share of the text on. */
const typing = [
  { from: 0.5, pattern: /\n\s+"?[a-z]\w*/gi },
  { from: 0.95, pattern: /\b(?:TABLE|ON)\s+(?:ONLY\s+)?[\w."]+\w/gi },
  { from: 0.3, pattern: /--[^\n]*\w/g },
  { from: 0, pattern: /\n\s+"?[a-z]\w*/gi },
  { from: 0.7, pattern: /;\n/g },
];

/** The places that a text has; the end of its last word where it has none. */
function placesOf(text) {
  const places = typing.flatMap(({ from, pattern }) => {
    pattern.lastIndex = Math.floor(text.length * from);
    return pattern.test(text) ? [{ offset: pattern.lastIndex, put: 'x' }] : [];
  });
  return places.length > 0 ? places : [{ offset: text.search(/\w\W*$/) + 1, put: 'x' }];
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
