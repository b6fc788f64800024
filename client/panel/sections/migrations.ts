import type { DatabasePlan, MigrationStepPlan } from '../../../protocol/plan.ts';
import { h, type Child } from '../dom.ts';
import { badge, claims, code, evidence, group, items, nothing, place, riskChip, type Send } from '../pieces.ts';

/** Migration plan: the pending statements in the order they will run, with lock, rewrite, way back and risk. */
export function migrationPlan(plan: DatabasePlan['migration_plan'], send: Send): Child {
  return [
    claims(plan.claims, send),
    plan.steps.length === 0 ? nothing('No migration is pending.') : group('Pending steps', steps(plan.steps, send)),
    group('To do', items(plan.items, send)),
  ];
}

function steps(list: readonly MigrationStepPlan[], send: Send): HTMLElement {
  return h(
    'ol',
    { class: 'steps' },
    list.map((step) =>
      h(
        'li',
        { class: 'step' },
        h('div', { class: 'step-head' }, !named(step) && h('span', { class: 'version' }, step.version), place(step.file, step.line, send), riskChip(step.risk)),
        h('code', { class: 'statement' }, step.statement),
        h('p', { class: 'step-facts' }, lock(step), wayBack(step), step.level === 'modelled' ? null : [' ', badge(step.level)]),
        step.waits !== undefined && h('p', { class: 'step-facts' }, `Meanwhile another connection waits with ${step.waits}`),
        evidence(step.evidence, send),
        sequence(step, send),
      ),
    ),
  );
}

function lock(step: MigrationStepPlan): Child {
  return [step.lock === null ? 'No lock that matters' : ['Lock ', h('span', { class: 'lock' }, step.lock)], step.rewrite && [', ', h('span', { class: 'tone-bad' }, 'rewrites the table')], ', '];
}

function wayBack(step: MigrationStepPlan): Child {
  if (step.reversibility === 'reversible') return step.reversibility;
  return h('span', { class: step.reversibility === 'loses data' ? 'tone-medium' : 'tone-bad' }, step.reversibility);
}

/** Whether the label of the place says the version already. */
function named(step: MigrationStepPlan): boolean {
  return step.file.split('/').slice(-2).some((part) => part.startsWith(step.version));
}

function sequence(step: MigrationStepPlan, send: Send): Child {
  if (step.safe_sequence.length === 0) return null;
  return h(
    'details',
    { class: 'fold', attributes: { 'data-key': `sequence:${step.file}:${step.line}` } },
    h('summary', {}, 'Safe sequence'),
    h('ol', { class: 'plan-steps sequence' }, step.safe_sequence.map((part) => h('li', {}, h('div', { class: 'grow' }, looksLikeSql(part) ? code(part, 'the SQL', send) : part)))),
  );
}

function looksLikeSql(text: string): boolean {
  return /^(--|ALTER|CREATE|DROP|UPDATE|INSERT|DELETE|SELECT|SET|BEGIN|COMMIT|COMMENT|TRUNCATE|WITH)\b/i.test(text) && /[;\n]/.test(text);
}
