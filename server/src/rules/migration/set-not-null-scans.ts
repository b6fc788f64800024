import { insertAfterStatement, replaceInStatement, suggestedChange } from '../../edits/builders.ts';
import type { FileChange, WorkspaceChange } from '../../edits/change.ts';
import { findColumn } from '../../schema/catalog.ts';
import { quoteIdentifier } from '../../schema/quote.ts';
import { newMigration } from '../../edits/newMigration.ts';
import type { Migration } from '../../project/facts.ts';
import type { AlterAction, AlterTable } from '../../source/sql/ast.ts';
import { notNullSteps } from '../notNull.ts';
import { defineRule, type StatementContext } from '../rule.ts';
import { blockingSeverity, columnAtEnd, entriesAboutBefore, isEmptyHere, keyBefore, provedNotNull, tableBefore } from '../support.ts';

type SetNotNull = Extract<AlterAction, { kind: 'setNotNull' }>;

const made = '-- file: migrations/0001_users.up.sql\nCREATE TABLE users (id integer PRIMARY KEY, email text);\n';

export const setNotNullScans = defineRule({
  id: 'set-not-null-scans',
  dialects: { postgresql: true },
  severity: 'information',
  concern: 'migration',
  about: 'run',
  status: 'stable',
  summary: 'Prove that a column has no NULL before SET NOT NULL.',
  why: 'SET NOT NULL reads the whole table under an ACCESS EXCLUSIVE lock, so nobody reads or writes it meanwhile. From PostgreSQL 12 on a validated CHECK (column IS NOT NULL) spares the scan.',
  fix: 'Add the CHECK as NOT VALID, validate it in a later migration, then set NOT NULL.',
  fixKind: 'suggestion',
  examples: [
    {
      dialect: 'postgresql',
      bad: `${made}-- file: migrations/0002_email.up.sql\nALTER TABLE users ALTER COLUMN email SET NOT NULL;`,
      good: `${made}-- file: migrations/0002_check.up.sql\nALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;\n-- file: migrations/0003_validate.up.sql\nALTER TABLE users VALIDATE CONSTRAINT email_set;\n-- file: migrations/0004_email.up.sql\nALTER TABLE users ALTER COLUMN email SET NOT NULL;`,
    },
  ],
  references: [{ title: 'PostgreSQL: ALTER TABLE, SET NOT NULL', url: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL' }],
  aliases: { squawk: ['adding-not-nullable-field'], pgls: ['addingNotNullField'], pgfence: ['alter-column-set-not-null'], eugene: ['E2'], atlas: ['PG303'], strong_migrations: ['change_column_null'], bytebase: ['STATEMENT_DISALLOW_ADD_NOT_NULL'] },
  check: {
    alterAction(action, context, parent) {
      if (action.kind !== 'setNotNull' || isEmptyHere(context.database, context.entry, parent.name)) return;
      const table = tableBefore(context.entry, parent.name);
      const trusted = (context.database.engineVersion ?? 18) >= 12 && table !== undefined && provedNotNull(table, action.column.name);
      const already = table && findColumn('postgresql', table, action.column.name)?.nullable === false;
      if (trusted || already || followsUnseenProof(context, parent)) return;
      const { severity, sizeNote, unsized } = blockingSeverity(context.database, { name: parent.name.name.name });
      context.report({
        at: action,
        severity,
        unsized,
        message: `SET NOT NULL reads all of ${parent.name.name.name} while nobody can use it`,
        claim: { kind: 'locks', table: keyBefore(context.entry, parent.name), mode: 'AccessExclusive', scans: true },
        help: `Add CHECK (${action.column.text} IS NOT NULL) NOT VALID, validate it in a later migration, then set NOT NULL. ${sizeNote}`,
        fix: () => fixes(action, parent, context),
      });
    },
  },
});

/** Whether a constraint of the table that no history defines was validated just before: it may well be the proof. */
function followsUnseenProof({ database, entry }: StatementContext, { name }: AlterTable): boolean {
  const key = keyBefore(entry, name);
  if ((database.engineVersion ?? 18) < 12) return false;
  if (entry.before.tables.get(key)?.knowledge === 'known') return false;
  return entriesAboutBefore(database, entry, key).some((one) => {
    const { node } = one.placed;
    if (node.kind !== 'alterTable' || keyBefore(one, node.name) !== key) return false;
    const known = one.before.tables.get(key);
    return node.actions.some((action) => action.kind === 'validateConstraint' && ![...(known?.checks ?? []), ...(known?.foreignKeys ?? [])].some((one) => one.name === action.name.name));
  });
}

function fixes(action: SetNotNull, parent: AlterTable, context: StatementContext): WorkspaceChange[] {
  const { facts, database, entry } = context;
  const steps = notNullSteps(parent.name, action.column.name);
  const constraint = quoteIdentifier('postgresql', `${parent.name.name.name}_${action.column.name}_not_null`);
  const check = replaceInStatement(entry.placed, action.range, `ADD CONSTRAINT ${constraint} CHECK (${action.column.text} IS NOT NULL) NOT VALID`);
  const rest = `${steps.validate}\n${steps.setNotNull}\n${steps.dropCheck}`;
  const title = `Prove ${action.column.text} by a CHECK first`;
  if (entry.migration) {
    // A new migration runs behind all that stand, so it has to find the column as this one leaves it.
    if (columnAtEnd(database, parent.name, action.column.name)?.nullable !== false) return [];
    const later = newMigration(facts, database, { slug: `require_${parent.name.name.name}_${action.column.name}`, up: rest, down: `${steps.addCheck}\n${steps.dropNotNull}` });
    return later ? [suggestedChange(`${title}, and set NOT NULL in a new migration`, check, ...undoesCheck(entry.migration, parent, action, constraint), ...later)] : [];
  }
  const script = facts.scripts.get(entry.placed.file);
  if (!script || entry.transaction !== 'none') return [];
  return [suggestedChange(title, check, insertAfterStatement(script, entry.placed, rest.replace(/;$/, '')))];
}

/** The down of the migration that set NOT NULL before: it drops the check instead, which is all that the migration makes from now on. */
function undoesCheck(migration: Migration, parent: AlterTable, { column }: SetNotNull, constraint: string): FileChange[] {
  return (migration.down?.statements ?? []).flatMap((placed) => {
    const { node } = placed;
    if (node.kind !== 'alterTable' || node.name.name.name !== parent.name.name.name) return [];
    return node.actions.filter((action) => action.kind === 'dropNotNull' && action.column.name === column.name).map((action) => replaceInStatement(placed, action.range, `DROP CONSTRAINT ${constraint}`));
  });
}
