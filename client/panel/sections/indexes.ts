import type { DatabasePlan } from '../../../protocol/plan.ts';
import { h, type Child } from '../dom.ts';
import { chip, claims, evidence, group, items, nothing, type Send } from '../pieces.ts';

/** Index strategy: what is missing first, then what stands. */
export function indexStrategy(strategy: DatabasePlan['index_strategy'], send: Send): Child {
  const wanted = strategy.composite.length + strategy.secondary.length + strategy.primary.length;
  return [
    claims(strategy.claims, send),
    wanted === 0 && nothing('No index is missing for the queries that were found.'),
    group('Composite', items(strategy.composite, send)),
    group('Secondary', items(strategy.secondary, send)),
    group('Primary', items(strategy.primary, send)),
    group('In place', strategy.existing.length > 0 && existing(strategy.existing, send)),
  ];
}

function existing(list: DatabasePlan['index_strategy']['existing'], send: Send): HTMLElement {
  return h(
    'details',
    { class: 'fold', attributes: { 'data-key': 'indexes:existing' } },
    h('summary', {}, list.length === 1 ? '1 index' : `${list.length} indexes`),
    h(
      'ul',
      { class: 'indexes' },
      list.map((index) => h('li', {}, h('code', {}, `${index.table} (${index.columns.join(', ')})`), h('span', { class: 'muted' }, ` ${index.name}`), index.unique && chip('unique'), evidence(index.evidence, send))),
    ),
  );
}
