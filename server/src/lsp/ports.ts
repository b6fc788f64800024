import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loadAuthorities } from '../host/authorities.ts';
import { readListed } from '../host/files.ts';
import { gitApplied } from '../host/git.ts';
import { isListed } from '../host/listing.ts';
import { loadPrismaAuthority } from '../host/prismaAuthority.ts';
import type { SourceFile } from '../project/facts.ts';
import type { Authorities } from '../rules/syntax.ts';
import { Session, type SessionPorts } from '../session/session.ts';
import type { Analysis } from '../session/analysis.ts';
import type { SessionFactory } from './context.ts';
import { showProgress } from './progress.ts';
import { openPaths, scanShown, type FolderScan } from './scan.ts';
import { stackOf } from '../text/failure.ts';

/** Makes sessions that read the file system of this machine, and ask git only in a trusted workspace. */
export function sessionFactory(analysis: Partial<Analysis> = {}): SessionFactory {
  let grammars: Promise<Authorities> | undefined;
  return (root, context) => {
    const log: SessionPorts['log'] = (level, message) => context.log(level, message);
    // Without its grammar a dialect gets no syntax errors; everything else works.
    let holdsPrisma = false;
    const scan: FolderScan = async (onSlice) => {
      const found = await scanShown(root ?? '', showProgress(context, `Database Expert reads ${basename(root ?? '')}`), () => openPaths(context, root ?? ''), onSlice);
      holdsPrisma = found.files.some(({ path }) => path.endsWith('.prisma'));
      return found;
    };
    const sqlGrammars = (): Promise<Authorities> =>
      (grammars ??= loadAuthorities().catch((error: unknown) => {
        log('error', `the grammars could not be loaded: ${stackOf(error)}`);
        return {};
      }));
    // Prisma's engine takes a second to load, and is not asked where Prisma's own extension answers.
    const authorities = async (): Promise<Authorities> => {
      const known = await sqlGrammars();
      if (!holdsPrisma || context.options.prismaExtension) return known;
      const prisma = await loadPrismaAuthority().catch((error: unknown) => log('error', `Prisma's engine could not be loaded: ${String(error)}`));
      return prisma ? { ...known, prisma } : known;
    };
    const ports: SessionPorts =
      root === undefined
        ? { scan: async () => ({ files: [], leftAlone: [] }), read: async () => undefined, lists: () => false, exists: async () => false, applied: async () => ({ kind: 'none' }), authorities, log }
        : {
            scan,
            read: (path) => readOne(root, path),
            lists: (path) => isListed(root, path),
            exists: (path) => access(join(root, path)).then(() => true, () => false),
            applied: () => gitApplied(root, context.trusted),
            authorities,
            log,
          };
    return new Session({ ports, loose: root === undefined, analysis });
  };
}

async function readOne(root: string, path: string): Promise<SourceFile | undefined> {
  const read = readListed(root, path);
  return 'file' in read ? read.file : undefined;
}
