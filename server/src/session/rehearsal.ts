import { advanceFacts, type Caret } from '../project/advance.ts';
import { buildFacts } from '../project/build.ts';
import type { SourceFile } from '../project/facts.ts';
import { checkFiles } from '../rules/engine.ts';
import type { Snapshot } from './analysis.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { yieldToMessages } from './timer.ts';

const path = 'rehearsal.sql';
const tables = 60;
const strokes = 160;
/** Length of a text from which on the first strokes in it are rehearsed. */
const large = 100_000;

let begun = false;

/** A script as dumps are: tables that refer to each other, keys, indexes, comments. */
function script(): string {
  return Array.from({ length: tables }, (_, number) => {
    const table = `t${number}`;
    return [
      `-- Table ${table}`,
      `CREATE TABLE ${table} (\n    id bigint NOT NULL,\n    other_id bigint,\n    state text DEFAULT 'new'::text NOT NULL,\n    CONSTRAINT ${table}_state CHECK (state <> '')\n);`,
      `ALTER TABLE ONLY ${table} ADD CONSTRAINT ${table}_pkey PRIMARY KEY (id);`,
      `CREATE INDEX ${table}_state_idx ON ${table} USING btree (state);`,
      ...(number === 0 ? [] : [`ALTER TABLE ONLY ${table} ADD CONSTRAINT ${table}_fk FOREIGN KEY (other_id) REFERENCES t${number >> 1} (id);`]),
    ].join('\n');
  }).join('\n\n');
}

/** Behind which a character is put in and taken out again, one after the other: a column, a table's name, a comment. */
const patterns = [/\n\s+"?[a-z]\w*/gi, /\b(?:TABLE|ON)\s+(?:ONLY\s+)?[\w."]+/gi, /--[^\n]*\w/g];

/** The places of a text, from its middle on, at which typing is tried; offsets. */
function places(text: string): number[] {
  return patterns.flatMap((pattern) => {
    pattern.lastIndex = text.length >> 1;
    return pattern.test(text) ? [pattern.lastIndex] : [];
  });
}

/** A text with one character more. */
function typedAt(text: string, offset: number): string {
  return `${text.slice(0, offset)}x${text.slice(offset)}`;
}

/**
 * Types some characters into a made-up script, a few at a time, so that the code on the way of a keystroke has been compiled when the
 * user types the first one. Without it the first strokes in a large file take several times as long as the later ones. Runs once
 * in a process; answers messages in between.
 */
export async function rehearse(): Promise<void> {
  if (begun) return;
  begun = true;
  let text = script();
  const targets = places(text);
  let facts = buildFacts({ files: [{ path, text }], applied: { kind: 'none' }, incremental: true, forcedDialect: 'postgresql' });
  checkFiles(facts);
  for (let stroke = 0; stroke < strokes; stroke++) {
    await yieldToMessages();
    const offset = targets[(stroke >> 1) % targets.length]!;
    text = stroke % 2 === 0 ? typedAt(text, offset) : text.slice(0, offset) + text.slice(offset + 1);
    const next = advanceFacts(facts, [{ path, text }], { file: path, offset });
    if (!next) return;
    facts = next;
    checkFiles(facts);
  }
}

/** What a rehearsal in open files needs of their session. */
export interface Stage {
  /** Paths of the files in which typing was rehearsed. */
  readonly rehearsed: Set<string>;
  /** Whether the user was first, or something else is to be computed. */
  readonly overtaken: () => boolean;
  /** Takes the text of an edited file; undefined when it takes a look at everything. Throws what making a snapshot throws. */
  readonly edit: (file: SourceFile, caret: Caret | undefined) => Snapshot | undefined;
  /** Takes the snapshot of the text as it was before. */
  readonly publish: (snapshot: Snapshot) => void;
  /** Called when no snapshot could be made of the text as it was before. */
  readonly failed: () => void;
}

/**
 * Types a character into each large file that has been opened, and takes it out at once: what an edit needs of such a file is then at
 * hand when the user types the first one. Ends when the user is first.
 */
export async function rehearseIn(open: Iterable<SourceFile>, { rehearsed, overtaken, edit, publish, failed }: Stage): Promise<void> {
  for (const file of open) {
    if (file.text.length < large || rehearsed.has(file.path)) continue;
    rehearsed.add(file.path);
    let lines = new LineIndex(file.text);
    for (const offset of places(file.text)) {
      await yieldToMessages();
      if (overtaken()) return;
      const text = typedAt(file.text, offset);
      // The editor's side of a keystroke goes through the lines of the whole file, which takes its time until it was compiled.
      lines = lines.after(text).after(file.text);
      edit({ ...file, text }, { file: file.path, offset });
      const snapshot = edit(file, undefined);
      if (snapshot) publish(snapshot);
      else failed();
    }
  }
}
