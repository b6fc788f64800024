import { objectKey, type Catalog, type ForeignKey, type Table } from '../../schema/catalog.ts';
import { columnsIn } from '../../schema/expressions.ts';
import { quoteIdentifier, quoteList, renderName } from '../../schema/quote.ts';
import { partitionsOf, type ComingPartition } from './bounds.ts';
import { candidatesOf, leftToEngine, type Candidates } from './candidates.ts';
import { bondsOf, type Bond, type Solution } from './checks.ts';
import { isOptional, parentOf, takesRows } from './order.ts';

/** What is known of a table before its rows are written. */
export interface TablePlan {
  readonly table: Table;
  readonly candidates: ReadonlyMap<string, Candidates>;
  readonly bonds: readonly Bond[];
  /** For columns of a key, how the key tells rows apart by them. */
  readonly keys: ReadonlyMap<string, KeyPlace>;
  readonly rows: number;
  /** Its place among the tables that get rows. */
  readonly ordinal: number;
}

export interface PlanOptions {
  /** Keeps numbers near zero, for work that makes as many rows, or characters, as a number says. */
  readonly modest?: boolean | undefined;
  /** Partitions that the migration makes: rows that belong there lie in the default partition before it. */
  readonly coming?: readonly ComingPartition[] | undefined;
}

interface KeyPlace {
  readonly position: number;
  readonly of: number;
}

/** Rows without values and rows alike come first, two of each; then come the awkward ones. */
const [emptyRows, alikeRows, usualRows, mostRows] = [2, 2, 8, 14];

/** What rows a table gets, as far as it is known without asking the engine. */
export function planOf(catalog: Catalog, table: Table, ordinal = 0, { modest, coming }: PlanOptions = {}): TablePlan {
  const candidates = candidatesOf(catalog, table, modest, coming);
  const keys = keyPlaces(catalog, table);
  const variety = Math.max(0, ...[...candidates.values()].map((one) => one.variety));
  return { table, candidates, keys, ordinal, bonds: bondsOf(catalog, table, candidates, (name) => keys.has(name)), rows: Math.min(mostRows, Math.max(usualRows, variety + emptyRows + alikeRows - 1)) };
}

/** The columns by which keys tell rows apart. A key that holds a column which is never the same twice asks nothing of the others. */
function keyPlaces(catalog: Catalog, table: Table): Map<string, KeyPlace> {
  const whole = table.indexes.filter((index) => index.unique && index.where === undefined).map((index) => index.parts.flatMap((part) => (part.column !== undefined ? [part.column] : columnsIn(catalog.dialect, part.expression ?? '', table))));
  const all = [table.primaryKey, ...table.uniques].flatMap((key) => (key ? [key.columns] : [])).concat(whole).filter((columns) => columns.length > 0);
  const counted = new Set(table.columns.filter((column) => leftToEngine(catalog, table, column) && column.generated === undefined).map(({ name }) => name));
  const places = new Map<string, KeyPlace>();
  for (const columns of all.toSorted((a, b) => a.length - b.length)) {
    if (columns.some((name) => counted.has(name) || places.get(name)?.of === 1)) continue;
    columns.forEach((name, position) => {
      if (!places.has(name)) places.set(name, { position, of: columns.length });
    });
  }
  return places;
}

/** Which of its values a column of a key has in a row: those of a key of several columns repeat, and no two rows have all the same. */
function keyIndex({ position, of }: KeyPlace, row: number): number {
  if (of === 1) return row;
  return position > 1 ? row >> 2 : (row + position) >> 1;
}

function plainIndex(row: number): number {
  return Math.max(0, row - emptyRows - alikeRows + 1);
}

/** The rows of a table as lists of SQL values, and the columns that they are for. `turn` shifts all values, to try others. */
export function rowsOf(catalog: Catalog, plan: TablePlan, solutions: ReadonlyMap<Bond, readonly Solution[]>, turn = 0): { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const columns = [...plan.candidates.keys()];
  const rows = Array.from({ length: plan.rows }, (_, row) => {
    const values = new Row(catalog, plan, row, turn);
    values.solve(solutions);
    values.refer();
    values.fill();
    return columns.map((name) => values.given.get(name)!);
  });
  return { columns, rows };
}

/** One row while it is put together. */
class Row {
  readonly given = new Map<string, string>();
  readonly #catalog: Catalog;
  readonly #plan: TablePlan;
  readonly #row: number;
  readonly #turn: number;
  readonly #solved = new Map<string, string>();

  constructor(catalog: Catalog, plan: TablePlan, row: number, turn: number) {
    this.#catalog = catalog;
    this.#plan = plan;
    this.#row = row;
    this.#turn = turn;
  }

  get #isEmpty(): boolean {
    return this.#row < emptyRows && this.#turn === 0;
  }

  #index(name: string): number {
    const place = this.#plan.keys.get(name);
    // The first values of a key are the telling ones: rows without any do not use them up.
    const row = this.#plan.candidates.get(name)?.nullable === true ? Math.max(0, this.#row - emptyRows) : this.#row;
    return (place ? keyIndex(place, row) : plainIndex(this.#row)) + this.#turn;
  }

  /** Takes what CHECKs accept together; the first solution is the emptiest, the second the fullest. */
  solve(solutions: ReadonlyMap<Bond, readonly Solution[]>): void {
    for (const bond of this.#plan.bonds) {
      const found = solutions.get(bond) ?? [];
      if (found.length === 0) continue;
      const inKey = bond.columns.some((one) => this.#plan.keys.has(one.column.name));
      const index = inKey ? this.#row + this.#turn : this.#isEmpty ? 0 : plainIndex(this.#row) + 1 + this.#turn;
      const solution = found[index % found.length]!;
      bond.columns.forEach((one, i) => this.#solved.set(one.column.name, solution[i]!));
    }
  }

  /** Fills the columns of foreign keys with what rows of their tables have; the key with the most columns first, so that the others agree with it. */
  refer(): void {
    const { table } = this.#plan;
    for (const key of table.foreignKeys.toSorted((a, b) => b.columns.length - a.columns.length)) {
      const parent = this.#catalog.tables.get(parentOf(this.#catalog, key));
      if (!parent || parent.knowledge !== 'known' || key.notEnforced || key.columns.every((name) => this.given.has(name))) continue;
      if (this.#leavesOpen(key)) continue;
      const own = objectKey(this.#catalog.dialect, table.schema, table.name) === parentOf(this.#catalog, key);
      if (own && !isOptional(table, key)) this.#referToItself(key);
      else this.#referTo(parent, key);
    }
  }

  #leavesOpen(key: ForeignKey): boolean {
    const free = key.columns.filter((name) => this.#plan.candidates.get(name)?.nullable === true && !this.given.has(name));
    const open = free.filter((name) => (this.#solved.has(name) ? this.#solved.get(name) === 'NULL' : this.#isEmpty));
    for (const name of open) this.given.set(name, 'NULL');
    return open.length > 0;
  }

  #referToItself(key: ForeignKey): void {
    const targets = referencedColumns(key, this.#plan.table);
    key.columns.forEach((name, i) => {
      const target = this.#plan.candidates.get(targets[i] ?? '');
      if (target) this.given.set(name, this.#valueOf(target));
    });
  }

  #referTo(parent: Table, key: ForeignKey): void {
    const { dialect } = this.#catalog;
    const targets = referencedColumns(key, parent);
    const from = renderName(dialect, parent.schema, parent.name);
    const quoted = (name: string) => quoteIdentifier(dialect, name);
    const agreed = key.columns.flatMap((name, i) => (this.given.has(name) ? [`"seed parent".${quoted(targets[i]!)} = ${this.given.get(name)}`] : []));
    const where = agreed.length > 0 ? ` WHERE ${agreed.join(' AND ')}` : '';
    const order = targets.map((name) => `"seed parent".${quoted(name)}`).join(', ');
    const place = key.columns.map((name) => this.#plan.keys.get(name)).find((one) => one !== undefined);
    const offset = agreed.length > 0 ? 0 : (place ? keyIndex(place, this.#row) : plainIndex(this.#row)) + this.#turn;
    key.columns.forEach((name, i) => {
      if (this.given.has(name)) return;
      const pick = (at: number) => `(SELECT "seed parent".${quoted(targets[i]!)} FROM ${from} AS "seed parent"${where} ORDER BY ${order} LIMIT 1 OFFSET ${at})`;
      this.given.set(name, offset === 0 ? pick(0) : `COALESCE(${pick(offset)}, ${pick(0)})`);
    });
  }

  /** Fills what is left. */
  fill(): void {
    for (const [name, candidates] of this.#plan.candidates) if (!this.given.has(name)) this.given.set(name, this.#valueOf(candidates));
  }

  /** Whether it is the last value of a key, which is another one in each table: those before it are the same in all, so that no row would point at nothing. */
  #isOwn(name: string): boolean {
    return this.#turn === 0 && this.#row === this.#plan.rows - 1 && this.#plan.keys.get(name)?.of === 1;
  }

  #valueOf(candidates: Candidates): string {
    const { name } = candidates.column;
    const given = this.given.get(name) ?? this.#solved.get(name);
    if (given !== undefined) return given;
    if (this.#isEmpty && candidates.nullable) return 'NULL';
    const list = this.#plan.keys.has(name) ? candidates.keys : candidates.plain;
    if (this.#isOwn(name) && list.length > this.#plan.rows) return list[this.#row + (this.#plan.ordinal % (list.length - this.#row))]!;
    return list[this.#index(name) % list.length] ?? 'NULL';
  }
}

function referencedColumns(key: ForeignKey, parent: Table): readonly string[] {
  return key.references.columns.length > 0 ? key.references.columns : (parent.primaryKey?.columns ?? []);
}

/** INSERT of rows; `words` stand behind INSERT, `tail` at the end. */
export function insertOf({ dialect }: Catalog, table: Table, columns: readonly string[], rows: readonly (readonly string[])[], words = '', tail = ''): string {
  const into = `INSERT${words} INTO ${renderName(dialect, table.schema, table.name)}`;
  if (columns.length === 0) return `${into} DEFAULT VALUES`;
  return `${into} (${quoteList(dialect, columns)}) VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')}${tail}`;
}

/** Whether a table of the bench can be filled, and why not. */
export function hindrance(catalog: Catalog, table: Table): string | undefined {
  if (!takesRows(table)) return 'its rows are not held by a table of this schema';
  if (!table.partitionBy) return undefined;
  const key = objectKey(catalog.dialect, table.schema, table.name);
  return partitionsOf(catalog, key).length > 0 ? undefined : 'it has no partition';
}
