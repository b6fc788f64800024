import type { Dialect } from '../../../server/src/source/dialect.ts';
import { isMySql } from '../../../server/src/source/dialect.ts';
import type { CreateIndex } from '../../../server/src/source/sql/ast.ts';
import { renderParts } from './indexParts.ts';
import { clauses, quoted, identifiers, parameters, qualified, splitOptions, words } from './text.ts';

/** CREATE INDEX. */
export function renderCreateIndex(dialect: Dialect, node: CreateIndex): string {
  const { storage, clauses: others } = splitOptions(node.options);
  const early = isMySql(dialect);
  const method = node.method !== undefined && `USING ${early ? node.method : quoted(dialect, node.method)}`;
  return words(
    'CREATE',
    node.orReplace && 'OR REPLACE',
    node.unique && 'UNIQUE',
    node.special?.toUpperCase(),
    'INDEX',
    node.concurrently && 'CONCURRENTLY',
    node.ifNotExists && 'IF NOT EXISTS',
    node.name && qualified(dialect, node.name),
    early && method,
    'ON',
    node.only && 'ONLY',
    qualified(dialect, node.table),
    !early && method,
    renderParts(dialect, node.columns),
    node.include.length > 0 && `INCLUDE ${identifiers(dialect, node.include)}`,
    node.nullsNotDistinct && 'NULLS NOT DISTINCT',
    storage.length > 0 && `WITH ${parameters(storage)}`,
    clauses(others),
    node.where && `WHERE ${node.where.text}`,
    node.algorithm && `ALGORITHM = ${node.algorithm}`,
    node.lock && `LOCK = ${node.lock}`,
    ...node.opaque.map(() => '<opaque>'),
  );
}
