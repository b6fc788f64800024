/** What is used of the file system in memory (Emscripten's MEMFS) that PGlite keeps its files in. */
export interface VirtualFiles {
  open(path: string, ...rest: unknown[]): unknown;
  lookupPath(path: string): { readonly node: VirtualFile };
  writeFile(path: string, data: Uint8Array): void;
  unlink(path: string): void;
  readdir(path: string): string[];
  readFile(path: string): Uint8Array;
  readonly ErrnoError: new (errno: number) => Error;
}

/** A file in memory. `usedBytes` is its size; `contents` may be longer. */
export interface VirtualFile {
  usedBytes: number;
  contents: Uint8Array;
}

/** Where PGlite's cluster lies. */
export const dataDirectory = '/pglite/data';

/** WASI's number for "permission denied". */
const EACCES = 2;

/** Files that the server makes and reads on its own behalf: relations, write-ahead log, transaction status, statistics. */
const ownFiles = /^\/pglite\/data(?:$|\/(?:base|global|pg_wal|pg_xact|pg_multixact|pg_subtrans|pg_notify|pg_serial|pg_snapshots|pg_stat|pg_stat_tmp|pg_twophase|pg_logical|pg_replslot|pg_commit_ts|pg_dynshmem|pg_tblspc)(?:$|\/[\w./]*$)|\/(?:PG_VERSION|pg_\w+\.conf|postgresql(?:\.auto)?\.conf(?:\.tmp)?|postmaster\.\w+|current_logfiles)$)/;

/** What is installed with the server: time zones, dictionaries, control files and libraries of extensions. Only read. */
const installed = /^\/pglite\/(?:share|lib)\//;

/** Shared memory, and the devices that random numbers and logs come from and go to. */
const devices = /^\/dev\/(?:shm\/|u?random$|null$|std\w+$|tty)/;

/**
 * Lets the server open its own files only. SQL can name files in many ways (COPY, lo_import, lo_export, pg_read_file, file_fdw, LOAD, functions
 * in C), so the guard stands where all of them end. The files are in memory, none of the machine's can be reached; but a library that SQL has
 * written and then loads would bring JavaScript of its own along.
 */
export function guardFiles(files: VirtualFiles): void {
  const open = files.open.bind(files);
  files.open = (path, flags, ...rest) => {
    const plain = typeof path === 'string' ? path.replace(/\/{2,}|\/\.(?=\/)/g, '/') : '';
    const reading = flags === undefined || flags === 'r' || (typeof flags === 'number' && (flags & 3) === 0);
    const allowed = !plain.includes('..') && (ownFiles.test(plain) || devices.test(plain) || (reading && installed.test(plain)));
    if (!allowed) throw new files.ErrnoError(EACCES);
    return open(path, flags, ...rest);
  };
}

/** The bytes of the libraries that are installed with the server. */
export function installedLibraries(files: VirtualFiles): Uint8Array[] {
  const folder = '/pglite/lib/postgresql';
  return files.readdir(folder).filter((name) => name.endsWith('.so')).map((name) => files.readFile(`${folder}/${name}`));
}
