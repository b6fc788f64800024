import type { ChecklistEntry } from '../../../protocol/plan.ts';
import { h, icon, type Child, type IconName } from '../dom.ts';
import { evidence, type Send } from '../pieces.ts';

const marks: Record<ChecklistEntry['state'], { readonly icon: IconName; readonly word: string; readonly class: string }> = {
  met: { icon: 'check', word: 'Met', class: 'met' },
  'not met': { icon: 'cross', word: 'Not met', class: 'not-met' },
  unknown: { icon: 'question', word: 'Unknown', class: 'unknown' },
};

/** A checklist: a mark, the sentence, what was found and where. */
export function checklist(entries: readonly ChecklistEntry[], send: Send): Child {
  return h(
    'ul',
    { class: 'checklist' },
    entries.map((entry) => {
      const mark = marks[entry.state];
      return h(
        'li',
        { class: `check ${mark.class}` },
        h('span', { class: 'mark', title: mark.word, attributes: { role: 'img', 'aria-label': mark.word } }, icon(mark.icon)),
        h('div', { class: 'grow' }, h('span', { class: 'check-text' }, entry.text), entry.detail && h('p', { class: 'detail' }, entry.detail), evidence(entry.evidence, send)),
      );
    }),
  );
}

/** How many of the entries are met, as `4 of 7 met`. */
export function score(entries: readonly ChecklistEntry[]): string {
  return `${entries.filter((entry) => entry.state === 'met').length} of ${entries.length} met`;
}
