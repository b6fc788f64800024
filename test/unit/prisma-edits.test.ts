import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prismaToCatalog } from '../../server/src/schema/prisma.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import type { PrismaBlock, PrismaDocument } from '../../server/src/source/prisma/ast.ts';
import { readPrisma } from '../../server/src/source/prisma/read.ts';
import { rereadPrisma } from '../../server/src/source/prisma/reread.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
import { Random } from '../support/editing.ts';

const whole = process.env.DATABASE_EXPERT_WHOLE === '1';
const corpus = hasCorpora('edits of Prisma schemas');

const pieces = [
  '{', '}', '[', ']', '(', ')', '@', '@@', '"', ',', ':', '=', '/', '*', '//', '///', '\\', '\n', ' ', 'x', '1', '.', '?', 'model ', 'model A {', 'enum ', 'type ', 'view V {\n', '@relation(fields: [', '@@index([', '@default("', 'Int\n',
];

interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly added: string;
}

function randomEdit(random: Random, text: string): Edit {
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
      return { at, removed: 0, added: text.slice(random.below(text.length)).slice(0, random.below(60)).replaceAll('/*', '') };
    case 1:
      return { at, removed: random.below(80), added: '' };
    case 2:
      return { at, removed: random.below(20), added: random.pick(pieces) };
    case 3:
      return random.below(20) > 0 ? { at, removed: 1, added: '' } : { at, removed: text.length - at, added: '' };
    case 4:
    case 5:
      return { at, removed: 1 + random.below(2), added: '' };
    default:
      return { at, removed: 0, added: random.pick(pieces) };
  }
}

const apply = (text: string, { at, removed, added }: Edit): string => text.slice(0, at) + added + text.slice(at + removed);

/** A block without its places, to tell whether it is still there as it was. */
const told = (block: PrismaBlock): string => JSON.stringify(block, (key, value: unknown) => (/range|brace/i.test(key) ? undefined : value));

/** The blocks outside of the edit that are no longer read as they were; an edit that begins or ends in one may cost that one. */
function lost(before: readonly PrismaBlock[], after: readonly PrismaBlock[], { at, removed }: Edit): string[] {
  const left = new Map<string, number>();
  for (const block of after) left.set(told(block), (left.get(told(block)) ?? 0) + 1);
  return before.filter(({ range }) => range.end < at || range.start > at + removed).flatMap((block) => {
    const count = left.get(told(block)) ?? 0;
    left.set(told(block), count - 1);
    return count > 0 ? [] : [`${block.kind} ${block.name}`];
  });
}

const dialects: readonly Dialect[] = ['postgresql', 'mysql', 'sqlite'];

/** The tables and sequences that the schema makes, places included. */
function tables(document: PrismaDocument, text: string, dialect: Dialect): string {
  const { catalog } = prismaToCatalog([{ path: 'schema.prisma', document, text }], dialect);
  return JSON.stringify([[...catalog.tables.values()], [...catalog.sequences.values()]]);
}

describe.skipIf(!corpus)('random edits of a schema', () => {
  const texts = corpusFiles('', '.prisma').map((path) => readFileSync(join(corporaFolder, path), 'utf8'));

  test('lose at most the block that they are in', () => {
    const random = new Random(4);
    const bad: string[] = [];
    for (let round = 0; round < (whole ? 10_000 : 500); round++) {
      const text = random.pick(texts);
      const before = readPrisma(text).blocks;
      const edit = randomEdit(random, text);
      const gone = lost(before, readPrisma(apply(text, edit)).blocks, edit);
      const inside = before.some(({ range }) => range.start < edit.at + edit.removed && edit.at < range.end);
      // Between two blocks, a word more or less may cost the one that follows.
      if (gone.length > (inside ? 0 : 1)) bad.push(`${JSON.stringify(text.slice(Math.max(0, edit.at - 30), edit.at))} -${edit.removed} +${JSON.stringify(edit.added)}: ${gone.join(', ')}`);
    }
    expect(bad).toEqual([]);
  });

  test('read from the edit on, a text reads as it does from the start; the other blocks are the same objects', () => {
    const random = new Random(5);
    let kept = 0;
    let all = 0;
    for (let run = 0; run < (whole ? 1_000 : 50); run++) {
      let text = random.pick(texts);
      let document = readPrisma(text);
      for (let round = 0; round < 10; round++) {
        const edited = apply(text, randomEdit(random, text));
        const known = new Set(document.blocks);
        document = rereadPrisma({ text, document }, edited);
        text = edited;
        const anew = readPrisma(text);
        expect(document, text).toEqual(anew);
        const dialect = random.pick(dialects);
        expect(tables(document, text, dialect), text).toBe(tables(anew, text, dialect));
        kept += document.blocks.filter((block) => known.has(block)).length;
        all += document.blocks.length;
      }
    }
    expect(kept / all).toBeGreaterThan(0.5);
  });
});
