import { eachKey, lookUp, withKey, withoutKey, type KeyTrie } from './keyTrie.ts';

/** How entries of a collection are found by something else than their key. */
export interface IndexRule<V> {
  /** What `keys` looks at: an entry that is replaced by one with the same parts is not looked at again. */
  readonly parts: readonly (keyof V)[];
  /** Under which texts an entry is found. */
  readonly keys: (value: V) => Iterable<string>;
}

/** Keys of entries by what they are found under: one key, which is usual, or a set of them. */
export type KeyIndex = KeyTrie<string | KeySet>;

/** Wrapped, so that a set is told from a key. */
interface KeySet {
  readonly keys: KeyTrie<true>;
}

function added(index: KeyIndex, text: string, key: string): KeyIndex {
  const held = lookUp(index, text);
  if (held === undefined) return withKey(index, text, key);
  if (held === key) return index;
  const keys = typeof held === 'string' ? withKey<true>(undefined, held, true) : held.keys;
  const more = withKey<true>(keys, key, true);
  return more === keys ? index : withKey(index, text, { keys: more });
}

function taken(index: KeyIndex, text: string, key: string): KeyIndex {
  const held = lookUp(index, text);
  if (held === undefined) return index;
  if (typeof held === 'string') return held === key ? withoutKey(index, text) : index;
  const keys = withoutKey(held.keys, key);
  return keys === undefined ? withoutKey(index, text) : withKey(index, text, { keys });
}

/** Under which texts an entry is found no more, or is found now, when it is set (`before` undefined), replaced or taken away (`after` undefined). */
export function changedTexts<V>(rule: IndexRule<V>, before: V | undefined, after: V | undefined): string[] {
  const { lost, gained } = textsBetween(rule, before, after);
  return [...lost, ...gained];
}

function textsBetween<V>(rule: IndexRule<V>, before: V | undefined, after: V | undefined): { readonly lost: readonly string[]; readonly gained: readonly string[] } {
  if (before === after || (before !== undefined && after !== undefined && rule.parts.every((part) => before![part] === after![part]))) return { lost: [], gained: [] };
  const old = before === undefined ? [] : [...rule.keys(before)];
  const now = after === undefined ? [] : [...rule.keys(after)];
  return { lost: old.filter((text) => !now.includes(text)), gained: now.filter((text) => !old.includes(text)) };
}

/** The index after an entry was set, replaced or taken away. */
export function reindexed<V>(index: KeyIndex, rule: IndexRule<V>, key: string, before: V | undefined, after: V | undefined): KeyIndex {
  const { lost, gained } = textsBetween(rule, before, after);
  let result = index;
  for (const text of lost) result = taken(result, text, key);
  for (const text of gained) result = added(result, text, key);
  return result;
}

/** The keys of the entries that are found under a text, in no order. */
export function keysUnder(index: KeyIndex, text: string): string[] {
  const held = lookUp(index, text);
  if (held === undefined) return [];
  if (typeof held === 'string') return [held];
  const keys: string[] = [];
  eachKey(held.keys, (key) => keys.push(key));
  return keys;
}
