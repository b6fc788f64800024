import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, lstatSync, readFileSync } from 'node:fs';
import { access, lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { AppliedSource } from '../project/applied.ts';
import { fileKind } from '../project/fileKinds.ts';
import { maximumBytes } from './files.ts';
import { Slices } from './slices.ts';

export interface GitOptions {
  /** Folder of the configuration file when it lies above the workspace: up to there the repository's root may be. */
  readonly configFolder?: string;
  readonly signal?: AbortSignal;
}

const timeout = 10_000;

/**
 * Settings that keep a repository from running anything: no file monitor, hooks, pager, external diff or lazy fetch,
 * whatever its own configuration says. Only objects and references are asked for; git never looks at the working tree, so
 * that no filter, text conversion or attribute comes into play.
 */
const hardened = [
  '--no-pager',
  '--literal-pathspecs',
  '--no-optional-locks',
  '--no-replace-objects',
  ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'diff.external=', 'core.pager=cat', 'core.sshCommand=false'].flatMap((one) => ['-c', one]),
  ...['safe.bareRepository=explicit', 'protocol.allow=never', 'core.alternateRefsCommand=', 'log.showSignature=false'].flatMap((one) => ['-c', one]),
];

/** The environment git runs in: where programs and the user's own settings are, and nothing else of ours. */
function environment(top: string): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'SystemRoot', 'TEMP', 'TMP'];
  return {
    ...Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: path.dirname(top),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ATTR_NOSYSTEM: '1',
  };
}

/** The git program on the search path; relative entries and entries inside the workspace are passed over. */
async function findGit(top: string): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'git.exe' : 'git';
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const inside = path.relative(top, folder);
    if (!path.isAbsolute(folder) || inside === '' || !(inside.startsWith('..') || path.isAbsolute(inside))) continue;
    const file = path.join(folder, name);
    if (await access(file, constants.X_OK).then(() => true, () => false)) return file;
  }
  return undefined;
}

/** Runs git in the repository; undefined when it fails, is missing or takes too long. */
async function run(git: string, top: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { cwd: top, env: environment(top), timeout, killSignal: 'SIGKILL', maxBuffer: 256 * 1024 * 1024, windowsHide: true, signal } as const;
    const child = execFile(git, [...hardened, ...args], options, (error, stdout) => resolve(error ? undefined : stdout));
    child.stdin?.end();
  });
}

/** The root of the repository: the workspace, or a folder above it up to the configuration file's. */
async function repositoryRoot(root: string, configFolder: string): Promise<string | undefined> {
  const inside = path.relative(configFolder, root);
  const highest = inside.startsWith('..') || path.isAbsolute(inside) ? root : configFolder;
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (await lstat(path.join(folder, '.git')).then(() => true, () => false)) return folder;
    if (folder === highest || path.dirname(folder) === folder) return undefined;
  }
}

/** A file of a commit: its path from the repository's root and the id of its content. */
interface TreeFile {
  readonly path: string;
  readonly id: string;
}

function readTree(output: string): TreeFile[] {
  return output.split('\0').flatMap((line) => {
    const match = /^100(?:644|755) blob ([0-9a-f]+)\t(.+)$/s.exec(line);
    return match && fileKind(match[2]!) ? [{ id: match[1]!, path: match[2]! }] : [];
  });
}

/** The bytes of a regular file that is not too large; undefined when it has gone or is something else. */
function bytesOf(file: string): Buffer | undefined {
  try {
    const stat = lstatSync(file);
    return stat.isFile() && stat.size <= maximumBytes ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a file has the content that git knows under `id`, line ends as checked out on Windows allowed for. */
function isUnchanged(file: string, id: string): boolean {
  const bytes = bytesOf(file);
  if (!bytes) return false;
  const blobId = (content: Buffer) =>
    createHash(id.length === 64 ? 'sha256' : 'sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  if (blobId(bytes) === id) return true;
  return bytes.includes('\r\n') && blobId(Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')) === id;
}

const none = (note: string): AppliedSource => ({ kind: 'none', note: `${note}; every migration counts as pending.` });

/** Where the default branch is looked for: that of the remote, else the local one. */
const defaultBranches = ['origin/HEAD', 'origin/main', 'origin/master'].map((name) => `refs/remotes/${name}`).concat(['refs/heads/main', 'refs/heads/master']);

/** The commit of the default branch. */
async function defaultBranch(git: string, top: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const output = await run(git, top, ['for-each-ref', '--format=%(refname) %(objecttype) %(objectname)', ...defaultBranches], signal);
  const commits = new Map((output ?? '').split('\n').flatMap((line) => {
    const [name, type, id] = line.split(' ');
    return type === 'commit' && id !== undefined ? [[name!, id]] : [];
  }));
  return defaultBranches.map((name) => commits.get(name)).find((commit) => commit !== undefined);
}

/** Where the branch of a workspace left the default branch, and the files that stood there. */
interface Fork {
  readonly git: string;
  readonly top: string;
  /** The workspace below the root of the repository, with `/` behind it; empty when it is the root. */
  readonly prefix: string;
  readonly files: readonly TreeFile[];
}

/** Asks git for the fork of the branch; a sentence says why there is none. git is not run unless the workspace is trusted. */
async function forkOf(root: string, trusted: boolean, options: GitOptions): Promise<Fork | string> {
  if (!trusted) return 'The workspace is not trusted, so git was not asked';
  const realRoot = await realpath(root).catch(() => root);
  const realConfig = await realpath(options.configFolder ?? root).catch(() => realRoot);
  const top = await repositoryRoot(realRoot, realConfig);
  if (top === undefined) return 'The workspace is not the root of a git repository';
  const git = await findGit(top);
  if (git === undefined) return 'git is not installed';
  const ask = async (...args: string[]) => (await run(git, top, args, options.signal))?.trim();
  const [shallow, base] = await Promise.all([ask('rev-parse', '--is-shallow-repository'), defaultBranch(git, top, options.signal)]);
  if (shallow === undefined) return 'git could not read the repository';
  if (shallow === 'true') return 'The git clone is shallow and does not hold the common history';
  if (base === undefined) return 'The git repository has no default branch (origin/HEAD, main or master)';
  const fork = await ask('merge-base', 'HEAD', base);
  if (!fork) return 'HEAD and the default branch have no common history';
  const below = path.relative(top, realRoot).split(path.sep).join('/');
  const prefix = below === '' ? '' : `${below}/`;
  const tree = await run(git, top, ['ls-tree', '-r', '-z', '--full-tree', fork, ...(prefix === '' ? [] : ['--', prefix])], options.signal);
  return tree === undefined ? 'git could not list the files of the default branch' : { git, top, prefix, files: readTree(tree) };
}

/**
 * Tells which files of a workspace are unchanged since its branch left the default branch: those migrations are taken for
 * applied. Without a usable repository nothing is, and the note says why. git is not run unless the workspace is trusted.
 */
export async function gitApplied(root: string, trusted: boolean, options: GitOptions = {}): Promise<AppliedSource> {
  const fork = await forkOf(root, trusted, options);
  return typeof fork === 'string' ? none(fork) : { kind: 'git', unchanged: await unchangedFiles(fork, options.signal) };
}

/**
 * Texts of a workspace's files as they were where its branch left the default branch.
 * @param wanted which files, by workspace path
 * @returns by workspace path; without a usable repository why there are none, as the beginning of a sentence
 */
export async function textsAtFork(root: string, trusted: boolean, wanted: (file: string) => boolean, options: GitOptions = {}): Promise<ReadonlyMap<string, string> | string> {
  const fork = await forkOf(root, trusted, options);
  if (typeof fork === 'string') return fork;
  const texts = new Map<string, string>();
  for (const { path: file, id } of fork.files) {
    const name = file.slice(fork.prefix.length);
    const text = wanted(name) ? await run(fork.git, fork.top, ['cat-file', 'blob', id], options.signal) : undefined;
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

async function unchangedFiles({ files, top, prefix }: Fork, signal: AbortSignal | undefined): Promise<Set<string>> {
  const unchanged = new Set<string>();
  const slices = new Slices(signal);
  for (const { path: file, id } of files) {
    await slices.pause();
    if (isUnchanged(path.join(top, file), id)) unchanged.add(file.slice(prefix.length));
  }
  return unchanged;
}
