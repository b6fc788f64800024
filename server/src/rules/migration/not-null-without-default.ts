import { deleteInStatement, insertAfterStatement, insertInStatement, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import type { DatabaseFacts, HistoryEntry } from '../../project/facts.ts';
import { findColumn, type Domain } from '../../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import { currentSchema } from '../../schema/searchPath.ts';
import { isMySql } from '../../source/dialect.ts';
import type { AlterAction, ColumnConstraint, ColumnDefinition } from '../../source/sql/ast.ts';
import { notNullMigrations, notNullSteps } from '../notNull.ts';
import { defineRule, type StatementContext } from '../rule.ts';
import { columnAtEnd, everyDialect, isEmptyHere, relatedAt, tableBefore } from '../support.ts';

type AddColumn = Extract<AlterAction, { kind: 'addColumn' }>;

const before = 'CREATE TABLE users (id integer PRIMARY KEY);\n-- file: migrations/0002_phone.up.sql\n';

export const notNullWithoutDefault = defineRule({
  id: 'not-null-without-default',
  dialects: everyDialect,
  severity: 'error',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Give a new NOT NULL column a default, or fill it before it is required.',
  why: 'Rows that exist have no value for the column, so the statement fails on every table that is not empty; MySQL fills in 0 or an empty text that nobody chose.',
  fix: 'Add the column without NOT NULL, fill it in batches, and require it in a later migration.',
  fixKind: 'suggestion',
  examples: [
    { dialect: 'postgresql', bad: `-- file: migrations/0001_users.up.sql\n${before}ALTER TABLE users ADD COLUMN phone text NOT NULL;`, good: `-- file: migrations/0001_users.up.sql\n${before}ALTER TABLE users ADD COLUMN phone text NOT NULL DEFAULT '';` },
    { dialect: 'sqlite', bad: `-- file: migrations/0001_users.up.sql\n${before}ALTER TABLE users ADD COLUMN phone text NOT NULL;`, good: `-- file: migrations/0001_users.up.sql\n${before}ALTER TABLE users ADD COLUMN phone text NOT NULL DEFAULT '';` },
    { dialect: 'mysql', bad: `-- file: migrations/0001_users.up.sql\n${before}ALTER TABLE users ADD COLUMN phone varchar(20) NOT NULL;`, good: `-- file: migrations/0001_users.up.sql\n${before}ALTER TABLE users ADD COLUMN phone varchar(20) NOT NULL DEFAULT '';` },
  ],
  references: [
    { title: 'PostgreSQL: ALTER TABLE', url: 'https://www.postgresql.org/docs/current/sql-altertable.html' },
    { title: 'MySQL: Data Type Default Values', url: 'https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html' },
    { title: 'SQLite: ALTER TABLE ADD COLUMN', url: 'https://www.sqlite.org/lang_altertable.html#alter_table_add_column' },
  ],
  aliases: { squawk: ['adding-required-field'], pgls: ['addingRequiredField'], pgfence: ['add-column-not-null-no-default'], atlas: ['MF103', 'MY101'] },
  check: {
    alterAction(action, context, parent) {
      if (action.kind !== 'addColumn') return;
      const domain = domainOf(action.column, context.entry);
      if (!isRequired(action.column, domain) || isEmptyHere(context.database, context.entry, parent.name)) return;
      const mysql = isMySql(context.database.dialect);
      const { name } = parent.name.name;
      const table = tableBefore(context.entry, parent.name);
      if (action.ifNotExists && table && findColumn(context.database.dialect, table, action.column.name.name)) return;
      const required = constraintOf(action.column, 'notNull') ? 'is NOT NULL' : `is NOT NULL by its domain ${domain!.name}`;
      context.report({
        at: action.column,
        severity: mysql ? 'warning' : 'error',
        message: mysql ? `${action.column.name.text} is NOT NULL without a DEFAULT: rows of ${name} that exist get 0 or an empty text` : `${action.column.name.text} ${required} without a DEFAULT, which fails on rows of ${name} that exist`,
        ...(!mysql && { claim: { kind: 'fails on rows' } }),
        related: table?.knowledge === 'known' ? [relatedAt(table.origin, `${name} is made here`)] : [],
        fix: () => fixes(action, context, parent.name),
      });
    },
  },
});

function constraintOf<K extends ColumnConstraint['kind']>({ constraints }: ColumnDefinition, kind: K): Extract<ColumnConstraint, { kind: K }> | undefined {
  return constraints.find((constraint): constraint is Extract<ColumnConstraint, { kind: K }> => constraint.kind === kind);
}

/** The domain that is the type of a column, as far as the history makes it. */
function domainOf({ type }: ColumnDefinition, { before, placed }: HistoryEntry): Domain | undefined {
  if (!type || type.arrayDimensions > 0) return undefined;
  const own = currentSchema(before, placed.file);
  return (own === undefined ? undefined : before.domains.get(`${own}.${type.name}`)) ?? before.domains.get(type.name.replace(/^public\./, ''));
}

function isRequired(column: ColumnDefinition, domain: Domain | undefined): boolean {
  const kinds = new Set(column.constraints.map((constraint) => constraint.kind));
  const filled = kinds.has('generated') || kinds.has('identity') || kinds.has('autoIncrement') || kinds.has('primaryKey') || /^(?:big|small)?serial[248]?$/.test(column.type?.name ?? '');
  const given = constraintOf(column, 'default')?.expression.text ?? domain?.default;
  return (kinds.has('notNull') || domain?.nullable === false) && !filled && (given === undefined || isNull(given));
}

function isNull(expression: string): boolean {
  return /^null(\s*::.*)?$/i.test(expression.trim());
}

function fixes(action: AddColumn, context: StatementContext, name: Parameters<typeof notNullMigrations>[2]): WorkspaceChange[] {
  const { dialect } = context.database;
  const { column } = action;
  const value = placeholder(column, context.database);
  const result: WorkspaceChange[] = [];
  const notNull = constraintOf(column, 'notNull');
  if (!notNull) return [];
  const table = renderName(dialect, name.schema?.name, name.name.name);
  const quoted = quoteIdentifier(dialect, column.name.name);
  if (dialect === 'postgresql' && value !== undefined) {
    const backfill = `-- Large tables: run the UPDATE in batches until it changes no row.\nUPDATE ${table} SET ${quoted} = ${value} WHERE ${quoted} IS NULL;`;
    const later = columnAtEnd(context.database, name, column.name.name) && notNullMigrations(context.facts, context.database, name, column.name.name, backfill);
    const script = context.facts.scripts.get(context.entry.placed.file);
    const steps = notNullSteps(name, column.name.name);
    if (!context.entry.migration && script && context.entry.transaction === 'none') {
      const rest = [backfill, steps.addCheck, steps.validate, steps.setNotNull, steps.dropCheck].join('\n').replace(/;$/, '');
      result.push(suggestedChange(`Add ${column.name.text} without NOT NULL, fill it, then require it`, deleteInStatement(context.entry.placed, notNull.range), insertAfterStatement(script, context.entry.placed, rest)));
    }
    if (later) result.push(suggestedChange(`Add ${column.name.text} without NOT NULL, fill it and require it in two more migrations`, deleteInStatement(context.entry.placed, notNull.range), ...later));
  }
  if (value !== undefined && !constraintOf(column, 'default')) result.push(suggestedChange(`Fill existing rows with ${value}`, insertInStatement(context.entry.placed, notNull.range.end, ` DEFAULT ${value}`)));
  if (result.length === 0) result.push(suggestedChange(`Add ${column.name.text} without NOT NULL`, deleteInStatement(context.entry.placed, notNull.range)));
  return result;
}

/** A value of the column's type that a reader will want to change; undefined for types that have no obvious one. */
function placeholder({ type }: ColumnDefinition, { dialect, engineVersion }: DatabaseFacts): string | undefined {
  const name = type?.name ?? '';
  if (type === undefined || type.arrayDimensions > 0) return undefined;
  // MySQL takes a default for long texts and JSON as an expression only, and only since 8.0.13 (manual, Data Type Default Values).
  if (isMySql(dialect) && /^((tiny|medium|long)?text|json)$/.test(name)) return (engineVersion ?? 8) < 8 ? undefined : name === 'json' ? "('{}')" : "('')";
  if (/^(text|varchar|character varying|char|character|citext|nvarchar|tinytext|string)$/.test(name)) return "''";
  if (/^(tiny|small|medium|big)?int(eger)?$|^int[248]$|^(numeric|decimal|real|double|double precision|float)$/.test(name)) return '0';
  if (/^bool(ean)?$/.test(name)) return 'false';
  if (/^jsonb?$/.test(name)) return "'{}'";
  return undefined;
}
