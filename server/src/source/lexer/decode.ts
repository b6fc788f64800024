const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', 0: '\0', Z: '\x1a' };

/** The value of a quoted identifier as written: `"a""b"` is `a"b`, `[a b]` is `a b`; the closing mark may be missing. */
export function decodeIdentifier(written: string): string {
  if (isPlain(written)) return written.slice(1, -1);
  const unicode = /^[uU]&/.test(written);
  const quoted = unicode ? written.slice(2) : written;
  const mark = quoted[0] === '[' ? ']' : quoted[0]!;
  const inner = innerText(quoted, 1, mark);
  const value = mark === ']' ? inner : inner.replaceAll(mark + mark, mark);
  return unicode ? decodeUnicode(value) : value;
}

/**
 * The value of a string literal as written, with its prefix (`E`, `U&`, `N`, `B`, `X`) or dollar marks.
 * @param backslash whether a backslash protects the next character in a literal without prefix (MySQL)
 */
export function decodeString(written: string, backslash: boolean): string {
  if (isPlain(written) && !(backslash && written.includes('\\'))) return written.slice(1, -1);
  if (written.startsWith('$')) {
    const markLength = written.indexOf('$', 1) + 1;
    return innerText(written, markLength, written.slice(0, markLength));
  }
  const prefix = /^(?:[uU]&|[a-zA-Z])/.exec(written)?.[0] ?? '';
  const quoted = written.slice(prefix.length);
  const mark = quoted[0] ?? "'";
  const inner = innerText(quoted, 1, mark);
  const escaped = backslash || prefix === 'E' || prefix === 'e';
  if (escaped && inner.includes('\\')) return decodeEscapes(inner, mark);
  const value = inner.includes(mark) ? inner.replaceAll(mark + mark, mark) : inner;
  return prefix.length === 2 ? decodeUnicode(value) : value;
}

/** Whether the text is quoted by its first character, without prefix, and holds that mark nowhere but at its ends. */
function isPlain(written: string): boolean {
  const mark = written[0];
  return (mark === "'" || mark === '"' || mark === '`') && written.length > 1 && written.indexOf(mark, 1) === written.length - 1;
}

function innerText(written: string, openLength: number, close: string): string {
  const closed = written.length >= openLength + close.length && written.endsWith(close);
  return written.slice(openLength, closed ? written.length - close.length : undefined);
}

function decodeEscapes(text: string, mark: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{1,2})|([0-7]{2,3})|([^]))|''|""/g,
    (whole, short?: string, long?: string, hex?: string, octal?: string, other?: string) => {
      if (other !== undefined) return simpleEscapes[other] ?? other;
      const code = short ?? long ?? hex;
      if (code !== undefined) return codePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return codePoint(Number.parseInt(octal, 8));
      return whole[0] === mark ? mark : whole;
    },
  );
}

function decodeUnicode(text: string): string {
  return text.replace(/\\(?:\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4})|(\\))/g, (_, long?: string, short?: string) => {
    const code = long ?? short;
    return code === undefined ? '\\' : codePoint(Number.parseInt(code, 16));
  });
}

function codePoint(value: number): string {
  return value <= 0x10ffff ? String.fromCodePoint(value) : '\ufffd';
}
