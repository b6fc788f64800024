import type { Dialect } from '../../../server/src/source/dialect.ts';
import type { PartitionBound, PartitionBy, PartitionDefinition } from '../../../server/src/source/sql/ast.ts';
import { renderParts } from './indexParts.ts';
import { bracketed, clauses, identifier, texts, words } from './text.ts';

/** Which rows a partition takes. */
export function renderBound(bound: PartitionBound): string {
  switch (bound.kind) {
    case 'default':
      return 'DEFAULT';
    case 'in':
      return `FOR VALUES IN ${texts(bound.values)}`;
    case 'range':
      return `FOR VALUES FROM ${texts(bound.from)} TO ${texts(bound.to)}`;
    case 'hash':
      return `FOR VALUES WITH (MODULUS ${bound.modulus}, REMAINDER ${bound.remainder})`;
  }
}

const withoutColumns: ReadonlySet<string> = new Set(['system_time']);

/** PARTITION BY and what follows it. */
export function renderPartitionBy(dialect: Dialect, by: PartitionBy, word = 'PARTITION'): string {
  return words(
    `${word} BY ${by.strategy.toUpperCase()}`,
    by.algorithm && `ALGORITHM = ${by.algorithm}`,
    !withoutColumns.has(by.strategy) && renderParts(dialect, by.columns),
    by.limits?.text,
    by.count && `${word}S ${by.count}`,
    by.subpartitionBy && renderPartitionBy(dialect, by.subpartitionBy, 'SUBPARTITION'),
    by.partitions && renderDefinitions(dialect, by.partitions),
  );
}

/** MySQL's bracketed list of partitions. */
export function renderDefinitions(dialect: Dialect, definitions: readonly PartitionDefinition[], word = 'PARTITION'): string {
  return bracketed(
    definitions.map((one) =>
      words(word, identifier(dialect, one.name), renderValues(one.values), clauses(one.options), one.subpartitions && renderDefinitions(dialect, one.subpartitions, 'SUBPARTITION')),
    ),
  );
}

function renderValues(values: PartitionDefinition['values']): string {
  if (!values) return '';
  switch (values.kind) {
    case 'lessThan':
      return `VALUES LESS THAN ${texts(values.values)}`;
    case 'in':
      return `VALUES IN ${texts(values.values)}`;
    case 'maxvalue':
      return 'VALUES LESS THAN MAXVALUE';
    default:
      return values.kind.toUpperCase();
  }
}
