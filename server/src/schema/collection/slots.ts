/**
 * A persistent list with holes: a tree of 16 children to a node, filled from the left. A change copies the nodes on the way to
 * one slot and shares the rest.
 */
export interface Slots<T> {
  /** How many levels of nodes stand above the slots, less one. */
  readonly height: number;
  readonly root: SlotNode<T>;
}

/** Nodes above height 0 hold nodes, those at height 0 what is in the slots. */
type SlotNode<T> = readonly (SlotNode<T> | T | undefined)[];

const bits = 4;
const mask = 15;

/** No slot is filled. */
export const noSlots: Slots<never> = { height: 0, root: [] };

/** What is in a slot, undefined where nothing is. */
export function slotAt<T>({ height, root }: Slots<T>, index: number): T | undefined {
  if (index >>> (bits * (height + 1)) !== 0) return undefined;
  let node: SlotNode<T> | undefined = root;
  for (let level = height; level > 0; level--) node = node?.[(index >>> (bits * level)) & mask] as SlotNode<T> | undefined;
  return node?.[index & mask] as T | undefined;
}

/** The list with one slot filled, or emptied (undefined). */
export function withSlot<T>(slots: Slots<T>, index: number, value: T | undefined): Slots<T> {
  let { height, root } = slots;
  while (index >>> (bits * (height + 1)) !== 0) {
    root = [root];
    height++;
  }
  return { height, root: put(root, height, index, value) };
}

function put<T>(node: SlotNode<T> | undefined, level: number, index: number, value: T | undefined): SlotNode<T> {
  const copy = node?.slice() ?? [];
  const at = (index >>> (bits * level)) & mask;
  while (copy.length < at) copy.push(undefined);
  copy[at] = level === 0 ? value : put(copy[at] as SlotNode<T> | undefined, level - 1, index, value);
  return copy;
}

/** Calls `visit` for what is in the slots, from the left. */
export function eachSlot<T>({ height, root }: Slots<T>, visit: (value: T) => void): void {
  walk(root, height, visit);
}

function walk<T>(node: SlotNode<T>, level: number, visit: (value: T) => void): void {
  for (const child of node) {
    if (child === undefined) continue;
    if (level === 0) visit(child as T);
    else walk(child as SlotNode<T>, level - 1, visit);
  }
}

/** Calls `visit` for everything that is in a slot of one list and not in the same slot of the other; what they share is passed over. */
export function eachChangedSlot<T>(a: Slots<T>, b: Slots<T>, visit: (value: T) => void): void {
  const height = Math.max(a.height, b.height);
  compare(raised(a, height), raised(b, height), height, visit);
}

function raised<T>({ height, root }: Slots<T>, to: number): SlotNode<T> {
  let node = root;
  for (let level = height; level < to; level++) node = [node];
  return node;
}

function compare<T>(a: SlotNode<T> | undefined, b: SlotNode<T> | undefined, level: number, visit: (value: T) => void): void {
  if (a === b) return;
  for (let i = 0; i < Math.max(a?.length ?? 0, b?.length ?? 0); i++) {
    const [left, right] = [a?.[i], b?.[i]];
    if (left === right) continue;
    if (level > 0) compare(left as SlotNode<T> | undefined, right as SlotNode<T> | undefined, level - 1, visit);
    else for (const value of [left, right]) if (value !== undefined) visit(value as T);
  }
}
