/**
 * A persistent map from texts: a hash trie with 16 children to a node, of which only those that are there are kept. A change
 * copies the nodes on the way to one leaf and shares the rest. In no order.
 */
export type KeyTrie<T> = Node<T> | undefined;

type Node<T> = Leaf<T> | Branch<T>;

interface Leaf<T> {
  readonly hash: number;
  readonly key: string;
  readonly value: T;
  /** Another key with the very same hash. */
  readonly next: Leaf<T> | undefined;
  readonly children?: undefined;
}

interface Branch<T> {
  /** Which of the 16 children are there. */
  readonly bitmap: number;
  readonly children: readonly Node<T>[];
}

const bitsPerLevel = 4;

/** FNV-1a over UTF-16 units, stirred at the end because the trie looks at the lowest bits first. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) | 0;
}

/** How many of 16 bits are set. */
function countBits(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x5555);
  count = (count & 0x3333) + ((count >>> 2) & 0x3333);
  count = (count + (count >>> 4)) & 0x0f0f;
  return (count + (count >>> 8)) & 0x1f;
}

function bitAt(hash: number, level: number): number {
  return 1 << ((hash >>> level) & 15);
}

/** The value of a key, or undefined. */
export function lookUp<T>(trie: KeyTrie<T>, key: string): T | undefined {
  const hash = hashOf(key);
  let node = trie;
  for (let level = 0; node?.children !== undefined; level += bitsPerLevel) {
    const bit = bitAt(hash, level);
    node = (node.bitmap & bit) === 0 ? undefined : node.children[countBits(node.bitmap & (bit - 1))];
  }
  for (let leaf = node as Leaf<T> | undefined; leaf; leaf = leaf.next) if (leaf.key === key) return leaf.value;
  return undefined;
}

/** The trie with a key set; the same trie when the key has that value already. */
export function withKey<T>(trie: KeyTrie<T>, key: string, value: T): KeyTrie<T> {
  return put(trie, 0, { hash: hashOf(key), key, value, next: undefined });
}

function put<T>(node: Node<T> | undefined, level: number, leaf: Leaf<T>): Node<T> {
  if (node === undefined) return leaf;
  if (node.children === undefined) return node.hash === leaf.hash ? putInChain(node, leaf) : put(branchOver(node, level), level, leaf);
  const bit = bitAt(leaf.hash, level);
  const at = countBits(node.bitmap & (bit - 1));
  const children = node.children.slice();
  if ((node.bitmap & bit) === 0) {
    children.splice(at, 0, leaf);
    return { bitmap: node.bitmap | bit, children };
  }
  const child = put(children[at], level + bitsPerLevel, leaf);
  if (child === children[at]) return node;
  children[at] = child;
  return { bitmap: node.bitmap, children };
}

function branchOver<T>(leaf: Leaf<T>, level: number): Branch<T> {
  return { bitmap: bitAt(leaf.hash, level), children: [leaf] };
}

function putInChain<T>(chain: Leaf<T>, leaf: Leaf<T>): Leaf<T> {
  for (let old: Leaf<T> | undefined = chain; old; old = old.next) if (old.key === leaf.key && old.value === leaf.value) return chain;
  return { ...leaf, next: withoutLink(chain, leaf.key) };
}

function withoutLink<T>(chain: Leaf<T>, key: string): Leaf<T> | undefined {
  if (chain.key === key) return chain.next;
  return chain.next ? { ...chain, next: withoutLink(chain.next, key) } : chain;
}

/** The trie without a key; the same trie when it has none. */
export function withoutKey<T>(trie: KeyTrie<T>, key: string): KeyTrie<T> {
  return lookUp(trie, key) === undefined ? trie : take(trie!, 0, hashOf(key), key);
}

function take<T>(node: Node<T>, level: number, hash: number, key: string): Node<T> | undefined {
  if (node.children === undefined) return withoutLink(node, key);
  const bit = bitAt(hash, level);
  const at = countBits(node.bitmap & (bit - 1));
  const child = take(node.children[at]!, level + bitsPerLevel, hash, key);
  const children = node.children.slice();
  if (child) children[at] = child;
  else children.splice(at, 1);
  if (children.length === 0) return undefined;
  // A leaf alone needs no branch above it, so that a trie has one shape whatever was put in and taken out before.
  if (children.length === 1 && children[0]!.children === undefined) return children[0];
  return { bitmap: child ? node.bitmap : node.bitmap & ~bit, children };
}

/** Calls `visit` for every key, in no order that means anything. */
export function eachKey<T>(trie: KeyTrie<T>, visit: (key: string, value: T) => void): void {
  if (trie?.children !== undefined) for (const child of trie.children) eachKey(child, visit);
  else for (let leaf = trie; leaf; leaf = leaf.next) visit(leaf.key, leaf.value);
}
