import type { DatabasePlan } from '../../../protocol/plan.ts';
import { h, type Child } from '../dom.ts';
import { chip, claims, evidence, group, items, nothing, type Send } from '../pieces.ts';

/** Index strategy: what is missing first, then what stands. */
export function indexStrategy(strategy: DatabasePlan['index_strategy'], send: Send): Child {
  return [
    claims(strategy.claims, send),
    wantedIndexes(strategy) === 0 && nothing('No index is missing for the queries that were found.'),
    group('Composite', items(strategy.composite, send)),
    group('Secondary', items(strategy.secondary, send)),
    group('Primary', fold('indexes:primary', strategy.primary.length === 1 ? '1 primary key' : `${strategy.primary.length} primary keys`, strategy.primary.length > 0 && items(strategy.primary, send))),
    group('In place', fold('indexes:existing', strategy.existing.length === 1 ? '1 index' : `${strategy.existing.length} indexes`, strategy.existing.length > 0 && existing(strategy.existing, send))),
  ];
}

/** How many indexes the plan wants to add. */
export function wantedIndexes(strategy: DatabasePlan['index_strategy']): number {
  return strategy.composite.length + strategy.secondary.length;
}

function fold(key: string, title: string, content: Child): Child {
  return content && h('details', { class: 'fold', attributes: { 'data-key': key } }, h('summary', {}, title), content);
}

function existing(list: DatabasePlan['index_strategy']['existing'], send: Send): HTMLElement {
  return h(
    'ul',
    { class: 'indexes' },
    list.map((index) => h('li', {}, h('code', {}, `${index.table} (${index.columns.join(', ')})`), h('span', { class: 'muted' }, ` ${index.name}`), index.unique && chip('unique'), evidence(index.evidence, send))),
  );
}
