import { sameName } from '../../schema/catalog.ts';
import type { Dialect } from '../../source/dialect.ts';

/** Whether two parts of a catalog say the same; where they come from does not count. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) if (key !== 'origin' && !sameValue(left[key], right[key])) return false;
  return true;
}

/** What has to be taken away and what has to be put there to turn one list into another. What changed is in both. */
export interface ListChange<T> {
  readonly remove: readonly T[];
  readonly add: readonly T[];
}

/** Compares two lists of named things; things without a name are compared by what they say. */
export function compareNamed<T extends { readonly name?: string }>(dialect: Dialect, current: readonly T[], target: readonly T[]): ListChange<T> {
  const twin = (list: readonly T[], item: T) =>
    list.find((other) => (item.name === undefined ? sameValue(other, item) : sameName(dialect, other.name, item.name)));
  const differs = (list: readonly T[]) => (item: T) => {
    const other = twin(list, item);
    return other === undefined || !sameValue(other, item);
  };
  return { remove: current.filter(differs(target)), add: target.filter(differs(current)) };
}

/** Keys whose value differs between two maps of a catalog, by identity: catalogs share what a statement does not change. */
export function changedKeys<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): string[] {
  const keys: string[] = [];
  if (before === after) return keys;
  for (const [key, value] of before) if (after.get(key) !== value) keys.push(key);
  for (const key of after.keys()) if (!before.has(key)) keys.push(key);
  return keys;
}
