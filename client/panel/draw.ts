import type { DatabaseChoice, HostToPanel } from '../../protocol/panel.ts';
import type { DatabaseSummary } from '../../protocol/requests.ts';
import { h, icon, type Child } from './dom.ts';
import type { Send } from './pieces.ts';
import { assumptions } from './sections/assumptions.ts';
import { positionCard } from './sections/card.ts';
import { checklist, score } from './sections/checklist.ts';
import { indexStrategy, wantedIndexes } from './sections/indexes.ts';
import { migrationPlan } from './sections/migrations.ts';
import { operationalPlan, transactionStrategy } from './sections/operations.ts';
import { count, schemaDesign } from './sections/schema.ts';

type PlanMessage = Extract<HostToPanel, { type: 'plan' }>;

const dialectTitles: Readonly<Record<string, string>> = { postgresql: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB', sqlite: 'SQLite' };

/** Turns a message of the extension into the content of the view. */
export function draw(message: HostToPanel, send: Send): HTMLElement {
  switch (message.type) {
    case 'loading':
      return h('div', { class: 'state', attributes: { role: 'status' } }, h('div', { class: 'bar' }), h('p', {}, message.message));
    case 'empty':
      return empty(message.reason, send);
    case 'error':
      return failed(message.message, send);
    case 'plan':
      return drawPlan(message, send);
  }
}

function drawPlan(message: PlanMessage, send: Send): HTMLElement {
  const { plan } = message;
  const design = plan.database_plan;
  const wanted = wantedIndexes(design.index_strategy);
  const pending = new Set(design.migration_plan.steps.map((step) => step.file)).size;
  return h(
    'main',
    { class: 'plan' },
    header(message, send),
    positionCard(plan, send),
    section('checklist', 'Evidence checklist', score(plan.evidence_checklist), checklist(plan.evidence_checklist, send), true),
    section('migrations', 'Migration plan', pending > 0 ? `${pending} pending` : '', migrationPlan(design.migration_plan, send), true),
    section('indexes', 'Index strategy', wanted > 0 ? `${wanted} to add` : '', indexStrategy(design.index_strategy, send)),
    section('schema', 'Schema design', count(design.schema_design.tables.length, 'table'), schemaDesign(design.schema_design, send)),
    section('transactions', 'Transaction strategy', '', transactionStrategy(design.transaction_strategy, send)),
    section('operations', 'Operational plan', '', operationalPlan(design.operational_plan, send)),
    section('criteria', 'Success criteria', score(plan.success_criteria), checklist(plan.success_criteria, send)),
    section('assumptions', 'Assumptions', plan.assumptions.length > 0 ? String(plan.assumptions.length) : '', assumptions(plan.assumptions, send)),
  );
}

function header(message: PlanMessage, send: Send): HTMLElement {
  const { plan, databases, selected } = message;
  return h(
    'header',
    { class: 'head' },
    h('h1', {}, databases.length > 1 ? picker(databases, selected, send) : plan.database),
    h('span', { class: 'dialect' }, dialectTitles[plan.dialect] ?? plan.dialect),
  );
}

function picker(databases: readonly DatabaseSummary[], selected: DatabaseChoice, send: Send): HTMLElement {
  const select = h(
    'select',
    { class: 'picker', attributes: { 'aria-label': 'Database' } },
    databases.map((database, index) => {
      const chosen = database.folder === selected.folder && database.name === selected.name;
      return h('option', { attributes: { value: String(index), selected: chosen ? '' : undefined } }, database.name);
    }),
  );
  select.addEventListener('change', () => {
    const database = databases[Number(select.value)];
    if (database) send({ type: 'select', selected: { folder: database.folder, name: database.name } });
  });
  return select;
}

/** A foldable part of the plan; `key` names it in the saved state. */
function section(key: string, title: string, note: string, content: Child, open = false): HTMLElement {
  return h(
    'details',
    { class: 'section', attributes: { 'data-key': `section:${key}`, open: open ? '' : undefined } },
    h('summary', {}, h('h2', {}, title), note && h('span', { class: 'count' }, note)),
    h('div', { class: 'body' }, content),
  );
}

function empty(reason: string, send: Send): HTMLElement {
  return h(
    'div',
    { class: 'state' },
    h('h1', {}, 'No plan yet'),
    h('p', {}, reason),
    h('p', { class: 'muted' }, 'A plan needs one of: a folder of SQL migrations, a schema.prisma, or a file with CREATE TABLE statements. Where they lie can be stated in database-expert.yaml.'),
    h(
      'div',
      { class: 'actions column' },
      h('button', { class: 'button', onclick: () => send({ type: 'openConfiguration' }), attributes: { type: 'button' } }, 'Open database-expert.yaml'),
      h('button', { class: 'button quiet', onclick: () => send({ type: 'refresh' }), attributes: { type: 'button' } }, 'Look again'),
    ),
  );
}

function failed(message: string, send: Send): HTMLElement {
  return h(
    'div',
    { class: 'state', attributes: { role: 'alert' } },
    h('h1', {}, icon('warning'), 'The plan could not be made'),
    h('p', {}, message),
    h(
      'div',
      { class: 'actions column' },
      h('button', { class: 'button', onclick: () => send({ type: 'refresh' }), attributes: { type: 'button' } }, 'Try again'),
      h('button', { class: 'button quiet', onclick: () => send({ type: 'showLog' }), attributes: { type: 'button' } }, 'Show log'),
    ),
  );
}
