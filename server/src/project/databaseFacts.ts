import type { Catalog } from '../schema/catalog.ts';
import { prismaToCatalog } from '../schema/prisma.ts';
import { noteRead } from '../schema/reads.ts';
import type { Opaque } from '../source/sql/ast.ts';
import { fingerprint } from '../text/hash.ts';
import type { Config } from './config.ts';
import { clientQueries, type PlacedCall } from './calls/queries.ts';
import type { DatabaseLayout } from './databases.ts';
import type { DatabaseFacts, Migration, MigrationStep, PrismaFacts, Unread, WorkloadQuery } from './facts.ts';
import { anyModel, type Scripts, type Timeline } from './history/timeline.ts';
import type { LooseFile } from './looseFiles.ts';
import { once } from './once.ts';
import { runnerInfo } from './runners/runner.ts';
import { tenancyOf } from './tenancy.ts';
import { Workload } from './workload.ts';

/** What a Prisma schema makes of a database; `known` when it is made of the same documents. */
export function prismaFactsOf(layout: DatabaseLayout, known: PrismaFacts | undefined): PrismaFacts | undefined {
  const { prisma, dialect } = layout;
  if (!prisma) return undefined;
  const { files, provider, relationMode } = prisma;
  const same = known?.files.length === files.length && known.files.every(({ path, document }, i) => path === files[i]!.path && document === files[i]!.document);
  if (same && known.provider === provider && known.relationMode === relationMode) return known;
  const { catalog } = prismaToCatalog(files, dialect);
  return { files, catalog, ...(provider === undefined ? {} : { provider }), relationMode };
}

/** The catalog of a database whose schema no loose file has a say in; undefined when it has no such source. */
export function historyCatalog(steps: readonly MigrationStep[], prisma: PrismaFacts | undefined): Catalog | undefined {
  return steps.at(-1)?.after ?? prisma?.catalog;
}

function unreadStatements(migrations: readonly Migration[], files: readonly LooseFile[]): Unread[] {
  const placed = [
    ...migrations.flatMap(({ up, down }) => [...up.statements, ...(down?.statements ?? [])]),
    ...files.flatMap(({ statements }) => statements),
  ];
  return placed.flatMap(({ file, statement, node }) => {
    if (node.kind === 'unread') return [{ file, offset: statement.start, reason: node.reason }];
    if (!node.unknown) return [];
    const [{ text, range }, ...others] = node.unknown as readonly [Opaque, ...Opaque[]];
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    return [{ file, offset: statement.start + range.start, reason: `a clause is not known: ${/^\S{0,30}/.exec(text)![0]}${more}` }];
  });
}

/** Believed rows by table name, compared without case, with or without the schema. */
function rowsLookup(rows: Readonly<Record<string, number>> | undefined): (table: string) => number | undefined {
  const stated = Object.entries(rows ?? {}).map(([name, count]) => [name.toLowerCase(), count] as const);
  const bare = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  const known = new Map([...stated.map(([name, count]) => [bare(name), count] as const), ...stated]);
  return (table) => known.get(table.toLowerCase()) ?? known.get(bare(table.toLowerCase()));
}

/** What is needed to make the facts of one database, beside its scripts. */
export interface DatabaseParts {
  readonly name: string;
  readonly layout: DatabaseLayout;
  readonly config: Config;
  readonly engineVersion?: number;
  readonly appliedNote?: string;
  /** Queries that the configuration states for this database; asked for when all databases are made. */
  patterns(): readonly WorkloadQuery[];
  /** Calls of the client that is made of this database's Prisma schema. */
  readonly calls: readonly PlacedCall[];
}

/** Major version of an engine as people write it: `15`, `8.0.36`, `PostgreSQL 16`. */
export function majorVersion(text: string | undefined): number | undefined {
  const digits = /\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** What the facts say that is stated somewhere; when it is different, nothing made from the facts holds. */
function circumstances({ name, layout, config, calls }: DatabaseParts, engineVersion: number | undefined): string {
  return JSON.stringify([name, layout.config, layout.folder, config.largeTableRows, engineVersion, digestOf(calls)]);
}

const digests = new WeakMap<readonly PlacedCall[], string>();

function digestOf(calls: readonly PlacedCall[]): string {
  let digest = digests.get(calls);
  if (digest === undefined) digests.set(calls, (digest = fingerprint(JSON.stringify(calls))));
  return digest;
}

/** Brings the timeline to the scripts and makes the facts of one database. Queries are parsed when somebody first asks for them. */
export function makeDatabase(parts: DatabaseParts, timeline: Timeline, scripts: Scripts): DatabaseFacts {
  const { name, layout, config } = parts;
  const { migrations, prisma, loose } = scripts;
  const { steps, scripts: runs, catalog, dumps } = timeline.update(scripts);
  const otherEntries = once(() => runs.flatMap(({ entries }) => entries));
  const { mentions } = timeline;
  const files = new Map(loose.map(({ path, script }) => [path, script]));
  const calls = once(() => (prisma ? clientQueries(parts.calls, prisma, layout.dialect) : []));
  const workload = new Workload({ entries: otherEntries, scripts: files, mentions, patterns: () => [...parts.patterns(), ...calls()] });
  const unread = once(() => [...(layout.gap ? [layout.gap] : []), ...unreadStatements(migrations, loose), ...workload.unread]);
  const engineVersion = parts.engineVersion ?? majorVersion(layout.config.engine_version);
  const tenancy = tenancyOf(layout.config, catalog, timeline.tenantKeys);
  timeline.under(circumstances(parts, engineVersion), JSON.stringify(tenancy));
  return {
    name,
    dialect: layout.dialect,
    ...(layout.dialectFrom && { dialectFrom: layout.dialectFrom }),
    ...(engineVersion === undefined ? {} : { engineVersion }),
    config: layout.config,
    root: layout.folder,
    ...(layout.runner ? { runner: runnerInfo(layout.runner, layout.dialect) } : {}),
    ...(layout.root ? { migrationsFolder: layout.root.folder } : {}),
    steps,
    scripts: runs,
    get otherEntries() {
      return otherEntries();
    },
    mentions,
    ...(timeline.recorded && { changes: timeline.changes }),
    dumps,
    catalog,
    get prisma() {
      noteRead(anyModel);
      return prisma;
    },
    get workload() {
      return workload.queries;
    },
    queriesNaming: (key) => workload.naming(key),
    get unread() {
      return unread();
    },
    tenancy,
    zeroDowntime: (layout.config.migration_constraints ?? []).some((one) => /zero[\s_-]*down[\s_-]*time/i.test(one)),
    rowsOf: rowsLookup(layout.config.scale_targets?.rows),
    largeTableRows: config.largeTableRows,
    ...(parts.appliedNote === undefined ? {} : { appliedNote: parts.appliedNote }),
    ...(layout.gap && { gap: layout.gap }),
  };
}
