import type { ChecklistEntry, MigrationStepPlan } from '../../../protocol/plan.ts';
import type { Finding } from '../rules/rule.ts';
import { count, places, some, tableName, type PlanContext } from './context.ts';
import { topQueries, uncovered } from './indexStrategy.ts';
import { keylessTables } from '../rules/schema/missing-primary-key.ts';
import { lacksDown } from '../rules/migration/missing-down-migration.ts';
import { isGuarded } from '../project/tenancy.ts';
import { findColumn, type Table } from '../schema/catalog.ts';
import { tenantsShown } from './provedTenants.ts';
import { tenantKey } from './schemaDesign.ts';

type State = ChecklistEntry['state'];

function entry(text: string, state: State, detail: string, evidence: ChecklistEntry['evidence'] = []): ChecklistEntry {
  return { text, state, detail, evidence };
}

function byFindings(context: PlanContext, text: string, findings: readonly Finding[], met: string): ChecklistEntry {
  return findings.length === 0 ? entry(text, 'met', met) : entry(text, 'not met', some(findings.map((finding) => finding.message), 3), places(context, findings.map((finding) => finding.at)));
}

/** The seven points of the brief's evidence checklist, answered from what is known. */
export function evidenceChecklist(context: PlanContext): ChecklistEntry[] {
  return [keys(context), invariants(context), indexes(context), rollback(context), poolSettings(context), backup(context), isolation(context)];
}

function keys(context: PlanContext): ChecklistEntry {
  const text = 'Schema includes primary keys and foreign keys';
  const { tables } = context;
  if (tables.length === 0) return entry(text, 'unknown', 'No table was found.');
  const bare = keylessTables(context.database);
  const foreign = tables.reduce((sum, table) => sum + table.foreignKeys.length, 0);
  if (bare.length > 0) return entry(text, 'not met', `${some(bare.map(tableName))} ${bare.length === 1 ? 'has' : 'have'} no primary key.`, places(context, bare.map((table) => table.origin)));
  return entry(text, tables.length > 1 && foreign === 0 ? 'not met' : 'met', `${count(tables.length, 'table')}, each row named by a key; ${count(foreign, 'foreign key')}.`, places(context, tables.map((table) => table.origin), 3));
}

function invariants(context: PlanContext): ChecklistEntry {
  const text = 'Unique constraints for business invariants';
  const uniques = context.tables.flatMap((table) => [...table.uniques.map((unique) => unique.origin), ...table.indexes.filter((index) => index.unique).map((index) => index.origin)]);
  return uniques.length > 0 ? entry(text, 'met', `${count(uniques.length, 'unique constraint')}.`, places(context, uniques, 5)) : entry(text, 'unknown', 'No unique constraint besides the primary keys. Which values must not repeat only the business knows.');
}

function indexes(context: PlanContext): ChecklistEntry {
  const text = 'Indexes cover top 5 queries';
  const top = topQueries(context);
  if (top.length === 0) return entry(text, 'unknown', 'No query was found in the workspace; name them under access_patterns.');
  const missing = uncovered(context, top);
  return missing.length === 0 ? entry(text, 'met', `${count(top.length, 'query', 'queries')} checked.`, places(context, top)) : entry(text, 'not met', `${missing.length} of ${top.length} ${missing.length === 1 ? 'wants' : 'want'} an index.`, places(context, missing));
}

function rollback(context: PlanContext): ChecklistEntry {
  const text = 'Migration plan includes rollback';
  const { steps } = context.database;
  const pending = steps.filter((step) => !step.migration.applied);
  if (steps.length === 0) return entry(text, 'unknown', 'No migrations were found.');
  if (pending.length === 0) return entry(text, 'met', 'Nothing is pending.');
  const bare = pending.filter(lacksDown);
  return bare.length === 0
    ? entry(text, 'met', `${count(pending.length, 'pending migration')}; each that changes the schema has a down.`, places(context, pending.flatMap((step) => (step.migration.down ? [{ file: step.migration.down.file, range: step.migration.down.range }] : [])), 5))
    : entry(text, 'not met', `${bare.length === pending.length ? count(bare.length, 'pending migration') : `${bare.length} of ${count(pending.length, 'pending migration')}`} ${bare.length === 1 ? 'changes' : 'change'} the schema and ${bare.length === 1 ? 'has' : 'have'} no down.`, places(context, bare.map((step) => ({ file: step.migration.up.file, range: step.migration.up.range }))));
}

function stated(context: PlanContext, text: string, value: string | number | undefined, key: string): ChecklistEntry {
  const { file } = context.facts.config;
  return value === undefined ? entry(text, 'unknown', `Not stated; ${key} in database-expert.yaml is the place to say it.`) : entry(text, 'met', String(value), file === undefined ? [] : [{ file, line: 1 }]);
}

function poolSettings(context: PlanContext): ChecklistEntry {
  const operations = context.database.config.operations ?? context.facts.config.operations;
  return stated(context, 'Connection pool settings documented', operations?.pool_size === undefined ? undefined : `${count(operations.pool_size, 'connection')} per instance.`, 'operations.pool_size');
}

function backup(context: PlanContext): ChecklistEntry {
  const operations = context.database.config.operations ?? context.facts.config.operations;
  return stated(context, 'Backup and recovery procedure defined', operations?.backup, 'operations.backup');
}

function isolation(context: PlanContext): ChecklistEntry {
  const text = 'Tenant isolation enforced at DB level';
  const { model, stated: known } = context.database.tenancy;
  if (known && (model === 'none' || model === 'db-per-tenant')) return entry(text, 'met', model === 'none' ? 'One tenant.' : 'A database per tenant.');
  if (!known && tenantKey(context).key === undefined) return entry(text, 'unknown', 'Not stated; tenancy_model in database-expert.yaml is the place to say it.');
  const shown = tenantsShown(context);
  const leaks = shown?.detail.leaks ?? [];
  if (leaks.length > 0) return entry(text, 'not met', some(leaks.map(({ observed }) => observed), 3, ' '), shown!.evidence.slice(0, 5));
  const missing = [...context.found('tenant-key-missing'), ...context.found('row-level-security-missing')];
  if (known && missing.length > 0) return byFindings(context, text, missing, '');
  const guarded = context.tables.filter(isGuarded);
  const { key } = tenantKey(context);
  const carrying = context.tables.filter((table) => key !== undefined && findColumn(context.database.dialect, table, key));
  const open = carrying.filter((table) => !isGuarded(table));
  if (guarded.length > 0 && open.length > 0) return entry(text, known ? 'not met' : 'unknown', `Row-level security policies on ${carrying.length - open.length} of ${count(carrying.length, 'table')} that carry ${key}; ${some(open.map(tableName), 3)} ${open.length === 1 ? 'has' : 'have'} none.`, places(context, open.map((table) => table.origin), 5));
  if (guarded.length === 0) return entry(text, known && model === 'shared' ? 'not met' : 'unknown', 'No row-level security policy was found.');
  const proved = shown ? ` Tried on ${shown.engine.name} ${shown.engine.version}: no tenant got at rows of another.` : context.tenants?.ran === false ? ` Not tried: ${context.tenants.reason}` : '';
  return entry(text, 'met', `Row-level security policies on ${count(guarded.length, 'table')}.${proved}`, places(context, guarded.map((table) => table.policies[0]!.origin), 5));
}

/** The brief's success criteria; those that only production can answer stay unknown and say what to look at. */
export function successCriteria(context: PlanContext, steps: readonly MigrationStepPlan[]): ChecklistEntry[] {
  const operations = context.database.config.operations ?? context.facts.config.operations;
  const p95 = (context.database.config.scale_targets ?? context.facts.config.scale_targets)?.p95_ms ?? 200;
  const lossy = steps.filter((step) => step.reversibility !== 'reversible');
  const down = context.database.steps.filter((step) => !step.migration.applied && lacksDown(step));
  const keyless = keylessTables(context.database);
  return [
    entry(`Queries meet latency targets (p95 < ${p95} ms)`, 'unknown', 'Only production can say; the slow query log below is set to this target.'),
    down.length > 0
      ? entry('Migrations are reversible and documented', 'not met', `${count(down.length, 'pending migration')} without a down.`, places(context, down.map(({ migration }) => migration.up)))
      : entry('Migrations are reversible and documented', lossy.length > 0 ? 'not met' : 'met', lossy.length > 0 ? `${count(lossy.length, 'pending statement')} cannot be taken back without loss.` : `${count(steps.length, 'pending statement')}, none loses data.`, lossy.slice(0, 6).map(({ file, line }) => ({ file, line }))),
    integrity(context, keyless),
    { ...isolation(context), text: 'Tenant isolation guaranteed' },
    stated(context, 'Backup/restore tested quarterly', operations?.restore_tested, 'operations.restore_tested'),
  ];
}

function integrity(context: PlanContext, keyless: readonly Table[]): ChecklistEntry {
  const text = 'Data integrity constraints enforced';
  if (context.tables.length === 0) return entry(text, 'unknown', 'No table was found.');
  return keyless.length === 0 ? entry(text, 'met', 'A key names each row of every table.') : entry(text, 'not met', `${some(keyless.map(tableName), 3)} ${keyless.length === 1 ? 'has' : 'have'} no primary key.`, places(context, keyless.map((table) => table.origin)));
}
