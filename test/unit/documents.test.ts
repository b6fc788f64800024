import { describe, expect, test } from 'vitest';
import { Documents } from '../../server/src/lsp/documents.ts';

const uri = 'file:///a.sql';

/** A document of which these ranges (line, character, line, character) were replaced, one after the other. */
function edited(text: string, ...edits: readonly (readonly [number, number, number, number, string])[]): { readonly text: string; readonly caret: number } {
  const documents = new Documents();
  documents.open(uri, 'sql', 1, text);
  const changes = edits.map(([line, character, endLine, endCharacter, put]) => ({ range: { start: { line, character }, end: { line: endLine, character: endCharacter } }, text: put }));
  const { document, caret } = documents.change(uri, changes, 2)!;
  expect(documents.get(uri)).toBe(document);
  expect(document.version).toBe(2);
  expect(document.lines.lineCount).toBe(document.text.split(/\r\n|\r|\n/).length);
  return { text: document.text, caret };
}

describe('open documents', () => {
  test('take edits in order, each on the text that the one before left', () => {
    expect(edited('one\ntwo\n', [0, 0, 0, 3, 'a\nb'], [1, 1, 1, 1, '!'])).toEqual({ text: 'a\nb!\ntwo\n', caret: 4 });
  });

  test('take a column past the end of a line for that end, before the line ending', () => {
    expect(edited('one\r\ntwo', [0, 99, 0, 99, ';'])).toEqual({ text: 'one;\r\ntwo', caret: 4 });
    expect(edited('one\ntwo', [1, 99, 7, 0, ';'])).toEqual({ text: 'one\ntwo;', caret: 8 });
  });

  test('take a range whose ends are in the wrong order for the same text', () => {
    expect(edited('abc', [0, 2, 0, 1, ''])).toEqual({ text: 'ac', caret: 1 });
  });

  test('take a whole text', () => {
    const documents = new Documents();
    documents.open(uri, 'sql', 1, 'a');
    expect(documents.change(uri, [{ text: 'b\nc' }], 2)).toMatchObject({ document: { text: 'b\nc' }, caret: 3 });
    expect(documents.change('file:///b.sql', [{ text: '' }], 1)).toBeUndefined();
  });
});
