import type { Table } from '../../schema/catalog.ts';
import { renderName } from '../../schema/quote.ts';
import type { Dialect } from '../../source/dialect.ts';

/** ALTER TABLE with its actions, on one line each when there are several. */
export function alterTable(dialect: Dialect, table: Pick<Table, 'schema' | 'name'>, actions: readonly string[]): string {
  const head = `ALTER TABLE ${renderName(dialect, table.schema, table.name)}`;
  return actions.length === 1 ? `${head} ${actions[0]!}` : `${head}\n  ${actions.join(',\n  ')}`;
}
