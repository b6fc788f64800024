import { objectKey, type Catalog, type ForeignKey, type Table } from '../../schema/catalog.ts';

/** The map key of the table that a foreign key points at. */
export function parentOf({ dialect }: Catalog, { references }: ForeignKey): string {
  return objectKey(dialect, references.schema, references.table);
}

/** Whether rows are put into a table itself; partitions get theirs through the table they belong to. */
export function takesRows(table: Table): boolean {
  return table.knowledge === 'known' && !table.temporary && !table.partitionOf && !table.virtual;
}

/** Whether a foreign key can be left open. */
export function isOptional(table: Table, key: ForeignKey): boolean {
  return key.columns.some((name) => table.columns.find((column) => column.name === name)?.nullable === true);
}

/** The tables with everything that their foreign keys lead to, as map keys. */
export function withParents(catalog: Catalog, tables: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const waiting = [...tables].map((key) => rootOf(catalog, key));
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    const table = catalog.tables.get(key);
    if (!table || found.has(key)) continue;
    found.add(key);
    waiting.push(...table.foreignKeys.map((one) => rootOf(catalog, parentOf(catalog, one))));
  }
  return found;
}

/** The table that rows of a partition are put into. */
function rootOf(catalog: Catalog, key: string): string {
  const of = catalog.tables.get(key)?.partitionOf;
  return of ? rootOf(catalog, objectKey(catalog.dialect, of.schema, of.table)) : key;
}

/** Puts parents before children: a foreign key that has to be filled is never cut unless such keys go round in a circle. */
export function inOrder(catalog: Catalog, keys: Iterable<string>): Table[] {
  const waiting = new Map<string, { table: Table; required: string[]; optional: string[] }>();
  for (const key of keys) {
    const table = catalog.tables.get(key);
    if (!table || !takesRows(table)) continue;
    const parents = (optional: boolean) => table.foreignKeys.filter((one) => isOptional(table, one) === optional).map((one) => rootOf(catalog, parentOf(catalog, one))).filter((parent) => parent !== key);
    waiting.set(key, { table, required: parents(false), optional: parents(true) });
  }
  const ordered: Table[] = [];
  while (waiting.size > 0) {
    const met = (parents: readonly string[]) => parents.every((parent) => !waiting.has(parent));
    const ready = [...waiting].filter(([, { required }]) => met(required));
    const free = ready.filter(([, { optional }]) => met(optional));
    const next = free.length > 0 ? free : [ready[0] ?? [...waiting][0]!];
    for (const [key, { table }] of next) {
      ordered.push(table);
      waiting.delete(key);
    }
  }
  return ordered;
}
