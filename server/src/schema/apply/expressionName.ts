/**
 * The name PostgreSQL takes for an index column that is an expression (FigureColname in parser/parse_target.c): that of the
 * outermost function, cast or column, else `expr`.
 */
export function expressionName(text: string): string {
  const inner = unwrap(text.trim());
  const cast = /::\s*"?([A-Za-z_]\w*)"?(?:\([^)]*\))?(?:\[\])*$/.exec(inner);
  if (cast) {
    const name = expressionName(inner.slice(0, cast.index));
    return name === 'expr' ? cast[1]!.toLowerCase() : name;
  }
  if (/^case\b/i.test(inner)) return 'case';
  const call = /^(?:\w+\s*\.\s*)?([A-Za-z_]\w*)\s*\(/.exec(inner);
  if (call && closesAtEnd(inner, inner.indexOf('('))) return call[1]!.toLowerCase();
  const column = /^(?:\w+\s*\.\s*)*(?:"([^"]+)"|([A-Za-z_]\w*))$/.exec(inner);
  return column ? (column[1] ?? column[2]!.toLowerCase()) : 'expr';
}

function unwrap(text: string): string {
  return text.startsWith('(') && closesAtEnd(text, 0) ? unwrap(text.slice(1, -1).trim()) : text;
}

/** Whether the bracket that opens at `start` closes at the very end. */
function closesAtEnd(text: string, start: number): boolean {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i === text.length - 1;
  }
  return false;
}
