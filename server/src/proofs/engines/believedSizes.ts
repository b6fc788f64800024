import type { PGlite } from '@electric-sql/pglite';
import { EngineRefusal, type BelievedSize } from '../engine.ts';
import { emptyTree } from './btreePages.ts';
import { dataDirectory, type VirtualFiles } from './virtualFiles.ts';
import { messageOf } from '../../text/failure.ts';

const PAGE = 8192;

/** PostgreSQL splits a relation into files of this size. */
const SEGMENT = 2 ** 30;

type Undo = () => void;

/**
 * Makes the planner see files of other sizes than there are. The planner asks for the length of a relation's files and believes it; in MEMFS the
 * length is a number beside the contents, so that no memory is used. Only EXPLAIN may run while sizes are believed; a relation that was believed
 * larger than a segment inside a transaction can not be read before that ends, because the server keeps the files open that it saw.
 */
export class Beliefs {
  readonly #database: PGlite;
  #undo: Undo[] = [];
  /** Relations whose files the server may have open with sizes that are believed no more. */
  #seen = new Set<string>();

  constructor(database: PGlite) {
    this.#database = database;
  }

  /**
   * Believes these sizes, and no others.
   * @throws EngineRefusal when a relation does not exist or has no file; nothing is believed then
   */
  async change(sizes: readonly BelievedSize[]): Promise<void> {
    const believed = this.#undo.length > 0;
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
    if (believed) await forget(this.#database, this.#seen);
    const relations: StoredRelation[] = [];
    for (const { relation } of sizes) relations.push(await relationOf(this.#database, relation));
    const files = this.#database.Module.FS as unknown as VirtualFiles;
    for (const { oid } of relations) this.#seen.add(oid);
    this.#undo = sizes.map((size, index) => believe(files, relations[index]!.path, size));
  }

  /** To be called before a request: once no transaction is open, the server forgets what it saw. */
  async settle(): Promise<void> {
    if (this.#seen.size === 0 || this.#undo.length > 0 || inTransaction(this.#database)) return;
    await forget(this.#database, this.#seen);
    this.#seen = new Set();
  }
}

interface StoredRelation {
  readonly oid: string;
  readonly path: string;
}

async function relationOf(database: PGlite, relation: string): Promise<StoredRelation> {
  const { rows } = await database.query<{ oid: string; path: string | null }>('SELECT $1::regclass::oid AS oid, pg_relation_filepath($1::regclass) AS path', [relation]).catch((error: unknown) => {
    throw new EngineRefusal(messageOf(error), error instanceof Error && 'code' in error ? String(error.code) : '');
  });
  const path = rows[0]?.path;
  if (!path) throw new EngineRefusal(`${relation} has no file of its own`, '42809');
  return { oid: rows[0]!.oid, path: `${dataDirectory}/${path}` };
}

function believe(files: VirtualFiles, path: string, { pages, levels }: BelievedSize): Undo {
  const { node } = files.lookupPath(path);
  const truth = node.usedBytes;
  const { contents } = node;
  const undo: Undo[] = [() => void (node.usedBytes = truth), () => void (node.contents = contents)];
  const tree = levels !== undefined && truth >= PAGE ? emptyTree(contents, levels) : undefined;
  if (tree) node.contents = tree;
  let rest = Math.max(tree?.byteLength ?? 0, Math.round(pages) * PAGE);
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

/**
 * A relation's files are closed at the end of a transaction when nothing holds them, and what holds them is the server's copy of its row in
 * pg_class: a change of that row throws the copy away, also when the change is taken back.
 */
async function forget(database: PGlite, oids: ReadonlySet<string>): Promise<void> {
  const change = `UPDATE pg_class SET relname = relname WHERE oid IN (${[...oids].join(', ')})`;
  if (!inTransaction(database)) await database.exec(`BEGIN; ${change}; ROLLBACK`);
  // A transaction that failed takes no savepoint; it is settled when it is over.
  else await database.exec(`SAVEPOINT believed; ${change}; ROLLBACK TO believed; RELEASE believed`).catch(() => undefined);
}

function inTransaction(database: PGlite): boolean {
  return database.Module._IsTransactionBlock() !== 0;
}
