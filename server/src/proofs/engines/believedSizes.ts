import type { PGlite } from '@electric-sql/pglite';
import { EngineRefusal, type BelievedSize } from '../engine.ts';
import { dataDirectory, type VirtualFiles } from './virtualFiles.ts';

const PAGE = 8192;

/** PostgreSQL splits a relation into files of this size. */
const SEGMENT = 2 ** 30;

/** Where the levels of a btree stand in its first page: BTMetaPageData.btm_level and btm_fastlevel behind a page header of 24 bytes. */
const levelOffsets = [36, 44];

type Undo = () => void;

/**
 * Makes the planner see files of other sizes than there are. The planner asks for the length of a relation's files and believes it; in MEMFS the
 * length is a number beside the contents, so that no memory is used. Only EXPLAIN may run until it is undone.
 * @returns undoes it, and makes the server forget what it remembers of the files
 * @throws EngineRefusal when a relation does not exist or has no file; nothing is believed then
 */
export async function believeSizes(database: PGlite, sizes: readonly BelievedSize[]): Promise<() => Promise<void>> {
  const files = database.Module.FS as unknown as VirtualFiles;
  const undo: Undo[] = [];
  try {
    for (const size of sizes) undo.push(believe(files, await fileOf(database, size.relation), size));
  } catch (error) {
    for (const one of undo.reverse()) one();
    throw error;
  }
  return async () => {
    for (const one of undo.reverse()) one();
    await forget(database, sizes);
  };
}

async function fileOf(database: PGlite, relation: string): Promise<string> {
  const { rows } = await database.query<{ path: string | null }>('SELECT pg_relation_filepath($1::regclass) AS path', [relation]).catch((error: unknown) => {
    throw new EngineRefusal(error instanceof Error ? error.message : String(error), error instanceof Error && 'code' in error ? String(error.code) : '');
  });
  const path = rows[0]?.path;
  if (!path) throw new EngineRefusal(`${relation} has no file of its own`, '42809');
  return `${dataDirectory}/${path}`;
}

function believe(files: VirtualFiles, path: string, { pages, levels }: BelievedSize): Undo {
  const { node } = files.lookupPath(path);
  const truth = node.usedBytes;
  const undo: Undo[] = [() => void (node.usedBytes = truth)];
  if (levels !== undefined) undo.push(believeLevels(node.contents, levels));
  let rest = Math.max(0, Math.round(pages)) * PAGE;
  node.usedBytes = Math.min(rest, SEGMENT);
  rest -= node.usedBytes;
  for (let segment = 1; rest > 0; segment++) {
    const name = `${path}.${segment}`;
    files.writeFile(name, new Uint8Array());
    const part = files.lookupPath(name).node;
    part.usedBytes = Math.min(rest, SEGMENT);
    rest -= part.usedBytes;
    undo.push(() => {
      part.usedBytes = 0;
      files.unlink(name);
    });
  }
  return () => undo.reverse().forEach((one) => one());
}

function believeLevels(page: Uint8Array, levels: number): Undo {
  if (page.byteLength < PAGE) return () => undefined;
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const truth = levelOffsets.map((offset) => view.getUint32(offset, true));
  for (const offset of levelOffsets) view.setUint32(offset, levels, true);
  return () => levelOffsets.forEach((offset, index) => view.setUint32(offset, truth[index]!, true));
}

/**
 * The server keeps the files open with the lengths it saw. A change of the relation's catalog row makes it close them, also when it is taken
 * back; measured with COMMENT ON, which works inside a transaction and outside.
 */
async function forget(database: PGlite, sizes: readonly BelievedSize[]): Promise<void> {
  const { rows } = await database.query<{ kind: string; name: string }>(
    `SELECT CASE relkind WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, oid::regclass::text AS name
     FROM pg_class WHERE oid = ANY (SELECT to_regclass(n) FROM unnest($1::text[]) AS n)`,
    [sizes.map(({ relation }) => relation)],
  );
  if (rows.length === 0) return;
  const comments = rows.map(({ kind, name }) => `COMMENT ON ${kind} ${name} IS 'believed'`).join(';');
  const inside = database.Module._IsTransactionBlock() !== 0;
  await database.exec(inside ? `SAVEPOINT believed;${comments};ROLLBACK TO believed;RELEASE believed` : `BEGIN;${comments};ROLLBACK`);
}
