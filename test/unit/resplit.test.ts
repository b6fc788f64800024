import { describe, expect, test } from 'vitest';
import { dialects, type Dialect } from '../../server/src/source/dialect.ts';
import { livePlace } from '../../server/src/source/place.ts';
import { resplitScript } from '../../server/src/source/resplit.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Script, Statement } from '../../server/src/source/statement.ts';
import { corpusSqlFiles, hasCorpora } from '../support/corpus.ts';
import { randomEdit, randomNumbers, randomText } from '../support/randomEdits.ts';

const whole = process.env['DATABASE_EXPERT_WHOLE'] !== undefined;

function facts({ index, start, end, terminatorEnd, terminated, hasHole, text }: Statement): unknown[] {
  return [index, start, end, terminatorEnd, terminated, hasHole, text];
}

function allFacts({ statements, comments }: Script): unknown {
  return [statements.map(facts), comments.map(({ start, end, text, block }) => [start, end, text, block])];
}

/** Splits anew after an edit and holds the result to splitting from scratch. */
function edited(previous: Script, text: string): Script {
  const before = [...previous.statements];
  const { script, first, removed, added } = resplitScript(previous, text);
  const scratch = splitScript(text, script.dialect);
  expect(allFacts(script)).toEqual(allFacts(scratch));
  const untouched = script.statements.filter((_, index) => index < first || index >= first + added);
  const expected = before.filter((_, index) => index < first || index >= first + removed);
  expect(untouched.length === expected.length && untouched.every((statement, index) => statement === expected[index])).toBe(true);
  for (let index = first; index < first + added; index++) {
    expect(script.statements[index]!.tokens).toEqual(scratch.statements[index]!.tokens);
  }
  return script;
}

/** A chain of random edits. */
function chain(text: string, dialect: Dialect, random: () => number, edits: number): void {
  let script = splitScript(text, dialect);
  for (let count = 0; count < edits && script.text !== ''; count++) script = edited(script, randomEdit(script.text, random));
}

/** A text of all that the splitter minds, long enough that most edits leave most of it alone. */
function nastyText(random: () => number, parts: number): string {
  const plain = () => `ALTER TABLE t ADD COLUMN c${Math.floor(random() * 1e6)} text DEFAULT 'x'; -- one\n`.repeat(1 + Math.floor(random() * 30));
  return Array.from({ length: parts }, () => plain() + randomText(random, Math.floor(random() * 6))).join('\n');
}

describe('an edit', () => {
  test('leaves the statements around it where they are, or moves them', () => {
    const text = Array.from({ length: 400 }, (_, index) => `SELECT ${index}; -- number ${index}\n`).join('');
    const previous = splitScript(text, 'postgresql');
    const last = previous.statements.at(-1)!;
    const place = livePlace(last, 'a.sql', { start: 7, end: 10 });
    const comment = previous.comments.at(-1)!;
    const { script, first, removed, added } = resplitScript(previous, text.replace('SELECT 200;', 'SELECT 200; SELECT 200.5;'));
    expect({ first, removed, added }).toEqual({ first: 201, removed: 0, added: 1 });
    expect(script.statements.at(-1)).toBe(last);
    expect(script.comments.at(-1)).toBe(comment);
    expect(last.index).toBe(400);
    expect(script.text.slice(last.start, last.end)).toBe('SELECT 399');
    expect(script.text.slice(comment.start, comment.end)).toBe('-- number 399');
    expect(script.text.slice(place.range.start, place.range.end)).toBe('399');
    expect(JSON.parse(JSON.stringify(place))).toEqual({ file: 'a.sql', range: { start: place.range.start, end: place.range.end } });
    expect(Object.assign({}, place)).toEqual({ file: 'a.sql', range: place.range });
  });

  test('inside a comment changes no statement', () => {
    const text = 'SELECT 1;\n-- one\nSELECT 2;\n';
    expect(resplitScript(splitScript(text, 'sqlite'), text.replace('one', 'two'))).toMatchObject({ first: 2, removed: 0, added: 0 });
  });

  test('that changes nothing gives the same script', () => {
    const script = splitScript('SELECT 1;', 'mysql');
    expect(resplitScript(script, 'SELECT 1;').script).toBe(script);
  });

  test('at the end of a block that its runner sends whole reaches back to its beginning', () => {
    const text = `SELECT 0;\n-- +goose StatementBegin\n${'SELECT 1;\n'.repeat(1000)}-- +goose StatementEnd\nSELECT 2;\n`;
    const broken = edited(splitScript(text, 'postgresql'), text.replace('SELECT 1;\n--', 'FROB 1;\n--'));
    expect(broken.statements).toHaveLength(3);
    expect(edited(broken, text).statements).toHaveLength(1002);
  });

  test.each(dialects)('gives what splitting from scratch gives (%s)', (dialect) => {
    const random = randomNumbers(11);
    for (let round = 0; round < (whole ? 200 : 12); round++) chain(nastyText(random, 12), dialect, random, 25);
  });
});

describe.runIf(hasCorpora('edits of the corpora'))('edits of the corpora', () => {
  test('give what splitting from scratch gives', () => {
    const files = hasCorpora('edits of the corpora') ? corpusSqlFiles() : [];
    const random = randomNumbers(5);
    // Neighbours are joined, so that an edit has statements around it.
    for (let index = 0; index + 8 < files.length; index += whole ? 4 : 60) {
      const { dialect } = files[index]!;
      const text = files.slice(index, index + 8).map((file) => file.text.slice(0, 20_000)).join('\n;\n');
      chain(text, dialect, random, whole ? 20 : 6);
    }
  });
});
