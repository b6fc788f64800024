import type { Plan } from '../../../protocol/plan.ts';
import { h, icon, type Child } from '../dom.ts';
import { claims, group, place, sentence, type Send } from '../pieces.ts';

/** The position card: how sure, how costly, how reversible, and what it rests on. */
export function positionCard(plan: Plan, send: Send): HTMLElement {
  const card = plan.position_card;
  const percent = Math.round(card.confidence * 100);
  return h(
    'section',
    { class: 'card', attributes: { 'aria-labelledby': 'position-card' } },
    h('h2', { id: 'position-card' }, 'Position card'),
    h(
      'div',
      { class: 'figures' },
      figure('Confidence', h('span', { class: 'number' }, percent, h('span', { class: 'unit' }, '%'))),
      figure('Cost', rating(card.cost, card.cost === 'Low' ? 'good' : card.cost === 'High' ? 'bad' : 'medium')),
      figure('Reversibility', rating(card.reversibility, card.reversibility === 'High' ? 'good' : card.reversibility === 'Low' ? 'bad' : 'medium')),
    ),
    h('meter', { class: 'confidence', title: 'The share of claims that carry evidence, weighed by its level', attributes: { min: '0', max: '1', value: String(card.confidence), 'aria-label': `Confidence ${percent} percent` } }),
    claims(card.claims, send, 5),
    group('Plan', card.plan.length > 0 && h('ol', { class: 'plan-steps' }, card.plan.map((step) => h('li', {}, h('span', { class: 'grow' }, sentence(step, send)))))),
    group('Risks', card.risks.length > 0 && h('ul', { class: 'risks' }, card.risks.map((risk) => h('li', {}, icon('warning'), h('span', { class: 'grow' }, sentence(risk, send)))))),
    group('Evidence', card.evidence.length > 0 && h('div', { class: 'evidence' }, card.evidence.map((file) => source(file, send)))),
  );
}

function figure(label: string, value: Child): HTMLElement {
  return h('div', { class: 'figure' }, h('span', { class: 'figure-label' }, label), value);
}

function rating(text: string, tone: string): HTMLElement {
  return h('span', { class: `rating tone-${tone}` }, text);
}

/** Evidence of the card is a path, with or without a line after a colon. */
function source(text: string, send: Send): HTMLElement {
  const match = /^(.*?)(?::(\d+))?$/.exec(text);
  return place(match?.[1] ?? text, match?.[2] === undefined ? undefined : Number(match[2]), send);
}
