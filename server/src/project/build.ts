import type { Dialect } from '../source/dialect.ts';
import { readRedisConfig } from '../source/redis/read.ts';
import type { Script } from '../source/statement.ts';
import { appliedSourceOf, type AppliedSource } from './applied.ts';
import { defaultConfig, type Config, type DatabaseConfig } from './config.ts';
import { historyCatalog, makeDatabase, prismaFactsOf, type DatabaseParts } from './databaseFacts.ts';
import { isDialectStated, layOutDatabases, statedFolder, type DatabaseLayout, type LeftAlone } from './databases.ts';
import { distributeCalls, isClientCode } from './calls/files.ts';
import { effectiveConfig } from './effectiveConfig.ts';
import type { Facts, Migration, MigrationStep, PrismaFacts, RedisFacts, SourceFile } from './facts.ts';
import { configFileName, fileKind, type FileKind } from './fileKinds.ts';
import { startCatalog } from './history/startCatalog.ts';
import { Timeline } from './history/timeline.ts';
import { keep, keptOf, type DatabaseState, type Kept } from './kept.ts';
import { sameFamily } from './loose.ts';
import { placeLooseFiles, type LooseFile } from './looseFiles.ts';
import { readMigrations } from './migrations.ts';
import { nameDatabases } from './naming.ts';
import { isInside } from './paths.ts';
import { globMatcher } from './globs.ts';
import { groupPrismaFiles } from './prismaSchemas.ts';
import { readConfig } from './readConfig.ts';
import { once } from './once.ts';
import type { Preparation } from './preparation.ts';
import { distributePatterns } from './patterns.ts';
import { Sources } from './sources.ts';
import { Workspace } from './workspace.ts';

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
  /** Edits will follow: what each statement reads is noted, so that they cost what they change. */
  readonly incremental?: boolean;
}

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
  readonly timeline: Timeline;
  readonly migrations: readonly Migration[];
  readonly steps: readonly MigrationStep[];
  readonly prisma?: PrismaFacts;
  readonly note?: string;
}

function keyOf({ dialect, folder, runner, stated }: DatabaseLayout): string {
  return `${dialect} ${runner?.id ?? ''} ${folder} ${stated ?? ''}`;
}

/** The scripts of a database as they were folded for the last facts, or none yet. */
function timelineOf(layout: DatabaseLayout, input: ProjectInput, kept: Kept | undefined): Timeline {
  return kept?.timelines.get(keyOf(layout)) ?? new Timeline(layout.dialect, input.incremental ?? false);
}

function draftOf(layout: DatabaseLayout, sources: Sources, input: ProjectInput, kept: Kept | undefined): Draft {
  const { migrations, note } = readMigrations(layout, sources, input.applied, input.pendingFiles ?? new Set());
  const timeline = timelineOf(layout, input, kept);
  const steps = timeline.updateHistory({ migrations });
  const prisma = prismaFactsOf(layout, timeline.prisma);
  return { layout, timeline, migrations, steps, ...(prisma ? { prisma } : {}), ...(note === undefined ? {} : { note }) };
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
 * Reads a workspace: finds its databases, folds their migrations, gives every other file to one of them. Synchronous; never throws
 * on any text. `previous` makes it cheap after a change: what did not change is taken over, and lives on in the new facts, so
 * that the previous ones must not be used afterwards. `prepared` is what was read of the files already.
 */
export function buildFacts(input: ProjectInput, previous?: Facts, prepared?: Preparation): Facts {
  const config = configOf(input);
  const excluded = excluder(config);
  const files = input.files.filter((file) => !excluded(file.path) && !(isClientCode(file.path) && (input.isolated || file.text === '')));
  const kept = previous && keptOf(previous);
  const sources = new Sources(kept?.sources ?? prepared?.sources);
  const detections = kept?.detections ?? prepared?.detections ?? new Map();
  const workspace = new Workspace(files, detections);
  const leftAlone = [...(input.leftAlone ?? [])];
  const usable = files.filter((file) => keepFile(file, workspace, leftAlone, input.forcedDialect !== undefined, config));
  const { databases, scripts, roleOf } = input.isolated
    ? isolatedDatabases(input, config, sources, workspace, usable, kept)
    : databasesOf(input, config, sources, workspace, usable, leftAlone, kept);
  sources.finish();
  const result: Facts = {
    config,
    databases: databases.map(({ facts }) => facts),
    redis: redisOf(usable),
    files: workspace.files,
    scripts,
    leftAlone,
    roleOf,
  };
  const timelines = new Map(databases.map(({ parts, timeline }) => [keyOf(parts.layout), timeline]));
  keep(result, { sources, detections, timelines, databases });
  return result;
}

/** Whether a file is read. One that looks like another engine's is, where the dialect is stated. */
function keepFile({ path }: SourceFile, workspace: Workspace, leftAlone: LeftAlone[], forced: boolean, config: Config): boolean {
  if (fileKind(path) !== 'sql') return true;
  const { foreign, guessed } = workspace.detect(path);
  if (foreign === undefined || (guessed && (forced || isDialectStated(workspace, config, path)))) return true;
  leftAlone.push({ file: path, reason: foreign });
  return false;
}

function pathsOf(files: readonly SourceFile[], ...kinds: readonly FileKind[]): string[] {
  return files.flatMap(({ path }) => (kinds.includes(fileKind(path)!) ? [path] : [])).sort();
}

function redisOf(files: readonly SourceFile[]): RedisFacts[] {
  return files.flatMap(({ path, text }) => (fileKind(path) === 'redis' ? [{ file: path, config: readRedisConfig(text) }] : []));
}

interface Built extends Pick<Facts, 'scripts' | 'roleOf'> {
  readonly databases: readonly DatabaseState[];
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
  const stated = config.dialect ?? config.database_type;
  const loose = placeLooseFiles({ workspace, sources, paths: loosePaths, homes, isQueryFile, ...(forced && { forcedDialect: forced }), ...(stated && { statedDialect: stated }) });
  const single = drafts.length + loose.others.length === 1;
  const all = [
    ...drafts.map((draft, i) => ({ draft, files: loose.byHome[i]! })),
    ...loose.others.map(({ folder, dialect, files: own }) => ({ draft: looseDraft({ folder, dialect }, effectiveConfig(config, undefined, single), input, kept), files: own })),
  ];
  return assemble(all, input, config, sources, workspace);
}

function looseDraft(at: Pick<DatabaseLayout, 'folder' | 'dialect'>, settings: DatabaseConfig, input: ProjectInput, kept: Kept | undefined): Draft {
  const stated = (settings.dialect ?? settings.database_type) === at.dialect;
  const layout: DatabaseLayout = { ...at, config: settings, ...(stated && { dialectFrom: 'configuration' as const }), ...(settings.name === undefined ? {} : { stated: settings.name }) };
  return { layout, timeline: timelineOf(layout, input, kept), migrations: [], steps: [] };
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
function isolatedDatabases(input: ProjectInput, config: Config, sources: Sources, workspace: Workspace, files: readonly SourceFile[], kept: Kept | undefined): Built {
  const all = pathsOf(files, 'sql', 'prisma').map((path) => {
    if (fileKind(path) === 'prisma') {
      const schemas = groupPrismaFiles([prismaFile(path, workspace, sources)]);
      const { databases } = layOutDatabases({ workspace, sqlFiles: [], schemas, config: { ...config, name: path } });
      return databases.map((layout) => ({ draft: draftOf(layout, sources, input, kept), files: [] as readonly LooseFile[] }));
    }
    const forced = input.forcedDialect;
    const { others } = placeLooseFiles({ workspace, sources, paths: [path], homes: [], isQueryFile: () => false, ...(forced ? { forcedDialect: forced } : {}) });
    const settings = effectiveConfig({ ...config, name: path }, undefined, true);
    return others.map(({ dialect, files: own }) => ({ draft: looseDraft({ folder: path, dialect }, settings, input, kept), files: own }));
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
  const code = [...workspace.files.values()].filter(({ path }) => isClientCode(path));
  const calls = distributeCalls(code, all.map(({ draft }) => draft));
  const patterns = once(() => distributePatterns(config, databases.map(({ facts }) => facts)));
  const databases: DatabaseState[] = all.map(({ draft: { layout, timeline, migrations, prisma, note: own }, files: loose }, i) => {
    const source = appliedSourceOf(layout.config, input.applied);
    const note = own ?? (source.kind === 'none' ? source.note : undefined);
    const parts: DatabaseParts = {
      name: names[i]!,
      layout,
      config,
      patterns: () => patterns()[i]!,
      calls: calls[i]!,
      ...(input.engineVersion === undefined ? {} : { engineVersion: input.engineVersion }),
      ...(note !== undefined && migrations.length > 0 ? { appliedNote: note } : {}),
    };
    const scripts = { migrations, loose, ...(prisma ? { prisma } : {}) };
    return { parts, timeline, scripts, facts: makeDatabase(parts, timeline, scripts) };
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
  return { databases, scripts, roleOf };
}
