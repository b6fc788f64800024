import { insertAfterStatement, replaceInStatement, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import type { DatabaseFacts, Facts, HistoryEntry } from '../../project/facts.ts';
import { entriesAbout, entryAt } from '../../project/lookups.ts';
import { objectKey, type Column, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import { isMySql, type Dialect } from '../../source/dialect.ts';
import { defineRule, type RuleContext } from '../rule.ts';
import { everyDialect } from '../support.ts';

const columns = "id bigint PRIMARY KEY,\n  action varchar(50) NOT NULL,\n  created_at timestamp NOT NULL";

export const unboundedLogTable = defineRule({
  id: 'unbounded-log-table',
  dialects: everyDialect,
  severity: 'information',
  concern: 'operations',
  about: 'design',
  status: 'stable',
  summary: 'Say how long a log table keeps its rows.',
  why: 'An audit or event log only grows: its indexes leave memory, backups take longer every week, and deleting years of rows at once is a night of work.',
  fix: 'Partition it by month and drop old partitions, or delete old rows in batches with a job.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: `CREATE TABLE audit_logs (\n  ${columns}\n);`, good: 'CREATE TABLE audit_logs (\n  id bigint,\n  created_at timestamp NOT NULL,\n  PRIMARY KEY (id, created_at)\n) PARTITION BY RANGE (created_at);' },
    { dialect: 'mysql', bad: `CREATE TABLE audit_logs (\n  ${columns}\n);`, good: `-- file: schema.sql\nCREATE TABLE audit_logs (\n  ${columns}\n);\n-- file: jobs/retention.sql\nDELETE FROM audit_logs WHERE created_at < NOW() - INTERVAL 1 YEAR LIMIT 10000;` },
  ],
  references: [
    { title: 'PostgreSQL: Table Partitioning', url: 'https://www.postgresql.org/docs/current/ddl-partitioning.html' },
    { title: 'MySQL: Partitioning', url: 'https://dev.mysql.com/doc/refman/8.4/en/partitioning.html' },
    { title: 'SQLite: VACUUM', url: 'https://www.sqlite.org/lang_vacuum.html' },
  ],
  aliases: {},
  options: { tables: { default: [], description: 'Names of further tables that are logs.' } },
  check: {
    table({ key, table, prisma }, context) {
      const time = isLog(table, context.options) ? timeColumn(table) : undefined;
      if (time && !hasRetention(context.database, key)) reportTable(table, prisma, time, context);
    },
  },
});

const logName = /(^|_)(audit|audits|logs?|trail|trails)$|(^|_)(audit|event|activity|access|request|change)_(logs?|events?|entries|records|history)$/i;

/** A log by its name that nobody points at and that is only appended to. */
function isLog(table: Table, options: RuleContext['options']): boolean {
  const named = logName.test(underscored(table.name)) || (Array.isArray(options['tables']) && options['tables'].includes(table.name));
  if (!named || table.knowledge !== 'known' || table.partitionBy || table.partitionOf || table.temporary) return false;
  return !table.columns.some((column) => /^(updated|modified)_(at|on)$/.test(underscored(column.name)));
}

/** `auditLog` and `AuditLog` as `audit_log`. */
function underscored(name: string): string {
  return name.replace(/([a-z0-9])(?=[A-Z])/g, '$1_').toLowerCase();
}

const timeType = /^(timestamp|datetime|date)/i;

function timeColumn(table: Table): Column | undefined {
  const times = table.columns.filter((column) => timeType.test(column.type) || /((^|_)at|_on|time|timestamp|date)$/.test(underscored(column.name)));
  return times.find((column) => /^(created|occurred|inserted|logged|happened)/i.test(column.name)) ?? times[0];
}

/** Whether something in the workspace deletes from the table. */
function hasRetention(database: DatabaseFacts, key: string): boolean {
  const { dialect } = database;
  if (database.queriesNaming(key).some(({ query }) => query.writes.some((write) => write.kind === 'delete' && objectKey(dialect, write.table.schema, write.table.name) === key))) return true;
  const deletion = new RegExp(`\\bdelete\\s+from\\s+(\\w+\\.)?["\`]?${key.split('.').at(-1)!.replace(/[^\w]/g, '\\$&')}\\b`, 'i');
  const deleting = entriesAbout(database, key).filter(({ role, placed }) => role === 'schema' && placed.node.kind === 'delete');
  return [...deleting, ...database.mentions.routinesPerhapsNaming(key)].some(({ placed }) => deletion.test(placed.statement.text));
}

function reportTable(table: Table, prisma: Table | undefined, time: Column, { facts, database, report }: RuleContext): void {
  report({
    at: (prisma ?? table).origin,
    message: `${table.name} is a log that keeps every row for ever`,
    fix: () => {
      // Prisma has no partitions: a partitioned table would no longer be what its model says.
      const entry = prisma ? undefined : entryAt(database, table.origin);
      const partition = entry && partitioned(facts, database, table, time, entry);
      const job = retentionJob(facts, database, table, time);
      return [...(partition ? [partition] : []), ...(job ? [job] : [])];
    },
  });
}

/** `2 years` of the configuration as number and unit; one year when nothing is stated. */
function keep(facts: Facts, database: DatabaseFacts): { readonly amount: number; readonly unit: 'day' | 'month' | 'year' } {
  const stated = (database.config.scale_targets ?? facts.config.scale_targets)?.retention ?? '';
  const match = /^(\d+)\s*(day|month|year)s?$/i.exec(stated.trim());
  return match ? { amount: Number(match[1]), unit: match[2]!.toLowerCase() as 'day' | 'month' | 'year' } : { amount: 1, unit: 'year' };
}

/** A script that deletes what is too old, ten thousand rows at a time; beside the migrations, whose runner would trip over it. */
function retentionJob(facts: Facts, database: DatabaseFacts, table: Table, time: Column): WorkspaceChange | undefined {
  const { dialect, root, migrationsFolder } = database;
  const above = root === migrationsFolder ? root.split('/').slice(0, -1).join('/') : root;
  const file = `${above === '' || above === '.' ? '' : `${above}/`}jobs/retention-${table.name}.sql`;
  const { amount, unit } = keep(facts, database);
  const old = olderThan(dialect, time, amount, unit);
  if (old === undefined || facts.files.has(file)) return undefined;
  const name = renderName(dialect, table.schema, table.name);
  const row = dialect === 'postgresql' ? 'ctid' : 'rowid';
  const statement = isMySql(dialect)
    ? `DELETE FROM ${name}\nWHERE ${old}\nLIMIT 10000;`
    : `DELETE FROM ${name}\nWHERE ${row} IN (\n  SELECT ${row} FROM ${name}\n  WHERE ${old}\n  LIMIT 10000\n);`;
  const text = `-- Retention of ${table.name}: run from a scheduler, again and again until it deletes no row.\n${statement}\n`;
  return suggestedChange(`Write a job that deletes rows of ${table.name} after ${amount} ${unit}${amount === 1 ? '' : 's'}`, { file, create: text });
}

/**
 * The condition that finds rows older than that; undefined where the type does not say how the column tells the time, since a
 * comparison of a number with a date either fails or is true of every row. SQLite lets each row have a type of its own.
 */
function olderThan(dialect: Dialect, time: Column, amount: number, unit: string): string | undefined {
  const column = quoteIdentifier(dialect, time.name);
  if (dialect === 'sqlite') {
    const ago = `'now', '-${amount} ${unit}s'`;
    if (/INT/i.test(time.type)) return `${column} < CAST(strftime('%s', ${ago}) AS INTEGER)`;
    return `typeof(${column}) = 'text' AND ${column} < datetime(${ago})`;
  }
  if (!timeType.test(time.type)) return undefined;
  return isMySql(dialect) ? `${column} < NOW() - INTERVAL ${amount} ${unit.toUpperCase()}` : `${column} < now() - INTERVAL '${amount} ${unit}${amount === 1 ? '' : 's'}'`;
}

/**
 * The same table partitioned by month, for a PostgreSQL table that no database has yet. Left to the reader where a key would have to
 * change its meaning, and before PostgreSQL 17, which first lets partitioned tables have identity columns.
 */
function partitioned(facts: Facts, database: DatabaseFacts, table: Table, time: Column, { placed, migration }: HistoryEntry): WorkspaceChange | undefined {
  const { node, statement } = placed;
  const script = facts.scripts.get(placed.file);
  if (database.dialect !== 'postgresql' || node.kind !== 'createTable' || !migration || migration.applied || !script) return undefined;
  const key = node.columns.find((column) => column.constraints.some((one) => one.kind === 'primaryKey'));
  const primary = key?.constraints.find((one) => one.kind === 'primaryKey');
  const last = [...node.columns, ...node.constraints].sort((a, b) => a.range.end - b.range.end).at(-1);
  const close = last ? statement.text.indexOf(')', last.range.end) : -1;
  const identity = key?.constraints.some((one) => one.kind === 'identity') || table.columns.some((column) => column.identity !== undefined);
  if (!key || !primary || !last || close < 0 || table.uniques.length > 0 || (identity && (database.engineVersion ?? 0) < 17)) return undefined;
  const gap = /\n[ \t]*$/.exec(statement.text.slice(0, node.columns[0]!.range.start))?.[0] ?? ' ';
  const column = quoteIdentifier('postgresql', time.name);
  const parent = renderName('postgresql', table.schema, table.name);
  const child = renderName('postgresql', table.schema, `${table.name}_default`);
  const before = statement.text.slice(0, primary.range.start).trimEnd().length;
  const note = '-- Make one partition a month ahead of time and drop old ones; the default catches rows that have none.';
  return suggestedChange(
    `Partition ${table.name} by month`,
    replaceInStatement(placed, { start: before, end: primary.range.end }, ''),
    replaceInStatement(placed, { start: last.range.end, end: close + 1 }, `,${gap}PRIMARY KEY (${key.name.text}, ${column})${statement.text.slice(last.range.end, close)}) PARTITION BY RANGE (${column})`),
    insertAfterStatement(script, placed, `${note}\nCREATE TABLE ${child} PARTITION OF ${parent} DEFAULT`),
  );
}
