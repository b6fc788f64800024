/** What a statement holds while it runs. `scan`: reads the whole table under that lock. */
export interface LockEffect {
  /** In the engine's own words, with the table; null when nothing that others use is locked. */
  readonly lock: string | null;
  readonly rewrite: boolean;
  readonly scan: boolean;
  /** Whether reads or writes of clients wait for it. */
  readonly blocks: 'nothing' | 'writes' | 'everything';
}
