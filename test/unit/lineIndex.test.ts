import { describe, expect, test } from 'vitest';
import { LineIndex } from '../../server/src/text/lineIndex.ts';
import { random } from '../support/random.ts';

const pieces = ['\n', '\r', '\r\n', 'a', 'bc', ''];

/** The lines of a text as the index has them: where each begins. */
function starts(index: LineIndex): number[] {
  return Array.from({ length: index.lineCount }, (_, line) => index.lineStart(line));
}

describe('lines', () => {
  test('end with LF, CRLF or a lone CR', () => {
    const index = new LineIndex('a\nb\r\nc\rd');
    expect(starts(index)).toEqual([0, 2, 5, 7]);
    expect(index.position(6)).toEqual({ line: 2, column: 1 });
    expect(index.offset({ line: 1, column: 99 })).toBe(3);
    expect(index.offset({ line: 3, column: 99 })).toBe(8);
    expect(index.offset({ line: 99, column: 0 })).toBe(8);
  });

  test('after an edit are those of the new text, whatever the edit tore apart', () => {
    const next = random(5);
    const below = (limit: number) => Math.floor(next() * limit);
    let text = 'one\r\ntwo\nthree\r';
    let index = new LineIndex(text);
    for (let edit = 0; edit < 3000; edit++) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + pieces[below(pieces.length)]! + text.slice(at + below(4));
      index = index.after(text);
      expect(starts(index), JSON.stringify(text)).toEqual(starts(new LineIndex(text)));
    }
  });
});
