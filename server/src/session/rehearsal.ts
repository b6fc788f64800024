import { advanceFacts } from '../project/advance.ts';
import { buildFacts } from '../project/build.ts';
import { checkFiles } from '../rules/engine.ts';
import { yieldToMessages } from './timer.ts';

const path = 'rehearsal.sql';
const tables = 60;
const strokes = 160;

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

/** Where a character is put in and taken out again, one after the other: in a column, a table's name, a comment. */
function places(text: string): number[] {
  const half = text.length >> 1;
  return [/\n {4}other_id/, /CREATE TABLE t\d+/, /-- Table/].map((pattern) => half + /$/.exec(pattern.exec(text.slice(half))![0])!.index + text.slice(half).search(pattern));
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
    text = stroke % 2 === 0 ? `${text.slice(0, offset)}x${text.slice(offset)}` : text.slice(0, offset) + text.slice(offset + 1);
    const next = advanceFacts(facts, [{ path, text }], { file: path, offset });
    if (!next) return;
    facts = next;
    checkFiles(facts);
  }
}
