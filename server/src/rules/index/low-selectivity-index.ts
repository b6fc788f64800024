import { deleteStatement, insertInStatement, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import { newMigration } from '../../edits/newMigration.ts';
import { sameColumn } from '../../indexes/keys.ts';
import { valueSet } from '../../indexes/selectivity.ts';
import type { DatabaseFacts, Facts } from '../../project/facts.ts';
import { entryAt } from '../../project/lookups.ts';
import { findColumn, objectKey, type Catalog, type Index, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier } from '../../schema/quote.ts';
import { isMySql } from '../../source/dialect.ts';
import { defineRule, type RuleContext } from '../rule.ts';
import type { DesignTable } from '../design.ts';
import { createIndexSql, dropIndexSql } from '../indexFixes.ts';
import { dropsInDown, isNeededLater } from '../moves.ts';
import { fieldOfColumn, modelOfTable, removeBlockAttribute } from '../prismaModels.ts';
import { everyDialect } from '../support.ts';

const table = "CREATE TABLE orders (\n  id integer PRIMARY KEY,\n  status varchar(10) NOT NULL CHECK (status IN ('open', 'paid', 'sent'))\n);";

export const lowSelectivityIndex = defineRule({
  id: 'low-selectivity-index',
  dialects: { ...everyDialect, prisma: true },
  severity: 'information',
  concern: 'index',
  about: 'design',
  status: 'stable',
  summary: 'Do not index a column with few values alone.',
  why: 'A value that a large share of the rows has is found faster by reading the table, so the planner passes the index by, while every write still pays for it.',
  fix: 'Restrict the index to the rare value that the queries ask for, or drop it.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: `${table}\nCREATE INDEX idx_orders_status ON orders (status);`, good: `${table}\nCREATE INDEX idx_orders_open ON orders (id) WHERE status = 'open';` },
    { dialect: 'sqlite', bad: `${table}\nCREATE INDEX idx_orders_status ON orders (status);`, good: `${table}\nCREATE INDEX idx_orders_open ON orders (id) WHERE status = 'open';` },
    { dialect: 'mysql', bad: `${table}\nCREATE INDEX idx_orders_status ON orders (status);`, good: `${table}\nCREATE INDEX idx_orders_status_id ON orders (status, id);` },
    {
      dialect: 'prisma',
      bad: 'model Task {\n  id   Int     @id\n  done Boolean\n\n  @@index([done])\n}\n',
      good: 'model Task {\n  id    Int      @id\n  done  Boolean\n  dueAt DateTime\n\n  @@index([done, dueAt])\n}\n',
    },
  ],
  references: [
    { title: 'PostgreSQL: Partial Indexes', url: 'https://www.postgresql.org/docs/current/indexes-partial.html' },
    { title: 'SQLite: Partial Indexes', url: 'https://www.sqlite.org/partialindex.html' },
    { title: 'MySQL: How MySQL Uses Indexes', url: 'https://dev.mysql.com/doc/refman/8.4/en/mysql-indexes.html' },
  ],
  aliases: {},
  options: { maxValues: { default: 8, description: 'Most values of an enum or a CHECK list that count as few.' } },
  check: {
    table(design, context) {
      const shown = design.prisma ?? design.table;
      for (const index of shown.indexes) checkIndex(design, shown, index, context);
    },
  },
});

function checkIndex(design: DesignTable, shown: Table, index: Index, { facts, database, options, report }: RuleContext): void {
  const column = index.parts[0]?.column;
  if (index.parts.length !== 1 || column === undefined || index.unique || index.where !== undefined || index.special || (index.include?.length ?? 0) > 0) return;
  if (index.method !== '' && !/^(btree|hash)$/i.test(index.method)) return;
  const catalog = design.prisma ? database.prisma!.catalog : database.catalog;
  const few = fewValues(catalog, shown, column, Number(options['maxValues']));
  if (!few) return;
  const placed = design.prisma && modelOfTable(database, design.prisma);
  const name = placed ? `${placed.model.name}.${fieldOfColumn(placed.model, column)}` : `${shown.name}.${column}`;
  report({
    at: index.origin,
    subject: `${design.key}(${column})`,
    ...(few.guessed && { severity: 'hint' as const }),
    message: `${name} ${few.text}, and ${index.name} indexes it alone`,
    fix: () => {
      if (!placed) return fixesOf(facts, database, shown, index, column);
      const edit = isBlockAttribute(placed.text, index) ? removeBlockAttribute(placed, index.origin.range) : undefined;
      return edit && suggestedChange(`Remove the index on ${fieldOfColumn(placed.model, column)}`, edit);
    },
  });
}

function isBlockAttribute(text: string, { origin }: Index): boolean {
  return text.startsWith('@@index', origin.range.start);
}

interface Few {
  readonly text: string;
  /** Told by the name alone, because no history defines the column. */
  readonly guessed?: true;
}

/** How few values a column can hold, in words; undefined when nothing says that they are few. */
function fewValues(catalog: Catalog, shown: Table, name: string, most: number): Few | undefined {
  const column = findColumn(catalog.dialect, shown, name);
  if (!column) return shown.knowledge === 'unknown' && /^(is|has)_|(^|_)(status|state|active|enabled|deleted|archived)$/i.test(name) ? { text: 'has few values, by its name', guessed: true } : undefined;
  const set = valueSet(catalog, shown, column);
  if (!set || (set.kind !== 'boolean' && set.count > most)) return undefined;
  if (set.kind === 'boolean') return { text: 'is a boolean' };
  const values = `${set.count} ${set.count === 1 ? 'value' : 'values'}`;
  return { text: set.kind === 'enum' ? `is an enum of ${values}` : `may hold ${values}` };
}

function fixesOf(facts: Facts, database: DatabaseFacts, shown: Table, index: Index, column: string): WorkspaceChange[] {
  const entry = entryAt(database, index.origin);
  const script = entry && facts.scripts.get(entry.placed.file);
  const statement = entry?.placed.node.kind === 'createIndex' && !entry.migration?.applied ? entry.placed : undefined;
  const fixes: WorkspaceChange[] = [];
  const literal = isMySql(database.dialect) ? undefined : wantedValue(database, shown, column);
  if (statement && literal !== undefined) {
    const condition = ` WHERE ${quoteIdentifier(database.dialect, column)} = ${literal}`;
    fixes.push(suggestedChange(`Index only the rows with ${column} = ${literal}`, insertInStatement(statement, statement.statement.text.length, condition)));
  }
  if (statement && script && !isNeededLater(database, entry!, index.name)) fixes.push(suggestedChange(`Remove ${index.name}`, deleteStatement(script, statement), ...dropsInDown(facts, entry?.migration, index.name)));
  else if (!statement && database.steps.length > 0) fixes.push(...dropInMigration(facts, database, shown, index));
  return fixes;
}

/** The value that the workload compares the column with, when it is always the same one. */
function wantedValue(database: DatabaseFacts, shown: Table, column: string): string | undefined {
  const literals = new Set<string | undefined>();
  const key = objectKey(database.dialect, shown.schema, shown.name);
  for (const { query } of database.queriesNaming(key)) {
    for (const block of query.blocks) {
      if (block.tables.length !== 1 || objectKey(database.dialect, block.tables[0]!.schema, block.tables[0]!.name) !== key) continue;
      for (const predicate of block.predicates) {
        if (sameColumn(database.dialect, predicate.column.name, column)) literals.add(predicate.operator === 'equal' ? predicate.literal : undefined);
      }
    }
  }
  return literals.size === 1 ? [...literals][0] : undefined;
}

function dropInMigration(facts: Facts, database: DatabaseFacts, shown: Table, index: Index): WorkspaceChange[] {
  const concurrently = database.dialect === 'postgresql' && !shown.partitionBy;
  const columns = index.parts.map((part) => ({ name: part.column!, order: part.order }));
  const changes = newMigration(facts, database, {
    slug: `drop_${index.name}`,
    up: `${dropIndexSql(database, shown, index.name, concurrently)};`,
    down: `${createIndexSql(database, { tableKey: '', table: shown, columns, name: index.name }, false)};`,
    transactionless: concurrently,
  });
  return changes ? [suggestedChange(`Drop ${index.name} in a new migration`, ...changes)] : [];
}
