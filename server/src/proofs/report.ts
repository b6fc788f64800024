import type { ExperimentEvidence } from '../../../protocol/evidence.ts';
import type { Dialect } from '../source/dialect.ts';
import type { NotLaid } from './bench.ts';
import type { IndexProof } from './indexProofs.ts';
import type { LocksDetail, OnlineDdlDetail, Outcome, RoundTripDetail, RowsDetail, TenantsDetail } from './outcome.ts';

/** Where the proof of a migration stopped, and why: what comes behind it was not seen. */
export interface Stop {
  readonly file: string;
  /** Offset in the file of the statement that could not run. */
  readonly offset: number;
  readonly reason: string;
}

/** What was shown of one migration. Offsets are those of its file when it was proved; `base` is where its part of the file began then. */
export interface MigrationProof {
  /** Tells what was proved: the schema before, the texts, the engine and this version of the product. */
  readonly key: string;
  readonly version: string;
  readonly file: string;
  readonly base: number;
  readonly applied: boolean;
  readonly locks: Outcome<LocksDetail>;
  /** What a MySQL or MariaDB server of the user said; absent where none was asked. It holds for that server and is not kept. */
  readonly online?: Outcome<OnlineDdlDetail>;
  readonly rows: Outcome<RowsDetail>;
  readonly roundTrip: Outcome<RoundTripDetail>;
  /** Which down made the round trip: the migration's own, or one that was derived from the history. */
  readonly down: 'written' | 'derived' | 'none';
  /** What of the schema before the migration the engine would not make. */
  readonly notLaid: readonly NotLaid[];
  /** Tables that no migration makes and that were made up of the columns that are named. */
  readonly standIns: readonly string[];
  /** Functions that no migration makes and that were made up, as `auth.uid() returns uuid`. */
  readonly functions: readonly string[];
  readonly stopped?: Stop;
}

/** What was shown of one database. */
export interface DatabaseProof {
  readonly database: string;
  readonly dialect: Dialect;
  /** Major version that the workspace states, where it states one. */
  readonly statedVersion?: number;
  readonly migrations: readonly MigrationProof[];
  /** What the planner said of the indexes that findings ask for. */
  readonly indexes: readonly IndexProof[];
  /** Whether a tenant gets at rows of another; absent where it was not asked. */
  readonly tenants?: Outcome<TenantsDetail>;
}

/** The outcomes of a migration in the order in which they are told. */
export function outcomesOf({ online, locks, rows, roundTrip }: MigrationProof): readonly Outcome<unknown>[] {
  return [...(online ? [online] : []), locks, rows, roundTrip];
}

/** The outcomes for a database as a whole. */
export function wholeOutcomesOf({ indexes, tenants }: Pick<DatabaseProof, 'indexes' | 'tenants'>): readonly Outcome<unknown>[] {
  return [...indexes.map(({ outcome }) => outcome), ...(tenants ? [tenants] : [])];
}

/** All evidence of a migration. */
export function evidenceOf(proof: MigrationProof): readonly ExperimentEvidence[] {
  return outcomesOf(proof).flatMap((outcome) => (outcome.ran ? outcome.evidence : []));
}
