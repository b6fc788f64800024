/** How long a template placeholder may be, UTF-16 units; a longer one is no placeholder. */
const LONGEST_HOLE = 1000;

const pairs: readonly (readonly [open: string, close: string])[] = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
  ['${', '}'],
];

/** The offset just after the placeholder that opens at `position`, or -1 when none does. */
export function endOfHoleAt(text: string, position: number): number {
  const pair = pairs.find(([open]) => text.startsWith(open, position));
  return pair ? endOfHole(text, position, pair[0], pair[1]) : -1;
}

function endOfHole(text: string, start: number, open: string, close: string): number {
  const limit = Math.min(text.length, start + LONGEST_HOLE);
  for (let position = start + open.length; position < limit; position++) {
    if (text.startsWith(close, position)) return position + close.length;
  }
  return -1;
}

/** Whether the placeholder at `position` steers the template (a condition, a loop, a comment) and stands for no text. */
export function isTemplateControl(text: string, position: number): boolean {
  return /^\{(?:[%#]|\{-?\s*(?:if|else|end|range|with|define|template|block|\/\*)\b|\{-?\s*\/\*|\{[#^/!])/.test(
    text.slice(position, position + 24),
  );
}

/**
 * The end of a quoted identifier whose placeholder may itself hold quotes: `"{{ index .Options "Namespace" }}"`.
 * @param end where the quotes alone would end it, -1 when they do not
 */
export function endWithHoles(text: string, start: number, end: number): number {
  let result = end;
  let position = start + 1;
  for (;;) {
    const open = text.indexOf('{{', position);
    if (open < 0 || (result >= 0 && open >= result) || open - start > LONGEST_HOLE) return result;
    const close = endOfHole(text, open, '{{', '}}');
    if (close < 0) return result;
    if (result >= 0 && close > result) {
      const quote = text.indexOf(text[start]!, close);
      result = quote < 0 ? -1 : quote + 1;
    }
    position = close;
  }
}
