import { eachKey, lookUp, withKey, withoutKey, type KeyTrie } from './keyTrie.ts';

/** Under what one part of an entry, or one item of a part that is a list, is found. */
type TextsOf<P> = (item: NonNullable<P> extends readonly (infer Item)[] ? Item : NonNullable<P>) => readonly string[] | string | undefined;

/** How entries of a collection are found by something else than their key: by what these parts of theirs say. */
export type IndexRule<V> = { readonly [P in keyof V]?: TextsOf<V[P]> };

/** A rule as it is run: parts and what they say, whatever the type of the entries. */
export type PlainRule = readonly { readonly part: string; readonly texts: (item: unknown) => readonly string[] | string | undefined }[];

/** {@link IndexRule} as it is run. */
export function plainRule<V>(rule: IndexRule<V>): PlainRule {
  return Object.entries(rule).map(([part, texts]) => ({ part, texts: texts as PlainRule[number]['texts'] }));
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

const nothing: readonly string[] = [];

/** Under which texts an entry is found no more, or is found now, when it is set (`before` undefined), replaced or taken away (`after` undefined). */
export function changedTexts(rule: PlainRule, before: unknown, after: unknown): readonly string[] {
  if (!differs(rule, before, after)) return nothing;
  const [old, now] = [textsOf(rule, before), textsOf(rule, after)];
  return [...without(old, now), ...without(now, old)];
}

/** The index after an entry was set, replaced or taken away. */
export function reindexed(index: KeyIndex, rule: PlainRule, key: string, before: unknown, after: unknown): KeyIndex {
  if (!differs(rule, before, after)) return index;
  const old = textsOf(rule, before);
  const now = textsOf(rule, after);
  let result = index;
  for (const text of without(old, now)) result = taken(result, text, key);
  for (const text of without(now, old)) result = added(result, text, key);
  return result;
}

type Parts = Readonly<Record<string, unknown>> | undefined;

/** Whether anything that says something differs; items that two lists have in the same place are passed over. */
function differs(rule: PlainRule, before: unknown, after: unknown): boolean {
  for (const { part, texts } of rule) {
    const old = (before as Parts)?.[part];
    const now = (after as Parts)?.[part];
    if (old === now) continue;
    if (!Array.isArray(old) && !Array.isArray(now)) return true;
    if (says(texts, old, now) || says(texts, now, old)) return true;
  }
  return false;
}

/** Whether an item of a list that another one does not have in that place says something. */
function says(texts: PlainRule[number]['texts'], list: unknown, other: unknown): boolean {
  if (!Array.isArray(list)) return false;
  for (let i = 0; i < list.length; i++) {
    if (Array.isArray(other) && other[i] === list[i]) continue;
    if (texts(list[i]) !== undefined) return true;
  }
  return false;
}

const none: ReadonlySet<string> = new Set();

/** Everything an entry is found under, each once. */
function textsOf(rule: PlainRule, value: unknown): ReadonlySet<string> {
  if (value === undefined) return none;
  const found = new Set<string>();
  for (const { part, texts } of rule) {
    const held = (value as Parts)?.[part];
    if (held === undefined) continue;
    for (const item of Array.isArray(held) ? (held as unknown[]) : [held]) {
      const text = texts(item);
      if (typeof text === 'string') found.add(text);
      else for (const one of text ?? nothing) found.add(one);
    }
  }
  return found;
}

function without(texts: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  const left: string[] = [];
  for (const text of texts) if (!others.has(text)) left.push(text);
  return left;
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
