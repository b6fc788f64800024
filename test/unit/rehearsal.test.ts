import { describe, expect, test } from 'vitest';
import { advanceFacts } from '../../server/src/project/advance.ts';
import { allFindings, type Snapshot } from '../../server/src/session/analysis.ts';
import { Session } from '../../server/src/session/session.ts';
import { defaultSettings } from '../../server/src/session/settings.ts';
import { yieldToMessages } from '../../server/src/session/timer.ts';

const path = 'migrations/0001_all.sql';
const other = { path: 'migrations/0002_more.sql', text: 'ALTER TABLE t3 ADD COLUMN more integer NOT NULL;\nDROP TABLE t4;\n' };

/** A migration as long as dumps are, in which a good part of the rules has something to say. */
const text = Array.from({ length: 500 }, (_, i) => `-- Table t${i} holds what comes in.
CREATE TABLE t${i} (
    id bigint NOT NULL${i % 3 === 0 ? '' : ' PRIMARY KEY'},
    other_id bigint REFERENCES t${i >> 1} (id),
    price real,
    created timestamp DEFAULT now()
);
CREATE INDEX t${i}_price ON t${i} (price);
`).join('\n');

/** A session that has read the file as it was opened, and the texts that were put in its place since then. */
function sessionOf(opened: string) {
  const edits: string[] = [];
  const logged: string[] = [];
  const session = new Session({
    ports: {
      scan: async () => ({ files: [{ path, text }, other], leftAlone: [] }),
      exists: async () => true,
      read: async () => undefined,
      lists: () => true,
      applied: async () => ({ kind: 'none' }),
      authorities: async () => ({}),
      log: (level, message) => void (level === 'info' || logged.push(message)),
    },
    settings: { ...defaultSettings, delay: 0 },
    analysis: {
      advance: (previous, edited, caret) => {
        edits.push(...edited.map((file) => file.text));
        return advanceFacts(previous, edited, caret);
      },
    },
  });
  session.open(path, opened, 1);
  return { session, edits, logged };
}

function told(snapshot: Snapshot | undefined): string[] {
  return allFindings(snapshot!).map(({ rule, severity, at: { file, range }, message, related }) =>
    [`${file}:${range.start}-${range.end}`, rule, severity, message, ...related.map((one) => `${one.file}:${one.range.start}-${one.range.end}`)].join(' '));
}

/** What a session says that read the text when it was opened and was closed before it could rehearse. */
async function toldOf(opened: string): Promise<string[]> {
  const { session } = sessionOf(opened);
  const findings = told(await session.latest(true));
  session.dispose();
  return findings;
}

/** Lets the session rehearse: in a column, a name and a comment, each put in and taken out. */
async function rehearsed({ edits }: { readonly edits: readonly string[] }): Promise<void> {
  while (edits.length < 6) await yieldToMessages();
  await yieldToMessages();
}

/** Edits of a text as they come while somebody types, one after the other. */
const strokes: readonly ((text: string) => string)[] = [
  (before) => before.replace('    price real,\n', '    price real,\n    n\n'),
  (before) => before.replace('    n\n', '    name varchar(20)\n'),
  (before) => before.replace('varchar(20)\n', 'varchar(20),\n'),
  (before) => before.replace('CREATE TABLE t250 ', 'CREATE TABLE t250x '),
  (before) => before.replace('-- Table t251 holds', '-- Table t251x holds'),
  (before) => `DROP TABLE t7;\n${before}`,
];

describe('typing is rehearsed in a large file that is opened', () => {
  test('once, and what is said of it stays as it was', async () => {
    const stage = sessionOf(text);
    const before = told(await stage.session.latest(true));
    expect(text.length).toBeGreaterThan(100_000);
    expect(before.length).toBeGreaterThan(500);
    await rehearsed(stage);
    expect(told(stage.session.snapshot)).toEqual(before);
    expect(stage.edits.map((edit) => edit.length - text.length)).toEqual([1, 0, 1, 0, 1, 0]);
    expect(stage.edits.filter((edit) => edit === text)).toHaveLength(3);
    expect(await toldOf(text)).toEqual(before);
    expect(stage.logged).toEqual([]);
    stage.session.dispose();
  });

  test('and what is said while somebody types then is what a first reading says', async () => {
    const stage = sessionOf(text);
    await stage.session.latest(true);
    await rehearsed(stage);
    let now = text;
    for (const [index, stroke] of strokes.entries()) {
      now = stroke(now);
      stage.session.change(path, now, index + 2, 0);
      expect(told(await stage.session.latest(true)), `stroke ${index}`).toEqual(await toldOf(now));
    }
    expect(stage.edits.slice(6)).toHaveLength(strokes.length);
    expect(stage.logged).toEqual([]);
    stage.session.dispose();
  });

  test.each([0, 1, 2, 3, 4])('or before it is over, after %i turns', async (turns) => {
    const stage = sessionOf(text);
    await stage.session.latest(true);
    for (let turn = 0; turn < turns; turn++) await yieldToMessages();
    const now = strokes[3]!(text);
    stage.session.change(path, now, 2, 0);
    expect(told(await stage.session.latest(true))).toEqual(await toldOf(now));
    stage.session.dispose();
  });

  test('not in one of everyday length', async () => {
    const stage = sessionOf(text.slice(0, 90_000));
    await stage.session.latest(true);
    for (let turn = 0; turn < 50; turn++) await yieldToMessages();
    expect(stage.edits).toEqual([]);
    stage.session.dispose();
  });
});
