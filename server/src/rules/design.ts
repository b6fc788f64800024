import type { DatabaseFacts } from '../project/facts.ts';
import type { Table } from '../schema/catalog.ts';

/** A table with the view that a design finding is shown on. */
export interface DesignTable {
  readonly key: string;
  /** As the history tells it; the Prisma table where no history exists. */
  readonly table: Table;
  /** The same table as the Prisma schema tells it; its origins are ranges of the Prisma file. */
  readonly prisma?: Table;
}

/**
 * A table of the schema as it stands, with its Prisma model where there is one. A design problem that both show belongs
 * on the Prisma model; one that only one of them shows is half mended already.
 */
export function designTable({ catalog, prisma }: DatabaseFacts, key: string): DesignTable | undefined {
  const modelled = prisma?.catalog.tables.get(key);
  const table = catalog.tables.get(key) ?? modelled;
  return table && { key, table, ...(modelled && { prisma: modelled }) };
}

/** The keys of all tables of the schema as it stands, those of the history before those of the Prisma schema alone. */
export function designKeys({ catalog, prisma }: DatabaseFacts): ReadonlySet<string> {
  return new Set([...catalog.tables.keys(), ...(prisma?.catalog.tables.keys() ?? [])]);
}
