import type { Evidence, EvidenceLevel } from '../../protocol/evidence.ts';
import type { PanelToHost } from '../../protocol/panel.ts';
import type { Claim, PlanItem } from '../../protocol/plan.ts';
import { h, icon, type Child } from './dom.ts';

/** How a section speaks to the extension. */
export type Send = (message: PanelToHost) => void;

const levels: Record<EvidenceLevel, string> = {
  proved: 'An experiment ran and agreed.',
  refuted: 'An experiment ran and disagreed.',
  modelled: 'Follows from the files, under the stated numbers.',
  assumed: 'Nothing ran: this is taken for granted.',
};

/** The badge of a claim; its tooltip says what the level means. */
export function badge(level: EvidenceLevel): HTMLElement {
  return h('span', { class: `chip level-${level}`, title: levels[level] }, level);
}

/** A small label; `tone` colours it. */
export function chip(text: string, tone: 'neutral' | 'good' | 'medium' | 'bad' = 'neutral', title?: string): HTMLElement {
  return h('span', { class: `chip tone-${tone}`, ...(title ? { title } : {}) }, text);
}

/** The chip of a risk. */
export function riskChip(risk: 'low' | 'medium' | 'high'): HTMLElement {
  return chip(`${risk} risk`, risk === 'high' ? 'bad' : risk === 'medium' ? 'medium' : 'good');
}

/** Files whose name says nothing without the folder they lie in. */
const namelessFile = /^(migration|up|down)\.sql$/;

/**
 * A link to a place in the workspace: the file with the folder it lies in, and the line when one is known; the tooltip has the whole path.
 * The folder is hidden where the view is narrow, unless the name says nothing without it.
 */
export function place(file: string, line: number | undefined, send: Send): HTMLElement {
  const [name = file, folder] = file.split('/').reverse();
  const label = line === undefined ? name : `${name}:${line}`;
  return link(file, line, send, folder !== undefined && h('span', { class: namelessFile.test(name) ? '' : 'folder' }, `${folder}/`), label);
}

function link(file: string, line: number | undefined, send: Send, ...label: Child[]): HTMLElement {
  return h(
    'button',
    {
      class: 'place',
      title: line === undefined ? file : `${file}:${line}`,
      onclick: () => send({ type: 'open', file, line: line ?? 1 }),
      attributes: { type: 'button', role: 'link', 'aria-label': line === undefined ? `Open ${file}` : `Open ${file}, line ${line}` },
    },
    label,
  );
}

/** A sentence that may end with a place in parentheses, which becomes a link. */
export function sentence(text: string, send: Send): Child {
  const match = /^(.*) \(([^()\s]+\.\w+):(\d+)\)\.?$/s.exec(text);
  return match ? [match[1], ' ', place(match[2]!, Number(match[3]), send)] : text;
}

/** Folds that were opened: a plan that is drawn anew leaves them open. */
const unfolded = new Set<string>();

/** The first `limit` of the entries; the rest appears behind a button that says `noun`. One more than the limit is shown outright. */
export function limited(entries: readonly HTMLElement[], limit: number, noun: string, wrap: 'li' | 'span' = 'li'): Child {
  const key = `${noun}|${entries[0]?.textContent ?? ''}`;
  if (entries.length <= limit + 1 || unfolded.has(key)) return entries;
  const rest = entries.slice(limit);
  const more = h('button', { class: 'more', attributes: { type: 'button' } }, `${rest.length} more ${noun}`.trim());
  const holder = h(wrap, { class: 'more-holder' }, more);
  more.addEventListener('click', () => {
    unfolded.add(key);
    holder.replaceWith(...rest);
    const [first] = rest;
    (first?.matches('button') ? first : first?.querySelector<HTMLElement>('button'))?.focus();
  });
  return [entries.slice(0, limit), holder];
}

/** Every piece of evidence: places as links, those of one file behind its name, and experiments as what was observed. */
export function evidence(list: readonly Evidence[], send: Send): Child {
  if (list.length === 0) return null;
  const lines = new Map<string, number[]>();
  for (const one of list) if ('file' in one) lines.set(one.file, [...(lines.get(one.file) ?? []), one.line]);
  const places = [...lines].map(([file, numbers]) => placesOf(file, [...new Set(numbers)], send));
  const observed = list.flatMap((one) => ('file' in one ? [] : [h('span', { class: `observed level-${one.level}` }, badge(one.level), ' ', one.engine === 'none' ? one.observed : `${one.experiment} on ${one.engine} ${one.version}: ${one.observed}`)]));
  return h('div', { class: 'evidence' }, limited([...observed, ...places], 3, '', 'span'));
}

function placesOf(file: string, lines: readonly number[], send: Send): HTMLElement {
  const [first, ...others] = lines;
  const further = others.map((line) => h('span', {}, ', ', link(file, line, send, String(line))));
  return h('span', { class: 'places' }, place(file, first, send), limited(further, 4, 'lines', 'span'));
}

/** The claims of a section, each with its badge and what it rests on; beyond `limit` they are folded away. */
export function claims(list: readonly Claim[], send: Send, limit = Number.POSITIVE_INFINITY): Child {
  if (list.length === 0) return null;
  const entries = list.map((claim) => h('li', { class: `claim level-${claim.level}` }, h('p', {}, claim.text, ' ', badge(claim.level)), evidence(claim.evidence, send)));
  return h('ul', { class: 'claims' }, limited(entries, limit, 'claims'));
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
