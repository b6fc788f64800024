import { deleteInStatement, deleteStatement, replaceInStatement, suggestedChange } from '../../edits/builders.ts';
import type { FileChange, FileEdits, WorkspaceChange } from '../../edits/change.ts';
import { newMigrationSeries } from '../../edits/newMigration.ts';
import type { Migration, PlacedStatement } from '../../project/facts.ts';
import { findColumn, findTable, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import type { AlterTable, ColumnConstraint, Identifier, TableConstraint } from '../../source/sql/ast.ts';
import { isNeededLater, isUniquenessNeededLater } from '../moves.ts';
import { defineRule, type StatementContext } from '../rule.ts';
import { blockingSeverity, isEmptyHere, keyBefore, tableBefore } from '../support.ts';

type TableKey = Extract<TableConstraint, { kind: 'unique' | 'primaryKey' }>;

/** A key that PostgreSQL makes an index for, and where it is written. */
interface Key {
  readonly constraint: TableKey | Extract<ColumnConstraint, { kind: 'unique' }>;
  /** Undefined where a part is more than the name of a column. */
  readonly columns: readonly Identifier[] | undefined;
  /** Written behind a column that is added. */
  readonly inline: boolean;
}

const made = '-- file: migrations/0001_users.up.sql\nCREATE TABLE users (id bigint PRIMARY KEY, email text);\n';

export const constraintBuildsIndex = defineRule({
  id: 'constraint-builds-index',
  dialects: { postgresql: true },
  severity: 'information',
  concern: 'index',
  about: 'run',
  status: 'stable',
  summary: 'Build the index of a UNIQUE or PRIMARY KEY constraint CONCURRENTLY before you add it.',
  why: 'ADD UNIQUE and ADD PRIMARY KEY build their index under an ACCESS EXCLUSIVE lock: nobody reads or writes the table until all of it was read. An index that stands already becomes the constraint in a moment.',
  fix: 'CREATE UNIQUE INDEX CONCURRENTLY in a migration that runs outside a transaction, then ADD CONSTRAINT ... USING INDEX.',
  fixKind: 'suggestion',
  examples: [
    {
      dialect: 'postgresql',
      bad: `${made}-- file: migrations/0002_email.up.sql\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);`,
      good: `${made}-- file: migrations/0002_email.up.sql\nCREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n-- file: migrations/0003_email.up.sql\nALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;`,
      note: 'A build that fails, because two rows are the same, leaves an invalid index behind; drop it before you try again.',
    },
  ],
  references: [
    { title: 'PostgreSQL: ALTER TABLE, ADD table_constraint_using_index', url: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX' },
    { title: 'PostgreSQL: Building Indexes Concurrently', url: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY' },
  ],
  aliases: {
    squawk: ['disallowed-unique-constraint', 'adding-serial-primary-key-field'],
    pgls: ['disallowUniqueConstraint', 'addingPrimaryKeyConstraint'],
    pgfence: ['add-constraint-unique', 'add-pk-without-using-index'],
    eugene: ['E7'],
    atlas: ['PG104', 'PG105'],
    strong_migrations: ['add_unique_constraint'],
  },
  check: {
    alterAction(action, context, parent) {
      if (action.kind === 'addConstraint') {
        const { constraint } = action;
        if (constraint.kind !== 'unique' && constraint.kind !== 'primaryKey') return;
        const columns = constraint.columns.flatMap(({ column }) => column ?? []);
        if (!constraint.usingIndex) check({ constraint, columns: columns.length === constraint.columns.length ? columns : undefined, inline: false }, parent, context);
      } else if (action.kind === 'addColumn') {
        const constraint = action.column.constraints.find((one) => one.kind === 'unique');
        if (constraint) check({ constraint, columns: [action.column.name], inline: true }, parent, context);
      }
    },
  },
});

function check(key: Key, parent: AlterTable, context: StatementContext): void {
  const { database, entry } = context;
  const table = tableBefore(entry, parent.name);
  // A partitioned table takes no index that was built CONCURRENTLY, and no constraint USING INDEX.
  if (isEmptyHere(database, entry, parent.name) || table?.temporary || table?.partitionBy) return;
  const { name } = parent.name.name;
  const { severity, sizeNote, unsized } = blockingSeverity(database, { name });
  const primary = key.constraint.kind === 'primaryKey';
  context.report({
    at: key.constraint,
    severity,
    unsized,
    message: `Adding this ${primary ? 'PRIMARY KEY' : 'UNIQUE constraint'} builds its index while nobody can use ${name}`,
    claim: { kind: 'locks', table: keyBefore(context.entry, parent.name), mode: 'AccessExclusive', scans: true },
    help: `Build the index CONCURRENTLY, outside a transaction, then add the constraint USING INDEX.${primary ? ' Make its columns NOT NULL before, or that step reads the whole table.' : ''} ${sizeNote}`,
    fix: () => fixOf(key, parent, table, context),
  });
}

function fixOf(key: Key, parent: AlterTable, table: Table | undefined, context: StatementContext): WorkspaceChange | undefined {
  const { database, entry } = context;
  const name = key.constraint.name?.name ?? madeName(parent, context);
  if (name === undefined || !isPlain(key) || (!key.inline && parent.actions.length > 1)) return undefined;
  const isRequired = (column: string) => table !== undefined && findColumn('postgresql', table, column)?.nullable === false;
  if (key.constraint.kind === 'primaryKey' && !key.columns!.every((column) => isRequired(column.name))) return undefined;
  const steps = stepsOf(name, key, parent);
  const autocommit = entry.transaction === 'none' && (entry.migration?.transaction ?? 'none') === 'none';
  if (!key.inline && autocommit && !(entry.migration && database.runner?.assumed)) {
    const whole = { start: 0, end: entry.placed.statement.text.length };
    return suggestedChange(`Build the index of ${name} CONCURRENTLY first`, replaceInStatement(entry.placed, whole, `${steps.index};\n${steps.constraint}`));
  }
  const moved = inMigrations(name, steps, key, parent, context);
  return moved && suggestedChange(`Build the index of ${name} CONCURRENTLY in a new migration, and make it the constraint in another`, ...moved);
}

/** Whether the key is nothing but a list of columns. */
function isPlain({ constraint, columns }: Key): boolean {
  const parts = 'columns' in constraint ? constraint.columns : [];
  return columns !== undefined && !('include' in constraint && constraint.include) && !constraint.options?.length && !parts.some((part) => part.withoutOverlaps);
}

function stepsOf(name: string, { constraint, columns }: Key, parent: AlterTable): { readonly index: string; readonly constraint: string; readonly table: string; readonly quoted: string } {
  const table = renderName('postgresql', parent.name.schema?.name, parent.name.name.name);
  const quoted = quoteIdentifier('postgresql', name);
  const nulls = constraint.kind === 'unique' && constraint.nullsNotDistinct ? ' NULLS NOT DISTINCT' : '';
  const deferral = `${constraint.deferrable ? ' DEFERRABLE' : ''}${constraint.initiallyDeferred ? ' INITIALLY DEFERRED' : ''}`;
  return {
    table,
    quoted,
    index: `CREATE UNIQUE INDEX CONCURRENTLY ${quoted} ON ${table} (${columns!.map((column) => quoteIdentifier('postgresql', column.name)).join(', ')})${nulls}`,
    constraint: `ALTER TABLE ${table} ADD CONSTRAINT ${quoted} ${constraint.kind === 'unique' ? 'UNIQUE' : 'PRIMARY KEY'} USING INDEX ${quoted}${deferral}`,
  };
}

/** Takes the constraint out of a migration that nothing behind it relies on, and adds the two that make it. */
function inMigrations(name: string, { index, constraint, table, quoted }: ReturnType<typeof stepsOf>, key: Key, parent: AlterTable, { facts, database, entry }: StatementContext): FileChange[] | undefined {
  const script = facts.scripts.get(entry.placed.file);
  const atEnd = findTable(database.catalog, parent.name.schema?.name, parent.name.name.name);
  if (!entry.migration || !script || !keyNames(atEnd).includes(name)) return undefined;
  if (isNeededLater(database, entry, name) || isUniquenessNeededLater(database, entry, parent.name.name.name)) return undefined;
  const downs = dropsInDown(entry.migration, name, parent);
  const down = entry.migration.down && facts.scripts.get(entry.migration.down.file);
  if (!downs || (downs.length > 0 && !down)) return undefined;
  const later = newMigrationSeries(facts, database, [
    { slug: `build_${name}`, up: `${index};`, down: `DROP INDEX IF EXISTS ${renderName('postgresql', parent.name.schema?.name, name)};`, transactionless: true },
    { slug: `add_${name}`, up: `${constraint};`, down: `ALTER TABLE ${table} DROP CONSTRAINT ${quoted};` },
  ]);
  const taken: FileEdits = key.inline ? deleteInStatement(entry.placed, key.constraint.range) : deleteStatement(script, entry.placed);
  return later && [taken, ...downs.map((placed) => deleteStatement(down!, placed)), ...later];
}

/** The statements of a down part that do nothing but drop the constraint; undefined when another one names it. */
function dropsInDown({ down }: Migration, name: string, parent: AlterTable): PlacedStatement[] | undefined {
  const naming = (down?.statements ?? []).filter(({ statement }) => statement.tokens.some(({ value }) => value === name));
  const isDrop = ({ node }: PlacedStatement) => node.kind === 'alterTable' && node.name.name.name === parent.name.name.name && node.actions.length === 1 && node.actions[0]!.kind === 'dropConstraint';
  return naming.every(isDrop) ? naming : undefined;
}

/** The name that PostgreSQL gives the constraint, read from the catalog after the statement. */
function madeName(parent: AlterTable, { entry }: StatementContext): string | undefined {
  const namesIn = (catalog: typeof entry.before) => keyNames(findTable(catalog, parent.name.schema?.name, parent.name.name.name));
  const known = new Set(namesIn(entry.before));
  const fresh = namesIn(entry.after).filter((name) => !known.has(name));
  return fresh.length === 1 ? fresh[0] : undefined;
}

function keyNames(table: Table | undefined): string[] {
  return table ? [...table.uniques, ...(table.primaryKey ? [table.primaryKey] : [])].flatMap(({ name }) => name ?? []) : [];
}
