/** The SQL dialects that are read. MariaDB reads as MySQL and differs only in what engines can do. */
export type Dialect = 'postgresql' | 'mysql' | 'mariadb' | 'sqlite';

export const dialects: readonly Dialect[] = ['postgresql', 'mysql', 'mariadb', 'sqlite'];

export function isDialect(value: unknown): value is Dialect {
  return typeof value === 'string' && (dialects as readonly string[]).includes(value);
}

/** Whether the dialect follows MySQL's grammar. */
export function isMySql(dialect: Dialect): boolean {
  return dialect === 'mysql' || dialect === 'mariadb';
}

/**
 * The form under which an identifier is compared. PostgreSQL folds what is not quoted to lower case
 * (manual, 4.1.1); MySQL column names and SQLite names compare without case, quoted or not.
 */
export function foldIdentifier(dialect: Dialect, name: string, quoted: boolean): string {
  if (dialect === 'postgresql') return quoted ? name : name.toLowerCase();
  return name.toLowerCase();
}
