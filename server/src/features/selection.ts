import type { loadSyntaxTrees } from '../source/syntaxTree.ts';
import { piecesAround } from '../source/syntaxTree.ts';
import type { Script, Statement } from '../source/statement.ts';
import { contains, shift, type TextRange } from '../text/range.ts';

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']' };

/**
 * What a selection at an offset grows to, step by step: the word, what it is part of, brackets with and without their ends, the
 * statement, the file. Each range holds the one before; file offsets.
 */
export function selectionSteps(parser: Awaited<ReturnType<typeof loadSyntaxTrees>>, script: Script, offset: number): TextRange[] {
  const statement = statementAt(script, offset);
  const inside = statement ? [...piecesAround(parser, statement, offset - statement.start), ...bracketsAround(statement, offset - statement.start), ...tokensAt(statement, offset - statement.start)] : [];
  const whole = statement ? [{ start: 0, end: statement.text.length }, { start: 0, end: statement.terminatorEnd - statement.start }] : [];
  const ranges = [...inside, ...whole].map((range) => shift(range, statement!.start));
  return nested([...ranges, { start: 0, end: script.text.length }]);
}

function statementAt({ statements }: Script, offset: number): Statement | undefined {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (statements[middle]!.terminatorEnd < offset) low = middle + 1;
    else high = middle;
  }
  const found = statements[low];
  return found && found.start <= offset ? found : undefined;
}

function tokensAt({ tokens }: Statement, offset: number): TextRange[] {
  return tokens.filter(({ start, end }) => start <= offset && offset <= end).map(({ start, end }) => ({ start, end }));
}

/** The brackets around an offset, with and without their ends: what holds also where a statement cannot be parsed. */
function bracketsAround({ tokens }: Statement, offset: number): TextRange[] {
  const open: { readonly start: number; readonly end: number; readonly close: string }[] = [];
  const found: TextRange[] = [];
  for (const { text, start, end } of tokens) {
    const close = closing[text];
    if (close) open.push({ start, end, close });
    else if (open.at(-1)?.close === text) {
      const begun = open.pop()!;
      if (begun.start <= offset && offset <= end) found.push({ start: begun.start, end }, { start: begun.end, end: start });
    }
  }
  return found.filter((range) => contains(range, { start: offset, end: offset }));
}

/** Ranges from the smallest to the largest, without those that the one before does not lie in. */
function nested(ranges: readonly TextRange[]): TextRange[] {
  const bySize = [...ranges].sort((a, b) => a.end - a.start - (b.end - b.start));
  const steps: TextRange[] = [];
  for (const range of bySize) {
    const last = steps.at(-1);
    if (range.end > range.start && (!last || (contains(range, last) && range.end - range.start > last.end - last.start))) steps.push(range);
  }
  return steps;
}
