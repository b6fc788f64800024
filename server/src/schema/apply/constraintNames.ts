import { sameName, type Table } from '../catalog.ts';
import type { Draft } from './draft.ts';

/** Whether a table has a constraint of that name; IF NOT EXISTS looks there. */
export function hasConstraint(draft: Draft, table: Table, name: string): boolean {
  const constraints = [table.primaryKey, ...table.uniques, ...table.foreignKeys, ...table.checks, ...table.exclusions];
  return constraints.some((constraint) => constraint?.name !== undefined && sameName(draft.dialect, constraint.name, name));
}
