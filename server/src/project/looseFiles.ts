import type { Dialect } from '../source/dialect.ts';
import { emptyCatalog } from '../schema/apply.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Script } from '../source/statement.ts';
import type { FileRole, PlacedStatement } from './facts.ts';
import { foldScript } from './fold.ts';
import { nearestHome, sameFamily, tablesNamed, type Home } from './loose.ts';
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

/** The loose files of the databases that were there, and of those that had to be thought up for the rest. */
export interface LooseFiles {
  readonly byHome: readonly (readonly LooseFile[])[];
  readonly others: readonly { readonly folder: string; readonly dialect: Dialect; readonly files: readonly LooseFile[] }[];
}

/** A database that is known already; `history` tells whether its schema comes from migrations or Prisma. */
export interface KnownHome extends Home {
  readonly history: boolean;
}

interface Pending {
  readonly path: string;
  readonly text: string;
  readonly dialect: Dialect | undefined;
}

function pendingOf(workspace: Workspace, path: string, forced: Dialect | undefined): Pending | undefined {
  const text = workspace.text(path) ?? '';
  if (!path.endsWith('.json')) return { path, text, dialect: forced ?? workspace.detect(path).dialect };
  const recorded = readSqlxQuery(text);
  return recorded && { path, text: recorded.text, dialect: forced ?? recorded.dialect };
}

function readLoose(pending: Pending, dialect: Dialect, sources: Sources): LooseFile {
  const { path, text } = pending;
  const script = sources.script(path, text, dialect);
  const { statements } = sources.part(path, text, dialect);
  return { path, script, statements, role: roleOfLooseFile(path, script, statements) };
}

/** Whether a schema file makes other tables than the history it would be a dump of. */
function isForeignSchema(file: LooseFile, catalog: Catalog): boolean {
  const own = foldScript(emptyCatalog(catalog.dialect), file.statements, { mode: 'none', role: 'schema' }).at(-1)?.after;
  const made = [...(own?.tables ?? [])].filter(([, table]) => table.knowledge === 'known').map(([key]) => key);
  if (made.length < 2) return false;
  return made.filter((key) => catalog.tables.has(key)).length * 10 < made.length * 3;
}

/**
 * Gives every file that is no migration to exactly one database. Schema files of tables that no history knows, and files
 * in a dialect that no database speaks, make databases of their own: one per folder of schema files and dialect.
 */
export function placeLooseFiles(
  workspace: Workspace,
  sources: Sources,
  paths: readonly string[],
  homes: readonly KnownHome[],
  forced: Dialect | undefined,
): LooseFiles {
  const byHome: LooseFile[][] = homes.map(() => []);
  const others: { folder: string; dialect: Dialect; catalog: Catalog; files: LooseFile[] }[] = [];
  const rest: Pending[] = [];
  for (const path of paths) {
    const pending = pendingOf(workspace, path, forced);
    if (!pending) continue;
    const named = (home: Home) => tablesNamed(readLoose(pending, home.dialect, sources).statements, home.catalog);
    const index = nearestHome(path, pending.dialect, homes, named);
    const home = index === undefined ? undefined : homes[index]!;
    const dialect = home?.dialect ?? pending.dialect ?? 'postgresql';
    const file = readLoose(pending, dialect, sources);
    if (home && !(home.history && file.role === 'schema' && isForeignSchema(file, home.catalog))) {
      byHome[index!]!.push(file);
    } else if (file.role === 'schema') {
      const folder = folderOf(path);
      const group = others.find((one) => one.folder === folder && one.dialect === dialect);
      if (group) group.files.push(file);
      else others.push({ folder, dialect, catalog: emptyCatalog(dialect), files: [file] });
    } else {
      rest.push(pending);
    }
  }
  placeRest(rest, others, sources);
  return { byHome, others };
}

/** Queries and scripts that no known database took go to the thought-up ones, or to one for the whole workspace. */
function placeRest(rest: readonly Pending[], others: { folder: string; dialect: Dialect; catalog: Catalog; files: LooseFile[] }[], sources: Sources): void {
  for (const group of others) {
    const statements = group.files.flatMap((file) => file.statements);
    group.catalog = foldScript(group.catalog, statements, { mode: 'none', role: 'schema' }).at(-1)?.after ?? group.catalog;
  }
  const schemas = [...others];
  for (const pending of rest) {
    const named = (home: Home) => tablesNamed(readLoose(pending, home.dialect, sources).statements, home.catalog);
    const index = nearestHome(pending.path, pending.dialect, schemas, named);
    const dialect = pending.dialect ?? 'postgresql';
    let group = index === undefined ? others.find((one) => one.folder === '' && sameFamily(one.dialect, dialect)) : schemas[index];
    if (!group) others.push((group = { folder: '', dialect, catalog: emptyCatalog(dialect), files: [] }));
    group.files.push(readLoose(pending, group.dialect, sources));
  }
}
