import { LivePlace } from '../source/place.ts';

type Parts = Readonly<Record<string, unknown>>;

/**
 * Whether two values of a catalog (a table, a view, an origin) say the same and come from the same places: from the same range
 * of the same statement, wherever that stands by now. A part that is undefined counts as one that is not there.
 */
export function sameObject(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof LivePlace || b instanceof LivePlace) return a instanceof LivePlace && b instanceof LivePlace && isSamePlace(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameObject(item, b[i]));
  return !Array.isArray(b) && hasPartsOf(a as Parts, b as Parts) && lacksNothingOf(a as Parts, b as Parts);
}

function isSamePlace(a: LivePlace, b: LivePlace): boolean {
  return a.statement === b.statement && a.file === b.file && a.within.start === b.within.start && a.within.end === b.within.end;
}

function hasPartsOf(a: Parts, b: Parts): boolean {
  for (const name in a) if (!sameObject(a[name], b[name])) return false;
  return true;
}

function lacksNothingOf(a: Parts, b: Parts): boolean {
  for (const name in b) if (a[name] === undefined && b[name] !== undefined) return false;
  return true;
}
