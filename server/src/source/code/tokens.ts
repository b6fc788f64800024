import type { TextRange } from '../../text/range.ts';

/** A token of TypeScript or JavaScript. Comments and white space are left out. */
export interface CodeToken extends TextRange {
  /** `text` is a string or a template without holes; `template` is one with holes. */
  readonly kind: 'word' | 'number' | 'text' | 'template' | 'regex' | 'mark';
  /** As written; of `text` what stands between the quotes. */
  readonly value: string;
}

const space = /(?:\s+|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))+/y;
const word = /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy;
const number = /\d[\w.]*/y;
const quoted = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y;
const regex = /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const mark = /\?\?=?|\?\.(?!\d)|=>|&&=?|\|\|=?|\.\.\.|[^]/y;

/** Words behind which an expression begins, and so a slash a regular expression. */
const before = /^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/;

/**
 * The tokens of a file that is not necessarily well-formed: a quote that is not closed on its line is a mark, and so is whatever
 * else is not understood, so that a text between JSX tags costs its own line at most.
 */
export function codeTokens(text: string): CodeToken[] {
  const tokens: CodeToken[] = [];
  for (let at = skip(text, 0); at < text.length; ) {
    const token = text[at] === '`' ? template(text, at) : next(text, at, tokens.at(-1));
    tokens.push(token);
    at = skip(text, token.end);
  }
  return tokens;
}

function skip(text: string, at: number): number {
  space.lastIndex = at;
  return space.test(text) ? space.lastIndex : at;
}

function next(text: string, start: number, previous: CodeToken | undefined): CodeToken {
  const token = (pattern: RegExp, kind: CodeToken['kind'], inset = 0): CodeToken | undefined => {
    pattern.lastIndex = start;
    if (!pattern.test(text)) return undefined;
    const end = pattern.lastIndex;
    return { kind, start, end, value: text.slice(start + inset, end - inset) };
  };
  const found = token(word, 'word') ?? token(number, 'number') ?? token(quoted, 'text', 1);
  return found ?? (text[start] === '/' && isOpen(previous) ? token(regex, 'regex') : undefined) ?? token(mark, 'mark')!;
}

/** Whether an expression may begin behind a token. Behind `<` a slash closes an element of JSX. */
function isOpen(previous: CodeToken | undefined): boolean {
  if (!previous) return true;
  if (previous.kind === 'word') return before.test(previous.value);
  return previous.kind === 'mark' && !/^[)\]}<]$/.test(previous.value);
}

/** A template literal with what is nested in its holes. */
function template(text: string, start: number): CodeToken {
  let holes = false;
  let at = start + 1;
  while (at < text.length && text[at] !== '`') {
    if (text[at] === '\\') at += 2;
    else if (text.startsWith('${', at)) {
      holes = true;
      at = hole(text, at + 2);
    } else at++;
  }
  const end = Math.min(at + 1, text.length);
  return { kind: holes ? 'template' : 'text', start, end, value: text.slice(start + 1, end - 1) };
}

/** The offset behind the brace that closes a hole. */
function hole(text: string, start: number): number {
  let depth = 1;
  let previous: CodeToken | undefined;
  for (let at = skip(text, start); at < text.length; ) {
    const token: CodeToken = text[at] === '`' ? template(text, at) : next(text, at, previous);
    if (token.value === '{' && token.kind === 'mark') depth++;
    if (token.value === '}' && token.kind === 'mark' && --depth === 0) return token.end;
    previous = token;
    at = skip(text, token.end);
  }
  return text.length;
}
