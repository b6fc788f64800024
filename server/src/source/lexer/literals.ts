import { endOfQuoted } from './quotes.ts';

/** Finds the ends of literals in a text; what it learns from those that are not closed spares it to look to the end again. */
export class Literals {
  readonly #text: string;
  /** The quotes with which a literal opened that is not closed, where backslashes protect; undefined when there is none. */
  #unclosed: Set<number> | undefined;
  /** Where each mark of dollar quotes stands last; undefined as long as all were closed. */
  #lastMarks: Map<string, number> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The offset just after the quoted text that opens at `start`, -1 when the text ends first. */
  endOfQuoted(start: number, backslash: boolean): number {
    const quote = this.#text.charCodeAt(start);
    // What went on to the end of the text passed this quote, and would so again.
    if (backslash && this.#unclosed?.has(quote) && isProtected(this.#text, start)) return -1;
    const end = endOfQuoted(this.#text, start, backslash);
    if (end < 0 && backslash) (this.#unclosed ??= new Set()).add(quote);
    return end;
  }

  /**
   * The end of a dollar-quoted text, and how far the text was looked at to know it. One that is never closed, or that
   * closed on the opening mark of the next routine, ends before the line on which that routine begins.
   */
  endOfDollarQuoted(start: number, markLength: number): { end: number; looked: number } {
    const text = this.#text;
    const close = this.#closingMark(start, markLength);
    const content = text.slice(start + markLength, close < 0 ? undefined : close);
    const looked = close < 0 ? Infinity : close + markLength;
    const opensAnother = close < 0 || /(?:\bAS|\nDO)\s*$/i.test(content.slice(-200));
    if (opensAnother) {
      const next = /\n(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|TABLE|TRIGGER|INDEX|VIEW)\s|DO\s*$)/i.exec(content);
      if (next) return { end: start + markLength + next.index, looked };
    }
    return { end: close < 0 ? text.length : looked, looked };
  }

  #closingMark(start: number, markLength: number): number {
    const text = this.#text;
    const mark = text.slice(start, start + markLength);
    const last = this.#lastMarks;
    if (last !== undefined && (last.get(mark) ?? -1) < start + markLength) return -1;
    const close = text.indexOf(mark, start + markLength);
    if (close < 0) this.#lastMarks ??= lastMarksOf(text, start);
    return close;
  }
}

/** Whether the unit at `position` stands behind an odd number of backslashes. */
function isProtected(text: string, position: number): boolean {
  let first = position;
  while (first > 0 && text.charCodeAt(first - 1) === 92) first--;
  return (position - first) % 2 === 1;
}

function lastMarksOf(text: string, start: number): Map<string, number> {
  const marks = new Map<string, number>();
  const opening = /\$([^$\s]*)(?=\$)/g;
  opening.lastIndex = start;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) marks.set(`${found[0]}$`, found.index);
  return marks;
}
