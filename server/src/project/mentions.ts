import { noteReadOf, type ReadKey } from '../schema/reads.ts';
import { bareName, namesIn } from '../source/names.ts';
import type { Statement } from '../source/statement.ts';

/** What stands in a history: something with a statement. */
interface Holder {
  readonly placed: { readonly statement: Statement };
}

/**
 * Which statements of a history name what. Brought forward statement by statement; nothing is read of a statement before somebody
 * asks for a name.
 */
export class Mentions<E extends Holder> {
  /** Statements whose names nobody asked for yet. */
  #waiting: Set<E> | undefined;
  /** Whether somebody noted a name as read. */
  #noted = false;
  readonly #byName = new Map<string, Set<E>>();

  constructor(entries: Iterable<E> = []) {
    this.#waiting = new Set(entries);
  }

  /** Takes in a statement. Gives the keys under which its names may have been read. */
  add(entry: E): readonly ReadKey[] {
    if (this.#waiting) this.#waiting.add(entry);
    else this.#index(entry);
    return this.#noted ? keysOf(entry) : [];
  }

  /** Forgets a statement. Gives the keys under which its names may have been read. */
  remove(entry: E): readonly ReadKey[] {
    if (this.#waiting) this.#waiting.delete(entry);
    else this.#forget(entry);
    return this.#noted ? keysOf(entry) : [];
  }

  /** Notes that what names an object was read; for what is made of the statements by other means. */
  note(key: string): void {
    this.#noted = true;
    noteReadOf('mentions', bareName(key));
  }

  /** The statements that name an object, by its name or its key in a catalog, in no order; some name another one that is called the same. */
  of(key: string): Iterable<E> {
    this.note(key);
    if (this.#waiting) {
      for (const entry of this.#waiting) this.#index(entry);
      this.#waiting = undefined;
    }
    return this.#byName.get(bareName(key)) ?? [];
  }

  #index(entry: E): void {
    for (const name of namesIn(entry.placed.statement)) {
      const known = this.#byName.get(name);
      if (known) known.add(entry);
      else this.#byName.set(name, new Set([entry]));
    }
  }

  #forget(entry: E): void {
    for (const name of namesIn(entry.placed.statement)) {
      const known = this.#byName.get(name);
      known?.delete(entry);
      if (known?.size === 0) this.#byName.delete(name);
    }
  }
}

function keysOf({ placed: { statement } }: Holder): ReadKey[] {
  return namesIn(statement).map((name): ReadKey => `mentions:${name}`);
}
