import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import type { Catalog } from '../../server/src/schema/catalog.ts';
import { renderCatalog } from '../../server/src/schema/render.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import type { CorpusDatabase, HistoryStep, TruthDialect } from './corpusDatabases.ts';
import { differenceOf } from './introspectPostgres.ts';

/** An engine that is asked what schema statements make. */
export interface Judge {
  readonly dialect: TruthDialect;
  /** Takes everything out of the engine. */
  empty(): Promise<void>;
  /** Runs a script as its runner would, what is refused left out; gives the refusals by the number of the statement. */
  run(step: HistoryStep): Promise<ReadonlyMap<number, string>>;
  /** What the engine says of its schema, as sorted lines. */
  introspect(): Promise<string[]>;
  /** Makes a schema in the empty engine, and tells what it says of it; the engine is empty afterwards. */
  make(statements: readonly string[]): Promise<{ readonly errors: readonly string[]; readonly facts: readonly string[] }>;
  close(): Promise<void>;
}

/** Differences that are no fault of the catalog: which lines, and why. */
export interface Exclusion {
  readonly database: string;
  readonly lines: RegExp;
  readonly reason: string;
}

/** What came of one history. */
export interface HistoryOutcome {
  readonly steps: number;
  readonly compared: number;
  readonly equal: number;
  /** Steps that differ only in what is excluded. */
  readonly excluded: number;
  readonly different: number;
  /** The differences, each with the first step that shows it; those that are excluded under their reason. */
  readonly differences: ReadonlyMap<string, string>;
  readonly reasons: ReadonlySet<string>;
  /** Statements that the engine refuses; they are left out of the history. */
  readonly refused: readonly string[];
  readonly unread: readonly string[];
  readonly uncertain: string | undefined;
}

/** Equal lines kept once: the facts of a history repeat from step to step. */
class Lines {
  readonly #known = new Map<string, string>();

  intern(lines: readonly string[]): string[] {
    return lines.map((line) => this.#known.get(line) ?? (this.#known.set(line, line), line));
  }
}

interface Moment {
  readonly step: HistoryStep;
  readonly catalog: Catalog;
  readonly facts: readonly string[];
}

/** Whether the schema after a step is compared. */
export type Sample = (index: number, count: number) => boolean;

/** Every n-th step and the last. */
export function everyNth(n: number): Sample {
  return (index, count) => index === count - 1 || (index + 1) % n === 0;
}

/**
 * Runs a history step by step on an engine and notes what it says of its schema; then makes the schema of our catalog after
 * each step on the same engine, emptied, and compares. SQL that was made before is not made again.
 */
export async function compareHistory(judge: Judge, database: CorpusDatabase, sample: Sample, exclusions: readonly Exclusion[]): Promise<HistoryOutcome> {
  const lines = new Lines();
  const { moments, refused, unread } = await runHistory(judge, database, sample, lines);
  await judge.empty();
  const made = new Map<string, { readonly errors: readonly string[]; readonly facts: readonly string[] }>();
  const known = exclusions.filter((exclusion) => exclusion.database === database.name);
  const differences = new Map<string, string>();
  const reasons = new Set<string>();
  let [equal, excluded] = [0, 0];
  for (const { step, catalog, facts } of moments) {
    const statements = renderCatalog(catalog);
    const text = statements.join(';\n');
    const result = made.get(text) ?? (await judge.make(statements));
    made.set(text, { errors: result.errors, facts: lines.intern(result.facts) });
    const found = [...result.errors.map((error) => `! ${error}`), ...unlikeColumns(catalog, facts), ...differenceOf(facts, result.facts)];
    const stars = starViews(catalog);
    const open = found.filter((line) => {
      const exclusion = stars?.lines.test(line) ? stars : known.find((candidate) => candidate.lines.test(line));
      if (exclusion) reasons.add(exclusion.reason);
      return exclusion === undefined;
    });
    if (found.length === 0) equal++;
    else if (open.length === 0) excluded++;
    for (const line of open) if (!differences.has(line)) differences.set(line, step.name);
  }
  const uncertain = moments.at(-1)?.catalog.doubt?.reason;
  return { steps: database.steps.length, compared: moments.length, equal, excluded, different: moments.length - equal - excluded, differences, reasons, refused, unread, uncertain };
}

async function runHistory(judge: Judge, { dialect, steps }: CorpusDatabase, sample: Sample, lines: Lines): Promise<{ moments: Moment[]; refused: string[]; unread: string[] }> {
  await judge.empty();
  const moments: Moment[] = [];
  const refused: string[] = [];
  const unread: string[] = [];
  let catalog = emptyCatalog(dialect);
  for (const [index, step] of steps.entries()) {
    const refusals = await judge.run(step);
    step.statements.forEach((statement, at) => {
      const refusal = refusals.get(at);
      if (refusal !== undefined) return void refused.push(`${step.file}: ${refusal}: ${statement.text.slice(0, 100).replaceAll(/\s+/g, ' ')}`);
      const node = readStatement(statement);
      if (node.kind === 'unread') unread.push(`${step.file}: ${node.reason}: ${statement.text.slice(0, 80)}`);
      catalog = applyStatement(catalog, node, { file: step.file, statement });
    });
    if (sample(index, steps.length)) moments.push({ step, catalog, facts: lines.intern(await judge.introspect()) });
  }
  return { moments, refused, unread };
}

/** Views that select `*`: the engine wrote the columns out that were there when it made them. */
function starViews({ dialect, views }: Catalog): Pick<Exclusion, 'lines' | 'reason'> | undefined {
  const names = [...views.values()].filter(({ query }) => /(?:\bselect|,|\.)\s*\*/i.test(query)).map(({ schema, name }) => (dialect === 'postgresql' ? `${schema ?? 'public'}.${name}` : name));
  if (names.length === 0) return undefined;
  const either = names.map((name) => name.replaceAll(/[.$]/g, String.raw`\$&`)).join('|');
  return { lines: new RegExp(String.raw`^[-+] (?:column|order|view) (?:${either})[. ]`), reason: 'columns of views that select *' };
}

/** Columns of PostgreSQL as the catalog spells them that the engine spells otherwise. */
function unlikeColumns(catalog: Catalog, facts: readonly string[]): string[] {
  if (catalog.dialect !== 'postgresql') return [];
  const told = new Set(facts.filter((line) => line.startsWith('column ')).map((line) => line.replace(/default=.*/, '')));
  const tables = [...catalog.tables.values()].filter(({ temporary, knowledge }) => !temporary && knowledge === 'known');
  const columns = tables.flatMap((table) => table.columns.map(({ name, type, nullable }) => `column ${table.schema ?? 'public'}.${table.name}.${name} ${type} notnull=${!nullable} `));
  return columns.filter((line) => !told.has(line)).map((line) => `? ${line}`);
}
