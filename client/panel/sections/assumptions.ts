import type { Assumption } from '../../../protocol/plan.ts';
import { h, icon, type Child } from '../dom.ts';
import { code, nothing, type Send } from '../pieces.ts';

/** What was taken for granted, each with the line of database-expert.yaml that settles it. */
export function assumptions(list: readonly Assumption[], send: Send): Child {
  if (list.length === 0) return nothing('Nothing is assumed: database-expert.yaml states every input.');
  return h('ul', { class: 'assumptions' }, list.map((assumption) => entry(assumption, send)));
}

function entry(assumption: Assumption, send: Send): HTMLElement {
  const { yaml } = assumption;
  return h(
    'li',
    { class: 'assumption' },
    h('p', {}, assumption.text),
    code(yaml, assumption.key, send),
    h(
      'div',
      { class: 'actions' },
      h('button', { class: 'button quiet', onclick: () => send({ type: 'configure', yaml }), attributes: { type: 'button', 'aria-label': `Add ${assumption.key} to database-expert.yaml` } }, icon('add'), 'Add to database-expert.yaml'),
    ),
  );
}
