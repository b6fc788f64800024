import type { DatabasePlan, PlanTable } from '../../../protocol/plan.ts';
import { h, type Child } from '../dom.ts';
import { chip, claims, evidence, group, items, nothing, type Send } from '../pieces.ts';

/** Schema design: claims, what to change, and every table with its columns and keys. */
export function schemaDesign(design: DatabasePlan['schema_design'], send: Send): Child {
  return [
    claims(design.claims, send),
    group('To change', items(design.items, send)),
    design.tables.length === 0 ? nothing('No table is known yet.') : group('Tables', h('div', { class: 'tables' }, design.tables.map((table) => tableCard(table, send)))),
  ];
}

function tableCard(table: PlanTable, send: Send): HTMLElement {
  return h(
    'details',
    { class: 'table', attributes: { 'data-key': `table:${table.name}` } },
    h('summary', {}, h('span', { class: 'table-name' }, table.name), h('span', { class: 'count' }, count(table.columns.length, 'column')), table.primary_key.length === 0 && chip('no primary key', 'bad'), table.tenant_key && chip(table.tenant_key, 'neutral', 'Tenant key')),
    h('dl', { class: 'columns' }, table.columns.map((column) => columnRow(table, column))),
    constraints(table),
    evidence(table.evidence, send),
  );
}

function columnRow(table: PlanTable, column: PlanTable['columns'][number]): Child {
  const key = table.primary_key.includes(column.name);
  const notes = [key ? 'primary key' : '', column.nullable ? 'null' : 'not null', column.default === undefined ? '' : `default ${column.default}`].filter(Boolean).join(', ');
  return [h('dt', { class: key ? 'key' : '' }, column.name), h('dd', {}, h('code', {}, column.type), h('span', { class: 'muted' }, ` ${notes}`))];
}

function constraints(table: PlanTable): Child {
  const lines = [
    ...table.foreign_keys.map((key) => `${key.columns.join(', ')} → ${key.references}, on delete ${key.on_delete}`),
    ...table.uniques.map((columns) => `unique (${columns.join(', ')})`),
    ...table.checks.map((check) => `check ${check}`),
  ];
  return lines.length > 0 && h('ul', { class: 'constraints' }, lines.map((line) => h('li', {}, line)));
}

/** `1 column`, `3 columns`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
