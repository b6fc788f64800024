import type { Dialect } from '../source/dialect.ts';

const generic = /^(?:migrations?|migrate|prisma|sql|db|schemas?|versioned|drizzle|deploy|src|main|resources|postgres(?:ql)?|pgsql|pg|mysql|mariadb|sqlite3?|v?\d+(?:\.\d+)*)$/i;

/** A short name of a database from its folder: the last segment that says more than `migrations` or the engine; `main` for none. */
function shortName(folder: string): string {
  const segments = folder.split('/').filter((segment) => segment !== '');
  return segments.findLast((segment) => !generic.test(segment)) ?? 'main';
}

/** What a name is made from. */
export interface Nameable {
  readonly stated?: string;
  readonly folder: string;
  readonly dialect: Dialect;
}

/** Names for the databases of a workspace, all different: short ones, with the engine or the folder where that is not enough. */
export function nameDatabases(databases: readonly Nameable[]): string[] {
  let names = databases.map(({ stated, folder }) => stated ?? shortName(folder));
  const repeated = (list: readonly string[], name: string) => list.filter((other) => other === name).length > 1;
  names = names.map((name, i) => (repeated(names, name) ? `${name} (${databases[i]!.dialect})` : name));
  names = names.map((name, i) => {
    const { stated, folder } = databases[i]!;
    return repeated(names, name) ? `${stated ?? shortName(folder)} (${folder === '' ? databases[i]!.dialect : folder})` : name;
  });
  return names.map((name, i) => {
    const earlier = names.slice(0, i).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name} ${earlier + 1}`;
  });
}
