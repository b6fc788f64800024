import { readClientCalls } from '../../source/code/read.ts';
import type { PrismaFacts, SourceFile } from '../facts.ts';
import { isForeignStep } from '../fileKinds.ts';
import { folderOf } from '../paths.ts';
import { clientProperty, type PlacedCall } from './queries.ts';

const code = /\.[cm]?[jt]sx?$/;
/** What is no part of the running application: declarations, bundles, tests, and what fills or changes a database once. */
const apart = /[._](?:test|spec|stories|d|min|bundle)\.\w+$|(?:^|\/)(?:seeds?|seeders?|tests?|__\w+__|e2e|specs?|mocks?|fixtures|cypress|playwright|stories|scripts|examples?|migrations?)(?:\/|\.\w+$)/i;

/** Whether a file may hold calls of Prisma Client that the application makes every day. */
export function isClientCode(path: string): boolean {
  return code.test(path) && !apart.test(path) && !isForeignStep(path);
}

/** Whether a file is a Prisma schema; without one nobody calls its client. */
export function isPrismaSchema(path: string): boolean {
  return path.endsWith('.prisma');
}

const read = new WeakMap<SourceFile, readonly PlacedCall[]>();

/** The calls of a file; they are read once for each of its texts. */
function callsOf(file: SourceFile): readonly PlacedCall[] {
  let calls = read.get(file);
  if (!calls) read.set(file, (calls = readClientCalls(file.text).map((call) => ({ file: file.path, call }))));
  return calls;
}

/** A database as it is known before its calls are. */
interface Callee {
  readonly prisma?: PrismaFacts;
}

/**
 * Gives each call to the database whose Prisma schema has its model, by the order of the databases. Where several have it, that is the
 * one whose schema stands nearest above or beside the file; where that is not one alone, the call is left out.
 */
export function distributeCalls(files: readonly SourceFile[], databases: readonly Callee[]): (readonly PlacedCall[])[] {
  const homes = databases.map(({ prisma }) => ({ models: modelsOf(prisma), folders: prisma?.files.map(({ path }) => folderOf(path)) ?? [] }));
  const lists = databases.map((): PlacedCall[] => []);
  for (const placed of files.flatMap(callsOf)) {
    const nearness = homes.map(({ models, folders }) => (models.has(placed.call.model) ? Math.max(...folders.map((folder) => shared(folder, placed.file))) : -1));
    const best = Math.max(-1, ...nearness);
    if (best >= 0 && nearness.indexOf(best) === nearness.lastIndexOf(best)) lists[nearness.indexOf(best)]!.push(placed);
  }
  return lists;
}

function modelsOf(prisma: PrismaFacts | undefined): ReadonlySet<string> {
  const blocks = prisma?.files.flatMap(({ document }) => document.blocks) ?? [];
  return new Set(blocks.flatMap((block) => (block.kind === 'model' ? [clientProperty(block.name)] : [])));
}

/** How many folders two paths have in common, from the root on. */
function shared(folder: string, file: string): number {
  const [left, right] = [folder.split('/'), file.split('/')];
  const different = left.findIndex((segment, i) => segment !== right[i]);
  return different < 0 ? left.length : different;
}
