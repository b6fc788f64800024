import type { EngineSession } from '../../engine.ts';
import type { LockSeen, RelationSeen, StatementLocks } from '../../outcome.ts';
import { type Held, locksIn, named, readLocked, type Relation, relationsOf } from './reading.ts';

/** What one statement was seen to do. */
export type Sight = Pick<StatementLocks, 'locks' | 'rewritten' | 'scanned'>;

/** What is known between two statements: the relations as they are, those that stood before the migration, and what is held. */
export class Watch {
  readonly #session: EngineSession;
  readonly #stood: Set<string>;
  #relations: Map<string, Relation>;
  #held: Held;

  private constructor(session: EngineSession, relations: Map<string, Relation>, stood: Set<string>, held: Held) {
    this.#session = session;
    this.#relations = relations;
    this.#stood = stood;
    this.#held = held;
  }

  /** Begins inside a transaction; `earlier` tells what stood before the migration when it is not the first look at it. */
  static async begin(session: EngineSession, earlier?: Watch): Promise<Watch> {
    const relations = await relationsOf(session);
    const { held } = await readLocked(session, relations);
    return new Watch(session, relations, earlier ? earlier.#stood : new Set(relations.keys()), held);
  }

  /** The strongest lock held per relation that stood before the migration. */
  held(): readonly LockSeen[] {
    return locksIn(this.#held, this.#standing());
  }

  /** Runs a statement and tells what it did. @throws EngineRefusal when it is refused; the transaction is then lost */
  async run(sql: string): Promise<Sight> {
    await this.#session.run(sql);
    const { held, relations } = await readLocked(this.#session, this.#relations);
    const replaced = this.#replaced(held, relations);
    const sight: Sight = {
      locks: locksIn(held, this.#standing(), this.#held),
      rewritten: relations.flatMap((now) => this.#rewritten(now, replaced.get(now.oid))).toSorted(byName),
      scanned: relations.flatMap((now) => this.#scanned(now)).toSorted(byName),
    };
    this.#advance(held, relations, replaced);
    return sight;
  }

  #standing(): ReadonlyMap<string, Relation> {
    return new Map([...this.#relations].filter(([oid]) => this.#stood.has(oid)));
  }

  /** Indexes that a change of type drops and makes again under the same name: the new oid with what stood there before. */
  #replaced(held: Held, relations: readonly Relation[]): ReadonlyMap<string, Relation> {
    const present = new Set(relations.map(({ oid }) => oid));
    const gone = new Map([...held.keys()].flatMap((oid) => {
      const before = this.#relations.get(oid);
      return before && !present.has(oid) && this.#stood.has(oid) ? [[before.relation, before] as const] : [];
    }));
    return new Map(relations.flatMap((now) => {
      const before = this.#relations.has(now.oid) ? undefined : gone.get(now.relation);
      return before?.kind === now.kind ? [[now.oid, before] as const] : [];
    }));
  }

  #rewritten(now: Relation, replaced: Relation | undefined): RelationSeen[] {
    const before = replaced ?? (this.#stood.has(now.oid) ? this.#relations.get(now.oid) : undefined);
    return before && before.file !== now.file && now.file !== null ? [named(before)] : [];
  }

  #scanned(now: Relation): StatementLocks['scanned'] {
    const before = this.#relations.get(now.oid);
    if (!before || !this.#stood.has(now.oid) || (now.kind !== 'table' && now.kind !== 'materialized view')) return [];
    const scans = now.scans - before.scans;
    return scans > 0 ? [{ relation: before.relation, rows: Math.round((now.rows - before.rows) / scans) }] : [];
  }

  #advance(held: Held, relations: readonly Relation[], replaced: ReadonlyMap<string, Relation>): void {
    const present = new Set(relations.map(({ oid }) => oid));
    for (const oid of held.keys()) if (!present.has(oid)) this.#relations.delete(oid);
    for (const now of relations) this.#relations.set(now.oid, now);
    for (const oid of replaced.keys()) this.#stood.add(oid);
    this.#held = held;
  }
}

/** The engine lists what is locked in no order that means anything. */
function byName(a: { readonly relation: string }, b: { readonly relation: string }): number {
  return a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : 0;
}
