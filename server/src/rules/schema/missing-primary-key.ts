import { insertInStatement, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import { newMigration } from '../../edits/newMigration.ts';
import type { DatabaseFacts } from '../../project/facts.ts';
import { entriesAbout, entryAt } from '../../project/lookups.ts';
import { findColumn, isUncertain, objectKey, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import { isMySql } from '../../source/dialect.ts';
import { defineRule, type RuleContext } from '../rule.ts';
import { everyDialect, keyOf } from '../support.ts';

export const missingPrimaryKey = defineRule({
  id: 'missing-primary-key',
  dialects: everyDialect,
  severity: 'information',
  concern: 'schema',
  about: 'design',
  status: 'stable',
  summary: 'Give every table a primary key.',
  why: 'Without a key a single row cannot be named: logical replication cannot update or delete it, tools cannot show what changed, and duplicates creep in.',
  fix: 'Name the columns that identify a row as PRIMARY KEY, or add an identity column.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: 'CREATE TABLE readings (sensor text NOT NULL, value integer);', good: 'CREATE TABLE readings (id bigint PRIMARY KEY, sensor text NOT NULL, value integer);' },
    { dialect: 'mysql', bad: 'CREATE TABLE readings (sensor varchar(50) NOT NULL, value int);', good: 'CREATE TABLE readings (id bigint AUTO_INCREMENT PRIMARY KEY, sensor varchar(50) NOT NULL, value int);' },
    { dialect: 'sqlite', bad: 'CREATE TABLE readings (sensor text NOT NULL, value integer);', good: 'CREATE TABLE readings (id integer PRIMARY KEY, sensor text NOT NULL, value integer);' },
  ],
  references: [
    { title: 'PostgreSQL: Primary Keys', url: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS' },
    { title: 'PostgreSQL: Logical Replication, Replica Identity', url: 'https://www.postgresql.org/docs/current/logical-replication-publication.html' },
    { title: 'MySQL: Primary Key Optimization', url: 'https://dev.mysql.com/doc/refman/8.4/en/primary-key-optimization.html' },
    { title: 'SQLite: Rowid Tables', url: 'https://www.sqlite.org/rowidtable.html' },
  ],
  aliases: { splinter: ['no_primary_key'], bytebase: ['TABLE_REQUIRE_PK'] },
  check: {
    table({ key }, context) {
      const table = context.database.catalog.tables.get(key);
      if (table && isKeyless(context.database, table)) reportTable(table, context);
    },
  },
});

/** Tables in which migration runners keep their own record. */
export const bookkeeping = /^(schema_migrations|schema_version|goose_db_version|flyway_schema_history|_sqlx_migrations|__diesel_schema_migrations|_prisma_migrations|atlas_schema_revisions|databasechangelog(lock)?|ar_internal_metadata|sqlite_\w+)$/i;

/** Tables of which nothing names a single row: no primary key, and no unique key over columns that are never NULL. */
export function keylessTables(database: DatabaseFacts): Table[] {
  return [...database.catalog.tables.values()].filter((table) => isKeyless(database, table));
}

function isKeyless(database: DatabaseFacts, table: Table): boolean {
  const { dialect, catalog } = database;
  if (table.knowledge !== 'known' || table.primaryKey || table.temporary || table.partitionOf || table.partitionBy || table.inherits?.length || table.columns.length === 0) return false;
  if (bookkeeping.test(table.name) || isUncertain(catalog)) return false;
  // A unique key over NOT NULL columns names each row as well as a primary key does.
  const whole = (columns: readonly (string | undefined)[]) => columns.length > 0 && columns.every((column) => column !== undefined && findColumn(dialect, table, column)?.nullable === false);
  if (table.uniques.some((unique) => whole(unique.columns)) || table.indexes.some((index) => index.unique && index.where === undefined && whole(index.parts.map((part) => part.column)))) return false;
  return !isForeign(database, table);
}

/** A foreign table holds its rows elsewhere and cannot have a key here. */
function isForeign(database: DatabaseFacts, table: Table): boolean {
  const key = objectKey(database.dialect, table.schema, table.name);
  const made = entriesAbout(database, key).findLast(({ placed: { node } }) => node.kind === 'createTable' && keyOf(database.dialect, node.name) === key);
  return made?.placed.node.kind === 'createTable' && made.placed.node.foreign === true;
}

function reportTable(table: Table, { facts, database, report }: RuleContext): void {
  report({
    at: table.origin,
    message: `${table.name} has no primary key`,
    fix: () => {
      const entry = entryAt(database, table.origin);
      if (entry?.migration?.applied) return inNewMigration(facts, database, table);
      return entry && facts.scripts.has(entry.placed.file) ? fixes(database, table, entry) : undefined;
    },
  });
}

function fixes(database: DatabaseFacts, table: Table, { placed }: NonNullable<ReturnType<typeof entryAt>>): WorkspaceChange[] {
  const { node, statement } = placed;
  if (node.kind !== 'createTable' || node.asQuery) return [];
  const first = node.columns[0];
  const last = [...node.columns, ...node.constraints].at(-1);
  if (!first || !last) return [];
  const { dialect } = database;
  const result: WorkspaceChange[] = [];
  const linked = table.foreignKeys.flatMap((foreign) => foreign.columns);
  // Only a table that does nothing but link others is known to hold each pair once.
  if (table.foreignKeys.length >= 2 && table.columns.every(({ name, type }) => linked.includes(name) || /^(timestamp|datetime|date)/i.test(type)) && linked.every((column) => findColumn(dialect, table, column)?.nullable === false)) {
    const columns = linked.map((column) => quoteIdentifier(dialect, column)).join(', ');
    result.push(suggestedChange(`Make (${linked.join(', ')}) the primary key`, insertInStatement(placed, last.range.end, `,${separator(statement.text, first.range.start)}PRIMARY KEY (${columns})`)));
  }
  if (!findColumn(dialect, table, 'id')) result.push(suggestedChange('Add an id column as the primary key', insertInStatement(placed, first.range.start, `id ${identity(dialect)},${separator(statement.text, first.range.start)}`)));
  return result;
}

/** For a table that runs in production: an id column that fills itself. The table is rewritten, which the title says; SQLite cannot add a key to a table that stands. */
function inNewMigration(facts: RuleContext['facts'], database: DatabaseFacts, table: Table): WorkspaceChange | undefined {
  const { dialect } = database;
  if (dialect === 'sqlite' || findColumn(dialect, table, 'id')) return undefined;
  const name = renderName(dialect, table.schema, table.name);
  const changes = newMigration(facts, database, { slug: `add_${table.name}_primary_key`, up: `ALTER TABLE ${name} ADD COLUMN id ${identity(dialect)};`, down: `ALTER TABLE ${name} DROP COLUMN id;` });
  return changes && suggestedChange('Add an id column as the primary key in a new migration (rewrites the table)', ...changes);
}

function identity(dialect: DatabaseFacts['dialect']): string {
  if (dialect === 'sqlite') return 'INTEGER PRIMARY KEY';
  return isMySql(dialect) ? 'BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY' : 'BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY';
}

/** What stands between two elements of this table: a line break with its indentation, or a blank. */
function separator(text: string, firstElement: number): string {
  return /\n[ \t]*$/.exec(text.slice(0, firstElement))?.[0] ?? ' ';
}
