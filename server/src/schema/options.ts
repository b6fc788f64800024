import { isMySql, type Dialect } from '../source/dialect.ts';
import type { TableOption } from '../source/sql/ast.ts';
import type { Column, Table } from './catalog.ts';

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

/** Whether an option is part of the schema; the next number of MySQL's AUTO_INCREMENT comes of rows. */
export function isDefinition({ name }: { readonly name: string }): boolean {
  return name !== 'AUTO_INCREMENT';
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

/** The decoded text of an option that is a string. */
export function optionText(option: Pick<TableOption, 'value' | 'decoded'>): string {
  return option.decoded ?? option.value.replace(/^'(.*)'$/s, '$1').replaceAll("''", "'");
}

/** `utf8mb4 COLLATE utf8mb4_bin` as two options. */
function convertedTo(value: string): Pick<TableOption, 'name' | 'value'>[] {
  const [charset = '', collation] = value.split(/\s+collate\s+/i);
  return [{ name: 'CHARSET', value: charset }, ...(collation === undefined ? [] : [{ name: 'COLLATE', value: collation }])];
}

/** Types that have a character set. */
const textual = /^(?:var)?char\b|^(?:tiny|medium|long)?text\b|^enum\b|^set\b/;

/**
 * The table after options of MySQL were set. A new default character set is for new columns only, so those that are there keep
 * the old one as their own; CONVERT TO CHARACTER SET changes them as well.
 */
export function setMySqlOptions(dialect: Dialect, table: Table, options: readonly TableOption[]): Table {
  const comment = options.find((option) => option.name === 'COMMENT');
  const convert = options.find((option) => option.name === 'CONVERT TO CHARACTER SET');
  const rest = options.flatMap((option) => (option === comment ? [] : option === convert ? convertedTo(option.value) : [option]));
  const changesText = rest.some(({ name }) => name === 'CHARSET' || name === 'COLLATE');
  const kept = changesText ? withoutOptions(table.options, ['CHARSET', 'COLLATE']) : table.options;
  const old = Object.fromEntries(splitOptions(table.options).map(({ name, value }) => [name, value]));
  const ownText = (column: Column): Column => {
    if (!changesText || !textual.test(column.type)) return column;
    if (convert) return { ...column, characterSet: undefined, collation: undefined };
    return { ...column, characterSet: column.characterSet ?? old['CHARSET'], collation: column.collation ?? old['COLLATE'] };
  };
  return { ...table, columns: table.columns.map(ownText), options: mergeOptions(dialect, kept, rest), ...(comment && { comment: optionText(comment) || undefined }) };
}
