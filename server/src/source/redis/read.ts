import type { RedisConfig, RedisDirective } from './ast.ts';

/**
 * Reads redis.conf (or valkey.conf). A line is blank, a comment, or a directive whose words are separated by blanks
 * and quoted as redis' own `sdssplitargs` has it: "..." with \n \r \t \b \a \xHH escapes, '...' with \' only. Never
 * throws: a quote that is not closed ends with its line. Offsets are those of the file.
 */
export function readRedisConfig(text: string): RedisConfig {
  const directives: RedisDirective[] = [];
  const comments: { text: string; range: { start: number; end: number } }[] = [];
  for (const { start, end } of linesOf(text)) {
    if (start === end) continue;
    if (text[start] === '#') comments.push({ text: text.slice(start, end), range: { start, end } });
    else directives.push(readDirective(text, start, end));
  }
  return { directives, comments };
}

/** The lines of a text without the blanks around them. */
function* linesOf(text: string): Generator<{ start: number; end: number }> {
  const pattern = /[^\r\n]+/g;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const line = match[0].replace(/^\ufeff/, ' ');
    const trimmed = line.trim();
    const start = match.index + line.indexOf(trimmed);
    yield { start, end: start + trimmed.length };
  }
}

function readDirective(text: string, start: number, end: number): RedisDirective {
  const words = splitArguments(text, start, end);
  const [name, ...rest] = words;
  const nameEnd = name?.end ?? end;
  const first = rest[0];
  return {
    name: (name?.value ?? '').toLowerCase(),
    nameRange: { start, end: nameEnd },
    args: rest.map((word) => word.value),
    valueRange: first ? { start: first.start, end: rest.at(-1)!.end } : { start: nameEnd, end: nameEnd },
    range: { start, end },
  };
}

interface Word {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

function splitArguments(text: string, start: number, end: number): Word[] {
  const words: Word[] = [];
  let position = start;
  while (position < end) {
    if (isSpace(text[position]!)) {
      position++;
      continue;
    }
    const word = readWord(text, position, end);
    words.push(word);
    position = word.end;
  }
  return words;
}

function readWord(text: string, start: number, end: number): Word {
  let value = '';
  let position = start;
  while (position < end && !isSpace(text[position]!)) {
    const character = text[position]!;
    if (character === '"' || character === "'") {
      const quoted = readQuoted(text, position, end);
      value += quoted.value;
      position = quoted.end;
      // A closing quote ends the word.
      break;
    }
    value += character;
    position++;
  }
  return { value, start, end: position };
}

function readQuoted(text: string, start: number, end: number): { value: string; end: number } {
  const quote = text[start]!;
  let value = '';
  let position = start + 1;
  while (position < end) {
    const character = text[position]!;
    if (character === quote) return { value, end: position + 1 };
    if (character === '\\' && position + 1 < end && (quote === '"' || text[position + 1] === "'")) {
      const escape = readEscape(text, position);
      value += escape.value;
      position = escape.end;
    } else {
      value += character;
      position++;
    }
  }
  return { value, end };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

function readEscape(text: string, start: number): { value: string; end: number } {
  const hex = /^\\x([0-9a-fA-F]{2})/.exec(text.slice(start, start + 4))?.[1];
  if (hex) return { value: String.fromCharCode(Number.parseInt(hex, 16)), end: start + 4 };
  const character = text[start + 1]!;
  return { value: escapes[character] ?? character, end: start + 2 };
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\v' || character === '\f' || character === '\0';
}
