import type { FileEdits, WorkspaceChange } from '../../edits/change.ts';
import { suggestedChange } from '../../edits/builders.ts';
import type { AccessPath } from '../../indexes/accessPaths.ts';
import { indexCandidates, type IndexCandidate } from '../../indexes/candidates.ts';
import { leadsWith } from '../../indexes/coverage.ts';
import { searchKeys } from '../../indexes/keys.ts';
import { indexName } from '../../indexes/names.ts';
import type { DatabaseFacts } from '../../project/facts.ts';
import { readTenancy } from '../../project/tenancy.ts';
import type { Index, Table } from '../../schema/catalog.ts';
import { indexClaim } from '../indexClaim.ts';
import { addIndexFixes } from '../indexFixes.ts';
import { fieldOfColumn, modelOfTable } from '../prismaModels.ts';
import { defineRule, type Place, type RuleContext } from '../rule.ts';
import { everyDialect, listed, relatedAt } from '../support.ts';

const schema = 'CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, created_at timestamp NOT NULL);';
const query = 'SELECT id FROM orders WHERE tenant_id = 7 ORDER BY created_at DESC LIMIT 20;';
const model = 'model Order {\n  id        Int      @id\n  tenantId  Int\n  createdAt DateTime\n\n';

export const missingCompositeIndex = defineRule({
  id: 'missing-composite-index',
  dialects: { ...everyDialect, prisma: true },
  severity: 'information',
  concern: 'index',
  about: 'design',
  status: 'stable',
  summary: 'Give queries that filter on several columns, or filter and sort, an index that leads with these columns.',
  why: 'Without such an index the engine reads every row that the best single column lets through, and sorts them, for each call; the cost grows with the table.',
  fix: 'Create an index on the columns compared by equality, then those of the sort or one range.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: `${schema}\n${query}`, good: `${schema}\nCREATE INDEX idx_orders_tenant_id_created_at ON orders (tenant_id, created_at DESC);\n${query}` },
    {
      dialect: 'prisma',
      bad: `${model}  @@index([tenantId])\n  @@index([createdAt])\n}\n`,
      good: `${model}  @@index([tenantId, createdAt(sort: Desc)])\n  @@index([createdAt])\n}\n`,
      note: 'Two indexes on one column each cannot serve a list of one tenant in the order of time.',
    },
  ],
  references: [
    { title: 'PostgreSQL: Multicolumn Indexes', url: 'https://www.postgresql.org/docs/current/indexes-multicolumn.html' },
    { title: 'PostgreSQL: Indexes and ORDER BY', url: 'https://www.postgresql.org/docs/current/indexes-ordering.html' },
    { title: 'MySQL: Multiple-Column Indexes', url: 'https://dev.mysql.com/doc/refman/8.4/en/multiple-column-indexes.html' },
    { title: 'SQLite: Query Planning', url: 'https://www.sqlite.org/queryplanner.html' },
    { title: 'Prisma: Indexes', url: 'https://www.prisma.io/docs/orm/prisma-schema/data-model/indexes' },
  ],
  aliases: {},
  check: {
    table({ key, prisma }, context) {
      for (const candidate of indexCandidates(context.database, key)) reportCandidate(candidate, context);
      if (prisma) checkModel(key, prisma, context);
    },
  },
});

function reportCandidate(candidate: IndexCandidate, { facts, database, report }: RuleContext): void {
  const { tableKey, table, columns, demand, paths } = candidate;
  const [first, ...others] = paths;
  const { at, name, kind, nameOf, index, asked } = wordingOf(database, candidate, first!);
  const filtered = listed((demand.range === undefined ? demand.equality : [...demand.equality, demand.range]).map(nameOf));
  const sorted = listed(demand.sort.map((column) => nameOf(column.name)));
  report({
    at,
    subject: `${tableKey}(${columns.map((column) => column.name).join(',')})`,
    message: `${name} is filtered by ${filtered}${sorted ? ` and sorted by ${sorted}` : ''}, and no index leads with these ${kind}`,
    help: index,
    related: [...asked, ...others.map((path) => relatedAt(placeOfPath(path), `${path.query.name ?? 'This query'} would use the same index`))],
    claim: indexClaim(database, candidate),
    fix: () => addIndexFixes(facts, database, { tableKey, table, columns, name: indexName(database, table, columns.map((column) => column.name)) }),
  });
}

/** How a candidate is told: at its first query in the words of the table, or in those of the Prisma model whose client is called. */
function wordingOf(database: DatabaseFacts, { tableKey, table, columns }: IndexCandidate, first: AccessPath) {
  const modelled = first.query.source === 'prisma-client' ? database.prisma?.catalog.tables.get(tableKey) : undefined;
  const placed = modelled && modelOfTable(database, modelled);
  if (!placed) {
    const list = columns.map((column) => `${column.name}${column.order === 'desc' ? ' DESC' : ''}`).join(', ');
    return { at: placeOfPath(first), name: table.name, kind: 'columns', nameOf: (column: string) => column, index: `Create an index on ${table.name} (${list}).`, asked: [] };
  }
  const nameOf = (column: string) => fieldOfColumn(placed.model, column);
  const list = columns.map((column) => `${nameOf(column.name)}${column.order === 'desc' ? '(sort: Desc)' : ''}`).join(', ');
  const asked = [relatedAt(placeOfPath(first), `${first.query.name} asks for it`)];
  return { at: modelled.origin, name: placed.model.name, kind: 'fields', nameOf, index: `Index [${list}].`, asked };
}

/** The table's name in the query of a path, or the call that it stands for. */
function placeOfPath(path: AccessPath): Place {
  return {
    file: path.query.file,
    get range() {
      return path.query.source === 'prisma-client' ? path.query.range : path.at;
    },
  };
}

const tenantNames = /^(tenant|organi[sz]ation|org|workspace|account|company|team|project|shop|store)_?id$/i;
const timeNames = /^(created|inserted|occurred|recorded|logged)_?(at|on)?$|^timestamp$/i;

/** Separate indexes on the tenant key and on a time column show what the queries ask for, even where no query is in sight. */
function checkModel(key: string, table: Table, { database, report }: RuleContext): void {
  const single = (index: Index) => (index.parts.length === 1 && !index.unique && index.where === undefined ? index.parts[0]!.column : undefined);
  const { key: stated } = readTenancy(database);
  const isTenant = (column: string) => (stated ? column === stated : tenantNames.test(column));
  const tenant = table.indexes.find((index) => isTenant(single(index) ?? ''));
  const time = table.indexes.find((index) => timeNames.test(single(index) ?? ''));
  if (!tenant || !time) return;
  const columns = [single(tenant)!, single(time)!] as const;
  const demand = { equality: [columns[0]], sort: [], range: columns[1] };
  if (searchKeys(database, key, table).some((one) => leadsWith(database.dialect, one.parts, demand))) return;
  const placed = modelOfTable(database, table);
  if (!placed) return;
  const [tenantField, timeField] = columns.map((column) => fieldOfColumn(placed.model, column));
  report({
    at: tenant.origin,
    subject: `${key}(${columns.join(',')})`,
    message: `${placed.model.name} has separate indexes on ${tenantField} and ${timeField}, and none on both`,
    help: `Index [${tenantField}, ${timeField}]; it also serves what the index on ${tenantField} alone served.`,
    related: [relatedAt(time.origin, `The index on ${timeField}`)],
    fix: () => widen(database, tenant, placed.file, `${tenantField}, ${timeField}(sort: Desc)`),
  });
}

function widen(database: DatabaseFacts, tenant: Index, file: string, fields: string): WorkspaceChange | undefined {
  const text = database.prisma?.files.find(({ path }) => path === file)?.text ?? '';
  const { range } = tenant.origin;
  if (!text.startsWith('@@index', range.start)) return undefined;
  const written = text.slice(range.start, range.end);
  const newText = written.replace(/\(\s*(?:fields:\s*)?(?:\[[^\]]*\]|\w+)/, `([${fields}]`);
  const edit: FileEdits = { file, edits: [{ range, newText }] };
  return newText === written ? undefined : suggestedChange(`Widen the index to [${fields}]`, edit);
}
