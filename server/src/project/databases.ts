import { dialects as knownDialects, type Dialect } from '../source/dialect.ts';
import type { Config, DatabaseConfig } from './config.ts';
import { effectiveConfig } from './effectiveConfig.ts';
import { sameFamily } from './loose.ts';
import type { DialectSource, Unread } from './facts.ts';
import { configFileName } from './fileKinds.ts';
import { gapIn } from './gaps.ts';
import { folderOf, isInside, joinPath } from './paths.ts';
import { dialectOfProvider, type PrismaSchema } from './prismaSchemas.ts';
import { findMigrationRoots, type FoundRoot, type StatedRoot } from './roots.ts';
import type { MigrationRoot, Placement, Runner } from './runners/runner.ts';
import { sampled, type Workspace } from './workspace.ts';

/** One database of the workspace, before anything of it has been folded. */
export interface DatabaseLayout {
  /** The name that configuration gives it. */
  readonly stated?: string;
  readonly dialect: Dialect;
  readonly config: DatabaseConfig;
  /** Folder by which other files find the database. */
  readonly folder: string;
  readonly runner?: Runner;
  readonly root?: MigrationRoot;
  readonly prisma?: PrismaSchema;
  /** From where the dialect is known; undefined for files that belong to no migrations and no Prisma schema. */
  readonly dialectFrom?: DialectSource;
  /** Steps of the history that are not SQL. */
  readonly gap?: Unread;
}

export interface LeftAlone {
  readonly file: string;
  readonly reason: string;
}

interface Draft {
  readonly folder: string;
  readonly runner?: Runner;
  readonly root?: MigrationRoot;
  readonly prisma?: PrismaSchema;
  readonly dialect?: Dialect;
  /** Told by a provider, a runner, a file name or a folder name: content did not have to be asked. */
  readonly certain: boolean;
  readonly from?: DialectSource;
  readonly entry?: DatabaseConfig;
}

const variants: Readonly<Record<string, Dialect>> = {
  postgres: 'postgresql',
  postgresql: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
};

/** Splits a root with per-engine files into one root per engine; a shared file counts where the engine has none of its own. */
function splitVariants({ runner, root }: FoundRoot, leftAlone: LeftAlone[]): { root: MigrationRoot; dialect?: Dialect }[] {
  const engines = new Set<Dialect>();
  for (const { file, variant } of root.placements) {
    if (variant === undefined) continue;
    const dialect = variants[variant];
    if (dialect) engines.add(dialect);
    else leftAlone.push({ file, reason: `This file is for ${variant}, which is not read.` });
  }
  if (engines.size === 0) return [{ root }];
  const used = new Set<Placement>();
  const split = knownDialects.filter((dialect) => engines.has(dialect)).map((dialect) => {
    const chosen = new Map<string, Placement>();
    for (const placement of root.placements) {
      const own = placement.variant !== undefined && variants[placement.variant] === dialect;
      if (placement.variant !== undefined && !own) continue;
      const key = `${placement.version} ${placement.part}`;
      if (own || !chosen.has(key)) chosen.set(key, placement);
    }
    for (const placement of chosen.values()) used.add(placement);
    const placements = [...chosen.values()].sort((a, b) => runner.compare(a, b, root));
    return { root: { ...root, placements }, dialect };
  });
  for (const placement of root.placements) {
    const shadowed = placement.variant === undefined && !used.has(placement);
    if (shadowed) leftAlone.push({ file: placement.file, reason: 'Every engine that is read has a file of its own for this migration.' });
  }
  return split;
}

/** The engine in a folder name of several words: `atuin-server-sqlite`. The innermost one counts. */
function dialectOfFolder(folder: string): Dialect | undefined {
  const words = folder.toLowerCase().split(/[/._-]/);
  return words.flatMap((word) => variants[word] ?? []).at(-1);
}

/** The dialect that the files of a root speak, taken together; `certain` when something other than their content says so. */
function rootDialect(workspace: Workspace, { runner, root }: FoundRoot): Pick<Draft, 'dialect' | 'certain' | 'from'> {
  const lock = /^\s*provider\s*=\s*"([^"]+)"/m.exec(workspace.text(joinPath(root.folder, 'migration_lock.toml')) ?? '');
  const locked = lock ? dialectOfProvider(lock[1]!) : undefined;
  if (locked) return { dialect: locked, certain: true, from: 'provider' };
  if (runner.dialect) return { dialect: runner.dialect, certain: true, from: 'runner' };
  const named = workspace.detectPath(`${root.folder}/x.sql`).dialect ?? dialectOfFolder(root.folder) ?? nameOfAll(workspace, root);
  if (named) return { dialect: named, certain: true, from: 'name' };
  const { dialect } = workspace.detectTogether(root.placements.map(({ file }) => file));
  return dialect ? { dialect, certain: false, from: 'content' } : { certain: false };
}

/** The engine that the names of all files of a root agree on. */
function nameOfAll(workspace: Workspace, { placements }: MigrationRoot): Dialect | undefined {
  const first = placements[0] && workspace.detectPath(placements[0].file).dialect;
  return first && sampled(placements, 100).every(({ file }) => workspace.detectPath(file).dialect === first) ? first : undefined;
}

/** The Prisma schema that a folder of Prisma migrations belongs to. */
function schemaOf(root: FoundRoot, schemas: readonly PrismaSchema[]): PrismaSchema | undefined {
  if (root.runner.id !== 'prisma') return undefined;
  const parent = folderOf(root.root.folder);
  const near = schemas.filter(({ folder }) => isInside(parent, folder) || folder === parent);
  return near.sort((a, b) => a.folder.length - b.folder.length)[0];
}

/** Whether a schema asks for Prisma's next engine, whose language is another one; its files are then left alone. */
function isForNextEngine({ files }: PrismaSchema, leftAlone: LeftAlone[]): boolean {
  const next = files.some(({ document }) => document.prismaNext);
  if (next) leftAlone.push(...files.map(({ path }) => ({ file: path, reason: "This schema is for Prisma's next engine (// use prisma-next), which is not read." })));
  return next;
}

function draftsOf(workspace: Workspace, roots: readonly FoundRoot[], found: readonly PrismaSchema[], leftAlone: LeftAlone[]): Draft[] {
  const schemas = found.filter((schema) => !isForNextEngine(schema, leftAlone));
  return draftsOfSchemas(workspace, roots, schemas, leftAlone);
}

function draftsOfSchemas(workspace: Workspace, roots: readonly FoundRoot[], schemas: readonly PrismaSchema[], leftAlone: LeftAlone[]): Draft[] {
  const drafts: Draft[] = [];
  const taken = new Set<PrismaSchema>();
  for (const found of roots) {
    const prisma = schemaOf(found, schemas.filter((schema) => !taken.has(schema)));
    if (prisma) taken.add(prisma);
    const provided = prisma?.provider === undefined ? undefined : dialectOfProvider(prisma.provider);
    if (prisma?.provider !== undefined && !provided) {
      const reason = `Prisma's provider ${prisma.provider} is not read.`;
      for (const { file } of found.root.placements) leftAlone.push({ file, reason });
      for (const { path } of prisma.files) leftAlone.push({ file: path, reason });
      continue;
    }
    for (const { root, dialect } of splitVariants(found, leftAlone)) {
      const told = dialect ?? provided;
      const guess: Pick<Draft, 'dialect' | 'certain' | 'from'> = told ? { dialect: told, certain: true, from: dialect ? 'name' : 'provider' } : rootDialect(workspace, { runner: found.runner, root });
      drafts.push({ folder: root.folder, runner: found.runner, root, ...(prisma ? { prisma } : {}), ...guess });
    }
  }
  for (const prisma of schemas) {
    if (taken.has(prisma)) continue;
    const dialect = prisma.provider === undefined ? undefined : dialectOfProvider(prisma.provider);
    if (prisma.provider !== undefined && !dialect) {
      for (const { path } of prisma.files) leftAlone.push({ file: path, reason: `Prisma's provider ${prisma.provider} is not read.` });
      continue;
    }
    drafts.push({ folder: prisma.folder, prisma, ...(dialect ? { dialect, from: 'provider' } : {}), certain: dialect !== undefined });
  }
  return drafts.map((draft) => (draft.dialect ? draft : likeItsNeighbours(draft, drafts)));
}

/** Where nothing tells the dialect of a folder, the folders beside it do, when they agree. */
function likeItsNeighbours(draft: Draft, drafts: readonly Draft[]): Draft {
  const parent = folderOf(draft.folder);
  const told = new Set(drafts.flatMap((other) => (other.dialect && folderOf(other.folder) === parent ? [other.dialect] : [])));
  const [dialect] = told;
  return dialect && told.size === 1 && parent !== '' ? { ...draft, dialect, from: 'neighbours' } : draft;
}

/** Where a path of the configuration lies in the workspace, as one of the forms people write. */
export function statedFolder(workspace: Workspace, base: string | undefined, path: string): string {
  const clean = path.replace(/^\.\/+/, '').replace(/\/+$/, '').replace(/^\.$/, '');
  const below = joinPath(base ?? '', clean);
  return workspace.hasFolder(below) || !workspace.hasFolder(clean) ? below : clean;
}

/** Whether the configuration states the dialect of a file: for the workspace, or for the database whose folder it lies in. */
export function isDialectStated(workspace: Workspace, config: Config, path: string): boolean {
  const states = ({ dialect, database_type: type }: DatabaseConfig) => (dialect ?? type) !== undefined;
  return states(config) || config.databases.some((entry) => states(entry) && entry.path !== undefined && isInside(statedFolder(workspace, undefined, entry.path), path));
}

/** Gives each draft the entry of `databases:` it lies in; entries nothing lies in become databases without a history. */
function withEntries(workspace: Workspace, drafts: readonly Draft[], config: Config): Draft[] {
  if (config.databases.length === 0) return [...drafts];
  const entries = config.databases.map((entry) => {
    const base = entry.path === undefined ? undefined : statedFolder(workspace, undefined, entry.path);
    const migrations = entry.migrations?.path === undefined ? undefined : statedFolder(workspace, base, entry.migrations.path);
    return { entry, base, folder: base ?? migrations ?? '', migrations };
  });
  const used = new Set<DatabaseConfig>();
  const kept: Draft[] = [];
  for (const draft of drafts) {
    const fitting = entries.filter(({ entry, folder, migrations }) => {
      const dialect = entry.dialect ?? entry.database_type;
      if (draft.certain && dialect && draft.dialect && !sameFamily(dialect, draft.dialect)) return false;
      return migrations === draft.folder || (migrations === undefined && isInside(folder, draft.folder)) || (draft.root === undefined && isInside(folder, draft.folder));
    });
    const best = fitting.sort((a, b) => b.folder.length - a.folder.length)[0];
    if (!best) continue;
    used.add(best.entry);
    kept.push({ ...draft, entry: best.entry });
  }
  for (const { entry, folder } of entries) {
    if (!used.has(entry)) kept.push({ folder, entry, certain: false });
  }
  return kept;
}

function dialectOf(draft: Draft, config: Config, alone: boolean, forced: Dialect | undefined): { readonly dialect: Dialect; readonly from: DialectSource } {
  const stated = draft.entry?.dialect ?? draft.entry?.database_type;
  const general = config.dialect ?? config.database_type;
  if (forced) return { dialect: forced, from: 'command line' };
  if (stated) return { dialect: stated, from: 'configuration' };
  const told = draft.dialect && { dialect: draft.dialect, from: draft.from ?? 'content' };
  if (general && !(told && draft.certain && !alone && !sameFamily(general, told.dialect))) return { dialect: general, from: 'configuration' };
  return told ?? { dialect: 'postgresql', from: 'default' };
}

/** Folders of migrations that configuration names. */
function statedRoots(workspace: Workspace, config: Config): StatedRoot[] {
  return [config, ...config.databases].flatMap((entry) => {
    const path = entry.migrations?.path;
    const runner = entry.migrations?.runner ?? config.migrations?.runner;
    if (path === undefined) return [];
    const base = entry === config || entry.path === undefined ? undefined : statedFolder(workspace, undefined, entry.path);
    return [{ folder: statedFolder(workspace, base, path), ...(runner === undefined ? {} : { runner }) }];
  });
}

/** The configuration without the databases whose folder is not there, which would otherwise take in every file; each is told of. */
function withoutLostEntries(workspace: Workspace, config: Config, leftAlone: LeftAlone[]): Config {
  const lost = (path: string | undefined): path is string => {
    const folder = path === undefined ? '' : statedFolder(workspace, undefined, path);
    return folder !== '' && !workspace.hasFolder(folder);
  };
  for (const { path } of config.databases) {
    if (lost(path)) leftAlone.push({ file: config.file ?? configFileName, reason: `databases: the workspace has no folder ${path} with files to read, so this entry is left out.` });
  }
  return { ...config, databases: config.databases.filter(({ path }) => !lost(path)) };
}

/** What `layOutDatabases` looks at. */
export interface LayoutInput {
  readonly workspace: Workspace;
  /** `.sql` files that may be migrations. */
  readonly sqlFiles: readonly string[];
  readonly schemas: readonly PrismaSchema[];
  readonly config: Config;
  readonly forcedDialect?: Dialect;
}

/**
 * Finds the databases of a workspace: one per folder of migrations or Prisma schema, several where one folder holds files
 * for several engines, or those that the configuration lists.
 */
export function layOutDatabases(input: LayoutInput): { readonly databases: DatabaseLayout[]; readonly leftAlone: LeftAlone[] } {
  const { workspace } = input;
  const leftAlone: LeftAlone[] = [];
  const config = withoutLostEntries(workspace, input.config, leftAlone);
  const roots = findMigrationRoots(workspace, input.sqlFiles, statedRoots(workspace, config));
  const drafts = withEntries(workspace, draftsOf(workspace, roots, input.schemas, leftAlone), config);
  const dialects = drafts.map((draft) => dialectOf(draft, config, drafts.length === 1, input.forcedDialect));
  const databases = drafts.map((draft, i) => {
    const settings = effectiveConfig(config, draft.entry, drafts.length === 1);
    const gap = draft.root && gapIn(workspace, draft.root);
    return {
      ...(settings.name === undefined ? {} : { stated: settings.name }),
      dialect: dialects[i]!.dialect,
      // Without migrations and Prisma the dialect is that of the files, each of which may tell its own.
      ...((draft.root || draft.prisma || dialects[i]!.from === 'configuration') && { dialectFrom: dialects[i]!.from }),
      config: settings,
      folder: draft.folder,
      ...(draft.runner && draft.root ? { runner: draft.runner, root: draft.root } : {}),
      ...(draft.prisma ? { prisma: draft.prisma } : {}),
      ...(gap && { gap }),
    };
  });
  return { databases, leftAlone };
}
