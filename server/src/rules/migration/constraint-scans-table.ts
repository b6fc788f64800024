import { deleteStatement, insertAfterStatement, insertInStatement, suggestedChange } from '../../edits/builders.ts';
import type { WorkspaceChange } from '../../edits/change.ts';
import { newMigration } from '../../edits/newMigration.ts';
import { entriesAround } from '../../project/lookups.ts';
import { findTable, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import type { AlterAction, AlterTable, TableConstraint } from '../../source/sql/ast.ts';
import { defineRule, type StatementContext } from '../rule.ts';
import { blockingSeverity, entriesAboutBefore, isEmptyHere, isNewTable, keyBefore, tableBefore } from '../support.ts';

type Scanning = Extract<TableConstraint, { kind: 'check' | 'foreignKey' }>;

const made = '-- file: migrations/0001_orders.up.sql\nCREATE TABLE users (id integer PRIMARY KEY);\nCREATE TABLE orders (id integer PRIMARY KEY, user_id integer, total integer);\nCREATE INDEX ON orders (user_id);\n';

export const constraintScansTable = defineRule({
  id: 'constraint-scans-table',
  dialects: { postgresql: true },
  severity: 'information',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Add a constraint as NOT VALID and validate it apart.',
  why: 'Adding a CHECK or a foreign key reads the whole table while writes wait (a CHECK keeps readers out too). NOT VALID takes the lock for a moment only, and VALIDATE CONSTRAINT reads while clients go on.',
  fix: 'Write NOT VALID, and VALIDATE CONSTRAINT in a later migration.',
  fixKind: 'suggestion',
  examples: [
    {
      dialect: 'postgresql',
      bad: `${made}-- file: migrations/0002_total.up.sql\nALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0);`,
      good: `${made}-- file: migrations/0002_total.up.sql\nALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;\n-- file: migrations/0003_total.up.sql\nALTER TABLE orders VALIDATE CONSTRAINT total_positive;`,
    },
    {
      dialect: 'postgresql',
      bad: `${made}-- file: migrations/0002_user.up.sql\nALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);`,
      good: `${made}-- file: migrations/0002_user.up.sql\nALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;`,
    },
  ],
  references: [{ title: 'PostgreSQL: ALTER TABLE, NOT VALID and VALIDATE CONSTRAINT', url: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT' }],
  aliases: {
    squawk: ['adding-foreign-key-constraint', 'constraint-missing-not-valid'],
    pgls: ['addingForeignKeyConstraint', 'constraintMissingNotValid'],
    pgfence: ['add-constraint-fk-no-not-valid', 'add-constraint-check-no-not-valid'],
    eugene: ['E1'],
    atlas: ['PG305', 'PG306'],
    strong_migrations: ['add_foreign_key', 'add_check_constraint'],
    bytebase: ['STATEMENT_ADD_FOREIGN_KEY_NOT_VALID', 'STATEMENT_ADD_CHECK_NOT_VALID'],
  },
  check: {
    alterAction(action, context, parent) {
      if (action.kind === 'validateConstraint') checkValidation(action, parent, context);
      if (action.kind !== 'addConstraint' || !scans(action.constraint) || isEmptyHere(context.database, context.entry, parent.name)) return;
      const { constraint } = action;
      const table = tableBefore(context.entry, parent.name);
      // A partitioned table cannot take NOT VALID foreign keys before PostgreSQL 18, so there is no better way to point at.
      if (table?.partitionBy || addedWithItsColumns(constraint, parent, table)) return;
      const { name } = parent.name.name;
      const { severity, sizeNote, unsized } = blockingSeverity(context.database, { name });
      context.report({
        at: constraint,
        severity,
        unsized,
        message: constraint.kind === 'check' ? `Adding this CHECK reads all of ${name} while nobody can use it` : `Adding this foreign key reads all of ${name} while writes to it${isNewTable(context.entry, constraint.references.table) ? '' : ` and to ${constraint.references.table.name.name}`} wait`,
        claim: { kind: 'locks', table: keyBefore(context.entry, parent.name), mode: constraint.kind === 'check' ? 'AccessExclusive' : 'ShareRowExclusive', scans: true },
        help: `Add it NOT VALID, then VALIDATE CONSTRAINT in a later migration. ${sizeNote}`,
        fix: () => fixes(constraint, parent, context),
      });
    },
  },
});

/** VALIDATE CONSTRAINT spares nobody where the transaction still holds the lock under which the constraint was added. */
function checkValidation(action: Extract<AlterAction, { kind: 'validateConstraint' }>, parent: AlterTable, context: StatementContext): void {
  const { database, entry, facts } = context;
  const script = facts.scripts.get(entry.placed.file);
  if (!script || !addedInTransaction(action.name.name, parent, context) || isEmptyHere(database, entry, parent.name)) return;
  const { name } = parent.name.name;
  const { severity, sizeNote, unsized } = blockingSeverity(database, { name });
  context.report({
    at: action,
    severity,
    unsized,
    message: `VALIDATE CONSTRAINT reads all of ${name} while this transaction still holds the lock of ADD CONSTRAINT`,
    claim: { kind: 'locks', table: keyBefore(context.entry, parent.name), mode: 'ShareUpdateExclusive', scans: true },
    help: `Validate in a transaction of its own: in a later migration. ${sizeNote}`,
    fix: () => {
      if (!entry.migration || parent.actions.length > 1 || !stands(action.name.name, parent, context)) return undefined;
      const later = newMigration(facts, database, { slug: `validate_${action.name.name}`, up: `${entry.placed.statement.text};`, down: `-- Nothing to undo: ${action.name.name} goes with the migration that adds it.` });
      return later && suggestedChange(`Validate ${action.name.name} in a new migration`, deleteStatement(script, entry.placed), ...later);
    },
  });
}

/** Whether a statement of the transaction that is open here added the constraint as NOT VALID. */
function addedInTransaction(name: string, parent: AlterTable, { database, entry }: StatementContext): boolean {
  if (entry.transaction === 'none') return false;
  const key = keyBefore(entry, parent.name);
  const added = entriesAboutBefore(database, entry, key).findLast((one) => {
    const { node } = one.placed;
    if (node.kind !== 'alterTable' || keyBefore(one, node.name) !== key) return false;
    return node.actions.some((one) => one.kind === 'addConstraint' && one.constraint.name?.name === name);
  });
  if (!added) return false;
  const entries = entriesAround(database, entry);
  const between = entries.slice(entries.indexOf(added), entries.indexOf(entry));
  return !between.some(({ placed: { node } }) => node.kind === 'transaction' && /^(commit|rollback|begin)$/.test(node.action));
}

function scans(constraint: TableConstraint): constraint is Scanning {
  return (constraint.kind === 'check' || constraint.kind === 'foreignKey') && !constraint.notValid && !constraint.notEnforced;
}

/** A foreign key over a column that the same statement adds without a default: every value is NULL, so nothing is looked up. */
function addedWithItsColumns(constraint: Scanning, parent: AlterTable, table: Table | undefined): boolean {
  if (constraint.kind !== 'foreignKey') return false;
  const added = new Set(parent.actions.flatMap((action) => (action.kind === 'addColumn' && !action.column.constraints.some((one) => one.kind === 'default') ? [action.column.name.name] : [])));
  return constraint.columns.every((column) => added.has(column.name) && !table?.columns.some((known) => known.name === column.name));
}

function fixes(constraint: Scanning, parent: AlterTable, context: StatementContext): WorkspaceChange[] {
  const { facts, database, entry } = context;
  const name = constraint.name?.name ?? madeName(parent, context);
  if (name === undefined) return [];
  const table = renderName('postgresql', parent.name.schema?.name, parent.name.name.name);
  const notValid = insertInStatement(entry.placed, constraint.range.end, ' NOT VALID');
  const validate = `ALTER TABLE ${table} VALIDATE CONSTRAINT ${quoteIdentifier('postgresql', name)}`;
  const title = `Add ${name} as NOT VALID`;
  if (entry.migration) {
    if (!stands(name, parent, context)) return [];
    const later = newMigration(facts, database, { slug: `validate_${name}`, up: `${validate};`, down: `-- Nothing to undo: ${name} goes with the migration that adds it.` });
    return later ? [suggestedChange(`${title}, and validate it in a new migration`, notValid, ...later)] : [];
  }
  const script = facts.scripts.get(entry.placed.file);
  return script && entry.transaction === 'none' ? [suggestedChange(`${title}, and validate it after`, notValid, insertAfterStatement(script, entry.placed, validate))] : [];
}

/** Whether the constraint is there after all migrations, where a new one would validate it. */
function stands(name: string, parent: AlterTable, { database }: StatementContext): boolean {
  return allNames(findTable(database.catalog, parent.name.schema?.name, parent.name.name.name)).includes(name);
}

/** The name that PostgreSQL gives the constraint, read from the catalog after the statement. */
function madeName(parent: AlterTable, { entry }: StatementContext): string | undefined {
  const known = new Set(allNames(tableBefore(entry, parent.name)));
  const made = allNames(entry.after.tables.get(keyBefore(entry, parent.name))).filter((name) => !known.has(name));
  return made.length === 1 ? made[0] : undefined;
}

function allNames(table: Table | undefined): string[] {
  return table ? [...table.checks, ...table.foreignKeys].flatMap((one) => (one.name === undefined ? [] : [one.name])) : [];
}
