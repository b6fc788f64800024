import type { ExperimentEvidence } from './evidence.ts';
import type { WireFinding } from './finding.ts';

// Output of `prove --format json`. `import type` from neighbours is the only import of this floor.

/** A relation as an engine names it: without `public`, quoted where SQL needs quotes. */
export interface WireRelation {
  readonly relation: string;
  readonly kind: string;
  /** The table of an index. */
  readonly table?: string;
}

/** Modes as pg_locks names them, without `Lock`; on SQLite `Reserved`, which keeps other writers out. */
export interface WireLock extends WireRelation {
  readonly mode: string;
}

/** A refusal in the engine's words. `code` is the SQLSTATE, or SQLite's name of the result code; empty where there is none. */
export interface WireRefusal {
  readonly code: string;
  readonly message: string;
}

/** What one statement was seen to do. */
export interface WireStatementProof {
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  readonly statement: string;
  readonly locks: readonly WireLock[];
  readonly rewritten: readonly WireRelation[];
  readonly scanned: readonly { readonly relation: string; readonly rows: number }[];
  /**
   * What is held when it begins and was not when the statement before it in this list began. A lock stays held until `released` names it;
   * a statement that was not run neither takes nor releases.
   */
  readonly held: readonly WireLock[];
  /** What was held when the statement before it began and is not any more: its transaction ended, or a stronger mode stands in `held`. */
  readonly released?: readonly WireLock[];
  /** What of the relations that it locked a second connection had to wait with; only on an engine with several connections. */
  readonly waits?: readonly { readonly relation: string; readonly commands: readonly string[] }[];
  /** The locks were not seen but are what is known of such statements. */
  readonly classFact?: true;
  readonly notRun?: string;
  readonly refused?: WireRefusal;
}

/** What a MySQL or MariaDB server of the user said of one statement. */
export interface WireOnlineChange {
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  readonly statement: string;
  /** The clauses of the gentlest way that it accepted; empty where it took the statement only as it stands. */
  readonly accepted?: string;
  /** Gentler ways that it refused, with its words, gentlest first. */
  readonly refused: readonly { readonly asked: string; readonly message: string }[];
  readonly notRun?: string;
  /** The server refused the statement itself. */
  readonly failed?: WireRefusal;
}

export interface WireRowFailure extends WireRefusal {
  readonly file: string;
  readonly line: number;
  readonly statement: string;
  readonly table?: string;
  /** A row that did it, as `column = value` pairs. */
  readonly row?: string;
}

interface Ran {
  readonly ran: true;
  readonly engine: string;
  readonly version: string;
  readonly evidence: readonly ExperimentEvidence[];
}

/** An experiment on a migration. One that did not run says why, and counts as nothing. */
export type WireExperiment =
  | { readonly experiment: string; readonly ran: false; readonly reason: string }
  | (Ran & { readonly experiment: 'algorithm and lock'; readonly statements: readonly WireOnlineChange[] })
  | (Ran & { readonly experiment: 'locks'; readonly statements: readonly WireStatementProof[] })
  | (Ran & { readonly experiment: 'existing rows'; readonly failures: readonly WireRowFailure[]; /** What ran over rows, of changes of tables. */ readonly passed: number; /** Refused on rows, of which nothing is said. */ readonly undecided: readonly WireRowFailure[]; /** Refused whatever the rows are. */ readonly broken: readonly WireRowFailure[]; readonly seeded: readonly { readonly table: string; readonly rows: number }[]; readonly unseeded: readonly { readonly table: string; readonly reason: string }[] })
  | (Ran & { readonly experiment: 'round trip'; /** The migration's own down, or one derived from its history. */ readonly down: 'written' | 'derived'; readonly verdict: string; readonly schema: readonly string[]; readonly data: readonly string[]; readonly error?: WireRefusal & { readonly sql?: string } });

export interface WireMigrationProof {
  readonly version: string;
  readonly file: string;
  readonly applied: boolean;
  readonly experiments: readonly WireExperiment[];
  /** What of the schema before it the engine would not make; what rests on it could not be shown. */
  readonly missing: readonly { readonly sql: string; readonly reason: string }[];
  /** Tables that no migration makes and that were made up here, of the columns that are named. */
  readonly standIns: readonly string[];
  /** Functions that no migration makes and that stand-ins were made for, as `auth.uid() returns uuid`. */
  readonly functions: readonly string[];
  /** Where the proof stopped, and why; what comes behind it was not seen. */
  readonly stopped?: { readonly file: string; readonly line: number; readonly reason: string };
}

/** Whether an index helps a query, by the planner, under numbers that the evidence names. */
export type WireIndexProof =
  | { readonly query: string; readonly index: string; readonly ran: false; readonly reason: string }
  | {
      readonly query: string;
      readonly index: string;
      readonly ran: true;
      readonly engine: string;
      readonly version: string;
      readonly evidence: readonly ExperimentEvidence[];
      readonly verdict: string;
      /** The plans, without and with the index. */
      readonly before: string;
      readonly after?: string;
      /** Cost with the index over cost without. */
      readonly ratio?: number;
      readonly assumptions: readonly string[];
    };

/** What a tenant got at. */
export type WireTenantsProof =
  | { readonly ran: false; readonly reason: string }
  | {
      readonly ran: true;
      readonly engine: string;
      readonly version: string;
      readonly evidence: readonly ExperimentEvidence[];
      readonly key: string;
      readonly leaks: readonly { readonly kind: string; readonly through: string; readonly ways: readonly string[]; readonly observed: string; readonly ran: string }[];
      /** What tenants learn of each other without getting at rows. */
      readonly notes: readonly { readonly kind: string; readonly table: string; readonly observed: string; readonly ran: string }[];
      readonly tried: readonly string[];
      readonly untried: readonly { readonly name: string; readonly reason: string }[];
      readonly assumptions: readonly string[];
    };

export interface WireDatabaseProof {
  readonly database: string;
  readonly dialect: string;
  readonly migrations: readonly WireMigrationProof[];
  readonly indexes: readonly WireIndexProof[];
  /** Whether a tenant gets at rows of another; absent where tenants share no tables. */
  readonly tenants?: WireTenantsProof;
}

/** Something that an experiment showed to go wrong. */
export interface WireProblem {
  readonly database: string;
  /** The statement that goes wrong, or what made a way to rows of other tenants. Absent where no place is known. */
  readonly file?: string;
  readonly line?: number;
  readonly experiment: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** Output of `prove --format json`. */
export interface ProofReport {
  readonly version: 1;
  readonly databases: readonly WireDatabaseProof[];
  readonly problems: readonly WireProblem[];
  /** The findings that experiments could look at, with what they showed. */
  readonly findings: readonly WireFinding[];
  readonly summary: {
    readonly migrations: number;
    readonly statements: number;
    readonly proved: number;
    readonly refuted: number;
    readonly modelled: number;
    /** Experiments that did not run. */
    readonly notRun: number;
    readonly problems: number;
  };
}
