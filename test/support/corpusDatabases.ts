import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scanWorkspace } from '../../server/src/host/files.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts, Facts, SourceFile, TransactionMode } from '../../server/src/project/facts.ts';
import { isMySql, type Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { corporaFolder } from './corpus.ts';

/** The engines that judge; MySQL's files are run on MariaDB. */
export type TruthDialect = 'postgresql' | 'sqlite' | 'mariadb';

/** One script of a history: a migration, or a schema file. */
export interface HistoryStep {
  readonly name: string;
  readonly file: string;
  readonly statements: readonly Statement[];
  readonly mode: TransactionMode;
}

/** A database of the corpora as the product finds it: the scripts that make it, in the order of its runner. */
export interface CorpusDatabase {
  /** `project/folder`, with the engine where one folder serves several. */
  readonly name: string;
  readonly project: string;
  readonly dialect: TruthDialect;
  /** The runner's title; none for schema files. */
  readonly runner?: string;
  readonly steps: readonly HistoryStep[];
}

/** What stands around the files of a project. */
export interface Surroundings {
  readonly project: string;
  /** What the project's own code fills into its files before it runs them. */
  readonly fill?: (text: string) => string;
  /** What is there before the first migration, by the name of the database. */
  readonly before?: Readonly<Record<string, string>>;
  /** The engine that the files are written for, by the name of the database, where they do not tell it. */
  readonly dialect?: Readonly<Record<string, TruthDialect>>;
  /** The search path that its connections have, by the name of the database; each script then begins with setting it. */
  readonly searchPath?: Readonly<Record<string, string>>;
}

const truthDialect = (dialect: Dialect): TruthDialect => (isMySql(dialect) ? 'mariadb' : dialect as TruthDialect);

/** The projects of the corpora. */
export function corpusProjects(): string[] {
  return readdirSync(corporaFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'squawk' && entry.name !== 'truth').map(({ name }) => name);
}

/** The databases of one project that SQL files make; what only a Prisma schema tells of is left out. */
export async function corpusDatabases(project: string, { fill = (text) => text, before = {}, searchPath = {}, dialect = {} }: Partial<Surroundings> = {}): Promise<CorpusDatabase[]> {
  const scan = await scanWorkspace(join(corporaFolder, project));
  const files: SourceFile[] = scan.files.map(({ path: file, text }) => ({ path: file, text: file.endsWith('.sql') ? fill(text) : text }));
  const facts = buildFacts({ files, applied: { kind: 'none' } });
  const found = facts.databases.flatMap((database) => [...historyOf(project, facts, database, searchPath, dialect), ...dumpsOf(project, facts, database)]);
  return found.map((database) => {
    const sql = before[database.name];
    if (sql === undefined) return database;
    const first: HistoryStep = { name: 'before', file: 'before.sql', mode: 'none', statements: splitScript(sql, database.dialect).statements };
    return { ...database, steps: [first, ...database.steps] };
  });
}

function historyOf(project: string, facts: Facts, database: DatabaseFacts, searchPath: Readonly<Record<string, string>>, stated: Readonly<Record<string, TruthDialect>>): CorpusDatabase[] {
  const name = `${project}: ${database.name}`;
  const prefix = searchPath[name] === undefined ? '' : `SET search_path TO ${searchPath[name]};\n`;
  const dialect = stated[name] ?? truthDialect(database.dialect);
  const text = (file: string) => facts.files.get(file)!.text;
  const step = (file: string, sql: string, mode: TransactionMode, title: string): HistoryStep => ({ name: title, file, mode, statements: splitScript(prefix + sql, dialect).statements });
  const migrations = database.steps.map(({ migration: { version, name: title, up, transaction } }) => step(up.file, text(up.file).slice(up.range.start, up.range.end), transaction, title === '' ? version : `${version} ${title}`));
  const schemaFiles = new Set(database.otherEntries.flatMap(({ role, placed }) => (role === 'schema' ? [placed.file] : [])));
  const steps = migrations.length > 0 ? migrations : [...schemaFiles].map((file) => step(file, text(file), 'none', file));
  if (steps.length === 0) return [];
  return [{ name, project, dialect, ...(database.runner ? { runner: database.runner.title } : {}), steps }];
}

/** Dumps beside a history, each a database of its own. */
function dumpsOf(project: string, facts: Facts, { dumps, dialect }: DatabaseFacts): CorpusDatabase[] {
  return dumps.map(({ file }) => ({
    name: `${project}: ${file}`,
    project,
    dialect: truthDialect(dialect),
    steps: [{ name: file, file, mode: 'none', statements: splitScript(facts.files.get(file)!.text, truthDialect(dialect)).statements }],
  }));
}
