import { stringify } from 'yaml';
import type { Plan } from '../../../protocol/plan.ts';

/** The plan as YAML, the same keys and order as the JSON. */
export function renderYaml(plan: Plan): string {
  return stringify(plan, { lineWidth: 120, aliasDuplicateObjects: false });
}
