import type { Dialect } from '../source/dialect.ts';
import { lex } from '../source/lexer.ts';
import type { Token } from '../source/token.ts';
import { objectKey } from './catalog.ts';

/** The key of a routine: its name and the types of its arguments, as PostgreSQL tells overloads apart. */
export function routineKey(dialect: Dialect, schema: string | undefined, name: string, argumentsText: string): string {
  const types = dialect === 'postgresql' ? argumentTypes(argumentsText).join(',') : '';
  return `${objectKey(dialect, schema, name)}(${types})`;
}

const shortNames: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'boolean',
  varchar: 'character varying',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
  decimal: 'numeric',
  float8: 'double precision',
  float4: 'real',
  float: 'double precision',
  char: 'character',
};

/** Types that are written in several words, by their first. */
const longTypes = new Set(['double', 'character', 'timestamp', 'time', 'bit', 'national', 'interval']);

/** The types of the input arguments in `(IN a int, b text DEFAULT 'x', OUT c int)`, in one spelling. */
export function argumentTypes(text: string): string[] {
  const tokens = lex(text, 'postgresql').tokens;
  const inner = tokens[0]?.text === '(' ? tokens.slice(1, -1) : tokens;
  return splitAtCommas(inner).flatMap((argument) => typeOfArgument(argument) ?? []);
}

/** The elements of a list, parted at the commas outside brackets. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  let depth = 0;
  let group: Token[] = [];
  for (const token of tokens) {
    if (token.text === '(' || token.text === '[') depth++;
    if (token.text === ')' || token.text === ']') depth--;
    if (token.text === ',' && depth === 0) {
      groups.push(group);
      group = [];
    } else group.push(token);
  }
  return group.length > 0 || groups.length > 0 ? [...groups, group] : groups;
}

function typeOfArgument(argument: readonly Token[]): string | undefined {
  const end = argument.findIndex((token) => token.upper === 'DEFAULT' || token.text === '=' || token.text === ':=');
  let tokens = end < 0 ? [...argument] : argument.slice(0, end);
  const mode = tokens[0]?.upper;
  if (mode === 'OUT' || mode === 'TABLE') return undefined;
  if (mode === 'IN' || mode === 'INOUT' || mode === 'VARIADIC') tokens = tokens.slice(1);
  if (startsWithName(tokens)) tokens = tokens.slice(1);
  const words = withoutModifier(tokens).map((token) => (token.kind === 'quotedIdentifier' ? token.value : token.text.toLowerCase()));
  const joined = words.join(' ').replace(/ ?\. ?/g, '.').replace(/ ?\[.*\]$/, '[]').replace(/^public\.|^pg_catalog\./, '');
  const base = joined.replace(/\[\]$/, '');
  return (shortNames[base] ?? base) + (joined.endsWith('[]') ? '[]' : '');
}

/** Whether the argument is written with a name: two words follow each other that do not make one type. */
function startsWithName(tokens: readonly Token[]): boolean {
  const [first, second] = tokens;
  if (!first || !second || (second.kind !== 'word' && second.kind !== 'quotedIdentifier')) return false;
  return !(longTypes.has(first.text.toLowerCase()) && /^(precision|varying|without|with|year|month|day|hour|minute|second|character|char)$/i.test(second.text));
}

/** The type without what stands in parentheses: it does not tell overloads apart. */
function withoutModifier(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (token.text === '(') depth++;
    const inside = depth > 0;
    if (token.text === ')') depth--;
    return !inside;
  });
}
