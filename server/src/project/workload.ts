import { noteReadOf } from '../schema/reads.ts';
import { bareName } from '../source/names.ts';
import type { Query, QueryResult } from '../source/query/query.ts';
import { readQuery } from '../source/query/read.ts';
import type { Script } from '../source/statement.ts';
import type { HistoryEntry, PlacedStatement, Unread, WorkloadQuery } from './facts.ts';
import type { Mentions } from './mentions.ts';
import { queryNames } from './roles.ts';

const changes: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'merge']);

/**
 * Whether the application asks a statement again and again. Statements of migrations are no workload: what a migration does once
 * says nothing about what the application asks every day, and neither does what a schema file does to the rows that it finds. What
 * names no table is none either.
 */
export function isAsked({ placed: { node, statement }, role }: HistoryEntry): boolean {
  if (role !== 'queries' && role !== 'script' && role !== 'schema') return false;
  if (node.kind === 'select') return /\bfrom\b|^\(*table\b/i.test(statement.text);
  return role !== 'schema' && changes.has(node.kind);
}

const nothing: Query = { blocks: [], writes: [], tables: [], outputs: [] };
const names = new WeakMap<Script, ReadonlyMap<number, string>>();

/** A statement as a query of the workload. It is parsed when somebody looks into it, and stands where its statement stands. */
class AskedStatement implements WorkloadQuery {
  readonly file: string;
  readonly source: 'queries' | 'script';
  readonly #placed: PlacedStatement;
  readonly #script: Script | undefined;
  #result: QueryResult | undefined;

  constructor({ placed, role }: HistoryEntry, script: Script | undefined) {
    this.file = placed.file;
    this.source = role === 'queries' ? 'queries' : 'script';
    this.#placed = placed;
    this.#script = script;
  }

  /** The name in the comment above the statement. */
  get name(): string | undefined {
    noteReadOf('script', this.file);
    const script = this.#script;
    if (!script) return undefined;
    let known = names.get(script);
    if (!known) names.set(script, (known = queryNames(script)));
    return known.get(this.#placed.statement.index);
  }

  get offset(): number {
    return this.#placed.statement.start;
  }

  get range(): WorkloadQuery['range'] {
    const { start, end } = this.#placed.statement;
    return { start, end };
  }

  get text(): string {
    return this.#placed.statement.text;
  }

  get query(): Query {
    return 'unread' in this.#read ? nothing : this.#read.query;
  }

  /** Why the statement could not be read. */
  get unread(): string | undefined {
    return 'unread' in this.#read ? this.#read.unread : undefined;
  }

  get #read(): QueryResult {
    return (this.#result ??= readQuery(this.#placed.statement));
  }
}

/** What the queries of a database are found in. */
export interface WorkloadParts {
  entries(): readonly HistoryEntry[];
  readonly scripts: ReadonlyMap<string, Script>;
  readonly mentions: Mentions<HistoryEntry>;
  /** Queries that the configuration states, and those of calls of Prisma Client. */
  patterns(): readonly WorkloadQuery[];
}

/** The queries that a database is known to serve: those of query files, scripts and schema files, those of the configuration and of Prisma Client. */
export class Workload {
  readonly #parts: WorkloadParts;
  #statements: readonly AskedStatement[] | undefined;
  #queries: readonly WorkloadQuery[] | undefined;

  constructor(parts: WorkloadParts) {
    this.#parts = parts;
  }

  get #asked(): readonly AskedStatement[] {
    const { scripts } = this.#parts;
    return (this.#statements ??= this.#parts.entries().filter(isAsked).map((entry) => new AskedStatement(entry, scripts.get(entry.placed.file))));
  }

  /** All of them that name a table, parsed. */
  get queries(): readonly WorkloadQuery[] {
    return (this.#queries ??= [...this.#asked.filter(({ query }) => query.tables.length > 0), ...this.#parts.patterns()]);
  }

  /** Those that could not be read. */
  get unread(): Unread[] {
    return this.#asked.flatMap(({ file, offset, unread }) => (unread === undefined ? [] : [{ file, offset, reason: unread }]));
  }

  /** Those that name a table, by its key; a few may name another one that is called the same. Each is parsed when it is looked into. */
  naming(key: string): WorkloadQuery[] {
    const { mentions, scripts } = this.#parts;
    const name = bareName(key);
    const found = [...mentions.asked(key)].sort(byPlace).map((entry): WorkloadQuery => new AskedStatement(entry, scripts.get(entry.placed.file)));
    return [...found, ...this.#parts.patterns().filter(({ query }) => query.tables.some((table) => bareName(table.name) === name))];
  }
}

function byPlace({ placed: a }: HistoryEntry, { placed: b }: HistoryEntry): number {
  return a.file === b.file ? a.statement.start - b.statement.start : a.file < b.file ? -1 : 1;
}
