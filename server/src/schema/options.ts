import type { Dialect } from '../source/dialect.ts';
import { isMySql } from '../source/dialect.ts';
import type { TableOption } from '../source/sql/ast.ts';

/** One option in the text that the catalog keeps: `ENGINE=InnoDB`, `fillfactor=70`. */
const entry = /([\w.][\w. ]*?)\s*=\s*('(?:[^'\\]|''|\\.)*'|\([^)]*\)|[^\s,]+)|([\w.][\w. ]*)/gy;

/** Options as name and value, in order; an option without a value has an empty one. */
export function splitOptions(text: string | undefined): { name: string; value: string }[] {
  const options: { name: string; value: string }[] = [];
  if (!text) return options;
  for (const piece of text.split(/[\s,]*\n[\s,]*/)) {
    entry.lastIndex = 0;
    const match = entry.exec(piece);
    if (match) options.push({ name: match[1] ?? match[3] ?? '', value: match[2] ?? '' });
  }
  return options;
}

/** MySQL spells its character set in four ways. */
function canonicalName(dialect: Dialect, name: string): string {
  if (!isMySql(dialect)) return name;
  const upper = name.toUpperCase().replace(/^DEFAULT /, '');
  return upper === 'CHARACTER SET' || upper === 'CHARSET' ? 'CHARSET' : upper;
}

/** The options after more were set; one to a line, so that no value can be taken for another option. */
export function mergeOptions(dialect: Dialect, text: string | undefined, added: readonly Pick<TableOption, 'name' | 'value'>[]): string | undefined {
  const options = new Map(splitOptions(text).map(({ name, value }) => [canonicalName(dialect, name), value]));
  for (const { name, value } of added) options.set(canonicalName(dialect, name), value.trim());
  return joinOptions([...options]);
}

/** The options after some were taken back (RESET). */
export function withoutOptions(text: string | undefined, names: readonly string[]): string | undefined {
  const kept = splitOptions(text).filter((option) => !names.includes(option.name));
  return joinOptions(kept.map(({ name, value }) => [name, value]));
}

function joinOptions(options: readonly (readonly [string, string])[]): string | undefined {
  return options.length === 0 ? undefined : options.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('\n');
}
