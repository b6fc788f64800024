import { objectKey, type Table } from '../../../schema/catalog.ts';
import { quoteIdentifier, quoteList, quoteString, renderName } from '../../../schema/quote.ts';
import { EngineRefusal, type EngineSession, type Row } from '../../engine.ts';
import { leftToEngine, type Candidates } from '../../seeds/candidates.ts';
import type { Bond, Solution } from '../../seeds/checks.ts';
import { inOrder, parentOf } from '../../seeds/order.ts';
import { solvePostgres } from '../../seeds/postgres.ts';
import { hindrance, planOf, type TablePlan } from '../../seeds/rows.ts';
import { keep } from './asking.ts';
import type { TenantsSubject } from './subject.ts';

/** A row of a tenant, and where it stands. */
export interface TenantRow {
  /** The table or partition that holds it, as regclass prints it. */
  readonly relation: string;
  readonly place: string;
  readonly values: Row;
}

/** A row of each of two tenants, and the INSERT of one more row of the second. */
export interface TenantPair {
  readonly own: TenantRow;
  readonly other: TenantRow;
  readonly spare?: string;
}

export interface TenantRows {
  /** The two values of the key, as text. */
  readonly values: readonly [string, string];
  /** By map key of the catalog. */
  readonly pairs: ReadonlyMap<string, TenantPair>;
  readonly unseeded: readonly { readonly name: string; readonly reason: string }[];
}

/** How often other values are tried for a row. */
const attempts = 6;

/**
 * Puts a row of each of two tenants into the tables of a schema, inside the transaction that is open: rows that refer to rows of the same
 * tenant, and that constraints accept. Triggers are left out where they refuse a row or give it to somebody else.
 */
export async function seedTenants(session: EngineSession, subject: TenantsSubject): Promise<TenantRows> {
  const { catalog } = subject;
  const plans = inOrder(catalog, catalog.tables.keys()).map((table) => ({ key: objectKey(catalog.dialect, table.schema, table.name), plan: planOf(catalog, table) }));
  const writer = new Writer(session, subject, await solvedOf(session, plans.map(({ plan }) => plan)), plans.map(({ plan }) => plan));
  const ordered = [...plans.filter(({ key }) => subject.roots.has(key)), ...plans.filter(({ key }) => !subject.roots.has(key))];
  // A table that lists tenants may itself refer to others: it is tried again behind them.
  const again: typeof plans = [];
  for (const one of ordered) if (!(await writer.fill(one.key, one.plan))) again.push(one);
  for (const one of again) await writer.fill(one.key, one.plan);
  return { values: writer.tenants, pairs: writer.pairs, unseeded: writer.unseeded(again.map(({ plan }) => plan)) };
}

/** What CHECKs accept, asked where the transaction that is open stays open. */
async function solvedOf(session: EngineSession, plans: readonly TablePlan[]): Promise<ReadonlyMap<Bond, readonly Solution[]>> {
  const bonds = plans.flatMap((plan) => plan.bonds);
  if (bonds.length === 0) return new Map();
  return await solvePostgres({ ...session, info: session.info, run: (sql) => session.run(sql.replace(/^BEGIN; /, '').replace(/; COMMIT$/, '')), close: async () => undefined }, bonds);
}

class Writer {
  readonly pairs = new Map<string, TenantPair>();
  readonly #session: EngineSession;
  readonly #subject: TenantsSubject;
  readonly #solutions: ReadonlyMap<Bond, readonly Solution[]>;
  readonly #refusals = new Map<Table, string>();
  tenants: readonly [string, string];

  constructor(session: EngineSession, subject: TenantsSubject, solutions: ReadonlyMap<Bond, readonly Solution[]>, plans: readonly TablePlan[]) {
    this.#session = session;
    this.#subject = subject;
    this.#solutions = solutions;
    this.tenants = tenantValues(subject, plans);
  }

  unseeded(plans: readonly TablePlan[]): { name: string; reason: string }[] {
    const left = plans.filter(({ table }) => !this.pairs.has(this.#keyOf(table)));
    return left.map(({ table }) => ({ name: this.#name(table), reason: this.#refusals.get(table) ?? 'no row was found that its constraints accept' }));
  }

  #keyOf({ schema, name }: Table): string {
    return objectKey('postgresql', schema, name);
  }

  #name({ schema, name }: Table): string {
    return renderName('postgresql', schema, name);
  }

  /** Writes both rows of a table; false when one of them was refused. */
  async fill(key: string, plan: TablePlan): Promise<boolean> {
    const { table } = plan;
    const reason = hindrance(this.#subject.catalog, table);
    if (reason !== undefined) {
      this.#refusals.set(table, reason);
      return false;
    }
    const own = await this.#write(plan, 0);
    const other = own && (await this.#write(plan, 1));
    if (!own || !other) return false;
    if (this.#subject.roots.has(key)) this.#learnTenants(table, own, other);
    this.pairs.set(key, { own, other });
    const spare = await this.#spare(plan);
    if (spare !== undefined) this.pairs.set(key, { own, other, spare });
    return true;
  }

  /** The engine may number tenants itself. */
  #learnTenants(root: Table, own: TenantRow, other: TenantRow): void {
    const { keyed, key } = this.#subject;
    for (const { table } of keyed) {
      const foreign = table.foreignKeys.find((one) => one.columns.length === 1 && one.columns[0] === key && parentOf(this.#subject.catalog, one) === this.#keyOf(root));
      const column = foreign && (foreign.references.columns[0] ?? root.primaryKey?.columns[0]);
      const [first, second] = [own.values[column ?? ''], other.values[column ?? '']];
      if (typeof first === 'string' && typeof second === 'string') {
        this.tenants = [first, second];
        return;
      }
    }
  }

  async #write(plan: TablePlan, tenant: 0 | 1): Promise<TenantRow | undefined> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const sql = this.#insert(plan, tenant, tenant + attempt, attempt > 0);
      if (sql === undefined) return undefined;
      const row = await this.#place(plan.table, tenant, sql);
      if (row) return row;
    }
    return undefined;
  }

  /** The row where it came to stand, without triggers when it does not get there with them. */
  async #place(table: Table, tenant: 0 | 1, sql: string): Promise<TenantRow | undefined> {
    const { key } = this.#subject;
    const hasKey = table.columns.some(({ name }) => name === key);
    for (const mode of ['origin', 'replica']) {
      await this.#session.run('SAVEPOINT database_expert_row');
      try {
        const results = await this.#session.run(`SET LOCAL session_replication_role = ${mode}; ${sql} RETURNING tableoid::regclass::text AS "seed relation", ctid::text AS "seed place", *; SET LOCAL session_replication_role = origin`);
        const { 'seed relation': relation, 'seed place': place, ...values } = results[1]?.rows[0] ?? {};
        if (relation && place && (!hasKey || values[key] === this.tenants[tenant])) {
          await this.#standIn(table, values);
          return { relation, place, values };
        }
        this.#refusals.set(table, relation ? `its rows got another ${key} than they were written with` : 'the engine took no row');
      } catch (error) {
        if (!(error instanceof EngineRefusal)) throw error;
        this.#refusals.set(table, error.message);
      }
      await this.#session.run('ROLLBACK TO SAVEPOINT database_expert_row');
    }
    return undefined;
  }

  /** Lets tables that no history makes hold what is pointed at. */
  async #standIn(table: Table, values: Row): Promise<void> {
    for (const foreign of table.foreignKeys) {
      const { schema, table: name, columns } = foreign.references;
      if (columns.length === 0 || this.#subject.catalog.tables.get(parentOf(this.#subject.catalog, foreign))?.knowledge === 'known') continue;
      const literals = foreign.columns.map((one) => (typeof values[one] === 'string' ? quoteString('postgresql', values[one]) : 'NULL'));
      await keep(this.#session, `INSERT INTO ${renderName('postgresql', schema, name)} (${quoteList('postgresql', columns)}) VALUES (${literals.join(', ')}) ON CONFLICT DO NOTHING`);
    }
  }

  /** One more row of the second tenant, which the superuser can insert. */
  async #spare(plan: TablePlan): Promise<string | undefined> {
    for (let attempt = 2; attempt < 2 + attempts; attempt++) {
      const sql = this.#insert(plan, 1, attempt, attempt > 2);
      if (sql === undefined) return undefined;
      await this.#session.run('SAVEPOINT database_expert_spare');
      const taken = await keep(this.#session, `SET CONSTRAINTS ALL IMMEDIATE; ${sql}`);
      await this.#session.run('ROLLBACK TO SAVEPOINT database_expert_spare');
      if (taken) return sql;
    }
    return undefined;
  }

  /** @param full whether columns with a default are written too */
  #insert(plan: TablePlan, tenant: 0 | 1, index: number, full: boolean): string | undefined {
    const given = new Map<string, string>();
    const { table } = plan;
    const { key } = this.#subject;
    if (plan.candidates.has(key)) given.set(key, quoteString('postgresql', this.tenants[tenant]));
    if (!this.#refer(plan, tenant, given)) return undefined;
    for (const bond of plan.bonds) {
      // A default is what rows usually have.
      if (!full && bond.columns.every(({ column }) => column.default !== undefined)) continue;
      const solution = this.#solutions.get(bond)?.at(-1 - (index % Math.max(1, this.#solutions.get(bond)!.length)));
      if (solution) bond.columns.forEach((one, i) => given.has(one.column.name) || given.set(one.column.name, solution[i]!));
    }
    for (const [name, candidates] of plan.candidates) {
      if (!given.has(name) && (full || candidates.column.default === undefined)) given.set(name, this.#valueOf(plan, candidates, tenant, index));
    }
    const into = `INSERT INTO ${this.#name(table)}`;
    return given.size === 0 ? `${into} DEFAULT VALUES` : `${into} (${quoteList('postgresql', [...given.keys()])}) VALUES (${[...given.values()].join(', ')})`;
  }

  /** Lets foreign keys point at rows of the same tenant; false when one can not. */
  #refer({ table }: TablePlan, tenant: 0 | 1, given: Map<string, string>): boolean {
    const { catalog, roots, key } = this.#subject;
    for (const foreign of table.foreignKeys) {
      const parentKey = parentOf(catalog, foreign);
      const parent = catalog.tables.get(parentKey);
      if (foreign.notEnforced || !parent || parent.knowledge !== 'known') continue;
      const pair = this.pairs.get(parentKey);
      const row = pair && (tenant === 0 ? pair.own : pair.other);
      const targets = foreign.references.columns.length > 0 ? foreign.references.columns : (parent.primaryKey?.columns ?? []);
      for (const [i, name] of foreign.columns.entries()) {
        if (name === key && given.has(key)) continue;
        const value = row?.values[targets[i] ?? ''];
        const optional = table.columns.find((column) => column.name === name)?.nullable === true;
        if (typeof value !== 'string' && !optional && parentKey !== this.#keyOf(table)) {
          this.#refusals.set(table, `${this.#name(parent)} has no row of the tenant`);
          return false;
        }
        if (!(roots.has(this.#keyOf(table)) && given.has(name))) given.set(name, typeof value === 'string' ? quoteString('postgresql', value) : optional ? 'NULL' : given.get(name) ?? 'DEFAULT');
      }
    }
    return true;
  }

  #valueOf(plan: TablePlan, { column, type, keys, plain, nullable }: Candidates, tenant: 0 | 1, index: number): string {
    const { roots } = this.#subject;
    const inKey = plan.keys.has(column.name);
    const isRoot = roots.has(this.#keyOf(plan.table)) && plan.table.primaryKey?.columns.includes(column.name);
    if (isRoot && index < 2) return quoteString('postgresql', this.tenants[tenant]);
    if (!inKey && nullable && /^(?:date|time|boolean)/.test(type)) return 'NULL';
    if (!inKey && type === 'boolean') return 'false';
    if (type === 'uuid') return quoteString('postgresql', uuidOf(column.name, inKey ? index : tenant));
    const list = inKey ? keys : plain.length > index ? plain : keys;
    return list[index % list.length] ?? 'NULL';
  }
}

/** Columns of one name hold the same in all tables, so that `user_id` is the same user everywhere. */
function uuidOf(name: string, index: number): string {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)!) % 0x1000000;
  return `${hash.toString(16).padStart(8, '0')}-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** Two values that the key can take where the engine does not choose them. */
function tenantValues({ catalog, keyed, key }: TenantsSubject, plans: readonly TablePlan[]): readonly [string, string] {
  const mine = plans.filter(({ table }) => keyed.some((one) => one.table === table)).flatMap((plan) => plan.candidates.get(key) ?? []);
  const divided = keyed.find(({ table }) => table.partitionBy?.columns[0] === key && !leftToEngine(catalog, table, table.columns.find(({ name }) => name === key)!));
  const type = mine[0]?.type ?? 'text';
  const bounds = divided && plans.find(({ table }) => table === divided.table)?.candidates.get(key)?.plain.filter((one) => one.startsWith("'")).map((one) => one.slice(1, -1).replaceAll("''", "'"));
  if (bounds && bounds.length > 1) return [bounds[0]!, bounds[1]!];
  if (type === 'uuid') return ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];
  if (/^(?:smallint|integer|bigint|numeric)/.test(type)) return ['1001', '1002'];
  if (/^(?:text|citext|character varying)/.test(type)) return ['tenant_a', 'tenant_b'];
  const values = (mine[0]?.keys ?? []).filter((one) => one.startsWith("'")).map((one) => one.slice(1, -1).replaceAll("''", "'"));
  return [values[0] ?? 'a', values[1] ?? 'b'];
}

/** The condition that picks the row out of its table: by the key of the tenant, the primary key, or where it stands. */
export function conditionOf(table: Table, { values, place, relation }: TenantRow, key: string): string {
  const equals = (name: string) => `${quoteIdentifier('postgresql', name)} = ${quoteString('postgresql', values[name] ?? '')}`;
  if (table.columns.some(({ name }) => name === key)) return equals(key);
  const primary = table.primaryKey?.columns ?? [];
  if (primary.length > 0 && primary.every((name) => typeof values[name] === 'string')) return primary.map(equals).join(' AND ');
  return `tableoid = ${quoteString('postgresql', relation)}::regclass AND ctid = ${quoteString('postgresql', place)}`;
}
