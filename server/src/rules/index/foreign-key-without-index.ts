import { leadsWith } from '../../indexes/coverage.ts';
import { sameColumn, searchKeys } from '../../indexes/keys.ts';
import { indexName } from '../../indexes/names.ts';
import type { DatabaseFacts, WorkloadQuery } from '../../project/facts.ts';
import { objectKey, type ForeignKey, type Table } from '../../schema/catalog.ts';
import { isMySql, type Dialect } from '../../source/dialect.ts';
import type { ColumnUse, QueryBlock, TableUse } from '../../source/query/query.ts';
import type { DesignTable } from '../design.ts';
import { lookupClaim } from '../indexClaim.ts';
import { addIndexFixes } from '../indexFixes.ts';
import { fieldOfColumn, modelOfTable } from '../prismaModels.ts';
import { defineRule, type RuleContext } from '../rule.ts';
import { relatedAt } from '../support.ts';

const parent = 'CREATE TABLE customers (id integer PRIMARY KEY);\nCREATE TABLE orders (\n  id integer PRIMARY KEY,\n  customer_id integer REFERENCES customers (id)\n);';
const models = 'model Customer {\n  id     Int     @id\n  orders Order[]\n}\n\nmodel Order {\n  id         Int      @id\n  customerId Int\n  customer   Customer @relation(fields: [customerId], references: [id])\n';

export const foreignKeyWithoutIndex = defineRule({
  id: 'foreign-key-without-index',
  dialects: { postgresql: true, sqlite: true, prisma: true },
  severity: 'information',
  concern: 'index',
  about: 'design',
  status: 'stable',
  summary: 'Index the columns of a foreign key on the table that holds it.',
  why: 'PostgreSQL and SQLite make no index for the referencing side: each DELETE or key change of a parent row, and each join from it, reads the whole child table.',
  fix: 'Create an index that leads with the columns of the foreign key.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: parent, good: `${parent}\nCREATE INDEX idx_orders_customer_id ON orders (customer_id);` },
    { dialect: 'sqlite', bad: parent, good: `${parent}\nCREATE INDEX idx_orders_customer_id ON orders (customer_id);` },
    { dialect: 'prisma', bad: `${models}}\n`, good: `${models}\n  @@index([customerId])\n}\n` },
  ],
  references: [
    { title: 'PostgreSQL: Foreign Keys', url: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK' },
    { title: 'SQLite: Required and Suggested Database Indexes', url: 'https://www.sqlite.org/foreignkeys.html#fk_indexes' },
    { title: 'Prisma: Indexes', url: 'https://www.prisma.io/docs/orm/prisma-schema/data-model/indexes' },
  ],
  aliases: { eugene: ['E15'], splinter: ['unindexed_foreign_keys'], pgfence: ['fk-missing-index'], 'prisma-lint': ['require-field-index'] },
  check: {
    table(design, context) {
      const shown = design.prisma ?? design.table;
      if (isMySql(context.database.dialect) || shown.knowledge !== 'known' || shown.temporary || shown.partitionOf) return;
      for (const key of shown.foreignKeys) checkForeignKey(design, shown, key, context);
    },
  },
});

function checkForeignKey(design: DesignTable, shown: Table, foreignKey: ForeignKey, { facts, database, report }: RuleContext): void {
  const { columns, references } = foreignKey;
  const demand = { equality: columns, sort: [] };
  if (searchKeys(database, design.key, design.table).some((key) => coversRows(key.where, columns) && leadsWith(database.dialect, key.parts, demand))) return;
  const placed = design.prisma && modelOfTable(database, design.prisma);
  const names = placed ? columns.map((column) => fieldOfColumn(placed.model, column)) : columns;
  const use = firstUse(database, design.key, foreignKey);
  const owner = placed?.model.name ?? shown.name;
  report({
    at: foreignKey.origin,
    subject: `${design.key}(${columns.join(',')})`,
    severity: use ? 'warning' : 'information',
    message: `${owner}${names.length === 1 ? `.${names[0]}` : ` (${names.join(', ')})`} references ${references.table}, and no index leads with ${names.length === 1 ? 'it' : 'these columns'}`,
    help: `Create an index on ${shown.name} (${columns.join(', ')}).`,
    related: use ? [relatedAt(use.query, use.kind === 'delete' ? `Rows of ${references.table} are deleted here` : `${shown.name} is joined through the key here`)] : [],
    claim: lookupClaim(database, { tableKey: design.key, table: design.table }, columns),
    fix: () => {
      const wanted = columns.map((name) => ({ name, order: 'asc' as const }));
      return addIndexFixes(facts, database, { tableKey: design.key, table: design.table, columns: wanted, name: indexName(database, design.table, columns) });
    },
  });
}

/** A partial index serves the foreign key when all it leaves out is NULL. */
function coversRows(where: string | undefined, columns: readonly string[]): boolean {
  if (where === undefined) return true;
  const bare = where.replace(/["`()]/g, '').trim().toLowerCase();
  return columns.some((column) => bare === `${column.toLowerCase()} is not null`);
}

interface Use {
  readonly kind: 'delete' | 'join';
  readonly query: WorkloadQuery;
}

/** The first query that deletes rows of the parent of a foreign key or joins the two tables through it. */
function firstUse(database: DatabaseFacts, childKey: string, foreignKey: ForeignKey): Use | undefined {
  const { dialect } = database;
  const parentKey = objectKey(dialect, foreignKey.references.schema, foreignKey.references.table);
  const keyOf = (table: TableUse) => objectKey(dialect, table.schema, table.name);
  for (const query of database.queriesNaming(parentKey)) {
    if (query.query.writes.some(({ kind, table }) => kind === 'delete' && keyOf(table) === parentKey)) return { kind: 'delete', query };
    for (const block of query.query.blocks) {
      const parent = block.tables.findLast((table) => keyOf(table) === parentKey);
      const child = parent && block.tables.findLast((table) => keyOf(table) === childKey);
      if (child && child !== parent && joins(dialect, block, child, foreignKey)) return { kind: 'join', query };
    }
  }
  return undefined;
}

function joins(dialect: Dialect, block: QueryBlock, child: TableUse, { columns }: ForeignKey): boolean {
  const isChild = (column: ColumnUse | undefined) =>
    column !== undefined && (column.qualifier ?? child.name) === (child.alias ?? child.name) && columns.some((name) => sameColumn(dialect, name, column.name));
  return block.predicates.some((predicate) => predicate.against === 'column' && (isChild(predicate.column) || isChild(predicate.other)));
}
