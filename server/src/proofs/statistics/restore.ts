import { quoteString } from '../../schema/quote.ts';
import type { ColumnStatistics, RelationSize, Spread } from './statistics.ts';

const quoted = (text: string) => quoteString('postgresql', text);

/** Calls of pg_restore_relation_stats, a function of PostgreSQL 18 (manual, "Statistics Manipulation Functions"). */
export function restoreRelation(schema: string, name: string, { rows, pages }: RelationSize, allVisible?: number): string {
  const visible = allVisible === undefined ? '' : `, 'relallvisible', ${Math.round(allVisible)}::integer`;
  return `SELECT pg_restore_relation_stats('schemaname', ${quoted(schema)}, 'relname', ${quoted(name)}, 'relpages', ${Math.round(pages)}::integer, 'reltuples', ${rows}::real${visible})`;
}

/** A call of pg_restore_attribute_stats. The attribute is a column by name, or a part of an index by number; a NULL says that a value is not known. */
export function restoreColumn(schema: string, relation: string, attribute: string | number, statistics: ColumnStatistics, inherited = false): string {
  const { nullFraction, width, distinct, correlation, commonValues, commonFrequencies, spread } = statistics;
  const histogram = statistics.histogram === undefined ? spread && spreadBounds(spread) : `${quoted(statistics.histogram)}::text`;
  const values: [name: string, value: string | undefined][] = [
    ['schemaname', quoted(schema)],
    ['relname', quoted(relation)],
    typeof attribute === 'number' ? ['attnum', `${attribute}::smallint`] : ['attname', quoted(attribute)],
    ['inherited', String(inherited)],
    ['null_frac', `${nullFraction}::real`],
    ['avg_width', `${Math.round(width)}::integer`],
    ['n_distinct', `${distinct}::real`],
    ['correlation', correlation === undefined ? undefined : `${correlation}::real`],
    ['most_common_vals', commonValues === undefined || commonFrequencies === undefined ? undefined : `${quoted(commonValues)}::text`],
    ['most_common_freqs', commonValues === undefined || commonFrequencies === undefined ? undefined : `${quoted(commonFrequencies)}::real[]`],
    ['histogram_bounds', histogram],
  ];
  return `SELECT pg_restore_attribute_stats(${values.flatMap(([name, value]) => (value === undefined ? [] : [`'${name}', ${value}`])).join(', ')})`;
}

/** Steps of a histogram, as many as ANALYZE makes by default. */
const steps = 100;

/** Bounds of equally filled steps, as SQL: whole numbers from 1, or times up to now at the start of the transaction. */
function spreadBounds(spread: Spread): string {
  const bound = spread.kind === 'numbers' ? `1 + (step * ${Math.max(1, spread.to - 1)}::numeric / ${steps})::bigint` : `now()::timestamp(0) - (${steps} - step) * interval '${(spread.days * 86_400) / steps} seconds'`;
  return `(SELECT array_agg(${bound} ORDER BY step)::text FROM generate_series(0, ${steps}) AS step)`;
}
