/** What the planner chose for a query. */
export interface PlanSeen {
  /** Nodes from the top, a node's inputs in brackets where there are several: `Limit > Index Scan using ix on orders`. */
  readonly shape: string;
  /** Total cost in the planner's units; undefined where the engine tells none (SQLite). */
  readonly cost?: number;
  /** Rows it expects. */
  readonly rows?: number;
}

/**
 * `helps`: used, and the cost falls below 95 percent. `no cheaper`: used, and it does not. `not used`: the planner prefers what it had.
 * `only since 18`: it is used without a condition on its first column, which no earlier version can do at a profit. `refused`: the
 * engine does not make it.
 */
export type WhatIfVerdict = 'helps' | 'no cheaper' | 'not used' | 'only since 18' | 'refused';

export interface WhatIfCandidate {
  /** The CREATE INDEX. */
  readonly index: string;
  readonly verdict: WhatIfVerdict;
  /** Undefined when it was refused. */
  readonly plan?: PlanSeen;
  /** Cost with the index over cost without. */
  readonly ratio?: number;
  /** By formula; undefined for other kinds than btree, and on SQLite. */
  readonly size?: { readonly pages: number; readonly bytes: number; readonly levels: number };
  /** What each insert into its table costs more, by the model in writeCost.ts. */
  readonly write?: WriteCost;
  /** What the engine said when it refused. */
  readonly reason?: string;
}

export interface WriteCost {
  /** Bytes of the entry in the index. */
  readonly entryBytes: number;
  /** Bytes of write-ahead log, images of whole pages left out. */
  readonly walBytes: number;
  /** Queries of the workspace that update one of its columns, so that their updates have to write all indexes of the table. */
  readonly updates: number;
}

export interface WhatIfDetail {
  /** As the workspace has it. */
  readonly query: string;
  /** As it was given to the engine. */
  readonly asked: string;
  readonly before: PlanSeen;
  readonly candidates: readonly WhatIfCandidate[];
  /** The CREATE INDEX of the best one among those that help. */
  readonly best?: string;
  /** Rows that the answer rests on, and settings: `1,000,000 rows of orders`. */
  readonly under: readonly string[];
  /** What was taken for true because nobody stated or measured it, with its number. */
  readonly assumptions: readonly string[];
  /** Existing indexes that the plans were made without, because only PostgreSQL 18 can use them for this query. */
  readonly hidden: readonly string[];
}
