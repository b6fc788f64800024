/**
 * The archive of PGlite that brings an extension, for each that PostgreSQL's own source tree has and PGlite builds. `plpgsql` is always there.
 * Left out are those that look into the server or the machine and that no schema asks for: file_fdw, pageinspect, pg_surgery and their kin.
 */
const archives: ReadonlyMap<string, string> = new Map([
  ...['amcheck', 'bloom', 'btree_gin', 'btree_gist', 'citext', 'cube', 'dict_int', 'dict_xsyn', 'earthdistance', 'fuzzystrmatch', 'hstore', 'intarray', 'isn'].map(same),
  ...['lo', 'ltree', 'pg_buffercache', 'pg_stat_statements', 'pg_trgm', 'pgcrypto', 'seg', 'tablefunc', 'tcn', 'tsm_system_rows', 'tsm_system_time'].map(same),
  ...['unaccent', 'uuid-ossp'].map(same),
  ...['autoinc', 'insert_username', 'moddatetime', 'refint'].map((name): readonly [string, string] => [name, 'spi']),
]);

function same(name: string): readonly [string, string] {
  return [name, name];
}

/** What an extension needs besides itself. */
const needs: Readonly<Record<string, readonly string[]>> = { earthdistance: ['cube'] };

/** Every archive that an extension needs, without its suffix `.tar.gz`. */
export const shippedArchives: readonly string[] = [...new Set(archives.values())].sort();

/** Those of the extensions that the engine has, with what they need, sorted; `plpgsql` needs no loading. */
export function knownExtensions(names: Iterable<string>): string[] {
  const known = [...names].flatMap((name) => [name, ...(needs[name] ?? [])]).filter((name) => archives.has(name));
  return [...new Set(known)].sort();
}

/** The archives that bring extensions. */
export function archivesOf(extensions: readonly string[]): string[] {
  return [...new Set(extensions.flatMap((name) => archives.get(name) ?? []))];
}
