import { isMySql, type Dialect } from '../../../server/src/source/dialect.ts';
import type { Expression, Identifier, QualifiedName, TableOption } from '../../../server/src/source/sql/ast.ts';

// SQL from the fields of a statement's node. The text of the statement is never looked at; what the nodes keep as text are
// expressions, bodies, and values of storage options.

/** A piece of SQL, or nothing. */
export type Piece = string | false | undefined;

/** The pieces that are there, joined by blanks. */
export function words(...pieces: readonly Piece[]): string {
  return pieces.filter((piece) => piece !== undefined && piece !== false && piece !== '').join(' ');
}

/** `( item, item )`. */
export function bracketed(items: readonly string[]): string {
  return `(${items.join(', ')})`;
}

/** A name in quotes. */
export function quoted(dialect: Dialect, name: string): string {
  return isMySql(dialect) ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
}

export function identifier(dialect: Dialect, { name }: Identifier): string {
  return quoted(dialect, name);
}

export function identifiers(dialect: Dialect, names: readonly Identifier[]): string {
  return bracketed(names.map((name) => identifier(dialect, name)));
}

export function qualified(dialect: Dialect, { database, schema, name }: QualifiedName): string {
  return [database, schema, name].flatMap((part) => (part ? [identifier(dialect, part)] : [])).join('.');
}

/** A name that is bare where it was, for names of types: PostgreSQL's `int` is not `"int"`. */
export function bareOrQuoted(dialect: Dialect, name: Identifier): string {
  return name.quoted ? quoted(dialect, name.name) : name.name;
}

export function typeName(dialect: Dialect, { database, schema, name }: QualifiedName): string {
  return [database, schema, name].flatMap((part) => (part ? [bareOrQuoted(dialect, part)] : [])).join('.');
}

/** A string literal. */
export function literal(dialect: Dialect, value: string): string {
  const escaped = value.replaceAll("'", "''");
  return isMySql(dialect) ? `'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`;
}

export function texts(expressions: readonly Expression[]): string {
  return bracketed(expressions.map(({ text }) => text));
}

/** `( name = value, name )`: PostgreSQL's storage parameters and definitions. */
export function parameters(options: readonly TableOption[]): string {
  return bracketed(options.map(({ name, value }) => (value === '' ? name : `${name} = ${value}`)));
}

/** PostgreSQL's storage parameters have lower-case names, its clauses upper-case ones. */
export function splitOptions(options: readonly TableOption[]): { readonly storage: readonly TableOption[]; readonly clauses: readonly TableOption[] } {
  const isClause = ({ name }: TableOption) => /^[A-Z]/.test(name);
  return { storage: options.filter((option) => !isClause(option)), clauses: options.filter(isClause) };
}

/** `NAME value NAME value`. */
export function clauses(options: readonly TableOption[]): string {
  return words(...options.map(({ name, value }) => words(name, value)));
}

/** The items of several lists in the order in which they stand in the statement. */
export function inOrder<T extends { readonly range: { readonly start: number } }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => a.range.start - b.range.start);
}
