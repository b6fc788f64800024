import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preview_features } from '@prisma/prisma-schema-wasm';
import type { PrismaDiffRequest, SchemaText } from '../proofs/prisma/diff.ts';
import { engineText } from '../source/prisma/engineText.ts';
import { watchMemory } from './engines/memory.ts';
import { seal } from './engines/seal.ts';
import { loadPrismaSchemaEngine } from './prismaSchemaEngine.ts';
import { messageOf } from '../text/failure.ts';

// The entry of dist/prisma-diff.cjs: a process that compares two Prisma schemas, answers once and ends.

/** Bytes of memory that the process may hold; a schema of 90 models takes a third of it. */
const MEMORY = 512 * 1024 * 1024;

/** What the process answers. */
export type PrismaDiffAnswer = { readonly script: string } | { readonly failed: string };

process.on('disconnect', () => process.exit());
process.once('message', (request: PrismaDiffRequest) => {
  void answerTo(request)
    .catch((error: unknown): PrismaDiffAnswer => ({ failed: messageOf(error) }))
    .then((answer) => process.send?.(answer));
});

async function answerTo({ provider, from, to }: PrismaDiffRequest): Promise<PrismaDiffAnswer> {
  watchMemory(MEMORY);
  const features = new Set(JSON.parse(preview_features()) as string[]);
  const accepted = (files: readonly SchemaText[]) => files.map(({ path, text }) => ({ path, text: engineText(text, features) }));
  const [old, now] = [accepted(from), accepted(to)];
  const engine = await loadPrismaSchemaEngine(join(dirname(fileURLToPath(import.meta.url)), 'schema_engine_bg.wasm'));
  seal([]);
  return { script: await engine.diff(provider, old, now) };
}
