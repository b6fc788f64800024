import { lex } from '../../source/lexer.ts';
import type { Token } from '../../source/token.ts';
import { splitAtCommas } from '../routines.ts';

/** A value that is known before a block runs: text (`true` among it), or null. */
type Value = string | null;

/**
 * The variables of a block whose value is known: declared with a constant, or with a setting of the application's own, which is
 * not set on an engine that nobody told of it, and assigned nowhere in the block.
 */
export function blockVariables(declared: string, block: string): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const declaration of splitAt(lex(declared, 'postgresql').tokens, ';')) {
    const at = declaration.findIndex(({ text, upper }) => text === ':=' || text === '=' || upper === 'DEFAULT');
    const name = declaration[0]?.value.toLowerCase();
    const value = at < 0 ? undefined : valueOf(declaration.slice(at + 1));
    const body = block.slice(block.indexOf(declared) + declared.length);
    if (name === undefined || value === undefined || new RegExp(String.raw`\b${name}\s*:?=[^;]*;|\binto\s+(?:strict\s+)?[\w\s,]*\b${name}\b`, 'i').test(withoutConditions(body))) continue;
    found.set(name, value);
  }
  return found;
}

/** Whether a condition on one such variable holds; undefined when it cannot be told. */
export function conditionHolds(condition: string, variables: ReadonlyMap<string, Value>): boolean | undefined {
  const match = /^(not\s+)?(\w+)(?:\s*(=|<>|!=)\s*('[^']*'|true|false)|\s+is\s+(not\s+)?null)?$/i.exec(condition.trim());
  const value = match ? variables.get(match[2]!.toLowerCase()) : undefined;
  if (!match || value === undefined) return undefined;
  const [whole, negated, , operator, literal, notNull] = match;
  const positive = () => {
    if (/\bnull$/i.test(whole)) return (value === null) === (notNull === undefined);
    if (operator === undefined) return value === 'true';
    if (value === null) return false;
    return (value === literal!.toLowerCase().replaceAll("'", '')) === (operator === '=');
  };
  return positive() !== (negated !== undefined);
}

/** `IF a = b THEN` compares and does not assign. */
function withoutConditions(text: string): string {
  return text.replaceAll(/\b(?:els)?if\b.*?\bthen\b/gis, ' ');
}

function splitAt(tokens: readonly Token[], mark: string): Token[][] {
  const groups: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === mark) groups.push([]);
    else groups.at(-1)!.push(token);
  }
  return groups;
}

/** The value of an expression; undefined when it cannot be told. */
function valueOf(tokens: readonly Token[]): Value | undefined {
  const cast = tokens.findLastIndex(({ text }) => text === '::');
  if (cast > 0 && tokens.slice(cast).every(({ text }) => text !== ')')) return valueOf(tokens.slice(0, cast));
  const [first, second] = tokens;
  if (tokens.length === 1) return first!.kind === 'string' ? first!.value.toLowerCase() : /^(?:TRUE|FALSE)$/.test(first!.upper) ? first!.text.toLowerCase() : first!.upper === 'NULL' ? null : undefined;
  if (second?.text !== '(' || tokens.at(-1)!.text !== ')') return undefined;
  const given = splitAtCommas(tokens.slice(2, -1));
  if (first!.upper === 'CURRENT_SETTING') return given[0]?.[0]?.value.includes('.') && given[1]?.[0]?.upper === 'TRUE' ? null : undefined;
  if (first!.upper !== 'COALESCE') return undefined;
  for (const argument of given) {
    const value = valueOf(argument);
    if (value !== null) return value;
  }
  return null;
}
