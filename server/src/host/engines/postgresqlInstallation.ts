import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PostgreSQL as a program on this machine. */
export interface PostgresqlInstallation {
  /** The folder of `initdb` and `postgres`. */
  readonly bin: string;
  /** As `postgres --version` tells it: `15.18`. */
  readonly version: string;
  readonly major: number;
}

/** Where to look, and on which system; the running one unless stated. */
export interface Surroundings {
  readonly platform?: NodeJS.Platform;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Folders that hold one folder per version, and where in it the programs are: Debian, Red Hat, Homebrew, Postgres.app, EDB's installers. */
function versioned(platform: NodeJS.Platform, environment: NonNullable<Surroundings['environment']>): readonly (readonly [folder: string, name: RegExp, inside: string])[] {
  if (platform === 'win32') return [[join(environment['ProgramFiles'] ?? 'C:\\Program Files', 'PostgreSQL'), /^\d+$/, 'bin']];
  const everywhere = [['/usr/lib/postgresql', /^\d+$/, 'bin'], ['/usr', /^pgsql-\d+$/, 'bin'], ['/opt/PostgreSQL', /^\d+$/, 'bin']] as const;
  if (platform !== 'darwin') return everywhere;
  return [
    ['/opt/homebrew/opt', /^postgresql(@\d+)?$/, 'bin'],
    ['/usr/local/opt', /^postgresql(@\d+)?$/, 'bin'],
    ['/Applications/Postgres.app/Contents/Versions', /^\d+$/, 'bin'],
    ['/Library/PostgreSQL', /^\d+$/, 'bin'],
  ];
}

/** The folders that may hold the programs, those of PATH first; none is opened yet. */
async function candidates({ platform = process.platform, environment = process.env }: Surroundings): Promise<string[]> {
  const path = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const others = await Promise.all(versioned(platform, environment).map(async ([folder, name, inside]) => {
    const entries = await readdir(folder).catch(() => []);
    return entries.filter((entry) => name.test(entry)).map((entry) => join(folder, entry, inside));
  }));
  return [...new Set([...path, ...others.flat()])];
}

/**
 * The installation whose programs are in a folder; undefined when it lacks `initdb` or `postgres`, or they do not run.
 */
export async function installationIn(bin: string): Promise<PostgresqlInstallation | undefined> {
  try {
    const [server] = await Promise.all(['postgres', 'initdb'].map(async (program) => await run(join(bin, program), ['--version'], { timeout: 10_000 })));
    const version = /(\d+)(?:\.\d+)*/.exec(server!.stdout);
    return version ? { bin, version: version[0], major: Number(version[1]) } : undefined;
  } catch {
    return undefined;
  }
}

/** The PostgreSQL installations of this machine, one per version, newest first. Runs `--version` of what it finds and nothing else. */
export async function findPostgresql(surroundings: Surroundings = {}): Promise<readonly PostgresqlInstallation[]> {
  const found = await Promise.all((await candidates(surroundings)).map(installationIn));
  const byVersion = new Map(found.flatMap((one) => (one ? [[one.version, one] as const] : [])).reverse());
  return [...byVersion.values()].toSorted((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
}
