import type { ExperimentEvidence } from '../../../protocol/evidence.ts';
import type { EngineInfo } from './engine.ts';

export type ExperimentName = 'locks' | 'algorithm and lock' | 'existing rows' | 'round trip' | 'index what-if' | 'tenant isolation' | 'fix';

/** What an experiment gave. An experiment that could not run is said, and never counts as passed. */
export type Outcome<Detail> =
  | { readonly experiment: ExperimentName; readonly ran: true; readonly engine: EngineInfo; readonly detail: Detail; readonly evidence: readonly ExperimentEvidence[] }
  | { readonly experiment: ExperimentName; readonly ran: false; readonly reason: string };

/** Lock modes of tables, weakest first, as pg_locks names them without `Lock`. */
export const lockModes = ['AccessShare', 'RowShare', 'RowExclusive', 'ShareUpdateExclusive', 'Share', 'ShareRowExclusive', 'Exclusive', 'AccessExclusive'] as const;

export type LockMode = (typeof lockModes)[number];

/** A relation, named as regclass prints it, without `public`. */
export interface RelationSeen {
  readonly relation: string;
  readonly kind: 'table' | 'index' | 'sequence' | 'view' | 'materialized view' | 'database' | 'other';
  /** The table of an index. */
  readonly table?: string;
}

/** A lock on a relation. SQLite knows one lock only, on the whole database: `Reserved`, which keeps other writers waiting. */
export interface LockSeen extends RelationSeen {
  readonly mode: LockMode | 'Reserved';
}

/** What clients do with the rows of a table. */
export type ClientCommand = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** What one statement of a migration did. Offsets are those of its file. */
export interface StatementLocks {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly sql: string;
  /** The strongest mode newly taken per relation that stood before the migration. */
  readonly locks: readonly LockSeen[];
  /** Relations that got new files, those that the migration made left out. */
  readonly rewritten: readonly RelationSeen[];
  /** Tables that were read through, with the rows that they held. */
  readonly scanned: readonly { readonly relation: string; readonly rows: number }[];
  /** What earlier statements of the same transaction still hold when this one begins. */
  readonly held: readonly LockSeen[];
  /** What of the relations that it locked a second connection could not do meanwhile; only where the engine has several connections. */
  readonly waits?: readonly { readonly relation: string; readonly commands: readonly ClientCommand[] }[];
  /** Set when `locks` were not seen but are what the manual and measurements say of such statements. */
  readonly classFact?: true;
  /** Why it was not run: a client command, a statement behind a refused one, one that refuses a transaction block. */
  readonly notRun?: string;
  /** The engine's refusal. */
  readonly refused?: { readonly code: string; readonly message: string };
  /** The sentence that evidence quotes; absent where there is nothing to say. */
  readonly observed?: string;
}

export interface LocksDetail {
  readonly statements: readonly StatementLocks[];
  /** Set when the migration was committed piece by piece, as its runner does: the bench is behind it now and has to be laid out anew. */
  readonly committed?: true;
  /** Set when statements that each commit were run in one transaction together: a lock that an earlier one took is not seen a second time. */
  readonly together?: true;
}

/** What a MySQL or MariaDB server said of one change of a table, on tables of our own without rows. */
export interface OnlineChange {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly sql: string;
  /** The clauses of the gentlest way that it accepted, as they were asked for; empty where it took the statement only as it stands. */
  readonly accepted?: string;
  /** Gentler ways that it refused, with its words, gentlest first. */
  readonly refused: readonly { readonly asked: string; readonly message: string }[];
  /** Why the statement was not tried. */
  readonly notRun?: string;
  /** The server refused the statement itself. */
  readonly failed?: { readonly code: string; readonly message: string };
  readonly observed?: string;
}

export interface OnlineDdlDetail {
  readonly changes: readonly OnlineChange[];
}

/** A statement that failed on rows that the schema before it allows. */
export interface RowFailure {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly sql: string;
  readonly code: string;
  readonly message: string;
  /** A row that did it, as `column = value` pairs, where one can be named. */
  readonly table?: string;
  readonly row?: string;
}

export interface RowsDetail {
  readonly failures: readonly RowFailure[];
  /** Statements that change the schema of tables and met rows in them, and did not fail. */
  readonly passed: readonly { readonly file: string; readonly start: number; readonly end: number; readonly table: string; readonly rows: number }[];
  /**
   * Statements that failed on our rows and say nothing by it: they read or write rows, and whether the application has such rows is
   * its own knowledge; or they may only have failed because an earlier one did.
   */
  readonly undecided: readonly RowFailure[];
  /** Statements that do not run on an empty schema either, whatever the rows are. */
  readonly broken: readonly RowFailure[];
  /** Set when a part of the migration had to be committed: the bench is not what it was. */
  readonly committed?: true;
  readonly seeded: readonly { readonly table: string; readonly rows: number }[];
  /** Tables that no row could be found for, with the engine's last word; what happens to their rows is not known. */
  readonly unseeded: readonly { readonly table: string; readonly reason: string }[];
}

export interface RoundTripDetail {
  readonly verdict: 'restored' | 'restored except column order' | 'not restored' | 'down failed' | 'up failed' | 'up again failed';
  /** Whether the up changes the schema at all. */
  readonly changed: boolean;
  readonly downIsEmpty: boolean;
  /** What differs in the schema after up and down, one sentence each. */
  readonly schema: readonly string[];
  /** What differs in the rows: tables whose rows are not what they were, and what was lost. */
  readonly data: readonly string[];
  /** How the schema after the second up differs from that after the first, where it does. */
  readonly again?: readonly string[];
  /** What the engine refused, and where it stands; a down that nobody wrote has no file. `uncommitted`: it may run once what stands before it is committed. */
  readonly error?: { readonly code: string; readonly message: string; readonly sql: string; readonly file: string; readonly start: number; readonly uncommitted?: true };
  /** Set when the scripts were committed, as their runner does: the bench has to be laid out anew. */
  readonly committed?: true;
  /** Set when it was run without rows, because those that the schema allows make the migration fail. */
  readonly rowless?: true;
  /** Set when SQLite refused something for the sake of a foreign key, and was run without enforcing them. */
  readonly withoutForeignKeys?: true;
}

/** What one tenant did with rows of another. */
export type TenantWay = 'read' | 'update' | 'delete' | 'insert' | 'move';

/** A way by which a tenant got at rows of another. */
export interface TenantLeak {
  readonly kind: 'row-level security off' | 'policy' | 'setting' | 'tenant not set' | 'owner' | 'child table' | 'partition' | 'view' | 'materialized view' | 'function';
  /** The table, view or function that was used, named as regclass prints it. */
  readonly through: string;
  /** Map keys of the tables whose rows were reached. */
  readonly tables: readonly string[];
  /** The policy of the first of them that let it through, where it is known. */
  readonly policy?: string;
  readonly ways: readonly TenantWay[];
  readonly observed: string;
  readonly ran: string;
}

/** What tenants learn of each other without getting at rows, or what a policy shares on purpose; never a problem by itself. */
export interface TenantNote {
  readonly kind: 'unique key' | 'foreign key' | 'owner' | 'shared rows';
  readonly table: string;
  readonly observed: string;
  readonly ran: string;
}

export interface TenantsDetail {
  /** The column that tells whose a row is. */
  readonly key: string;
  /** The roles that were tried, and the SQL by which each became the first tenant. */
  readonly probes: readonly { readonly role: string; readonly identity: string }[];
  readonly leaks: readonly TenantLeak[];
  readonly notes: readonly TenantNote[];
  /** Map keys of the tables that were tried. */
  readonly tried: readonly string[];
  /** Tables, views and functions that could not be tried, and why. */
  readonly untried: readonly { readonly name: string; readonly reason: string }[];
  /** What the schema does not say and was taken to be so, one sentence each. */
  readonly assumptions: readonly string[];
}

/** What a migration holds of one table at its strongest, as far as the table stood before. */
export interface HeldTable {
  readonly mode?: LockSeen['mode'];
  readonly rewritten?: true;
  /** The strongest lock under which the table was read through. */
  readonly scannedUnder?: LockSeen['mode'];
  /** Set when a lock was not seen but is what is known of such statements. */
  readonly known?: true;
}

/** How a fix changes what is held of a table. */
export interface HeldChange {
  readonly table: string;
  readonly change: 'weaker' | 'stronger' | 'same';
  readonly original: HeldTable;
  readonly fixed: HeldTable;
}

export interface FixDetail {
  /** What differs in the schema afterwards, one sentence each. */
  readonly differences: readonly string[];
  /** Differences that the fix is there to make. */
  readonly stated: readonly string[];
  readonly held: readonly HeldChange[];
  /** What the engine says to the original, where it refuses it as its runner runs it; the schema is then that of its statements one by one. */
  readonly originalRefused?: string;
  /** What it says to a statement with the fix; `stillRefused` when it refuses that one without the fix as well. */
  readonly fixedRefused?: string;
  readonly stillRefused?: string;
  /**
   * Statements that fail on rows that the schema before allows, in the engine's words: with the original, and with the fix; and those of
   * the original of which that says nothing (`RowsDetail.undecided`), because the fix may have them in a migration where it would.
   */
  readonly rows: { readonly original: readonly string[]; readonly undecided: readonly string[]; readonly fixed: readonly string[] };
}
