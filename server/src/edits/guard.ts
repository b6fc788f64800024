import type { Facts } from '../project/facts.ts';
import { isCreation, type FileChange } from './change.ts';

/**
 * The reason not to make a change because it would edit an applied migration, or undefined when it would not.
 * New files are allowed, also beside an applied migration.
 */
export function guardApplied(facts: Facts, change: FileChange): string | undefined {
  if (isCreation(change)) return undefined;
  const index = facts.roleOf.get(change.file)?.database;
  const databases = index === undefined ? facts.databases : [facts.databases[index]!];
  const applied = databases.some((database) => database.steps.some(({ migration }) => migration.applied && (migration.up.file === change.file || migration.down?.file === change.file)));
  return applied ? 'is an applied migration and is never edited' : undefined;
}
