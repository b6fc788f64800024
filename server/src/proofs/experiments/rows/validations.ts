import type { MigrationStep } from '../../../project/facts.ts';
import { findTable } from '../../../schema/catalog.ts';
import type { Trying } from './statements.ts';

/**
 * Whether a statement validates a constraint that stood before the migration without being validated. Our rows are put in while it stands and
 * keep to it; what those from before it are like, and whether somebody mended them since, is not known.
 */
export function validatesOlder(step: MigrationStep, { entry: { placed: { node } } }: Trying): boolean {
  if (node.kind !== 'alterTable') return false;
  const table = findTable(step.before, node.name.schema?.name, node.name.name.name);
  const open = new Set([...(table?.checks ?? []), ...(table?.foreignKeys ?? [])].flatMap(({ name, validated }) => (validated || name === undefined ? [] : [name])));
  return node.actions.some((action) => action.kind === 'validateConstraint' && open.has(action.name.name));
}
