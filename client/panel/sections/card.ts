import type { Plan } from '../../../protocol/plan.ts';
import { h, icon, type Child } from '../dom.ts';
import { claims, group, limited, place, sentence, type Send } from '../pieces.ts';

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
    claims(card.claims, send, 3),
    group('Plan', card.plan.length > 0 && h('ol', { class: 'plan-steps' }, limited(card.plan.map((step) => h('li', {}, h('span', { class: 'grow' }, sentence(step, send)))), 5, 'steps'))),
    group('Risks', card.risks.length > 0 && h('ul', { class: 'risks' }, limited(card.risks.map((risk) => h('li', {}, icon('warning'), h('span', { class: 'grow' }, sentence(risk, send)))), 3, 'risks'))),
    group('Evidence', card.evidence.length > 0 && h('div', { class: 'evidence' }, limited(card.evidence.map((text) => source(text, send)), 4, 'files', 'span'))),
  );
}

function figure(label: string, value: Child): HTMLElement {
  return h('div', { class: 'figure' }, h('span', { class: 'figure-label' }, label), value);
}

function rating(text: string, tone: string): HTMLElement {
  return h('span', { class: `rating tone-${tone}` }, text);
}

/** Evidence of the card is a path, with or without a line after a colon, or names an experiment. */
function source(text: string, send: Send): HTMLElement {
  const match = /^([^\s]+?\.\w+)(?::(\d+))?$/.exec(text);
  if (!match) return h('span', { class: 'observed' }, text);
  return place(match[1]!, match[2] === undefined ? undefined : Number(match[2]), send);
}
