import type { DatabaseFacts } from '../../project/facts.ts';
import { objectKey, type Table } from '../../schema/catalog.ts';
import type { StatisticsFile } from './statisticsFile.ts';
import { grouped } from './statistics.ts';

/** Rows of a table that nothing is said of, and how many rows of another one belong to one of its own. */
const usualRows = 1_000_000;
const perParent = 100;

export interface BelievedRows {
  readonly rows: number;
  readonly from: 'stated' | 'file' | 'assumed';
  /** `1,000,000 rows of orders (not stated)`. */
  readonly text: string;
}

/** Rows of the tables that a question is about, and of those that they refer to: stated, as the statistics file has them, or assumed. */
export class Rows {
  readonly #database: DatabaseFacts;
  readonly #file: StatisticsFile | undefined;
  readonly #subjects: readonly Table[];
  readonly #known = new Map<string, BelievedRows>();

  constructor(database: DatabaseFacts, subjects: readonly Table[], file?: StatisticsFile) {
    this.#database = database;
    this.#file = file;
    this.#subjects = subjects;
  }

  of(table: Pick<Table, 'schema' | 'name'>): BelievedRows {
    const key = objectKey(this.#database.dialect, table.schema, table.name);
    const known = this.#known.get(key);
    if (known) return known;
    // While it is being found out, a table that refers to itself in a circle counts as one that nothing is said of.
    this.#known.set(key, this.#assumed(table, usualRows, 'not stated'));
    const found = this.#find(table, key);
    this.#known.set(key, found);
    return found;
  }

  #find(table: Pick<Table, 'schema' | 'name'>, key: string): BelievedRows {
    const stated = this.#database.rowsOf(table.schema === undefined ? table.name : `${table.schema}.${table.name}`);
    if (stated !== undefined) return { rows: stated, from: 'stated', text: `${grouped(stated)} rows of ${table.name}` };
    const measured = this.#file?.tables.get(key)?.rows;
    if (measured !== undefined) return { rows: measured, from: 'file', text: `${grouped(measured)} rows of ${table.name} (statistics file)` };
    const child = this.#subjects.find((one) => one.name !== table.name && one.foreignKeys.some(({ references }) => objectKey(this.#database.dialect, references.schema, references.table) === key));
    if (!child) return this.#assumed(table, usualRows, 'not stated');
    return this.#assumed(table, Math.max(1, Math.round(this.of(child).rows / perParent)), `not stated; ${perParent} rows of ${child.name} to each`);
  }

  #assumed({ name }: Pick<Table, 'name'>, rows: number, why: string): BelievedRows {
    return { rows, from: 'assumed', text: `${grouped(rows)} rows of ${name} (${why})` };
  }
}
