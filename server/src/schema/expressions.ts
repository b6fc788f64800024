import { foldIdentifier, type Dialect } from '../source/dialect.ts';
import { lex } from '../source/lexer.ts';
import type { Token } from '../source/token.ts';
import { sameName, type Table } from './catalog.ts';
import { quoteIdentifier } from './quote.ts';

/** An expression on one line: comments dropped, blanks made single. Text inside quotes stays as it is. */
export function tidyExpression(dialect: Dialect, text: string): string {
  const trimmed = text.trim();
  if (!/\s\s|[\n\t\r]|--|\/\*|#/.test(trimmed)) return trimmed;
  let result = '';
  let end = 0;
  for (const token of lex(trimmed, dialect).tokens) {
    if (result !== '' && token.start > end) result += ' ';
    result += trimmed.slice(token.start, token.end);
    end = token.end;
  }
  return result;
}

/** The name a token stands for as the dialect compares names; undefined when it is no identifier. */
export function identifierOf(dialect: Dialect, token: Token): string | undefined {
  if (token.kind === 'word') return foldIdentifier(dialect, token.value, false);
  if (token.kind === 'quotedIdentifier') return foldIdentifier(dialect, token.value, true);
  return undefined;
}

/** Every identifier (keywords and function names among them) that occurs in a text, as the dialect compares names. */
export function identifiersIn(dialect: Dialect, text: string): Set<string> {
  const names = new Set<string>();
  for (const token of lex(text, dialect).tokens) {
    const name = identifierOf(dialect, token);
    if (name !== undefined) names.add(name);
  }
  return names;
}

/**
 * Tokens of an expression that stand where a column of the table may stand: not a function name, and qualified by nothing
 * or by the table itself.
 */
function columnTokens(dialect: Dialect, text: string, table: string): { token: Token; name: string }[] {
  const { tokens } = lex(text, dialect);
  const found: { token: Token; name: string }[] = [];
  tokens.forEach((token, i) => {
    const name = identifierOf(dialect, token);
    if (name === undefined || tokens[i + 1]?.text === '(') return;
    if (tokens[i - 1]?.text === '::') return;
    if (tokens[i - 1]?.text === '.') {
      const qualifier = tokens[i - 2] && identifierOf(dialect, tokens[i - 2]!);
      const own = qualifier !== undefined && (sameName(dialect, qualifier, table) || ['new', 'old', 'excluded'].includes(qualifier.toLowerCase()));
      if (!own) return;
    }
    found.push({ token, name });
  });
  return found;
}

/** The columns of the table that an expression speaks of, in the order of their first mention. */
export function columnsIn(dialect: Dialect, text: string, table: Pick<Table, 'name' | 'columns'>): string[] {
  const found: string[] = [];
  for (const { name } of columnTokens(dialect, text, table.name)) {
    const column = table.columns.find((candidate) => sameName(dialect, candidate.name, name));
    if (column && !found.includes(column.name)) found.push(column.name);
  }
  return found;
}

/** Whether an expression speaks of a column. */
export function mentionsColumn(dialect: Dialect, text: string | undefined, table: string, column: string): boolean {
  return text !== undefined && columnTokens(dialect, text, table).some(({ name }) => sameName(dialect, name, column));
}

/** The expression after a column was renamed. */
export function renameColumnIn(dialect: Dialect, text: string, table: string, from: string, to: string): string {
  const renamed = columnTokens(dialect, text, table).filter(({ name }) => sameName(dialect, name, from));
  return replaceTokens(text, renamed.map(({ token }) => token), quoteIdentifier(dialect, to));
}

/** The text after every identifier that means `from` was replaced by `to`. */
export function renameIdentifierIn(dialect: Dialect, text: string, from: string, to: string): string {
  const renamed = lex(text, dialect).tokens.filter((token) => sameName(dialect, identifierOf(dialect, token), from));
  return replaceTokens(text, renamed, quoteIdentifier(dialect, to));
}

function replaceTokens(text: string, tokens: readonly Token[], replacement: string): string {
  let result = '';
  let position = 0;
  for (const token of tokens) {
    result += text.slice(position, token.start) + replacement;
    position = token.end;
  }
  return result + text.slice(position);
}

/** An expression as it is compared: words in lower case, no blanks, no parentheses around the whole. */
export function comparableExpression(dialect: Dialect, text: string): string {
  let tokens: readonly Token[] = lex(text, dialect).tokens;
  while (isWrapped(tokens)) tokens = tokens.slice(1, -1);
  return tokens.map((token) => (token.kind === 'word' ? token.text.toLowerCase() : token.text)).join(' ');
}

function isWrapped(tokens: readonly Token[]): boolean {
  if (tokens.length < 2 || tokens[0]!.text !== '(') return false;
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]!.text === '(') depth++;
    else if (tokens[i]!.text === ')' && --depth === 0) return i === tokens.length - 1;
  }
  return false;
}

/** Spellings of the present moment, with a precision of nothing or zero. */
const presentMoment = /\b(?:now \( \)|(?:current_timestamp|localtimestamp|transaction_timestamp)(?: \( 0? ?\))?)(?! \()/g;

/**
 * An expression as it is compared with what an engine printed of it: besides {@link comparableExpression}, casts and
 * parentheses do not count, `= ANY (ARRAY[...])` is IN, and now() is CURRENT_TIMESTAMP.
 */
export function looseExpression(dialect: Dialect, text: string): string {
  const plain = comparableExpression(dialect, text)
    .replaceAll(/ :: (?:"[^"]*"|\w+(?: \. (?:"[^"]*"|\w+))?)(?: varying| precision)?(?: (?:with|without) time zone)?(?: \( [\d ,]+ \))?(?: \[ \])*/g, '')
    .replaceAll(/\bpg_catalog \. /g, '')
    .replaceAll(presentMoment, 'current_timestamp');
  return plain.replaceAll(/[()] ?/g, '').replaceAll('!=', '<>').replaceAll(/= any array \[ ([^\]]*) \]/g, 'in $1').replaceAll(/\s+/g, ' ').trim();
}
