/** One thing of a schema as an engine tells it. */
export interface SchemaFact {
  /** As people call it: `column`, `index`, `foreign key`. */
  readonly kind: string;
  /** `orders.note`; without `public`, and without quotes. */
  readonly name: string;
  /** The table, view or type that it goes with; undefined for what stands by itself. */
  readonly owner?: string;
  /** What is true of it, one phrase each, in the same order for every fact of the kind: `text`, `NOT NULL`, `no default`. */
  readonly phrases: readonly string[];
}

/** A schema at one moment: facts by `kind name`. Two equal snapshots are the same schema. */
export type Snapshot = ReadonlyMap<string, SchemaFact>;

/** Makes a snapshot of facts; of two facts of one name the later gets a number, so that none is lost. */
export function snapshotOf(facts: Iterable<SchemaFact>): Snapshot {
  const snapshot = new Map<string, SchemaFact>();
  for (const fact of facts) {
    const key = `${fact.kind} ${fact.name}`;
    let free = key;
    for (let count = 2; snapshot.has(free); count++) free = `${key} #${count}`;
    snapshot.set(free, fact);
  }
  return snapshot;
}
