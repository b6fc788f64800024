import { isMySql, type Dialect } from '../source/dialect.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { PlacedStatement } from './facts.ts';
import { folderOf, isInside } from './paths.ts';

/** A database that a file without a place of its own may belong to. */
export interface Home {
  readonly folder: string;
  readonly dialect: Dialect;
  readonly catalog: Catalog;
}

function segments(folder: string): string[] {
  return folder === '' ? [] : folder.split('/');
}

/** Number of leading segments two folders share. */
function shared(a: string, b: string): number {
  const x = segments(a);
  const y = segments(b);
  let count = 0;
  while (count < x.length && x[count] === y[count]) count++;
  return count;
}

/** How many of the catalog's tables are spoken of by name in the statements. */
export function tablesNamed(statements: readonly PlacedStatement[], catalog: Catalog): number {
  const names = new Set([...catalog.tables.values()].map(({ name }) => name.toLowerCase()));
  const hits = new Set<string>();
  for (const { statement } of statements) {
    for (const token of statement.tokens) {
      if (token.kind !== 'word' && token.kind !== 'quotedIdentifier') continue;
      const name = token.value.toLowerCase();
      if (names.has(name)) hits.add(name);
    }
  }
  return hits.size;
}

/** Whether two dialects read each other's files. */
export function sameFamily(a: Dialect, b: Dialect): boolean {
  return a === b || (isMySql(a) && isMySql(b));
}

/** What is known of the dialect of a file: `certain` when a path, a record or the user says so, not the content alone. */
export interface KnownDialect {
  readonly dialect?: Dialect;
  readonly certain: boolean;
}

/**
 * The database that a loose file belongs to: of those that speak its dialect the one whose folder is nearest; where folders
 * leave it open, the one whose tables the file names. A dialect guessed from the content does not keep a file out of the
 * database in whose folder it lies. Answers undefined when none fits.
 */
export function nearestHome(path: string, known: KnownDialect, homes: readonly Home[], named: (home: Home) => number): number | undefined {
  const folder = folderOf(path);
  const all = homes.map((home, index) => ({ home, index }));
  const speaking = all.filter(({ home }) => known.dialect === undefined || sameFamily(home.dialect, known.dialect));
  const around = all.filter(({ home }) => home.folder !== '' && isInside(folderOf(home.folder) || home.folder, path));
  const fitting = speaking.length > 0 || known.certain ? speaking : around;
  if (fitting.length < 2) return fitting[0]?.index;
  const depth = Math.max(...fitting.map(({ home }) => shared(folder, home.folder)));
  const near = fitting.filter(({ home }) => shared(folder, home.folder) === depth);
  if (near.length === 1 && depth > 0) return near[0]!.index;
  const ranked = near.map(({ home, index }) => ({ index, named: named(home), distance: segments(home.folder).length }));
  return ranked.sort((a, b) => b.named - a.named || a.distance - b.distance || a.index - b.index)[0]!.index;
}
