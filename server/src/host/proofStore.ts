import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProofStore } from '../proofs/store.ts';
import { messageOf } from '../text/failure.ts';

/** Proofs that are kept at most; the oldest go first. */
const most = 1000;

/** Keeps proofs as files of a folder that belongs to the editor, one per key. What can not be read or written there is proved again. */
export function fileStore(folder: string, log: (message: string) => void): ProofStore {
  const pathOf = (key: string): string => join(folder, `${key}.json`);
  let written = 0;
  return {
    async get(key) {
      const text = await readFile(pathOf(key), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : readKept(text, key);
    },
    async put(proof) {
      const target = pathOf(proof.key);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(`${target}.${process.pid}`, JSON.stringify(proof));
        await rename(`${target}.${process.pid}`, target);
        if (written++ % 50 === 0) await prune(folder);
      } catch (error) {
        log(`a proof could not be kept: ${messageOf(error)}`);
      }
    },
  };
}

/** Reads what was kept under a key; undefined when it is something else. */
function readKept(text: string, key: string): { readonly key: string } | undefined {
  try {
    const kept = JSON.parse(text) as { readonly key?: unknown } | null;
    return kept?.key === key ? { ...kept, key } : undefined;
  } catch {
    return undefined;
  }
}

async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  if (names.length <= most) return;
  const aged = await Promise.all(names.map(async (name) => ({ name, time: (await stat(join(folder, name))).mtimeMs })));
  const old = aged.toSorted((a, b) => a.time - b.time).slice(0, names.length - most);
  await Promise.all(old.map(({ name }) => rm(join(folder, name), { force: true })));
}
