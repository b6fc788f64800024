import type { Dialect } from '../source/dialect.ts';
import { bareKey, objectKey, sameName, type Catalog, type Table } from './catalog.ts';

/** PostgreSQL keeps 63 bytes of a name (NAMEDATALEN - 1). */
const longestName = 63;

const encoder = new TextEncoder();

/** How many bytes a text takes in UTF-8. */
function bytesOf(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return encoder.encode(text).length;
  return text.length;
}

function clipToBytes(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += bytesOf(character);
    if (used > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/**
 * A name as PostgreSQL puts it together from a table, columns and a label (makeObjectName in commands/indexcmds.c):
 * joined by underscores; when it grows too long, the longer of the first two parts is shortened until it fits.
 */
export function postgresName(table: string, columns: string | undefined, label: string): string {
  const room = longestName - label.length - 1 - (columns === undefined ? 0 : 1);
  let first = bytesOf(table);
  let second = columns === undefined ? 0 : bytesOf(columns);
  while (first + second > room) {
    if (first > second) first--;
    else second--;
  }
  const middle = columns === undefined ? '' : `_${clipToBytes(columns, second)}`;
  return `${clipToBytes(table, first)}${middle}_${label}`;
}

/** Column names joined for a default name; PostgreSQL stops as soon as the text is long enough. */
function joinColumns(columns: readonly string[]): string {
  let text = '';
  for (const column of columns) {
    text += (text === '' ? '' : '_') + column;
    if (bytesOf(text) > longestName) break;
  }
  return text;
}

/** Index columns get different names when they repeat: `expr`, `expr1`. */
function distinct(columns: readonly string[]): string[] {
  const names: string[] = [];
  for (const column of columns) {
    let name = column;
    for (let i = 1; names.includes(name); i++) name = `${column}${i}`;
    names.push(name);
  }
  return names;
}

function numbered(make: (suffix: string) => string, taken: (name: string) => boolean): string {
  for (let i = 0; ; i++) {
    const name = make(i === 0 ? '' : String(i));
    if (!taken(name)) return name;
  }
}

/** Every name a table holds in its schema's name space of relations: its own and those of its indexes. */
function holdsRelation(table: Table, name: string): boolean {
  return (
    table.name === name ||
    table.primaryKey?.name === name ||
    table.uniques.some((key) => key.name === name) ||
    table.exclusions.some((exclusion) => exclusion.name === name) ||
    table.indexes.some((index) => index.name === name)
  );
}

function holdsConstraint(table: Table, name: string): boolean {
  return table.foreignKeys.some((key) => key.name === name) || table.checks.some((check) => check.name === name);
}

/** Whether a relation of the schema has the name; the table called `apart`, which may be about to be replaced, does not count. */
function relationTaken(catalog: Catalog, schema: string | undefined, name: string, apart: string): boolean {
  const { dialect, tables, sequences, views } = catalog;
  const key = objectKey(dialect, schema, name);
  if ((name !== apart && tables.has(key)) || sequences.has(key) || views.has(key)) return true;
  const bare = bareKey(dialect, name);
  const ofTables = tables.keysBy('index', bare).map((found) => tables.get(found)!);
  if (ofTables.some((table) => table.schema === schema && table.name !== apart)) return true;
  return views.keysBy('index', bare).some((found) => views.get(found)!.schema === schema);
}

/** The name PostgreSQL gives to an index, sequence or key that has none; numbered until no relation of the schema has it. */
export function postgresRelationName(catalog: Catalog, table: Table, columns: readonly string[] | undefined, label: 'pkey' | 'key' | 'idx' | 'excl' | 'seq'): string {
  const constraint = label === 'pkey' || label === 'key' || label === 'excl';
  const joined = columns === undefined ? undefined : joinColumns(distinct(columns));
  return numbered(
    (suffix) => postgresName(table.name, joined, label + suffix),
    (name) => relationTaken(catalog, table.schema, name, table.name) || holdsRelation(table, name) || (constraint && holdsConstraint(table, name)),
  );
}

/** The name PostgreSQL gives to a CHECK or foreign key that has none. */
export function postgresConstraintName(table: Table, columns: readonly string[] | undefined, label: 'check' | 'fkey' | 'not_null'): string {
  const joined = columns === undefined ? undefined : joinColumns(columns);
  return numbered(
    (suffix) => postgresName(table.name, joined, label + suffix),
    (name) => holdsConstraint(table, name) || holdsRelation(table, name),
  );
}

/** The name MySQL gives to a key that has none: its first column, then `column_2`, `column_3`. */
export function mySqlKeyName(dialect: Dialect, table: Table, firstColumn: string | undefined): string {
  const base = firstColumn ?? 'functional_index';
  const taken = (name: string) =>
    name.toLowerCase() === 'primary' || [...table.uniques, ...table.indexes].some((key) => sameName(dialect, key.name, name));
  if (!taken(base)) return base;
  for (let i = 2; ; i++) if (!taken(`${base}_${i}`)) return `${base}_${i}`;
}

/** The next free number of MySQL's generated constraint names, `orders_ibfk_3`. */
function nextNumber(names: readonly (string | undefined)[], prefix: string): number {
  let highest = 0;
  for (const name of names) {
    const match = name?.toLowerCase().startsWith(prefix.toLowerCase()) ? /^\d+$/.exec(name.slice(prefix.length)) : null;
    if (match) highest = Math.max(highest, Number(match[0]));
  }
  return highest + 1;
}

/** The name InnoDB gives to a foreign key that has none. */
export function mySqlForeignKeyName(table: Table): string {
  const prefix = `${table.name}_ibfk_`;
  return prefix + nextNumber(table.foreignKeys.map((key) => key.name), prefix);
}

/** The name of a CHECK that has none: `orders_chk_1` on MySQL, `CONSTRAINT_1` on MariaDB. */
export function mySqlCheckName(dialect: Dialect, table: Table): string {
  const prefix = dialect === 'mariadb' ? 'CONSTRAINT_' : `${table.name}_chk_`;
  return prefix + nextNumber(table.checks.map((check) => check.name), prefix);
}
