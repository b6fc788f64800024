import type { Dialect } from './dialect.ts';

/** What a file's name and content say about its dialect. */
export interface Detection {
  /** The dialect, when the evidence is clear. */
  readonly dialect?: Dialect;
  /** Why the file is none of ours: another engine's SQL, or a template. A sentence for the user. */
  readonly foreign?: string;
}

/** Guesses the dialect of a `.sql` file; the name wins over the content. Answers nothing where the evidence is thin. */
export function detectDialect(text: string, fileName: string): Detection {
  void text;
  const named = dialectOfName(fileName);
  return named ? { dialect: named } : {};
}

const names: Readonly<Record<string, Dialect>> = {
  postgres: 'postgresql',
  postgresql: 'postgresql',
  pg: 'postgresql',
  pgsql: 'postgresql',
  psql: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
};

function dialectOfName(fileName: string): Dialect | undefined {
  const parts = fileName.toLowerCase().split(/[/\\]/);
  const file = parts.pop() ?? '';
  for (const part of [...file.split('.').toReversed(), ...parts.toReversed()]) {
    const dialect = names[part];
    if (dialect) return dialect;
  }
  return undefined;
}
