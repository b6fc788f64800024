import type { Dialect } from '../../source/dialect.ts';
import type { TextRange } from '../../text/range.ts';
import type { RunnerInfo, TransactionMode } from '../facts.ts';

/** Where a file stands among the migrations of a runner, told by its path alone. */
export interface Placement {
  /** Path relative to the workspace. */
  readonly file: string;
  /** Folder of the migrations, relative to the workspace; empty for the workspace itself. */
  readonly root: string;
  readonly version: string;
  readonly name: string;
  /** `both`: one file that holds up and, perhaps, down as sections. */
  readonly part: 'up' | 'down' | 'both';
  /** An engine named in the file name (`.mysql.`); the file then stands in for the shared one on that engine. */
  readonly variant?: string;
}

/** The files that one runner would own in one folder, with a way to look at what stands around them. */
export interface MigrationRoot {
  readonly folder: string;
  readonly placements: readonly Placement[];
  /** Text of a file of the workspace, by workspace path; undefined when there is none. */
  text(path: string): string | undefined;
  /** Whether a file of this name stands in the folder or in a folder above it. */
  above(name: string): boolean;
}

/** A folder of `.sql` files before anything is known of it. */
export interface FileFolder {
  readonly folder: string;
  /** The `.sql` files that stand in it, not those below. */
  readonly files: readonly string[];
  /** Whether the name of one of them begins with a digit. */
  readonly numbered: boolean;
  /** Text of a file of the workspace, by workspace path; undefined when there is none. */
  readonly text: (path: string) => string | undefined;
  /** Whether a file of this name stands in the folder or in a folder above it. */
  readonly above: (name: string) => boolean;
}

/** File offsets of the sections of a migration that keeps up and down in one file. */
export interface Sections {
  readonly up: TextRange;
  readonly down?: TextRange;
}

/** A migration that shares its file with others. */
export interface FilePart {
  readonly version: string;
  readonly name: string;
  readonly up: TextRange;
  /** Ranges of the script that takes it back, which the file keeps in comments. */
  readonly down: readonly TextRange[];
  readonly transaction: TransactionMode;
}

/** A migration that exists, as far as naming the next one needs it. */
export interface ExistingMigration {
  readonly version: string;
  readonly name: string;
  /** Path of the up file. */
  readonly file: string;
}

export interface NewMigrationRequest {
  /** Folder of the migrations, relative to the workspace. */
  readonly folder: string;
  /** In the order of the runner. */
  readonly existing: readonly ExistingMigration[];
  /** Words of the name: `add_orders_index`. */
  readonly slug: string;
  readonly up: string;
  readonly down?: string;
  /** Ask for a migration that runs outside a transaction. */
  readonly transactionless?: boolean;
  /** Clock for versions that are timestamps. Without it the version follows the last one, which is deterministic. */
  readonly now?: Date;
}

export interface NewMigration {
  readonly version: string;
  readonly name: string;
  /** Files to make; the first holds the up part. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** What is known of one migration runner: how its files are named, ordered, sectioned and run. Pure. */
export interface Runner extends RunnerInfo {
  /** The one dialect that the runner knows. */
  readonly dialect?: Dialect;
  /** Set where every file name begins with a digit. */
  readonly numbered?: true;
  /** Whether the files of a folder can belong to this runner at all; cheap, and asked before `place`. Absent: any may. */
  readonly mayRead?: (folder: FileFolder) => boolean;
  /** Reads a path; undefined when this runner would not take the file for a migration. */
  place(path: string): Placement | undefined;
  /** Those of the files of a folder that make up its history, where not all do; in any order. */
  choose?(placements: readonly Placement[]): readonly Placement[];
  /** How likely the folder belongs to this runner, 0 (no) to 1 (certain). */
  confidence(root: MigrationRoot): number;
  /** The order in which migrations run. */
  compare(a: Placement, b: Placement, root: MigrationRoot): number;
  /** The migrations of a file that may hold several, in order; undefined for a file that is one. */
  split?(text: string, dialect: Dialect): readonly FilePart[] | undefined;
  /** Sections of a file; absent when a file is one script. */
  sections?(text: string): Sections;
  /** The transaction in force for the up part of a file. */
  transactionOf(text: string, dialect: Dialect, file: string, root: MigrationRoot): TransactionMode;
  /** Files of a new migration, or undefined when the runner cannot hold what is asked for. */
  create(request: NewMigrationRequest): NewMigration | undefined;
}

/** The data of a runner for one dialect, as facts carry it. */
export function runnerInfo(runner: Runner, dialect: Dialect): RunnerInfo {
  const { id, title, down, optOut, reference, manifest, assumed } = runner;
  const root: MigrationRoot = { folder: '', placements: [], text: () => undefined, above: () => false };
  return {
    id,
    title,
    transaction: runner.transactionOf('', dialect, '', root),
    down,
    ...(optOut === undefined ? {} : { optOut }),
    reference,
    ...(manifest === undefined ? {} : { manifest }),
    ...(assumed === undefined ? {} : { assumed }),
  };
}
