import { maskSecrets } from '../../../source/secrets.ts';
import type { RoundTripDetail } from '../../outcome.ts';

/** How many differences a sentence names. */
const most = 3;

/** What was seen, in one or two sentences that a reviewer can check; undefined when the migration itself did not run. */
export function observedOf({ verdict, schema, data, error, committed, withoutForeignKeys }: RoundTripDetail): string | undefined {
  const manner = `${withoutForeignKeys ? ', with foreign keys not enforced' : ''}${committed ? ', each script committed' : ''}`;
  const rows = data.length === 0 ? '' : ` In the rows: ${several(data)}.`;
  switch (verdict) {
    case 'up failed':
      return undefined;
    case 'down failed':
      return `The down was refused after the up${manner}: ${error?.message ?? ''} (${oneLine(error?.sql ?? '')}).`;
    case 'up again failed':
      return `The down gave the schema back, but the up was refused the second time${manner}: ${error?.message ?? ''} (${oneLine(error?.sql ?? '')}).`;
    case 'not restored':
      return `After up and down${manner} the schema is not what it was: ${several(schema)}.${rows}`;
    case 'restored except column order':
      return `Up, down and up again${manner}: the schema came back, but ${several(schema)}.${rows}`;
    case 'restored':
      return `Up, down and up again${manner}: the schema came back.${rows}`;
  }
}

function several(differences: readonly string[]): string {
  const more = differences.length - most;
  return differences.slice(0, most).join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function oneLine(sql: string): string {
  const text = maskSecrets(sql).replaceAll(/\s+/gu, ' ').trim();
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
