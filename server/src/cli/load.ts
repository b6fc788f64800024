import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { readSourceFile, scanWorkspace, type Scan } from '../host/files.ts';
import { scopeAround, type Scope } from '../host/scope.ts';
import { gitApplied } from '../host/git.ts';
import { loadAuthoritiesOf } from '../host/authorities.ts';
import { loadPrismaAuthority } from '../host/prismaAuthority.ts';
import type { AppliedSource } from '../project/applied.ts';
import { buildFacts, type ProjectInput } from '../project/build.ts';
import type { Facts, SourceFile } from '../project/facts.ts';
import { fileKind, type FileKind } from '../project/fileKinds.ts';
import { statisticsIn } from '../proofs/indexProofs.ts';
import { statisticsPath } from '../proofs/statistics/statisticsFile.ts';
import { checkWorkspace } from '../rules/engine.ts';
import { byPlace } from '../rules/engine.ts';
import { syntaxFindings, type Authorities } from '../rules/syntax.ts';
import type { Finding } from '../rules/rule.ts';
import { configOf } from '../session/analysis.ts';
import type { Dialect } from '../source/dialect.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { InputError, type Io } from './io.ts';

const configName = 'database-expert.yaml';

/** What is to be looked at: one workspace, and the part of it that was asked about. */
export interface Target {
  /** Real path of the folder that is read. */
  readonly root: string;
  /** Paths relative to `root` that were named; empty for all. A folder stands for what is below it. */
  readonly named: readonly string[];
  /** Named files, which count as pending. */
  readonly files: readonly string[];
  /** Folder, relative to `root`, that paths are shown relative to. */
  readonly shown: string;
  /** Whether no configuration says how far the workspace reaches, so that only the surroundings of the named files are read. */
  readonly bounded?: true;
}

export interface LoadOptions {
  readonly dialect?: Dialect;
  readonly engineVersion?: number;
  readonly isolated?: boolean;
  /** Text that stands in for a file, by path relative to the root. */
  readonly overlay?: SourceFile;
}

export interface Loaded {
  readonly target: Target;
  readonly facts: Facts;
  readonly input: ProjectInput;
  /** Files asked about that could not be opened or decoded, by shown path, each with a sentence. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  /** What the configuration names and cannot be used, each as a sentence. */
  readonly unusable: readonly string[];
  /** What the user should know of how it was read, as a sentence. */
  readonly note?: string;
}

/**
 * Groups what was named on the command line into workspaces. A folder is a workspace; its own configuration applies, else the nearest above.
 * A file belongs to the nearest folder above it that holds a configuration, else to the current folder.
 * @throws InputError when a name leads nowhere.
 */
export async function targetsOf(io: Io, names: readonly string[]): Promise<Target[]> {
  const targets: Target[] = [];
  const files = new Map<string, { readonly named: string[]; readonly bounded: boolean }>();
  for (const name of names.length === 0 ? ['.'] : names) {
    if (name === '') throw new InputError("'': no such file or folder");
    const given = path.resolve(io.cwd, name);
    const real = await realpath(given).catch(() => undefined);
    if (real === undefined) throw new InputError(`${name}: no such file or folder`);
    const found = await stat(real);
    const folder = found.isDirectory() ? real : path.dirname(real);
    const configured = await configFolder(folder);
    if (found.isDirectory()) {
      const root = configured ?? real;
      const shown = relative(root, real);
      targets.push({ root, named: shown === '' ? [] : [shown], files: [], shown, ...(!configured && { bounded: true }) });
    } else {
      const cwd = await realpath(io.cwd);
      const root = configured ?? (isInside(cwd, real) ? cwd : folder);
      files.set(root, { named: [...(files.get(root)?.named ?? []), relative(root, real)], bounded: configured === undefined });
    }
  }
  for (const [root, { named, bounded }] of files) targets.push({ root, named, files: named, shown: '', ...(bounded && { bounded }) });
  return targets;
}

/** The nearest folder, from here up, that holds a configuration. */
async function configFolder(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = await stat(path.join(at, configName)).catch(() => undefined);
    if (found?.isFile()) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

function relative(root: string, target: string): string {
  return path.relative(root, target).split(path.sep).join('/');
}

function isInside(root: string, target: string): boolean {
  const way = path.relative(root, target);
  return way === '' || (!way.startsWith('..') && !path.isAbsolute(way));
}

/** What is said of a named file that no rule looks at. */
const notOurs = 'This is no .sql or .prisma file and no configuration of Redis, so it was not read.';

const nothingScanned: Scan = { files: [], leftAlone: [], unreadable: new Set() };

/** Reads a workspace and folds it. What cannot be read is left alone and told of in `unreadable`. */
export async function load(target: Target, options: LoadOptions = {}): Promise<Loaded> {
  const scope: Scope = target.bounded ? await scopeAround(target.root, target.named) : { below: '' };
  const [scan, applied] = await Promise.all([
    options.isolated && target.files.length > 0 ? nothingScanned : scanWorkspace(target.root, scope),
    options.isolated ? ({ kind: 'none', note: 'Each file is looked at alone.' } satisfies AppliedSource) : gitApplied(target.root, true),
  ]);
  const byPath = new Map(scan.files.map((file) => [file.path, file]));
  const leftAlone = new Map(scan.leftAlone.map(({ file, reason }) => [file, reason]));
  const unreadable = new Set(scan.unreadable);
  for (const path of target.files.filter((file) => file !== options.overlay?.path)) {
    const read = readSourceFile(target.root, path);
    if ('file' in read && fileKind(path) === undefined) leftAlone.set(path, notOurs);
    else if ('file' in read) byPath.set(path, read.file);
    else leftAlone.set(path, read.reason);
    if ('reason' in read && !read.tooLarge) unreadable.add(path);
  }
  if (options.isolated) {
    const config = await readFile(path.join(target.root, configName), 'utf8').catch(() => undefined);
    if (config !== undefined) byPath.set(configName, { path: configName, text: config });
  }
  if (options.overlay && fileKind(options.overlay.path) === undefined) leftAlone.set(options.overlay.path, notOurs);
  else if (options.overlay) byPath.set(options.overlay.path, options.overlay);
  const input: ProjectInput = {
    files: [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    applied,
    leftAlone: [...leftAlone].map(([file, reason]) => ({ file, reason })),
    pendingFiles: new Set([...target.files, ...(options.overlay ? [options.overlay.path] : [])]),
    ...(options.dialect && { forcedDialect: options.dialect }),
    ...(options.engineVersion !== undefined && { engineVersion: options.engineVersion }),
    ...(options.isolated && { isolated: true }),
  };
  const told = [...unreadable].filter((file) => isAsked(target, file)).sort().map((file) => ({ file: shownPath(target, file), reason: leftAlone.get(file)! }));
  const whole = (scope.below === '' && scope.depth === undefined) || options.isolated;
  const note = whole ? undefined : `Without database-expert.yaml nothing says how far the workspace reaches: only ${scope.below === '' ? 'the files around the named ones were' : `${scope.below} was`} read.`;
  const facts = buildFacts(input);
  return { target, facts, input, unreadable: told, unusable: options.isolated ? [] : await unusableIn(target, facts), ...(note !== undefined && { note }) };
}

/** A configuration that is no file, and statistics that cannot be used: what is asked about may need neither, and yet somebody meant them to count. */
async function unusableIn(target: Target, facts: Facts): Promise<string[]> {
  const config = await stat(path.join(target.root, configName)).catch(() => undefined);
  const folder = config?.isDirectory() ? [`${shownPath(target, configName)}: this is a folder, so no configuration was read`] : [];
  return [...folder, ...new Set(facts.databases.flatMap((database) => {
    const named = statisticsPath(facts.config, database);
    if (named === undefined || (database.dialect !== 'postgresql' && database.dialect !== 'sqlite')) return [];
    const read = readSourceFile(target.root, named);
    const statistics = statisticsIn(named, database, 'file' in read ? read.file.text : undefined);
    return typeof statistics === 'string' ? [`${shownPath(target, configName)}: ${statistics}`] : [];
  }))];
}

/**
 * The workspace as it is when nothing is named and nothing is looked at alone: what is applied there no fix edits, though a
 * named file is checked as if it were pending.
 */
export async function undisturbedFacts({ target, input, facts }: Loaded): Promise<Facts> {
  if (input.isolated) {
    const { forcedDialect, engineVersion } = input;
    const whole = await load({ ...target, files: [] }, { ...(forcedDialect && { dialect: forcedDialect }), ...(engineVersion !== undefined && { engineVersion }) });
    return whole.facts;
  }
  return input.pendingFiles?.size ? buildFacts({ ...input, pendingFiles: new Set() }) : facts;
}

/**
 * Says on standard error what could not be read, in which case the exit code is 2, whatever else was found, and what the
 * configuration says that is not understood, which the editor underlines and which changes no exit code. Neither does a folder without
 * anything to look at.
 * @returns whether something could not be read
 */
export function tellProblems(io: Io, loaded: readonly Loaded[]): boolean {
  for (const line of new Set(loaded.flatMap(configProblems))) io.err(`database-expert: ${line}\n`);
  for (const line of new Set(loaded.flatMap(({ unusable }) => unusable))) io.err(`database-expert: ${line}\n`);
  for (const { target } of loaded.filter(isEmpty)) io.err(`database-expert: ${path.relative(io.cwd, path.join(target.root, target.shown)) || '.'}: no .sql or .prisma file and no configuration of Redis was found\n`);
  const files = loaded.flatMap(({ unreadable }) => unreadable);
  for (const { file, reason } of files) io.err(`database-expert: ${file}: ${reason}\n`);
  return files.length > 0;
}

/** Whether there was nothing to look at in what was asked about, nor anything that was left alone. */
function isEmpty({ facts, target }: Loaded): boolean {
  const kinds: ReadonlySet<FileKind | undefined> = new Set(['sql', 'prisma', 'redis', 'sqlx']);
  return ![...facts.files.keys()].some((file) => isAsked(target, file) && kinds.has(fileKind(file))) && !facts.leftAlone.some(({ file }) => isAsked(target, file));
}

/** What is not understood in the configuration of a workspace, each with its place. */
function configProblems({ facts, target }: Loaded): string[] {
  const text = facts.files.get(configName)?.text ?? '';
  const lines = new LineIndex(text);
  return configOf(facts.files.get(configName)?.text, {}).problems.map(({ message, range }) => {
    const { line, column } = lines.position(range.start);
    return `${shownPath(target, configName)}:${line + 1}:${column + 1}: ${message}`;
  });
}

/** Whether a path lies in the part of the workspace that was asked about. */
export function isAsked({ named }: Target, file: string): boolean {
  return named.length === 0 || named.some((name) => file === name || file.startsWith(`${name}/`));
}

/** A path as it is shown: relative to the folder that was named, with `../` for what lies beside it. */
export function shownPath({ shown }: Target, file: string): string {
  return path.posix.relative(shown, file);
}

/** Everything that is found in what was asked about, syntax errors included, in order. */
export async function findingsOf(loaded: Loaded, options: { readonly rules?: readonly string[]; readonly all?: boolean; readonly log: (message: string) => void }): Promise<Finding[]> {
  const { facts, target } = loaded;
  const findings = checkWorkspace(facts, { ...(options.rules && { only: options.rules }), ...(options.all && { all: true }), log: options.log });
  const syntax = options.rules && !options.rules.includes('syntax-error') ? [] : syntaxFindings(facts, await authoritiesFor(facts));
  return [...findings, ...syntax].filter((finding) => isAsked(target, finding.at.file)).sort(byPlace);
}

/** The grammars, with Prisma's engine, which takes a second to load, only where there is a schema to judge. */
async function authoritiesFor(facts: Facts): Promise<Authorities> {
  const grammars = await loadAuthoritiesOf(facts.databases.map(({ dialect }) => dialect));
  return facts.databases.some(({ prisma }) => prisma) ? { ...grammars, prisma: await loadPrismaAuthority() } : grammars;
}
