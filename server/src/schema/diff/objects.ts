import type { Catalog } from '../catalog.ts';
import type { DifferentObject, SchemaDifference } from './difference.ts';
import { comparableExpression, looseExpression } from '../expressions.ts';
import { renderDomain, renderEnum, renderIndex, renderSequence, renderSequenceOwner, renderView } from '../render/pieces.ts';

interface ObjectComparison<V> {
  readonly object: DifferentObject;
  readonly of: (catalog: Catalog) => ReadonlyMap<string, V>;
  /** Part of another object, and compared with it. */
  readonly within?: (value: V) => boolean;
  /** Equal texts mean the same thing. */
  readonly shape: (value: V, catalog: Catalog) => string;
  readonly text: (value: V, catalog: Catalog, key: string) => string;
}

function comparison<V>(value: ObjectComparison<V>): ObjectComparison<unknown> {
  return value as ObjectComparison<unknown>;
}

const comparisons: readonly ObjectComparison<unknown>[] = [
  comparison({ object: 'schema', of: ({ schemas }) => schemas, shape: () => '', text: (_value, _catalog, key) => key }),
  comparison({ object: 'extension', of: ({ extensions }) => extensions, shape: () => '', text: (_value, _catalog, key) => key }),
  comparison({ object: 'enum', of: ({ enums }) => enums, shape: ({ values, comment }) => JSON.stringify([values, comment]), text: (value, { dialect }) => renderEnum(dialect, value) }),
  comparison({
    object: 'domain',
    of: ({ domains }) => domains,
    shape: (value, { dialect }) => `${value.type} ${looseExpression(dialect, value.text)}`,
    text: (value, { dialect }) => renderDomain(dialect, value),
  }),
  comparison({ object: 'type', of: ({ types }) => types, shape: ({ text }, { dialect }) => comparableExpression(dialect, text), text: ({ text }) => text }),
  comparison({
    object: 'sequence',
    of: ({ sequences }) => sequences,
    within: ({ identity }) => identity === true,
    shape: (value, { dialect }) => `${value.options} ${renderSequenceOwner(dialect, value) ?? ''}`,
    text: (value, { dialect }) => renderSequence(dialect, value),
  }),
  comparison({
    object: 'view',
    of: ({ views }) => views,
    shape: (value, { dialect }) => {
      const indexes = value.indexes.map((index) => renderIndex(dialect, value, index)).sort();
      return [comparableExpression(dialect, value.query), value.materialized, value.columns.join(), value.options ?? '', value.comment ?? '', ...indexes].join('\n');
    },
    text: (value, { dialect }) => renderView(dialect, value),
  }),
  comparison({ object: 'routine', of: ({ routines }) => routines, shape: ({ text }, { dialect }) => comparableRoutine(dialect, text), text: ({ text }) => text }),
];

/** CREATE and CREATE OR REPLACE make the same routine. */
function comparableRoutine(dialect: Catalog['dialect'], text: string): string {
  return comparableExpression(dialect, text.replace(/^\s*create\s+or\s+replace\b/i, 'create'));
}

/** Differences in everything but tables. */
export function compareObjects(before: Catalog, after: Catalog): SchemaDifference[] {
  return comparisons.flatMap((kind) => compareMaps(kind, before, after));
}

function compareMaps({ object, of, within = () => false, shape, text }: ObjectComparison<unknown>, before: Catalog, after: Catalog): SchemaDifference[] {
  const [olds, news] = [of(before), of(after)];
  if (olds === news) return [];
  const differences: SchemaDifference[] = [];
  for (const [key, old] of olds) {
    const now = news.get(key);
    if (within(old)) continue;
    if (now === undefined) differences.push({ kind: 'removed', object, name: key, before: text(old, before, key), text: `${object} ${key} is gone` });
    else if (now !== old && shape(old, before) !== shape(now, after)) {
      differences.push({ kind: 'changed', object, name: key, before: text(old, before, key), after: text(now, after, key), text: `${object} ${key} is another one` });
    }
  }
  for (const [key, now] of news) if (!olds.has(key) && !within(now)) differences.push({ kind: 'added', object, name: key, after: text(now, after, key), text: `${object} ${key} is new` });
  return differences;
}
