import type { Dialect } from '../source/dialect.ts';
import { readRedisConfig } from '../source/redis/read.ts';
import type { Script } from '../source/statement.ts';
import { appliedSourceOf, type AppliedSource } from './applied.ts';
import { defaultConfig, type Config, type DatabaseConfig } from './config.ts';
import { historyCatalog, makeDatabase, prismaFactsOf } from './databaseFacts.ts';
import { layOutDatabases, statedFolder, type DatabaseLayout, type LeftAlone } from './databases.ts';
import { effectiveConfig } from './effectiveConfig.ts';
import type { DatabaseFacts, Facts, MigrationStep, PrismaFacts, RedisFacts, SourceFile } from './facts.ts';
import { configFileName, fileKind, type FileKind } from './fileKinds.ts';
import { foldMigrations, startCatalog } from './fold.ts';
import { sameFamily } from './loose.ts';
import { placeLooseFiles, type LooseFile } from './looseFiles.ts';
import { readMigrations } from './migrations.ts';
import { nameDatabases } from './naming.ts';
import { isInside } from './paths.ts';
import { globMatcher } from './globs.ts';
import { groupPrismaFiles } from './prismaSchemas.ts';
import { readConfig } from './readConfig.ts';
import { once } from './once.ts';
import { distributePatterns } from './patterns.ts';
import { Sources } from './sources.ts';
import { Workspace, type Detections } from './workspace.ts';

/** Everything a workspace is built from; nothing else is read. */
export interface ProjectInput {
  readonly files: readonly SourceFile[];
  /** The configuration; when absent, database-expert.yaml among the files is read, else the defaults hold. */
  readonly config?: Config;
  readonly applied: AppliedSource;
  /** Dialect of every `.sql` file, from the command line. */
  readonly forcedDialect?: Dialect;
  /** Major version of the engine, over what configuration says. */
  readonly engineVersion?: number;
  /** Each file is a history of its own: no runner, nothing applied, autocommit unless BEGIN, configuration but for its rules ignored. */
  readonly isolated?: boolean;
  /** Paths of files that count as pending whatever else is known (named on the command line). */
  readonly pendingFiles?: ReadonlySet<string>;
  /** Files that were found and not read. */
  readonly leftAlone?: readonly LeftAlone[];
}

interface Kept {
  readonly sources: Sources;
  readonly detections: Detections;
  readonly steps: ReadonlyMap<string, readonly MigrationStep[]>;
}

const keptBy = new WeakMap<Facts, Kept>();
/** Whether `config` leaves a path out. */
function excluder(config: Config): (path: string) => boolean {
  if (config.exclude.length === 0) return () => false;
  return globMatcher(config.exclude);
}

function configOf(input: ProjectInput): Config {
  const file = input.files.find(({ path }) => path === configFileName);
  const config = input.config ?? (file ? readConfig(file.text, file.path).config : defaultConfig);
  return input.isolated ? { ...defaultConfig, rules: config.rules } : config;
}

/** A database on its way: what its history says, before loose files are added. */
interface Draft {
  readonly layout: DatabaseLayout;
  readonly steps: readonly MigrationStep[];
  readonly prisma?: PrismaFacts;
  readonly note?: string;
}

function keyOf({ dialect, folder, runner }: DatabaseLayout): string {
  return `${dialect} ${runner?.id ?? ''} ${folder}`;
}

function draftOf(layout: DatabaseLayout, sources: Sources, input: ProjectInput, previous: Kept | undefined): Draft {
  const { migrations, note } = readMigrations(layout, sources, input.applied, input.pendingFiles ?? new Set());
  const steps = foldMigrations(startCatalog(layout.dialect), migrations, previous?.steps.get(keyOf(layout)));
  const prisma = prismaFactsOf(layout);
  return { layout, steps, ...(prisma ? { prisma } : {}), ...(note === undefined ? {} : { note }) };
}

/** Drops numbered schema files that make the tables of another database once more: they are a dump of it, not a history. */
function withoutDumps(drafts: readonly Draft[]): Draft[] {
  return drafts.filter((draft) => {
    const { runner, config, dialect } = draft.layout;
    if (!runner?.assumed || config.migrations?.path !== undefined) return true;
    const own = tablesMade(draft);
    return !drafts.some((other) => {
      if (other === draft || other.layout.runner?.assumed || !sameFamily(other.layout.dialect, dialect)) return false;
      const there = tablesMade(other);
      return own.length >= 3 && own.filter((key) => there.includes(key)).length * 10 >= own.length * 6;
    });
  });
}

function tablesMade({ steps }: Draft): string[] {
  return [...(steps.at(-1)?.after.tables ?? [])].flatMap(([key, table]) => (table.knowledge === 'known' ? [key] : []));
}

/** Paths that the databases' histories hold. */
function claimedPaths(drafts: readonly Draft[]): Set<string> {
  const claimed = new Set<string>();
  for (const { layout } of drafts) {
    for (const { file } of layout.root?.placements ?? []) claimed.add(file);
    for (const { path } of layout.prisma?.files ?? []) claimed.add(path);
  }
  return claimed;
}

/**
 * Reads a workspace: finds its databases, folds their migrations, gives every other file to one of them. Pure and
 * synchronous; never throws on any text. `previous` makes it cheap after a small change: what did not change is taken over.
 */
export function buildFacts(input: ProjectInput, previous?: Facts): Facts {
  const config = configOf(input);
  const excluded = excluder(config);
  const files = input.files.filter(({ path }) => !excluded(path));
  const kept = previous && keptBy.get(previous);
  const sources = new Sources(kept?.sources);
  const detections = kept?.detections ?? new Map();
  const workspace = new Workspace(files, detections);
  const leftAlone = [...(input.leftAlone ?? [])];
  const usable = files.filter((file) => keepFile(file, workspace, leftAlone));
  const facts = input.isolated
    ? isolatedDatabases(input, config, sources, workspace, usable)
    : databasesOf(input, config, sources, workspace, usable, leftAlone, kept);
  sources.finish();
  const result: Facts = {
    config,
    databases: facts.databases,
    redis: redisOf(usable),
    files: workspace.files,
    scripts: facts.scripts,
    leftAlone,
    roleOf: facts.roleOf,
  };
  keptBy.set(result, { sources, detections, steps: facts.steps });
  return result;
}

function keepFile({ path }: SourceFile, workspace: Workspace, leftAlone: LeftAlone[]): boolean {
  if (fileKind(path) !== 'sql') return true;
  const { foreign } = workspace.detect(path);
  if (foreign !== undefined) leftAlone.push({ file: path, reason: foreign });
  return foreign === undefined;
}

function pathsOf(files: readonly SourceFile[], ...kinds: readonly FileKind[]): string[] {
  return files.flatMap(({ path }) => (kinds.includes(fileKind(path)!) ? [path] : [])).sort();
}

function redisOf(files: readonly SourceFile[]): RedisFacts[] {
  return files.flatMap(({ path, text }) => (fileKind(path) === 'redis' ? [{ file: path, config: readRedisConfig(text) }] : []));
}

interface Built extends Pick<Facts, 'databases' | 'scripts' | 'roleOf'> {
  readonly steps: ReadonlyMap<string, readonly MigrationStep[]>;
}

function databasesOf(
  input: ProjectInput,
  config: Config,
  sources: Sources,
  workspace: Workspace,
  files: readonly SourceFile[],
  leftAlone: LeftAlone[],
  kept: Kept | undefined,
): Built {
  const schemas = groupPrismaFiles(pathsOf(files, 'prisma').map((path) => prismaFile(path, workspace, sources)));
  const sqlFiles = pathsOf(files, 'sql');
  const forced = input.forcedDialect;
  const laidOut = layOutDatabases({ workspace, sqlFiles, schemas, config, ...(forced ? { forcedDialect: forced } : {}) });
  leftAlone.push(...laidOut.leftAlone);
  const drafts = withoutDumps(laidOut.databases.map((layout) => draftOf(layout, sources, input, kept)));
  const taken = claimedPaths(drafts);
  for (const { file } of leftAlone) taken.add(file);
  const homes = drafts.map(({ layout, steps, prisma }) => {
    const history = historyCatalog(steps, prisma);
    const { folder, dialect, config: settings } = layout;
    return { folder, dialect, catalog: history ?? startCatalog(dialect), history: history !== undefined, isQueryFile: queryFiles(settings, workspace) };
  });
  const loosePaths = pathsOf(files, 'sql', 'sqlx').filter((path) => !taken.has(path));
  const isQueryFile = queryFiles(config, workspace);
  const loose = placeLooseFiles({ workspace, sources, paths: loosePaths, homes, isQueryFile, ...(forced ? { forcedDialect: forced } : {}) });
  const single = drafts.length + loose.others.length === 1;
  const all = [
    ...drafts.map((draft, i) => ({ draft, files: loose.byHome[i]! })),
    ...loose.others.map(({ folder, dialect, files: own }) => ({ draft: looseDraft(folder, dialect, config, single), files: own })),
  ];
  return assemble(all, input, config, sources, workspace);
}

function looseDraft(folder: string, dialect: Dialect, config: Config, single: boolean): Draft {
  const settings = effectiveConfig(config, undefined, single);
  return { layout: { dialect, folder, config: settings, ...(settings.name === undefined ? {} : { stated: settings.name }) }, steps: [] };
}

/** Tells the files that the configuration of a database declares to be its queries. */
function queryFiles({ queries, path }: DatabaseConfig, workspace: Workspace): (file: string) => boolean {
  if (!queries || queries.length === 0) return () => false;
  const base = path === undefined ? '' : statedFolder(workspace, undefined, path);
  const matches = globMatcher(queries);
  return (file) => matches(file) || (base !== '' && isInside(base, file) && matches(file.slice(base.length + 1)));
}

function prismaFile(path: string, workspace: Workspace, sources: Sources) {
  const text = workspace.text(path)!;
  return { path, text, document: sources.prisma(path, text) };
}

/** Each file a database of its own, named after its path. */
function isolatedDatabases(input: ProjectInput, config: Config, sources: Sources, workspace: Workspace, files: readonly SourceFile[]): Built {
  const all = pathsOf(files, 'sql', 'prisma').map((path) => {
    if (fileKind(path) === 'prisma') {
      const schemas = groupPrismaFiles([prismaFile(path, workspace, sources)]);
      const { databases } = layOutDatabases({ workspace, sqlFiles: [], schemas, config: { ...config, name: path } });
      return databases.map((layout) => ({ draft: draftOf(layout, sources, input, undefined), files: [] as readonly LooseFile[] }));
    }
    const forced = input.forcedDialect;
    const { others } = placeLooseFiles({ workspace, sources, paths: [path], homes: [], isQueryFile: () => false, ...(forced ? { forcedDialect: forced } : {}) });
    return others.map(({ dialect, files: own }) => ({ draft: looseDraft(path, dialect, { ...config, name: path }, true), files: own }));
  });
  return assemble(all.flat(), input, config, sources, workspace);
}

function assemble(
  all: readonly { readonly draft: Draft; readonly files: readonly LooseFile[] }[],
  input: ProjectInput,
  config: Config,
  sources: Sources,
  workspace: Workspace,
): Built {
  const names = nameDatabases(all.map(({ draft }) => draft.layout));
  const patterns = once(() => distributePatterns(config, databases));
  const databases: DatabaseFacts[] = all.map(({ draft, files }, i) => {
    const source = appliedSourceOf(draft.layout.config, input.applied);
    const note = draft.note ?? (source.kind === 'none' ? source.note : undefined);
    return makeDatabase({
      name: names[i]!,
      layout: draft.layout,
      steps: draft.steps,
      ...(draft.prisma ? { prisma: draft.prisma } : {}),
      loose: files,
      config,
      patterns: () => patterns()[i]!,
      ...(input.engineVersion === undefined ? {} : { engineVersion: input.engineVersion }),
      ...(note !== undefined && draft.steps.length > 0 ? { appliedNote: note } : {}),
    });
  });
  const scripts = new Map<string, Script>();
  const roleOf = new Map<string, { database: number; role: 'migration' | 'down' | LooseFile['role'] }>();
  for (const [database, { draft, files }] of all.entries()) {
    const { root, dialect, prisma } = draft.layout;
    for (const { file, part } of root?.placements ?? []) {
      if (roleOf.has(file)) continue;
      roleOf.set(file, { database, role: part === 'down' ? 'down' : 'migration' });
      scripts.set(file, sources.script(file, workspace.text(file)!, dialect));
    }
    for (const { path } of prisma?.files ?? []) roleOf.set(path, { database, role: 'prisma' });
    for (const { path, role, script } of files) {
      roleOf.set(path, { database, role });
      scripts.set(path, script);
    }
  }
  return { databases, scripts, roleOf, steps: new Map(all.map(({ draft }) => [keyOf(draft.layout), draft.steps])) };
}
