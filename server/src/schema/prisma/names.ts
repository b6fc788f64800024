import { isMySql, type Dialect } from '../../source/dialect.ts';

/** Longest identifier that Prisma writes for an engine. */
function longest(dialect: Dialect): number {
  if (dialect === 'sqlite') return 10_000;
  return isMySql(dialect) ? 64 : 63;
}

function clipped(dialect: Dialect, text: string, suffix: string): string {
  return text.slice(0, longest(dialect) - suffix.length) + suffix;
}

/** The name Prisma Migrate gives to an index, unique index or foreign key that has none: table and columns, cut to fit. */
export function prismaName(dialect: Dialect, table: string, columns: readonly string[], label: 'idx' | 'key' | 'fkey'): string {
  return clipped(dialect, [table, ...columns].join('_'), `_${label}`);
}

/** The name of a primary key; MySQL and SQLite have none. */
export function prismaPrimaryKeyName(dialect: Dialect, table: string, given: string | undefined): string | undefined {
  return dialect === 'postgresql' ? (given ?? clipped(dialect, table, '_pkey')) : undefined;
}
