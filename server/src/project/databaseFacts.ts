import type { Catalog } from '../schema/catalog.ts';
import { prismaToCatalog } from '../schema/prisma.ts';
import type { Config } from './config.ts';
import type { DatabaseLayout } from './databases.ts';
import type { DatabaseFacts, HistoryEntry, MigrationStep, PrismaFacts, Unread, WorkloadQuery } from './facts.ts';
import { catalogAfter, foldLooseScript, startCatalog } from './fold.ts';
import type { LooseFile } from './looseFiles.ts';
import { Mentions } from './mentions.ts';
import { once } from './once.ts';
import { runnerInfo } from './runners/runner.ts';
import { tenancyOf } from './tenancy.ts';
import { readWorkload } from './workload.ts';

/** What a Prisma schema makes of a database. */
export function prismaFactsOf(layout: DatabaseLayout): PrismaFacts | undefined {
  const { prisma, dialect } = layout;
  if (!prisma) return undefined;
  const { catalog } = prismaToCatalog(prisma.files, dialect);
  const { files, provider, relationMode } = prisma;
  return { files, catalog, ...(provider === undefined ? {} : { provider }), relationMode };
}

/** The catalog of a database whose schema no loose file has a say in; undefined when it has no such source. */
export function historyCatalog(steps: readonly MigrationStep[], prisma: PrismaFacts | undefined): Catalog | undefined {
  return steps.at(-1)?.after ?? prisma?.catalog;
}

/** Entries of the loose files, the catalog they lead to, and the dumps among them. */
interface LooseEntries {
  readonly entries: readonly HistoryEntry[];
  readonly catalog: Catalog;
  readonly dumps: DatabaseFacts['dumps'];
}

function changesSchema({ statements }: LooseFile): boolean {
  const data = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values', 'transaction', 'set', 'unread', 'other']);
  return statements.some(({ node }) => !data.has(node.kind));
}

/**
 * Folds the loose files. Beside a history, schema files are dumps and scripts meet the final catalog. Without one, schema
 * files make the catalog in the order of their paths; where there are none either, scripts that change the schema do.
 */
function foldLoose(layout: DatabaseLayout, history: Catalog | undefined, files: readonly LooseFile[]): LooseEntries {
  const empty = startCatalog(layout.dialect);
  const schemas = files.filter(({ role }) => role === 'schema');
  const fold = (start: Catalog, { statements, role }: LooseFile) => foldLooseScript(start, statements, role);
  let catalog = history ?? empty;
  const entries = new Map<LooseFile, HistoryEntry[]>();
  const dumps: { file: string; catalog: Catalog }[] = [];
  if (history) {
    for (const file of schemas) dumps.push({ file: file.path, catalog: catalogAfter(fold(empty, file), empty) });
  } else {
    const makers = schemas.length > 0 ? schemas : files.filter(changesSchema);
    for (const file of makers) {
      entries.set(file, fold(catalog, file));
      catalog = catalogAfter(entries.get(file)!, catalog);
    }
  }
  for (const file of files) {
    if (!entries.has(file) && !(history && file.role === 'schema')) entries.set(file, fold(catalog, file));
  }
  return { entries: files.flatMap((file) => entries.get(file) ?? []), catalog, dumps };
}

function unreadStatements(steps: readonly MigrationStep[], files: readonly LooseFile[]): Unread[] {
  const placed = [
    ...steps.flatMap(({ migration }) => [...migration.up.statements, ...(migration.down?.statements ?? [])]),
    ...files.flatMap(({ statements }) => statements),
  ];
  return placed.flatMap(({ file, statement, node }) => (node.kind === 'unread' ? [{ file, offset: statement.start, reason: node.reason }] : []));
}

/** Believed rows by table name, compared without case, with or without the schema. */
function rowsLookup(rows: Readonly<Record<string, number>> | undefined): (table: string) => number | undefined {
  const stated = Object.entries(rows ?? {}).map(([name, count]) => [name.toLowerCase(), count] as const);
  const bare = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const known = new Map([...stated.map(([name, count]) => [bare(name), count] as const), ...stated]);
  return (table) => known.get(table.toLowerCase()) ?? known.get(bare(table.toLowerCase()));
}

/** What is needed to make the facts of one database. */
export interface DatabaseParts {
  readonly name: string;
  readonly layout: DatabaseLayout;
  readonly steps: readonly MigrationStep[];
  readonly prisma?: PrismaFacts;
  readonly loose: readonly LooseFile[];
  readonly config: Config;
  readonly engineVersion?: number;
  readonly appliedNote?: string;
  /** Queries that the configuration states for this database; asked for when all databases are made. */
  patterns(): readonly WorkloadQuery[];
}

/** Major version of an engine as people write it: `15`, `8.0.36`, `PostgreSQL 16`. */
export function majorVersion(text: string | undefined): number | undefined {
  const digits = /\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Makes the facts of one database. The workload is read when somebody first asks for it. */
export function makeDatabase(parts: DatabaseParts): DatabaseFacts {
  const { name, layout, steps, prisma, loose, config } = parts;
  const { entries, catalog, dumps } = foldLoose(layout, historyCatalog(steps, prisma), loose);
  const scripts = new Map(loose.map(({ path, script }) => [path, script]));
  const workload = once(() => readWorkload(entries, scripts));
  const queries = once(() => [...workload().queries, ...parts.patterns()]);
  const unread = once(() => [...unreadStatements(steps, loose), ...workload().unread]);
  const engineVersion = parts.engineVersion ?? majorVersion(layout.config.engine_version);
  return {
    name,
    dialect: layout.dialect,
    ...(engineVersion === undefined ? {} : { engineVersion }),
    config: layout.config,
    root: layout.folder,
    ...(layout.runner ? { runner: runnerInfo(layout.runner, layout.dialect) } : {}),
    ...(layout.root ? { migrationsFolder: layout.root.folder } : {}),
    steps,
    otherEntries: entries,
    mentions: new Mentions([...steps.flatMap((step) => step.entries), ...entries]),
    dumps,
    catalog,
    ...(prisma ? { prisma } : {}),
    get workload() {
      return queries();
    },
    get unread() {
      return unread();
    },
    tenancy: tenancyOf(layout.config, catalog),
    zeroDowntime: (layout.config.migration_constraints ?? []).some((one) => /zero[\s_-]*down[\s_-]*time/i.test(one)),
    rowsOf: rowsLookup(layout.config.scale_targets?.rows),
    largeTableRows: config.largeTableRows,
    ...(parts.appliedNote === undefined ? {} : { appliedNote: parts.appliedNote }),
  };
}
