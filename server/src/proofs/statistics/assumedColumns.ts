import { valueSet } from '../../indexes/selectivity.ts';
import type { DatabaseFacts } from '../../project/facts.ts';
import { findColumn, type Column, type Table } from '../../schema/catalog.ts';
import type { Rows } from './assumedRows.ts';
import type { ColumnShape } from './shapes.ts';
import { grouped, type ColumnStatistics, type Spread } from './statistics.ts';

/** What is taken for true of a column, and in words. */
export interface AssumedColumn {
  readonly statistics: ColumnStatistics;
  readonly text: string;
}

/** What the values of a column are like, apart from their width and their NULLs. */
interface Values {
  readonly distinct: number;
  readonly correlation?: number;
  readonly spread?: Spread;
  readonly text: string;
}

const usualDays = 365;
const createdNames = /^(created|inserted|occurred|recorded|logged|received|sent)_?(at|on|date|time)?$|^(timestamp|ts)$/i;
const endingNames = /^(deleted|archived|cancell?ed|revoked|removed|disabled|expired|failed|read|seen|closed|completed|finished|processed|published|verified|confirmed)_?(at|on)$/i;
const fewNames = /(^|_)(status|state|type|kind|role|category|level|priority|currency|language|locale|country|region|gender|color|source|channel)(_?code)?$/i;
const uniqueNames = /(^|_)(e?mail|email_address|slug|token|uuid|guid|hash|sha\d*|checksum|external_id|reference|phone|url|api_key)$/i;

/** Shares of NULLs in columns that allow them. */
const ended = 0.1;
const absent = 0.1;

/**
 * Statistics of a column that nobody measured: from keys, foreign keys, closed lists of values, type and name, in this order.
 * @param rows of its table
 */
export function assumedColumn(database: DatabaseFacts, table: Table, shape: ColumnShape, rows: number, parents: Rows): AssumedColumn {
  const column = findColumn(database.dialect, table, shape.name);
  const nullFraction = shape.notNull ? 0 : endingNames.test(shape.name) ? 1 - ended : absent;
  const { text, ...values } = valuesOf(database, table, column, shape, rows * (1 - nullFraction), parents);
  const nulls = nullFraction === 0 ? '' : `, ${Math.round(nullFraction * 100)} % NULL`;
  return { statistics: { ...values, nullFraction, width: widthOf(shape) }, text: `${table.name}.${shape.name}: ${text}${nulls}` };
}

function valuesOf(database: DatabaseFacts, table: Table, column: Column | undefined, shape: ColumnShape, rows: number, parents: Rows): Values {
  if (isUnique(table, shape.name)) return uniqueValues(column, shape, rows);
  const foreign = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === shape.name);
  if (foreign) {
    const { schema, table: name } = foreign.references;
    const parent = parents.of({ ...(schema !== undefined && { schema }), name });
    return { ...many(Math.min(parent.rows, rows), shape), text: `${count(Math.min(parent.rows, rows))}, one for each of ${parent.text}` };
  }
  const set = column && valueSet(database.catalog, table, column);
  if (set) return { distinct: Math.max(1, set.count), correlation: 1 / Math.max(1, set.count), text: `${count(set.count)}, equally frequent` };
  if (shape.category === 'B') return { distinct: 2, correlation: 0.5, text: '2 different values, equally frequent' };
  if (shape.category === 'D') return times(database, column, shape, rows);
  return byName(shape, rows);
}

function isUnique(table: Table, name: string): boolean {
  const only = (columns: readonly (string | undefined)[]) => columns.length === 1 && columns[0] === name;
  return only(table.primaryKey?.columns ?? []) || table.uniques.some(({ columns }) => only(columns)) || table.indexes.some(({ unique, where, parts }) => unique && where === undefined && only(parts.map((part) => part.column)));
}

function uniqueValues(column: Column | undefined, shape: ColumnShape, rows: number): Values {
  const counted = column?.identity !== undefined || column?.autoIncrement === true || (shape.category === 'N' && shape.length > 0);
  if (!counted) return { distinct: -1, correlation: 0, text: 'unique, in no order' };
  return { distinct: -1, correlation: 1, ...spreadNumbers(rows, shape), text: `unique, counted from 1 to ${grouped(rows)} in the order of the rows` };
}

function times(database: DatabaseFacts, column: Column | undefined, { name, type }: ColumnShape, rows: number): Values {
  if (!/^(date|timestamp|timestamptz)$/.test(type)) return { distinct: -0.1, correlation: 0, text: '10 % of the values differ' };
  const days = daysOf(database.config.scale_targets?.retention) ?? usualDays;
  const spread: Spread = { kind: 'time', days };
  const distinct = type === 'date' ? days : -1;
  const over = `spread evenly over the last ${grouped(days)} days`;
  const rising = createdNames.test(name) || /^\(*(now|current_timestamp|current_date|clock_timestamp|statement_timestamp|transaction_timestamp)\b/i.test(column?.default ?? '');
  if (!rising || /^(updated|modified|changed)/i.test(name)) return { distinct, correlation: 0, spread, text: `${over}, in no order` };
  return { distinct: Math.abs(distinct) > rows ? rows : distinct, correlation: 1, spread, text: `rising with the order of the rows, ${over}` };
}

function byName(shape: ColumnShape, rows: number): Values {
  if (uniqueNames.test(shape.name) || shape.type === 'uuid') return { distinct: -1, correlation: 0, text: 'every value another one (by its name or type)' };
  if (fewNames.test(shape.name)) return { distinct: Math.min(5, rows), correlation: 0.2, text: '5 different values, equally frequent (by its name)' };
  return { distinct: -0.1, correlation: 0, text: '10 % of the values differ' };
}

function many(distinct: number, shape: ColumnShape): Omit<Values, 'text'> {
  return { distinct: Math.max(1, Math.round(distinct)), correlation: 0, ...spreadNumbers(distinct, shape) };
}

/** Whole numbers lie between 1 and their count; few of them make no histogram. */
function spreadNumbers(to: number, { type }: ColumnShape): { readonly spread?: Spread } {
  return /^int[248]$/.test(type) && to >= 200 ? { spread: { kind: 'numbers', to: Math.round(to) } } : {};
}

function count(distinct: number): string {
  return `${grouped(Math.max(1, distinct))} different values`;
}

const dayCounts: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 };

/** `13 months` in days. */
function daysOf(retention: string | undefined): number | undefined {
  const match = /(\d+)\s*(day|week|month|year)/i.exec(retention ?? '');
  return match ? Number(match[1]) * dayCounts[match[2]!.toLowerCase()]! : undefined;
}

const longNames = /(^|_)(body|content|contents|description|html|markdown|payload|message|notes?|bio|text|comment|data|metadata|details)$/i;

/** Bytes of an average value: that of the type, else 200 for documents and long texts, 40 for lists, 8 for numbers, 20 for the rest. */
function widthOf({ length, type, category, name, limit }: ColumnShape): number {
  if (length > 0) return length;
  if (/^jsonb?$|^xml$|^bytea$|^tsvector$/.test(type)) return 200;
  if (category === 'A') return 40;
  if (category === 'N') return 8;
  const text = longNames.test(name) ? 200 : 20;
  return limit === undefined ? text : Math.min(limit + 1, text);
}
