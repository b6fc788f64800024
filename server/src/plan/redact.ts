import { isSecretName } from '../source/secrets.ts';
import type { Statement } from '../source/statement.ts';

const patterns: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/'"]*:)[^\s@/'"]+@/gi, '$1***@'],
  [/(\b(?:requirepass|masterauth)\s+)\S+/gi, '$1***'],
  [/(\b(?:PASSWORD|IDENTIFIED\s+BY|IDENTIFIED\s+WITH\s+\S+\s+(?:BY|AS))\s*=?\s*)(?:'(?:[^']|'')*'|"[^"]*")/gi, "$1'***'"],
  [/(\b\w*(?:password|passwd|secret|token|api_?key|private_?key)\w*\b\s*(?:=|:|DEFAULT)\s*)'(?:[^']|'')*'/gi, "$1'***'"],
];

/** Removes what looks like a password from a text that leaves the process (connection strings, requirepass, PASSWORD '...'). */
export function redact(text: string): string {
  return patterns.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** Applies `redact` to every string inside a value made of plain objects and arrays. */
export function redactDeep<T>(value: T): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map(redactDeep) as T;
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactDeep(inner)])) as T;
  }
  return value;
}

/**
 * A statement in one line for the plan, without its comments, at most `most` characters. Strings are hidden where they are rows rather than
 * definitions, and in every statement that speaks of a secret.
 */
export function summarise({ tokens }: Statement, isData: boolean, most = 160): string {
  const hidden = isData || tokens.some((token) => (token.kind === 'word' || token.kind === 'quotedIdentifier') && isSecretName(token.value));
  let line = '';
  let end = 0;
  for (const token of tokens) {
    if (line.length > most + 40) break;
    if (end > 0 && token.start > end) line += ' ';
    line += hidden && token.kind === 'string' ? "'...'" : token.text.replace(/\s+/g, ' ');
    end = token.end;
  }
  const safe = redact(line);
  return safe.length > most ? `${safe.slice(0, most - 1)}…` : safe;
}
