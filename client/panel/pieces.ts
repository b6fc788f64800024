import type { Evidence, EvidenceLevel } from '../../protocol/evidence.ts';
import type { PanelToHost } from '../../protocol/panel.ts';
import type { Claim, PlanItem } from '../../protocol/plan.ts';
import { h, icon, type Child, type IconName } from './dom.ts';

/** How a section speaks to the extension. */
export type Send = (message: PanelToHost) => void;

const levels: Record<EvidenceLevel, { readonly icon: IconName; readonly meaning: string }> = {
  proved: { icon: 'shield', meaning: 'An experiment ran and agreed.' },
  refuted: { icon: 'cross', meaning: 'An experiment ran and disagreed.' },
  modelled: { icon: 'check', meaning: 'Follows from the files, under the stated numbers.' },
  assumed: { icon: 'question', meaning: 'Nothing ran: this is taken for granted.' },
};

/** The badge of a claim; its tooltip says what the level means. */
export function badge(level: EvidenceLevel): HTMLElement {
  return h('span', { class: `badge level-${level}`, title: levels[level].meaning }, icon(levels[level].icon), level);
}

/** A small label; `tone` colours it. */
export function chip(text: string, tone: 'neutral' | 'good' | 'medium' | 'bad' = 'neutral', title?: string): HTMLElement {
  return h('span', { class: `chip tone-${tone}`, ...(title ? { title } : {}) }, text);
}

/** The chip of a risk. */
export function riskChip(risk: 'low' | 'medium' | 'high'): HTMLElement {
  return chip(`${risk} risk`, risk === 'high' ? 'bad' : risk === 'medium' ? 'medium' : 'good');
}

/** A link to a place in the workspace: the file with the folder it lies in, and the line; the tooltip has the whole path. */
export function place(file: string, line: number, send: Send): HTMLElement {
  const [name = file, folder] = file.split('/').reverse();
  return h(
    'button',
    { class: 'place', title: `${file}:${line}`, onclick: () => send({ type: 'open', file, line }), attributes: { type: 'button', role: 'link', 'aria-label': `Open ${file}, line ${line}` } },
    folder !== undefined && h('span', { class: 'folder' }, `${folder}/`),
    line > 1 ? `${name}:${line}` : name,
  );
}

/** Every piece of evidence: places as links, experiments as what was observed. Long lists are folded. */
export function evidence(list: readonly Evidence[], send: Send): Child {
  if (list.length === 0) return null;
  const pieces = list.map((one) => ('file' in one ? place(one.file, one.line, send) : h('span', { class: 'observed' }, `${one.observed} (${one.engine} ${one.version})`)));
  const shown = pieces.slice(0, 4);
  const rest = pieces.slice(4);
  if (rest.length === 0) return h('div', { class: 'evidence' }, shown);
  const more = h('button', { class: 'more', attributes: { type: 'button' } }, `${rest.length} more`);
  more.addEventListener('click', () => more.replaceWith(...rest));
  return h('div', { class: 'evidence' }, shown, more);
}

/** The claims of a section, each with its badge and what it rests on. */
export function claims(list: readonly Claim[], send: Send): Child {
  if (list.length === 0) return null;
  return h('ul', { class: 'claims' }, list.map((claim) => h('li', { class: 'claim' }, badge(claim.level), h('div', { class: 'grow' }, h('span', {}, claim.text), evidence(claim.evidence, send)))));
}

/** A block of code with a copy button. */
export function code(text: string, what: string, send: Send): HTMLElement {
  const copy = h('button', { class: 'icon-button', title: `Copy ${what}`, onclick: () => send({ type: 'copy', text, what }), attributes: { type: 'button', 'aria-label': `Copy ${what}` } }, icon('copy'));
  return h('div', { class: 'code' }, h('pre', { attributes: { tabindex: '0' } }, h('code', {}, text)), copy);
}

/** Things to do, each with its reason, its SQL and its places. */
export function items(list: readonly PlanItem[], send: Send): Child {
  if (list.length === 0) return null;
  return h('ul', { class: 'items' }, list.map((item) => planItem(item, send)));
}

function planItem(item: PlanItem, send: Send): HTMLElement {
  return h(
    'li',
    { class: 'item' },
    h('div', { class: 'item-head' }, h('span', { class: 'item-title' }, item.title), item.risk && riskChip(item.risk)),
    item.detail && h('p', { class: 'detail' }, item.detail),
    item.sql && code(item.sql, 'the SQL', send),
    evidence(item.evidence, send),
  );
}

/** A titled group inside a section; gives nothing when it is empty. */
export function group(title: string, content: Child): Child {
  if (content === null || content === undefined || content === false) return null;
  return h('div', { class: 'group' }, h('h3', {}, title), content);
}

/** The sentence shown where a section has nothing to say. */
export function nothing(text: string): HTMLElement {
  return h('p', { class: 'nothing' }, text);
}
