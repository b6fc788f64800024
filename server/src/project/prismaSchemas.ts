import type { Dialect } from '../source/dialect.ts';
import type { PrismaConfigBlock, PrismaDocument } from '../source/prisma/ast.ts';
import { folderOf, isInside } from './paths.ts';

/** A `.prisma` file that has been read. */
export interface PrismaFile {
  readonly path: string;
  readonly text: string;
  readonly document: PrismaDocument;
}

/** The files of one Prisma schema: one that names the datasource, and those that go with it. */
export interface PrismaSchema {
  readonly folder: string;
  readonly files: readonly PrismaFile[];
  readonly provider?: string;
  readonly relationMode: 'foreignKeys' | 'prisma';
}

function datasource(document: PrismaDocument): PrismaConfigBlock | undefined {
  return document.blocks.find((block): block is PrismaConfigBlock => block.kind === 'datasource');
}

/** The text of the block that names the datasource; undefined for a file without one. */
export function datasourceText(document: PrismaDocument, text: string): string | undefined {
  const block = datasource(document);
  return block && text.slice(block.range.start, block.range.end);
}

function property(block: PrismaConfigBlock | undefined, name: string): string | undefined {
  const value = block?.properties.find((one) => one.name === name)?.value;
  return value && 'value' in value ? value.value : undefined;
}

/** The dialect of a Prisma provider, or undefined for engines that are none of ours. */
export function dialectOfProvider(provider: string): Dialect | undefined {
  switch (provider) {
    case 'postgresql':
    case 'postgres':
    case 'prisma+postgres':
      return 'postgresql';
    case 'mysql':
      return 'mysql';
    case 'sqlite':
      return 'sqlite';
    default:
      return undefined;
  }
}

/**
 * Groups Prisma files into schemas. A file without a datasource goes with the nearest one in its own folder or above,
 * else with one below a common parent (`schema/` beside `models/`), else it stands alone.
 */
export function groupPrismaFiles(files: readonly PrismaFile[]): PrismaSchema[] {
  const heads = files.filter(({ document }) => datasource(document));
  const members = new Map<PrismaFile, PrismaFile[]>(heads.map((head) => [head, [head]]));
  const alone = new Map<string, PrismaFile[]>();
  for (const file of files) {
    if (members.has(file)) continue;
    const head = nearestHead(file, heads);
    if (head) members.get(head)!.push(file);
    else alone.set(folderOf(file.path), [...(alone.get(folderOf(file.path)) ?? []), file]);
  }
  const schemas = [...members].map(([head, group]) => {
    const block = datasource(head.document);
    const provider = property(block, 'provider');
    return {
      folder: folderOf(head.path),
      files: group,
      ...(provider === undefined ? {} : { provider }),
      relationMode: property(block, 'relationMode') === 'prisma' ? ('prisma' as const) : ('foreignKeys' as const),
    };
  });
  const headless = [...alone].map(([folder, group]) => ({ folder, files: group, relationMode: 'foreignKeys' as const }));
  return [...schemas, ...headless].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function nearestHead(file: PrismaFile, heads: readonly PrismaFile[]): PrismaFile | undefined {
  const above = heads.filter((head) => isInside(folderOf(head.path), file.path));
  const nearest = above.sort((a, b) => folderOf(b.path).length - folderOf(a.path).length)[0];
  if (nearest) return nearest;
  const parent = folderOf(folderOf(file.path));
  const beside = parent === '' ? [] : heads.filter((head) => isInside(parent, head.path));
  return beside.length === 1 ? beside[0] : undefined;
}
