import type { DatabaseFacts, Facts, HistoryEntry, PlacedStatement, ScriptPart, TransactionMode } from '../../server/src/project/facts.ts';
import { renderCatalog } from '../../server/src/schema/render.ts';
import type { Engine, Refusal } from './engines.ts';

/** Something that an engine refused: a whole migration, or one statement where none other goes with it. */
export interface Failure extends Refusal {
  readonly file: string;
  readonly sql: string;
}

export interface RunOptions {
  /**
   * `runner`: as the runner would, transactions and all, with one row in every table after each file. What a migration that is
   * refused meant is then made by hand, so that later ones can be judged.
   * `intended`: what the author meant: every statement by itself, on empty tables.
   */
  readonly manner: 'runner' | 'intended';
  /** Tables that other files make, by name, as SQL. Made beforehand when a statement asks for them. */
  readonly standIns: Readonly<Record<string, string>>;
  /** Names of stand-ins that an earlier run needed, to begin with. */
  readonly present?: readonly string[];
  /** Stop behind the migration of this version. */
  readonly until?: string;
  /** Keep the schema before each migration. */
  readonly snapshots?: boolean;
}

export interface RunResult {
  readonly failures: readonly Failure[];
  /** The schema at the end. */
  readonly schema: readonly string[];
  /** The schema before each migration, by its version; empty unless asked for. */
  readonly before: ReadonlyMap<string, readonly string[]>;
  /** Units (whole migrations, or statements) that were run. */
  readonly units: number;
  /** Tables that held a row when a later file ran. */
  readonly seeded: ReadonlySet<string>;
  readonly standIns: readonly string[];
}

/**
 * Runs everything that a database holds: its migrations in order, or its schema files or Prisma schema, then scripts and queries.
 * Begins with an empty schema, and again with a stand-in for each table that turned out to be missing.
 */
export async function runHistory(engine: Engine, facts: Facts, database: DatabaseFacts, options: RunOptions): Promise<RunResult> {
  const standIns: string[] = [...(options.present ?? [])];
  for (;;) {
    await engine.reset();
    for (const name of standIns) await mustRun(engine, options.standIns[name]!);
    if (options.manner === 'runner') await engine.seed();
    const result = await new Run(engine, facts, options.manner).everything(database, options);
    const wanted = result.failures.map(missingTable).find((name) => name !== undefined && Object.hasOwn(options.standIns, name) && !standIns.includes(name));
    if (wanted === undefined) return { ...result, standIns };
    standIns.push(wanted);
  }
}

/** The table that a statement asked for and nobody made; undefined for every other failure. */
export function missingTable({ code, message }: Refusal): string | undefined {
  if (!['', '42P01', '42S02'].includes(code)) return undefined;
  return /Table '[^.']*\.(.+)' doesn't exist/.exec(message)?.[1] ?? /relation "(.+)" does not exist/.exec(message)?.[1] ?? /no such table: (?:main\.)?(.+)/.exec(message)?.[1];
}

async function mustRun(engine: Engine, sql: string): Promise<void> {
  const refusal = await engine.run(sql);
  if (refusal) throw new Error(`${refusal.message}: ${sql}`);
}

/** Runs one part of a file as a runner with this mode would. */
export async function runPart(engine: Engine, facts: Facts, part: ScriptPart, mode: TransactionMode): Promise<Failure[]> {
  const whole = (sql: string) => ({ file: part.file, sql });
  if (mode === 'none') return eachAlone(engine, part.statements);
  if (mode === 'implicit') {
    const sql = facts.files.get(part.file)!.text.slice(part.range.start, part.range.end);
    const refusal = await engine.run(sql);
    await engine.leaveTransaction();
    return refusal ? [{ ...refusal, ...whole(sql) }] : [];
  }
  await mustRun(engine, 'BEGIN');
  for (const { statement } of part.statements) {
    const refusal = await engine.run(statement.text);
    if (!refusal) continue;
    await engine.leaveTransaction();
    return [{ ...refusal, ...whole(statement.text) }];
  }
  await mustRun(engine, 'COMMIT');
  return [];
}

async function eachAlone(engine: Engine, statements: readonly PlacedStatement[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const placed of statements) failures.push(...(await alone(engine, placed)));
  await engine.leaveTransaction();
  return failures;
}

function withoutTransactions(statements: readonly PlacedStatement[]): PlacedStatement[] {
  return statements.filter(({ node }) => node.kind !== 'transaction');
}

async function alone(engine: Engine, { file, statement }: PlacedStatement): Promise<Failure[]> {
  const numbers = new Map<string, string>();
  let sql = '';
  let at = 0;
  for (const token of statement.tokens) {
    if (token.kind !== 'parameter') continue;
    if (!numbers.has(token.text)) numbers.set(token.text, `${engine.dialect === 'sqlite' ? '?' : '$'}${numbers.size + 1}`);
    sql += statement.text.slice(at, token.start) + numbers.get(token.text)!;
    at = token.end;
  }
  sql += statement.text.slice(at);
  const refusal = await (numbers.size > 0 ? engine.prepare(sql) : engine.run(sql));
  return refusal ? [{ ...refusal, file, sql }] : [];
}

class Run {
  readonly #engine: Engine;
  readonly #facts: Facts;
  readonly #manner: RunOptions['manner'];
  readonly #failures: Failure[] = [];
  readonly #seeded = new Set<string>();
  #units = 0;

  constructor(engine: Engine, facts: Facts, manner: RunOptions['manner']) {
    this.#engine = engine;
    this.#facts = facts;
    this.#manner = manner;
  }

  async everything(database: DatabaseFacts, { until, snapshots }: RunOptions): Promise<Omit<RunResult, 'standIns'>> {
    const before = new Map<string, readonly string[]>();
    const entries = (role: HistoryEntry['role']) => database.otherEntries.filter((entry) => entry.role === role).map(({ placed }) => placed);
    await this.#statements(entries('schema'));
    for (const { migration } of database.steps) {
      if (snapshots) before.set(migration.version, await this.#engine.introspect());
      if (this.#manner === 'intended') await this.#statements(migration.up.statements);
      else {
        this.#units++;
        const failures = await runPart(this.#engine, this.#facts, migration.up, migration.transaction);
        this.#failures.push(...failures);
        if (failures.length > 0 && migration.transaction !== 'none') await eachAlone(this.#engine, withoutTransactions(migration.up.statements));
      }
      await this.#seed();
      if (migration.version === until) return this.#result(before);
    }
    if (database.prisma && database.steps.length === 0) await this.#prisma(database.prisma.catalog, database.prisma.files[0]?.path ?? 'schema.prisma');
    await this.#statements(entries('script'));
    await this.#statements(entries('queries'));
    return this.#result(before);
  }

  async #result(before: RunResult['before']): Promise<Omit<RunResult, 'standIns'>> {
    return { failures: this.#failures, schema: await this.#engine.introspect(), before, units: this.#units, seeded: this.#seeded };
  }

  async #seed(): Promise<void> {
    if (this.#manner === 'runner') for (const table of await this.#engine.seed()) this.#seeded.add(table);
  }

  async #statements(statements: readonly PlacedStatement[]): Promise<void> {
    const chosen = this.#manner === 'runner' ? statements : withoutTransactions(statements);
    this.#units += chosen.length;
    for (const file of new Set(chosen.map((placed) => placed.file))) {
      this.#failures.push(...(await eachAlone(this.#engine, chosen.filter((placed) => placed.file === file))));
    }
    if (chosen.length > 0) await this.#seed();
  }

  async #prisma(catalog: Parameters<typeof renderCatalog>[0], file: string): Promise<void> {
    for (const sql of renderCatalog(catalog)) {
      this.#units++;
      const refusal = await this.#engine.run(sql);
      if (refusal) this.#failures.push({ ...refusal, file, sql });
    }
    await this.#seed();
  }
}
