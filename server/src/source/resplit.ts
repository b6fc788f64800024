import type { TextRange } from '../text/range.ts';
import { changeBetween, type TextChange } from '../text/change.ts';
import { firstIndex } from '../text/search.ts';
import { Splitter } from './splitter/splitter.ts';
import { initialState, isSameState, type EntryState } from './splitter/state.ts';
import type { SplitComment, SplitStatement } from './splitter/statement.ts';
import type { Script } from './statement.ts';

/**
 * What an edit did to a script: the statements `[first, first + removed)` of the one before are replaced by
 * `[first, first + added)` of `script`; all others are the very same objects, moved to where they stand now.
 */
export interface ScriptChange {
  readonly script: Script;
  readonly first: number;
  readonly removed: number;
  readonly added: number;
}

/** How far a token looks ahead at most, UTF-16 units, unless it is noted as a far look: three template holes in a row. */
const LOOK_AHEAD = 3200;
/** How far a token looks back at most. */
const LOOK_BACK = 64;

/**
 * Splits a text that was edited: begins at a statement before the edit and ends where a statement of the previous
 * script begins again, in the same state. Gives what `splitScript` would give of the text.
 * @param previous what was split before; its statements and comments are moved, so it must not be used afterwards
 */
export function resplitScript(previous: Script, text: string): ScriptChange {
  const old = previous.statements as readonly SplitStatement[];
  const change = changeBetween(previous.text, text);
  const offset = change.newEnd - change.oldEnd;
  if (offset === 0 && change.start === change.oldEnd) return { script: previous, first: old.length, removed: 0, added: 0 };
  const first = restartIndex(previous, old, change);
  const position = first < 0 ? 0 : old[first]!.start;
  const entry = first < 0 ? initialState : old[first]!.entry;
  let next = firstFrom(old, change.oldEnd + LOOK_BACK);
  const isKnown = (start: number, state: EntryState): boolean => {
    while (next < old.length && old[next]!.start + offset < start) next++;
    const known = old[next];
    return known !== undefined && known.start + offset === start && !state.insideBlock && isSameState(known.entry, state);
  };
  const splitter = new Splitter(text, previous.dialect, { position, index: Math.max(first, 0), entry, isKnown });
  splitter.run();
  if (!splitter.stoppedEarly) next = old.length;
  const end = next < old.length ? old[next]!.start : Infinity;
  const farLooks = replaced(previous.farLooks, position, end, splitter.farLooks, (look) => ({ start: look.start + offset, end: look.end + offset }));
  const comments = replaced(previous.comments as readonly SplitComment[], position, end, splitter.comments, (comment) => {
    comment.start += offset;
    comment.end += offset;
    return comment;
  });
  return assemble({ dialect: previous.dialect, text, comments, farLooks }, old, Math.max(first, 0), next, splitter.statements, offset);
}

/** The last statement at whose beginning nothing after the edit was known yet, or -1 for the beginning of the text. */
function restartIndex({ farLooks }: Script, statements: readonly SplitStatement[], { start }: TextChange): number {
  let limit = start - LOOK_AHEAD;
  for (const look of farLooks) {
    if (look.end >= start) limit = Math.min(limit, look.start);
  }
  let index = firstFrom(statements, limit + 1) - 1;
  while (index >= 0 && statements[index]!.entry.insideBlock) index--;
  return index;
}

/** The index of the first item that begins at `position` or behind it. */
function firstFrom(items: readonly TextRange[], position: number): number {
  return firstIndex(items, ({ start }) => start >= position);
}

/** The items before `start` as they are, what is there now, and the items from `end` on, moved. */
function replaced<T extends TextRange>(items: readonly T[], start: number, end: number, fresh: readonly T[], move: (item: T) => T): T[] {
  const behind = items.slice(firstFrom(items, end));
  for (let index = 0; index < behind.length; index++) behind[index] = move(behind[index]!);
  return items.slice(0, firstFrom(items, start)).concat(fresh, behind);
}

/** Puts the statements together, with the old objects where a fresh one says the same. */
function assemble(
  script: Omit<Script, 'statements'>,
  old: readonly SplitStatement[],
  from: number,
  to: number,
  fresh: readonly SplitStatement[],
  offset: number,
): ScriptChange {
  let head = 0;
  while (head < fresh.length && from + head < to && old[from + head]!.equals(fresh[head]!, 0)) head++;
  let tail = 0;
  while (tail < fresh.length - head && to - tail > from + head && old[to - tail - 1]!.equals(fresh.at(-1 - tail)!, offset)) tail++;
  const first = from + head;
  const removed = to - tail - first;
  const added = fresh.length - tail - head;
  const behind = old.slice(to - tail);
  for (const statement of behind) statement.move(offset, added - removed);
  const statements = old.slice(0, first).concat(fresh.slice(head, head + added), behind);
  return { script: { ...script, statements }, first, removed, added };
}
