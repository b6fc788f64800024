import { objectKey, type Catalog, type Table } from '../../schema/catalog.ts';
import { literalsIn } from './literals.ts';

/** A partition that a migration is about to make. */
export interface ComingPartition {
  /** Map key of the table that it becomes a part of. */
  readonly parent: string;
  /** As it is written, from FOR VALUES on. */
  readonly bound: string;
}

/** What the partitions of a table want of a column. */
export interface Bounds {
  /** Values that lie in partitions, or will. */
  readonly values: readonly string[];
  /** Whether a default partition takes every other value. */
  readonly isOpen: boolean;
}

/** For each column that a table or its partitions are divided by, values that lie in the partitions; of those that are coming, where a default partition takes the value until then. */
export function boundsOf(catalog: Catalog, table: Table, coming: readonly ComingPartition[]): Map<string, Bounds> {
  const found = new Map<string, Bounds>();
  const visit = (key: string, divided: Table): void => {
    const column = divided.partitionBy?.columns[0];
    if (!divided.partitionBy) return;
    const children = partitionsOf(catalog, key);
    const isOpen = children.some(([, child]) => isDefault(child.partitionOf!.bound));
    const bounds = [...children.map(([, child]) => child.partitionOf!.bound), ...(isOpen ? coming.filter(({ parent }) => parent === key).map(({ bound }) => bound) : [])];
    const earlier = column === undefined ? undefined : found.get(column);
    if (column !== undefined) found.set(column, { values: [...(earlier?.values ?? []), ...bounds.flatMap((bound) => firstValue(catalog, bound))], isOpen: isOpen && earlier?.isOpen !== false });
    for (const [childKey, child] of children) visit(childKey, child);
  };
  visit(objectKey(catalog.dialect, table.schema, table.name), table);
  for (const [column, { values }] of found) if (values.length === 0) found.delete(column);
  return found;
}

/** Whether a table has a partition for all rows that lie in no other. */
export function hasDefaultPartition(catalog: Catalog, key: string): boolean {
  return partitionsOf(catalog, key).some(([, { partitionOf }]) => isDefault(partitionOf!.bound));
}

/** The partitions of a table with their map keys. */
export function partitionsOf(catalog: Catalog, parent: string): [string, Table][] {
  return [...catalog.tables].filter(([, { partitionOf }]) => partitionOf !== undefined && objectKey(catalog.dialect, partitionOf.schema, partitionOf.table) === parent);
}

function isDefault(bound: string): boolean {
  return /^\s*DEFAULT\s*$/i.test(bound);
}

/** The value that a range begins with, or the first of a list; none of a hash. */
function firstValue(catalog: Catalog, bound: string): string[] {
  if (/\bMODULUS\b/i.test(bound)) return [];
  const { texts, numbers } = literalsIn(catalog.dialect, bound.replace(/\bTO\b.*$/is, ''));
  return [...texts, ...numbers].slice(0, 1);
}
