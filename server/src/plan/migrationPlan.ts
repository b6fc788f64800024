import type { Claim, DatabasePlan, MigrationStepPlan, PlanItem } from '../../../protocol/plan.ts';
import { sizeOf, type HistoryEntry, type MigrationStep } from '../project/facts.ts';
import { keepsValues } from '../edits/down/conversions.ts';
import { lacksDown } from '../rules/migration/missing-down-migration.ts';
import { findColumn, findTable, type Catalog } from '../schema/catalog.ts';
import type { AlterAction, AlterTable, QualifiedName, StatementNode } from '../source/sql/ast.ts';
import { claim, count, findingItems, item, places, some, type PlanContext } from './context.ts';
import { provedClaims, seenOf } from './provedSteps.ts';
import { lockEffect, onNewTable, type LockEffect } from './locks.ts';
import { summarise } from './redact.ts';

const dataKinds: ReadonlySet<StatementNode['kind']> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values', 'other', 'unread', 'createFunction']);
const silentKinds: ReadonlySet<StatementNode['kind']> = new Set(['transaction', 'set', 'select', 'values']);

/** The pending migrations statement by statement, with what each locks, whether it can be taken back, and how to run it safely. */
export function migrationPlan(context: PlanContext): DatabasePlan['migration_plan'] {
  const pending = context.database.steps.filter((step) => !step.migration.applied);
  const steps = pending.flatMap((step) => step.entries.filter((entry) => !silentKinds.has(entry.placed.node.kind) && !onNewTable(context.database, entry)).map((entry) => planStep(context, step, entry)));
  return { claims: claims(context, pending, steps), steps, items: items(context, pending) };
}

function planStep(context: PlanContext, step: MigrationStep, entry: HistoryEntry): MigrationStepPlan {
  const { file, statement, node } = entry.placed;
  const seen = seenOf(context.proofOf(step), step, entry);
  const modelled = lockEffect(context.database, entry);
  const effect = seen ? { ...modelled, ...seen.effect } : modelled;
  const place = context.place({ file, range: { start: statement.start, end: statement.end } });
  const findings = context.findings.filter((finding) => finding.at.file === file && finding.at.range.start >= statement.start && finding.at.range.start <= statement.end && finding.rule !== 'missing-down-migration');
  const worst = findings.some((finding) => finding.severity === 'error') ? 'high' : riskOf(context, entry, effect, findings.some((finding) => finding.severity === 'warning'));
  return {
    version: step.migration.version,
    file,
    line: place.line,
    statement: summarise(statement, dataKinds.has(node.kind)),
    lock: effect.lock,
    rewrite: effect.rewrite,
    ...(seen?.waits !== undefined && { waits: seen.waits }),
    level: seen?.level ?? 'modelled',
    evidence: seen?.evidence ?? [],
    reversibility: reversibility(step, entry),
    risk: worst,
    safe_sequence: rebuilds(step, node) ? [] : safeSequence(context, entry, effect),
  };
}

function riskOf(context: PlanContext, entry: HistoryEntry, effect: LockEffect, warned: boolean): MigrationStepPlan['risk'] {
  const { node } = entry.placed;
  const name = 'table' in node && node.table ? node.table.name.name : node.kind === 'alterTable' ? node.name.name.name : undefined;
  const size = name === undefined ? 'small' : sizeOf(context.database, { name });
  if (effect.blocks !== 'nothing' && (effect.rewrite || effect.scan)) return size === 'large' ? 'high' : size === 'unknown' ? 'medium' : 'low';
  return warned ? 'medium' : 'low';
}

/** Whether an action on a table makes values go that no later statement brings back. */
function loses(action: AlterAction, table: QualifiedName, { before, after }: HistoryEntry): boolean {
  if (action.kind === 'dropColumn') return true;
  if (action.kind !== 'alterType' && action.kind !== 'modifyColumn' && action.kind !== 'changeColumn') return false;
  const typeIn = (catalog: Catalog, name: string) => {
    const known = findTable(catalog, table.schema?.name, table.name.name);
    return known && findColumn(catalog.dialect, known, name)?.type;
  };
  const now = action.column.name;
  const name = typeof now === 'string' ? now : now.name;
  const old = typeIn(before, action.kind === 'changeColumn' ? action.from.name : name);
  const made = typeIn(after, name);
  return old !== undefined && made !== undefined && !keepsValues(after, old, made);
}

/** Whether SQLite's way to change a table drops the old one, whose name the new one takes in the same migration. */
function rebuilds({ before, after }: MigrationStep, node: StatementNode): boolean {
  return before.dialect === 'sqlite' && node.kind === 'drop' && node.object === 'table' && node.names.every(({ name }) => findTable(before, undefined, name.name) && findTable(after, undefined, name.name));
}

/** Whether all columns of what is dropped stand in what takes its place. */
function keepsColumns({ before, after }: MigrationStep, names: readonly QualifiedName[]): boolean {
  return names.every(({ name }) => findTable(before, undefined, name.name)?.columns.every((column) => findColumn('sqlite', findTable(after, undefined, name.name)!, column.name)));
}

function reversibility(step: MigrationStep, entry: HistoryEntry): MigrationStepPlan['reversibility'] {
  const { node } = entry.placed;
  const { dialect } = entry.before;
  switch (node.kind) {
    case 'alterTable':
      return node.actions.some((action) => loses(action, node.name, entry)) ? 'loses data' : 'reversible';
    case 'drop':
      if (rebuilds(step, node) && keepsColumns(step, node.names)) return 'reversible';
      return node.object === 'table' || node.object === 'schema' || node.object === 'database' ? 'loses data' : 'reversible';
    case 'truncate':
    case 'delete':
    case 'update':
    case 'merge':
      return 'loses data';
    case 'alterType':
      return dialect === 'postgresql' && node.action.kind === 'addValue' ? 'irreversible' : 'reversible';
    default:
      return 'reversible';
  }
}

/** The steps of a change that keeps clients running; empty where the statement is safe as it stands. */
function safeSequence(context: PlanContext, entry: HistoryEntry, effect: LockEffect): string[] {
  const { node } = entry.placed;
  if (node.kind === 'alterTable') {
    const replaced = replacedColumns(node);
    const swap = [...replaced.values()].flatMap((written) => [`Add the new ${written} under another name, without NOT NULL.`, 'Write both, fill the new one in batches.', `Read the new one, then drop ${written} in a later release.`]);
    const rest = node.actions.filter((action) => !((action.kind === 'dropColumn' && replaced.has(action.column.name)) || (action.kind === 'addColumn' && replaced.has(action.column.name.name))));
    return [...swap, ...rest.flatMap((action) => actionSequence(context, action, entry, node.name.name.name))];
  }
  if (effect.blocks === 'nothing') return [];
  if (node.kind === 'createIndex' && context.database.dialect === 'postgresql') return ['Run CREATE INDEX CONCURRENTLY alone, outside a transaction.', 'When it fails, drop the invalid index and run it again.'];
  if (node.kind === 'drop' && node.object === 'table') return ['Deploy code that no longer names the table.', 'Back up its rows.', 'Drop it in a later release.'];
  if (node.kind === 'drop' && node.object === 'index' && context.database.dialect === 'postgresql') return ['Run DROP INDEX CONCURRENTLY alone, outside a transaction.'];
  return [];
}

/** Columns that one statement drops and adds anew, by name, as they are written. */
function replacedColumns({ actions }: AlterTable): Map<string, string> {
  const added = new Set(actions.flatMap((action) => (action.kind === 'addColumn' ? [action.column.name.name] : [])));
  return new Map(actions.flatMap((action) => (action.kind === 'dropColumn' && added.has(action.column.name) ? [[action.column.name, action.column.text] as const] : [])));
}

function actionSequence(context: PlanContext, action: AlterAction, entry: HistoryEntry, table: string): string[] {
  const postgres = context.database.dialect === 'postgresql';
  switch (action.kind) {
    case 'addColumn': {
      const constraints = action.column.constraints.map((one) => one.kind);
      const required = constraints.includes('notNull') && !constraints.some((kind) => kind === 'default' || kind === 'identity' || kind === 'generated' || kind === 'autoIncrement');
      if (!required || entry.newTables.size > 0 && !findTable(entry.before, undefined, table)) return [];
      const column = action.column.name.text;
      return [`Add ${column} without NOT NULL.`, 'Deploy code that writes it.', `Fill ${column} in batches.`, postgres ? `Add CHECK (${column} IS NOT NULL) NOT VALID and validate it, then SET NOT NULL and drop the check.` : `Make ${column} NOT NULL.`];
    }
    case 'dropColumn':
      return [`Deploy code that no longer names ${action.column.text}.`, 'Drop it in a later release.'];
    case 'renameColumn':
      return [`Add ${action.to.text} beside ${action.from.text}.`, 'Write both, fill the new one in batches.', `Read ${action.to.text}, then drop ${action.from.text}.`];
    case 'renameTable':
      return [`Rename ${table} and make a view of the old name in one transaction.`, 'Drop the view once no client uses it.'];
    case 'setNotNull':
      return postgres ? [`Add CHECK (${action.column.text} IS NOT NULL) NOT VALID.`, 'VALIDATE it in a migration of its own.', `SET NOT NULL on ${action.column.text}, then drop the check.`] : [];
    case 'addConstraint':
      return postgres && (action.constraint.kind === 'check' || action.constraint.kind === 'foreignKey') && !action.constraint.notValid ? ['Add the constraint NOT VALID.', 'VALIDATE it in a migration of its own.'] : [];
    case 'alterType':
    case 'modifyColumn':
      return ['Add a column of the new type.', 'Write both, fill the new one in batches.', 'Read the new one, then drop the old.'];
    default:
      return [];
  }
}

function claims(context: PlanContext, pending: readonly MigrationStep[], steps: readonly MigrationStepPlan[]): Claim[] {
  const { runner, steps: all, gap } = context.database;
  if (all.length === 0) return [];
  const result: Claim[] = [claim(`${count(all.length, 'migration')} under ${runner?.title ?? 'numbered files'}: ${all.length - pending.length} applied, ${pending.length} pending.`, 'modelled', places(context, pending.map((step) => ({ file: step.migration.up.file, range: step.migration.up.range })), 3))];
  if (gap) result.push(claim(gap.reason, 'assumed', [{ file: gap.file, line: 1 }]));
  const downs = pending.filter(lacksDown);
  if (pending.length > 0) {
    result.push(downs.length === 0 ? claim('Every pending migration that changes the schema has a way back.', 'modelled', places(context, pending.flatMap((step) => (step.migration.down ? [{ file: step.migration.down.file, range: step.migration.down.range }] : [])), 5)) : claim(`${count(downs.length, 'pending migration')} ${downs.length === 1 ? 'has' : 'have'} no way back.`, 'modelled', places(context, downs.map(({ migration }) => migration.up))));
  }
  result.push(...provedClaims(context, pending));
  const risky = steps.filter((step) => step.risk === 'high');
  if (pending.length > 0) {
    result.push(risky.length === 0 ? claim('No pending statement is of high risk.', 'modelled', steps.slice(0, 3).map(({ file, line }) => ({ file, line }))) : claim(`${count(risky.length, 'pending statement')} ${risky.length === 1 ? 'is' : 'are'} of high risk: ${some(risky.map((step) => `${step.version}, line ${step.line}`), 4, '; ')}.`, 'modelled', risky.slice(0, 6).map(({ file, line }) => ({ file, line }))));
  }
  return result;
}

function items(context: PlanContext, pending: readonly MigrationStep[]): PlanItem[] {
  const result: PlanItem[] = findingItems(context, context.found('missing-down-migration')).map((todo) => ({ ...todo, risk: 'medium' }));
  if (pending.length > 0 && context.database.dialect === 'postgresql') {
    result.push(item('Set lock_timeout in every session that migrates', 'A statement that waits for its lock makes every later client wait behind it. Give up after a few seconds and try again.', { sql: "SET lock_timeout = '5s';", risk: 'low' }));
  }
  if (context.database.appliedNote) context.assume('migrations.applied', context.database.appliedNote, 'migrations:\n  applied: VERSION OF THE LAST MIGRATION THAT RAN IN PRODUCTION');
  if (!context.database.zeroDowntime && context.database.config.migration_constraints === undefined) context.assume('migration_constraints', 'Whether the application keeps running while migrations run is not stated; short interruptions are taken to be allowed.', 'migration_constraints: [zero-downtime]');
  return result;
}
