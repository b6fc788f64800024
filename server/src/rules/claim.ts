/**
 * What a finding says that an engine would do. An experiment looks whether it does: what it shows hangs on the finding as evidence,
 * and a finding that is refuted loses a level. The statement is the one that the finding stands in.
 */
export type Claim =
  /** The statement takes at least this lock on a table (its `objectKey`), writes it anew, or reads all of it under that lock. Modes as in pg_locks, without `Lock`. */
  | { readonly kind: 'locks'; readonly table: string; readonly mode?: string; readonly rewrites?: true; readonly scans?: true }
  /** The statement fails on rows that the schema before it allows. */
  | { readonly kind: 'fails on rows' }
  /** The statement fails whatever the rows are. */
  | { readonly kind: 'fails' }
  /** A query reads less with this index. */
  | { readonly kind: 'index helps'; readonly query: string; readonly index: string }
  /** The down of the migration does not bring back what was there. */
  | { readonly kind: 'down does not restore' }
  /** A tenant reaches rows of another through this table. */
  | { readonly kind: 'tenants reach each other'; readonly table: string };
