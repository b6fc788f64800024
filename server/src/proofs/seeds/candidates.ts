import type { Catalog, Column, Table } from '../../schema/catalog.ts';
import { columnsIn } from '../../schema/expressions.ts';
import { quoteString } from '../../schema/quote.ts';
import { boundsOf, type Bounds, type ComingPartition } from './bounds.ts';
import { literalsIn, type Literals } from './literals.ts';
import { samplesOf } from './patterns.ts';
import { sqliteKind, sqliteLiteral, sqliteValuesOf } from './sqliteValues.ts';
import { baseType, kindOf, valuesOf, type Kind, type Pool } from './values.ts';

/** What a column may be filled with, as SQL. */
export interface Candidates {
  readonly column: Column;
  /** Below its domains. */
  readonly type: string;
  readonly nullable: boolean;
  /** Without NULL, the most awkward first. */
  readonly plain: readonly string[];
  readonly keys: readonly string[];
  /** What is asked of the column alone by its domains, spoken of the column. */
  readonly asked: readonly string[];
  /** How many rows it takes to show each value, where there are few. */
  readonly variety: number;
}

/** The columns of a table that take values, with what they may take; `modest` leaves out numbers far from zero. Generated, identity and counting columns are left to the engine. */
export function candidatesOf(catalog: Catalog, table: Table, modest = false, coming: readonly ComingPartition[] = []): Map<string, Candidates> {
  const bounds = boundsOf(catalog, table, coming);
  const columns = table.columns.filter((column) => !leftToEngine(catalog, table, column));
  return new Map(columns.map((column) => [column.name, candidatesFor(catalog, table, column, bounds.get(column.name) ?? unbounded, modest)]));
}

const unbounded: Bounds = { values: [], isOpen: true };

/** Whether the engine gives a column its value. */
export function leftToEngine({ dialect }: Catalog, table: Table, column: Column): boolean {
  if (column.generated !== undefined || column.identity !== undefined || column.autoIncrement === true) return true;
  if (dialect === 'postgresql') return /^nextval\s*\(/i.test(column.default ?? '');
  const { primaryKey } = table;
  return primaryKey?.columns.length === 1 && primaryKey.columns[0] === column.name && /^integer$/i.test(column.type) && !table.withoutRowid && !primaryKey.notRowId;
}

function candidatesFor(catalog: Catalog, table: Table, column: Column, { values: bounds, isOpen }: Bounds, modest: boolean): Candidates {
  const { dialect } = catalog;
  const { type, domains } = baseType(catalog, column.type);
  const sqlite = dialect === 'sqlite';
  const kind = sqlite ? sqliteKind(type) : kindOf(type);
  const all: Pool = sqlite ? sqliteValuesOf(type) : valuesOf(catalog, type);
  const values = modest && kind === 'number' ? modestOf(all) : table.exclusions.length > 0 && type.endsWith('range') ? emptiestFirst(all) : all;
  const asked = domains.flatMap((domain) => domain.constraints.map(({ text }) => askedOf(text, column.name, dialect)));
  const checks = [...asked, ...table.checks.filter((check) => columnsIn(dialect, check.expression, table).includes(column.name)).map(({ expression }) => expression)];
  const found = merged(checks.map((text) => literalsIn(dialect, text)));
  const inDefault = literalsIn(dialect, column.default ?? '');
  const limit = Number(/^character(?: varying)?\((\d+)\)/.exec(type)?.[1] ?? Infinity);
  const fitting = (literals: Literals) => valuesIn(literals, kind, type).filter((text) => text.length <= limit);
  const first = [...bounds, ...fitting(found)];
  const sql = (list: readonly string[]) => [...new Set(list)].map((value) => repeated(dialect, value) ?? (sqlite ? sqliteLiteral(kind, value) : quoteString(dialect, value)));
  return {
    column,
    type,
    nullable: column.nullable && domains.every((domain) => domain.nullable) && table.primaryKey?.columns.includes(column.name) !== true,
    plain: sql(bounds.length > 0 && !isOpen ? bounds : [...first, ...values.plain.slice(0, 2), ...fitting(inDefault), ...values.plain.slice(2)]),
    keys: sql(bounds.length > 0 ? [...bounds, ...values.keys] : [...first, ...values.keys]),
    asked,
    variety: bounds.length > 0 ? bounds.length : checks.length > 0 || isEnumeration(kind, values) ? Math.min(first.length + (isEnumeration(kind, values) ? values.plain.length : 0), 12) : 0,
  };
}

/** Ranges where rows exclude each other by them: those that are empty overlap with none, so that rows that are otherwise alike fit beside each other. */
function emptiestFirst({ plain, keys }: Pool): Pool {
  return { plain: plain.toReversed(), keys: keys.toReversed() };
}

/** Without the ends of the type. */
function modestOf({ plain, keys }: Pool): Pool {
  const isModest = (value: string) => Math.abs(Number(value)) <= 100;
  return { plain: plain.filter(isModest), keys: keys.filter(isModest) };
}

/** A text of one character over and over, said shortly. */
function repeated(dialect: Catalog['dialect'], value: string): string | undefined {
  if (value.length < 100 || !/^([a-z])\1*$/.test(value)) return undefined;
  return dialect === 'sqlite' ? `printf('%.${value.length}c', '${value[0]}')` : `repeat('${value[0]}', ${value.length})`;
}

function isEnumeration(kind: Kind, values: Pool): boolean {
  return kind === 'other' && values.plain === values.keys;
}

/** The expression of a domain's CHECK with the column in the place of VALUE. */
function askedOf(text: string, column: string, dialect: Catalog['dialect']): string {
  const expression = /check\s*(\(.*\))/is.exec(text)?.[1] ?? 'true';
  const quoted = `"${column.replaceAll('"', '""')}"`;
  return literalsIn(dialect, expression).texts.some((one) => /\bvalue\b/i.test(one)) ? expression : expression.replaceAll(/\bvalue\b/gi, quoted);
}

function merged(all: readonly Literals[]): Literals {
  return { texts: all.flatMap((one) => one.texts), numbers: all.flatMap((one) => one.numbers), patterns: all.flatMap((one) => one.patterns) };
}

/** Constants as values of a kind; of numbers the ones beside them as well, and of texts those that are as long as a number says. */
function valuesIn({ texts, numbers, patterns }: Literals, kind: Kind, type: string): string[] {
  if (kind === 'number') {
    const whole = /int|oid/i.test(type);
    return numbers.filter((one) => /^-?[\d.]+$/.test(one) && !(whole && one.includes('.'))).flatMap((one) => (Math.abs(Number(one)) < 1e9 ? [one, ...[Number(one) + 1, Number(one) - 1].map(String)] : [one]));
  }
  if (kind === 'text') {
    const lengths = numbers.map(Number).filter((n) => Number.isInteger(n) && n > 0 && n <= 5000);
    return [...texts, ...patterns.flatMap(samplesOf), ...lengths.flatMap((n) => ['x'.repeat(n), 'x'.repeat(n + 1), 'x'.repeat(n - 1)])];
  }
  if (kind === 'moment') return texts.filter((text) => /^-?\d{4}-\d\d?-\d\d?/.test(text));
  if (kind === 'json') return texts.filter((text) => isJson(text));
  if (kind === 'boolean') return [];
  return type.endsWith('[]') ? texts.filter((text) => /^\{.*\}$/s.test(text)).concat(texts.filter((text) => /^[\w -]+$/.test(text)).map((text) => `{"${text}"}`)) : [];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
