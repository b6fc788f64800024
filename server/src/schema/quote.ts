import { isMySql, type Dialect } from '../source/dialect.ts';
import { needsQuotes } from './quote/reservedWords.ts';

/** A placeholder of a template or a variable of psql: it stands for text that cannot be quoted here. */
const placeholder = /\{\{|\$\{|^:\w/;

/** An identifier as it has to be written: quoted only when the dialect would not read it back as the same name. */
export function quoteIdentifier(dialect: Dialect, name: string): string {
  if (!needsQuotes(dialect, name) || placeholder.test(name)) return name;
  if (isMySql(dialect)) return `\`${name.replaceAll('`', '``')}\``;
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name with its schema, when it is not the default one. */
export function renderName(dialect: Dialect, schema: string | undefined, name: string): string {
  const own = quoteIdentifier(dialect, name);
  return schema === undefined ? own : `${quoteIdentifier(dialect, schema)}.${own}`;
}

/** Names in a list, without parentheses. */
export function quoteList(dialect: Dialect, names: readonly string[]): string {
  return names.map((name) => quoteIdentifier(dialect, name)).join(', ');
}

/** A string literal. Backslashes are doubled on MySQL, where they escape. */
export function quoteString(dialect: Dialect, text: string): string {
  const doubled = text.replaceAll("'", "''");
  return `'${isMySql(dialect) ? doubled.replaceAll('\\', '\\\\') : doubled}'`;
}
