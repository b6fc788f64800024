import type { DatabasePlan, MigrationStepPlan } from '../../../protocol/plan.ts';
import { h, type Child } from '../dom.ts';
import { chip, claims, code, group, items, nothing, place, riskChip, type Send } from '../pieces.ts';

/** Migration plan: the pending statements in the order they will run, with lock, rewrite, way back and risk. */
export function migrationPlan(plan: DatabasePlan['migration_plan'], send: Send): Child {
  return [
    claims(plan.claims, send),
    plan.steps.length === 0 ? nothing('No migration is pending.') : group('Pending steps', steps(plan.steps, send)),
    group('To do', items(plan.items, send)),
  ];
}

const headings = ['Step', 'Lock', 'Rewrite', 'Way back', 'Risk'];

// The roles are written out because the narrow layout turns rows into blocks, which takes the table's own semantics away.
function steps(list: readonly MigrationStepPlan[], send: Send): HTMLElement {
  return h(
    'table',
    { class: 'steps', attributes: { role: 'table', 'aria-label': 'Pending steps' } },
    h('thead', { attributes: { role: 'rowgroup' } }, h('tr', { attributes: { role: 'row' } }, headings.map((text) => h('th', { attributes: { role: 'columnheader', scope: 'col' } }, text)))),
    h('tbody', { attributes: { role: 'rowgroup' } }, list.map((step) => row(step, send))),
  );
}

function row(step: MigrationStepPlan, send: Send): HTMLElement {
  return h(
    'tr',
    { attributes: { role: 'row' } },
    cell('Step', h('div', { class: 'step-head' }, !named(step) && h('span', { class: 'version' }, step.version), place(step.file, step.line, send)), h('code', { class: 'statement' }, step.statement), sequence(step, send)),
    cell('Lock', step.lock === null ? h('span', { class: 'muted' }, 'none') : h('code', { class: 'lock' }, step.lock)),
    cell('Rewrite', step.rewrite ? chip('rewrites', 'bad', 'The whole table is written anew') : h('span', { class: 'muted' }, 'no')),
    cell('Way back', chip(step.reversibility, step.reversibility === 'reversible' ? 'good' : step.reversibility === 'loses data' ? 'medium' : 'bad')),
    cell('Risk', riskChip(step.risk)),
  );
}

/** Whether the label of the place says the version already. */
function named(step: MigrationStepPlan): boolean {
  return step.file.split('/').slice(-2).some((part) => part.startsWith(step.version));
}

function cell(label: string, ...content: Child[]): HTMLElement {
  return h('td', { attributes: { role: 'cell', 'data-label': label } }, content);
}

function sequence(step: MigrationStepPlan, send: Send): Child {
  if (step.safe_sequence.length === 0) return null;
  return h(
    'details',
    { class: 'fold', attributes: { 'data-key': `sequence:${step.file}:${step.line}` } },
    h('summary', {}, 'Safe sequence'),
    h('ol', { class: 'sequence' }, step.safe_sequence.map((part) => h('li', {}, looksLikeSql(part) ? code(part, 'the SQL', send) : part))),
  );
}

function looksLikeSql(text: string): boolean {
  return /^(--|ALTER|CREATE|DROP|UPDATE|INSERT|DELETE|SELECT|SET|BEGIN|COMMIT|COMMENT|TRUNCATE|WITH)\b/i.test(text) && /[;\n]/.test(text);
}
