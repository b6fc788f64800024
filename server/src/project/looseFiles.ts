import type { Dialect } from '../source/dialect.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Script } from '../source/statement.ts';
import type { FileRole, PlacedStatement } from './facts.ts';
import { catalogAfter } from './fold.ts';
import { startCatalog } from './history/startCatalog.ts';
import { nearestHome, tablesNamed, type Home, type KnownDialect } from './loose.ts';
import { folderOf } from './paths.ts';
import { roleOfLooseFile } from './roles.ts';
import type { Sources } from './sources.ts';
import { readSqlxQuery } from './sqlxQuery.ts';
import type { Workspace } from './workspace.ts';

/** A file that is no migration, with what it is and how it reads in its database. */
export interface LooseFile {
  readonly path: string;
  readonly role: FileRole;
  readonly script: Script;
  readonly statements: readonly PlacedStatement[];
}

/** A database that had to be thought up for files that belong to no known one. */
export interface LooseDatabase {
  readonly folder: string;
  readonly dialect: Dialect;
  readonly files: readonly LooseFile[];
}

/** The loose files of the databases that were there, and of those that had to be thought up for the rest. */
export interface LooseFiles {
  readonly byHome: readonly (readonly LooseFile[])[];
  readonly others: readonly LooseDatabase[];
}

/** A database that is known already; `history` tells whether its schema comes from migrations or Prisma. */
export interface KnownHome extends Home {
  readonly history: boolean;
  /** Whether the configuration declares a path to hold queries of this database. */
  isQueryFile(path: string): boolean;
}

interface Pending extends KnownDialect {
  readonly path: string;
  readonly text: string;
}

/** Files that make a database together. The catalog of its schema files is made when another file asks whether it belongs to them. */
class Group {
  readonly folder: string;
  readonly dialect: Dialect;
  readonly files: LooseFile[] = [];
  #catalog: Catalog;
  #behind: LooseFile[] = [];

  constructor(folder: string, dialect: Dialect) {
    this.folder = folder;
    this.dialect = dialect;
    this.#catalog = startCatalog(dialect);
  }

  addSchema(file: LooseFile): void {
    this.files.push(file);
    this.#behind.push(file);
  }

  get catalog(): Catalog {
    for (const { statements } of this.#behind) this.#catalog = catalogAfter(this.#catalog, statements);
    this.#behind = [];
    return this.#catalog;
  }
}

/** Places files one after another; schema files first, because they may open databases that the others go to. */
class Placer {
  readonly byHome: LooseFile[][];
  readonly others: Group[] = [];
  readonly #homes: readonly KnownHome[];
  readonly #sources: Sources;
  readonly #declared: (path: string) => boolean;

  constructor(homes: readonly KnownHome[], sources: Sources, declared: (path: string) => boolean) {
    this.byHome = homes.map(() => []);
    this.#homes = homes;
    this.#sources = sources;
    this.#declared = declared;
  }

  read({ path, text }: Pending, dialect: Dialect): LooseFile {
    const script = this.#sources.script(path, text, dialect);
    const { statements } = this.#sources.part(path, text, dialect);
    return { path, script, statements, role: this.#declared(path) ? 'queries' : roleOfLooseFile(path, script, statements) };
  }

  #nearest(pending: Pending, homes: readonly Home[]): number | undefined {
    return nearestHome(pending.path, pending, homes, (home) => tablesNamed(this.read(pending, home.dialect).statements, home.catalog));
  }

  placeSchema(pending: Pending): void {
    const index = this.#nearest(pending, this.#homes);
    const home = index === undefined ? undefined : this.#homes[index]!;
    const dialect = home?.dialect ?? pending.dialect ?? 'postgresql';
    const file = this.read(pending, dialect);
    const shared = home?.history ? sharedTables(file, home.catalog) : undefined;
    if (home && shared !== 'few') {
      this.byHome[index!]!.push(shared === 'none' ? { ...file, role: 'script' } : file);
      return;
    }
    const folder = folderOf(pending.path);
    let group = this.others.find((one) => one.folder === folder && one.dialect === dialect);
    if (!group) this.others.push((group = new Group(folder, dialect)));
    group.addSchema(file);
  }

  /** Takes a file that the configuration of a database declares to hold its queries. */
  placeDeclared(pending: Pending): boolean {
    const index = this.#homes.findIndex((home) => home.isQueryFile(pending.path));
    if (index < 0) return false;
    this.byHome[index]!.push({ ...this.read(pending, this.#homes[index]!.dialect), role: 'queries' });
    return true;
  }

  placeOther(pending: Pending): void {
    const homes: readonly Home[] = [...this.#homes, ...this.others];
    const index = this.#nearest(pending, homes);
    if (index !== undefined) {
      const files = index < this.byHome.length ? this.byHome[index]! : this.others[index - this.byHome.length]!.files;
      files.push(this.read(pending, homes[index]!.dialect));
      return;
    }
    const group = new Group('', pending.dialect ?? 'postgresql');
    group.files.push(this.read(pending, group.dialect));
    this.others.push(group);
  }
}

/**
 * How a schema file stands to a history. `most`: it is a dump of it. `few`: it tells of another database. `none`: it makes
 * tables of its own beside the history's, too few to be another database.
 */
function sharedTables(file: LooseFile, catalog: Catalog): 'most' | 'few' | 'none' {
  const own = catalogAfter(startCatalog(catalog.dialect), file.statements);
  const made = [...own.tables].filter(([, table]) => table.knowledge === 'known').map(([key]) => key);
  const both = made.filter((key) => catalog.tables.has(key)).length;
  const smaller = Math.min(made.length, catalog.tables.size);
  if (smaller > 1 && both * 10 < smaller * 3) return 'few';
  return both === 0 ? 'none' : 'most';
}

function pendingOf({ workspace, forcedDialect: forced, statedDialect, homes }: PlacingInput, path: string): Pending | undefined {
  const text = workspace.text(path) ?? '';
  if (path.endsWith('.json')) {
    const recorded = readSqlxQuery(text);
    return recorded && { path, text: recorded.text, dialect: forced ?? recorded.dialect, certain: true };
  }
  const named = forced ?? workspace.detectPath(path).dialect ?? (homes.length === 0 ? statedDialect : undefined);
  return named ? { path, text, dialect: named, certain: true } : { path, text, dialect: workspace.detect(path).dialect, certain: false };
}

/** What `placeLooseFiles` goes by. */
export interface PlacingInput {
  readonly workspace: Workspace;
  readonly sources: Sources;
  readonly paths: readonly string[];
  readonly homes: readonly KnownHome[];
  readonly forcedDialect?: Dialect;
  /** Dialect that the configuration states for the workspace; each home has its own. */
  readonly statedDialect?: Dialect;
  /** Whether the configuration declares a path to hold queries, of whatever database. */
  readonly isQueryFile: (path: string) => boolean;
}

/**
 * Gives every file that is no migration to exactly one database. Schema files of tables that no history knows, and files
 * in a dialect that no database speaks, make databases of their own: one per folder of schema files and dialect.
 */
export function placeLooseFiles(input: PlacingInput): LooseFiles {
  const { sources, paths, homes, isQueryFile } = input;
  const placer = new Placer(homes, sources, isQueryFile);
  const rest: Pending[] = [];
  for (const path of paths) {
    const pending = pendingOf(input, path);
    if (!pending || placer.placeDeclared(pending)) continue;
    const { role } = placer.read(pending, pending.dialect ?? homes[0]?.dialect ?? 'postgresql');
    if (role === 'schema') placer.placeSchema(pending);
    else rest.push(pending);
  }
  for (const pending of rest) placer.placeOther(pending);
  return placer;
}
