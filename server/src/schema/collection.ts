import { changedTexts, keysUnder, plainRule, reindexed, type IndexRule, type KeyIndex, type PlainRule } from './collection/keyIndex.ts';
import { lookUp, withKey, withoutKey, type KeyTrie } from './collection/keyTrie.ts';
import { eachChangedSlot, eachSlot, noSlots, slotAt, withSlot, type Slots } from './collection/slots.ts';
import { noteReadOf, type ReadKey } from './reads.ts';

export type { IndexRule } from './collection/keyIndex.ts';

interface Entry<V> {
  readonly key: string;
  readonly value: V;
}

/** What all states of one collection have in common. */
interface Kind {
  readonly name: string;
  readonly rules: readonly PlainRule[];
  /** Names of the indexes, in the order of the rules. */
  readonly indexes: readonly string[];
}

/** One state of a collection. */
interface State<V> {
  /** The slot of each key; slots are handed out in the order of insertion. */
  readonly places: KeyTrie<number>;
  readonly slots: Slots<Entry<V>>;
  readonly next: number;
  readonly size: number;
  /** In the order of the rules. */
  readonly indexes: readonly KeyIndex[];
}

/**
 * A persistent map with texts as keys: a change gives a new collection that shares nearly everything with the old one, in
 * O(log n). The order is that of insertion, as a Map has it. Reading is noted where someone records (see reads.ts).
 * Indexes find entries by something else than their key and follow every change.
 */
export class Collection<V, I extends string = never> implements ReadonlyMap<string, V> {
  readonly #kind: Kind;
  readonly #state: State<V>;

  private constructor(kind: Kind, state: State<V>) {
    this.#kind = kind;
    this.#state = state;
  }

  /** A collection without entries; reads of it are noted under its name, and it is kept up with the given indexes. */
  static empty<V, I extends string = never>(name: string, rules: Readonly<Record<string, IndexRule<V>>> = {}): Collection<V, I> {
    const kind: Kind = { name, rules: Object.values(rules).map((rule) => plainRule(rule)), indexes: Object.keys(rules) };
    return new Collection<V, I>(kind, { places: undefined, slots: noSlots, next: 0, size: 0, indexes: kind.rules.map(() => undefined) });
  }

  /** Keys whose values differ by identity between two states of a collection. Costs what differs, not what there is. */
  static changedKeys<V>(a: Collection<V, string>, b: Collection<V, string>): string[] {
    const candidates = new Set<string>();
    if (a !== b) eachChangedSlot(a.#state.slots, b.#state.slots, ({ key }) => candidates.add(key));
    return [...candidates].filter((key) => a.#peek(key) !== b.#peek(key));
  }

  /** What the change of these keys means for those who recorded what they read: the keys, what the indexes have them under, and the whole. */
  static changedReads<V>(a: Collection<V, string>, b: Collection<V, string>, keys: Iterable<string> = Collection.changedKeys(a, b)): ReadKey[] {
    const { name, rules, indexes } = a.#kind;
    const reads = new Set<ReadKey>();
    for (const key of keys) {
      const [before, after] = [a.#peek(key), b.#peek(key)];
      reads.add(`${name}:${key}`);
      rules.forEach((rule, i) => changedTexts(rule, before, after).forEach((text) => reads.add(`${name}.${indexes[i]!}:${text}`)));
    }
    return reads.size === 0 ? [] : [...reads, `${name}:*`];
  }

  get size(): number {
    noteReadOf(this.#kind.name, '*');
    return this.#state.size;
  }

  get(key: string): V | undefined {
    noteReadOf(this.#kind.name, key);
    return this.#peek(key);
  }

  has(key: string): boolean {
    noteReadOf(this.#kind.name, key);
    return lookUp(this.#state.places, key) !== undefined;
  }

  /** Keys of the entries that an index has under a text, in the order of the collection. Noted is that reading, not each entry. */
  keysBy(index: I, text: string): string[] {
    noteReadOf(`${this.#kind.name}.${index}`, text);
    const keys = keysUnder(this.#state.indexes[this.#kind.indexes.indexOf(index)], text);
    if (keys.length < 2) return keys;
    const placed = keys.map((key) => ({ key, place: lookUp(this.#state.places, key)! }));
    return placed.sort((a, b) => a.place - b.place).map(({ key }) => key);
  }

  keys(): MapIterator<string> {
    return this.#entries().map(({ key }) => key).values();
  }

  values(): MapIterator<V> {
    return this.#entries().map(({ value }) => value).values();
  }

  entries(): MapIterator<[string, V]> {
    return this.#entries().map(({ key, value }): [string, V] => [key, value]).values();
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(visit: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const { key, value } of this.#entries()) visit(value, key, this);
  }

  /** The collection with an entry set: in place when the key is there already, else last. The same one when nothing changes. */
  set(key: string, value: V): Collection<V, I> {
    return this.#with(withEntry(this.#kind, this.#state, key, key, value));
  }

  /** {@link set} of several entries, one after the other. */
  setAll(entries: Iterable<readonly [string, V]>): Collection<V, I> {
    let state = this.#state;
    for (const [key, value] of entries) state = withEntry(this.#kind, state, key, key, value);
    return this.#with(state);
  }

  /** The collection without a key; the same one when it has none. */
  delete(key: string): Collection<V, I> {
    return this.#with(withoutEntry(this.#kind, this.#state, key));
  }

  /** The collection with an entry under another key, in the same place. An entry that was under the new key goes. */
  move(from: string, to: string, value: V): Collection<V, I> {
    const cleared = from === to ? this.#state : withoutEntry(this.#kind, this.#state, to);
    return this.#with(withEntry(this.#kind, cleared, from, to, value));
  }

  #with(state: State<V>): Collection<V, I> {
    return state === this.#state ? this : new Collection<V, I>(this.#kind, state);
  }

  #peek(key: string): V | undefined {
    const place = lookUp(this.#state.places, key);
    return place === undefined ? undefined : slotAt(this.#state.slots, place)!.value;
  }

  #entries(): Entry<V>[] {
    noteReadOf(this.#kind.name, '*');
    return entriesOf(this.#state);
  }
}

function entriesOf<V>({ slots }: State<V>): Entry<V>[] {
  const entries: Entry<V>[] = [];
  eachSlot(slots, (entry) => entries.push(entry));
  return entries;
}

function follow(kind: Kind, indexes: readonly KeyIndex[], key: string, before: unknown, after: unknown): readonly KeyIndex[] {
  let followed: KeyIndex[] | undefined;
  for (let i = 0; i < indexes.length; i++) {
    const index = reindexed(indexes[i], kind.rules[i]!, key, before, after);
    if (index !== indexes[i]) (followed ??= indexes.slice())[i] = index;
  }
  return followed ?? indexes;
}

/** Puts an entry under `key` into the place of the one under `from`, or last when there is none. */
function withEntry<V>(kind: Kind, state: State<V>, from: string, key: string, value: V): State<V> {
  const place = lookUp(state.places, from);
  const old = place === undefined ? undefined : slotAt(state.slots, place);
  if (old?.key === key && old.value === value) return state;
  const at = place ?? state.next;
  const moved = old !== undefined && from !== key;
  const kept = moved ? follow(kind, state.indexes, from, old.value, undefined) : state.indexes;
  return {
    places: place !== undefined && !moved ? state.places : withKey(moved ? withoutKey(state.places, from) : state.places, key, at),
    slots: withSlot(state.slots, at, { key, value }),
    next: Math.max(state.next, at + 1),
    size: old ? state.size : state.size + 1,
    indexes: follow(kind, kept, key, moved ? undefined : old?.value, value),
  };
}

function withoutEntry<V>(kind: Kind, state: State<V>, key: string): State<V> {
  const place = lookUp(state.places, key);
  if (place === undefined) return state;
  const old = slotAt(state.slots, place)!;
  const indexes = follow(kind, state.indexes, key, old.value, undefined);
  const rest = { ...state, places: withoutKey(state.places, key), slots: withSlot(state.slots, place, undefined), size: state.size - 1, indexes };
  return rest.next > 64 && rest.next > 4 * rest.size ? closedUp(rest) : rest;
}

/** The same entries without the holes that those which are gone left. */
function closedUp<V>(state: State<V>): State<V> {
  let places: KeyTrie<number>;
  let slots: Slots<Entry<V>> = noSlots;
  const entries = entriesOf(state);
  entries.forEach((entry, i) => {
    places = withKey(places, entry.key, i);
    slots = withSlot(slots, i, entry);
  });
  return { ...state, places, slots, next: entries.length };
}
