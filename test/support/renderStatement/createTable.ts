import { isMySql, type Dialect } from '../../../server/src/source/dialect.ts';
import type { CreateTable, TableOption } from '../../../server/src/source/sql/ast.ts';
import { renderColumn } from './columns.ts';
import { renderTableConstraint } from './constraints.ts';
import { renderBound, renderPartitionBy } from './partitions.ts';
import { bareOrQuoted, bracketed, clauses, identifiers, inOrder, parameters, qualified, splitOptions, typeName, words } from './text.ts';

/** CREATE TABLE. */
export function renderCreateTable(dialect: Dialect, node: CreateTable): string {
  const { partitionOf } = node;
  return words(
    'CREATE',
    node.orReplace && 'OR REPLACE',
    node.temporary && 'TEMPORARY',
    node.unlogged && 'UNLOGGED',
    node.foreign && 'FOREIGN',
    'TABLE',
    node.ifNotExists && 'IF NOT EXISTS',
    qualified(dialect, node.name),
    node.ofType && `OF ${typeName(dialect, node.ofType)}`,
    partitionOf && `PARTITION OF ${qualified(dialect, partitionOf.parent)}`,
    renderElements(dialect, node),
    partitionOf && renderBound(partitionOf.rows),
    renderTrailers(dialect, node),
    ...node.opaque.map(() => '<opaque>'),
  );
}

function renderElements(dialect: Dialect, node: CreateTable): string {
  const elements = [
    ...node.columns.map((one) => ({ range: one.range, sql: renderColumn(dialect, one) })),
    ...node.constraints.map((one) => ({ range: one.range, sql: renderTableConstraint(dialect, one) })),
    ...node.likes.map((one) => ({ range: one.range, sql: renderLike(dialect, one) })),
    ...(node.periods ?? []).map((one) => ({ range: one.range, sql: `PERIOD FOR ${bareOrQuoted(dialect, one.name)} ${identifiers(dialect, one.columns)}` })),
  ];
  const mayBeBare = node.partitionOf ?? node.ofType ?? node.asQuery;
  if (elements.length === 0) return mayBeBare ? '' : '()';
  return bracketed(inOrder(elements).map(({ sql }) => sql));
}

function renderLike(dialect: Dialect, { table, including }: CreateTable['likes'][number]): string {
  const options = including.map((word) => (word.startsWith('excluding ') ? word : `including ${word}`).toUpperCase());
  return words('LIKE', qualified(dialect, table), ...options);
}

const suffixes: ReadonlySet<string> = new Set(['WITH NO DATA', 'WITH DATA']);

function renderTrailers(dialect: Dialect, node: CreateTable): string {
  const options = node.options.filter(({ name }) => !suffixes.has(name) && name !== 'PERIOD FOR');
  const suffix = node.options.filter(({ name }) => suffixes.has(name));
  const query = node.asQuery && words('AS', node.asQuery.text, clauses(suffix));
  const partitions = node.partitionBy && renderPartitionBy(dialect, node.partitionBy);
  if (dialect === 'sqlite') return words([node.withoutRowid && 'WITHOUT ROWID', node.strict && 'STRICT'].filter(Boolean).join(', '), query);
  if (isMySql(dialect)) return words(clauses(options), partitions, query);
  return words(node.inherits.length > 0 && `INHERITS ${bracketed(node.inherits.map((name) => qualified(dialect, name)))}`, partitions, postgresOptions(options), query);
}

/** PostgreSQL wants its clauses in this order. */
const postgresOrder = ['USING', 'WITH', 'WITHOUT OIDS', 'ON COMMIT', 'TABLESPACE', 'SERVER', 'OPTIONS'];

function postgresOptions(options: readonly TableOption[]): string {
  const { storage, clauses: others } = splitOptions(options);
  const forms = others.map((option) => ({ name: option.name, sql: clauses([option]) }));
  if (storage.length > 0) forms.push({ name: 'WITH', sql: `WITH ${parameters(storage)}` });
  return words(...postgresOrder.flatMap((name) => forms.filter((form) => form.name === name).map(({ sql }) => sql)));
}
