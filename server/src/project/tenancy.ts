import type { Catalog } from '../schema/catalog.ts';
import type { DatabaseConfig } from './config.ts';
import type { DatabaseFacts } from './facts.ts';

const keyName = /^(?:tenant|organi[sz]ation|org|workspace|account|company|team|customer|project|namespace|store)_?(?:id|uuid|key)$/i;

/** The column that looks like a tenant key: it stands on at least half of the tables, three or more. */
function guessKey(catalog: Catalog): string | undefined {
  const counts = new Map<string, number>();
  let tables = 0;
  for (const table of catalog.tables.values()) {
    if (table.knowledge !== 'known' || table.partitionOf) continue;
    tables++;
    for (const { name } of table.columns) if (keyName.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  return best && best[1] >= 3 && best[1] * 2 >= tables ? best[0] : undefined;
}

/** Where rows are said to be of several tenants, a column that is named after tenants is their key, on however few tables it stands. */
function namedKey(catalog: Catalog): string | undefined {
  const columns = [...catalog.tables.values()].flatMap((table) => (table.knowledge === 'known' ? table.columns : []));
  return columns.find(({ name }) => /^tenant_?(?:id|uuid|key)$/i.test(name))?.name ?? guessKey(catalog);
}

/** What is said of tenants; when nothing is, there are none, with the column that looks like a key kept as a question. */
export function tenancyOf(config: DatabaseConfig, catalog: Catalog): DatabaseFacts['tenancy'] {
  const key = config.tenant_key;
  const model = config.tenancy_model ?? (key === undefined ? undefined : 'shared');
  const named = model === 'shared' && key === undefined ? namedKey(catalog) : undefined;
  if (named !== undefined) return { model: 'shared', key: named, stated: true, guessedKey: named };
  if (model !== undefined) return { model, ...(key === undefined ? {} : { key }), stated: true };
  const guessedKey = guessKey(catalog);
  return { model: 'none', stated: false, ...(guessedKey === undefined ? {} : { guessedKey }) };
}
