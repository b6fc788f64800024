import type { ReadKey } from '../../schema/reads.ts';

/** How many updates are remembered one by one. */
const remembered = 64;

/** The key under which the text of a file is read, whatever its statements are. */
export function textKey(file: string): ReadKey {
  return `text:${file}`;
}

/**
 * What changed in the facts of a database, update by update, by the keys under which it is read. Who keeps something that was
 * made from the facts asks here whether it still holds.
 */
export class Changes {
  #revision = 0;
  /** Keys that each of the last updates touched; undefined stands for everything. */
  #log: (ReadonlySet<ReadKey> | undefined)[] = [];

  get revision(): number {
    return this.#revision;
  }

  /** Notes an update that touched these keys; undefined when nothing may be taken to be as it was. */
  add(keys: ReadonlySet<ReadKey> | undefined): void {
    if (keys?.size === 0) return;
    this.#revision++;
    this.#log.push(keys);
    if (this.#log.length > remembered) this.#log.shift();
  }

  /** The keys touched since a revision; undefined when that cannot be told or everything was. */
  since(revision: number): ReadonlySet<ReadKey> | undefined {
    const count = this.#revision - revision;
    if (count > this.#log.length) return undefined;
    const touched = new Set<ReadKey>();
    for (const keys of count === 0 ? [] : this.#log.slice(-count)) {
      if (keys === undefined) return undefined;
      for (const key of keys) touched.add(key);
    }
    return touched;
  }
}
