import type { RowFailure } from '../../server/src/proofs/outcome.ts';
import { writeCoverageSection } from './coverageSection.ts';
import type { StepRows } from './rowHistories.ts';

/** Why a statement of a migration depends on rows: what it says, what the engine answers, and what rows do it. */
interface Explanation {
  readonly kind: string;
  readonly statement: RegExp;
  readonly answer: RegExp;
}

/** All that was met. A failure that fits none of them is looked at by a person, and is our mistake or a kind of its own. */
const explanations: readonly Explanation[] = [
  { kind: 'a required column without a default: every row lacks it', statement: /\badd\b[^;]*\bnot null\b/is, answer: /^23502|Cannot add a NOT NULL column/ },
  { kind: 'SET NOT NULL where the column may be empty until then', statement: /\bset not null\b/i, answer: /^23502/ },
  { kind: 'a primary key over columns that may be empty or the same until then', statement: /\badd\b[^;]*\bprimary key\b/is, answer: /^2350[25]/ },
  { kind: 'a unique index over columns that may be the same until then', statement: /\bcreate\s+unique\s+index\b/i, answer: /^23505|^SQLITE_CONSTRAINT_UNIQUE/ },
  { kind: 'a unique constraint over columns that may be the same until then', statement: /\badd\b[^;]*\bunique\b/is, answer: /^23505/ },
  { kind: 'a foreign key over columns that may point at nothing until then', statement: /\bforeign key\b|\breferences\b/i, answer: /^23503/ },
  { kind: 'a CHECK that rows need not meet until then', statement: /\bcheck\b/i, answer: /^23514|^SQLITE_CONSTRAINT_CHECK/ },
  { kind: 'an enum without a value that rows may have until then', statement: /\btype\b/i, answer: /^22P02 invalid input value for enum/ },
  { kind: 'a type that does not hold what the column may hold until then', statement: /\btype\b/i, answer: /^22|^23502/ },
  { kind: 'a default that SQLite cannot give to rows that are there', statement: /\badd column\b/i, answer: /Cannot add a column with non-constant default/ },
  { kind: 'a table of SQLite that is copied into one with stricter columns', statement: /^\s*insert\b/i, answer: /^SQLITE_CONSTRAINT_(?:NOTNULL|CHECK|UNIQUE)/ },
];

/** The kind of data dependence that a failure shows; undefined when it is none that is known. */
export function explanationOf({ sql, code, message }: RowFailure): string | undefined {
  return explanations.find(({ statement, answer }) => statement.test(sql) && answer.test(`${code} ${message}`.trim()))?.kind;
}

interface HistoryCounts {
  migrations: number;
  passed: number;
  failures: number;
  undecided: number;
  broken: number;
}

const zero = (): HistoryCounts => ({ migrations: 0, passed: 0, failures: 0, undecided: 0, broken: 0 });
const columns = ['migrations', 'passed', 'failures', 'undecided', 'broken'] as const;

/** Sums up what the experiment gave over histories. */
export class RowCounts {
  readonly #histories = new Map<string, HistoryCounts>();
  readonly #kinds = new Map<string, string[]>();
  #seeded = 0;
  #unseeded = 0;

  add(name: string, { detail, seeds }: StepRows): void {
    const counts = this.#histories.get(name) ?? zero();
    this.#histories.set(name, counts);
    counts.migrations++;
    for (const kind of ['passed', 'failures', 'undecided', 'broken'] as const) counts[kind] += detail[kind].length;
    this.#seeded += seeds.seeded.length;
    this.#unseeded += seeds.unseeded.length;
    for (const failure of detail.failures) {
      const kind = explanationOf(failure) ?? 'not explained';
      this.#kinds.set(kind, [...(this.#kinds.get(kind) ?? []), failure.sql.replaceAll(/\s+/g, ' ')]);
    }
  }

  get #total(): HistoryCounts {
    const total = zero();
    for (const counts of this.#histories.values()) for (const column of columns) total[column] += counts[column];
    return total;
  }

  /** One line for the log. */
  get summary(): string {
    const { migrations, passed, failures, undecided, broken } = this.#total;
    const seeded = `rows for ${this.#seeded} of ${this.#seeded + this.#unseeded} tables`;
    return `existing rows: ${migrations} migrations, ${seeded}; changes of tables that passed ${passed}, failed ${failures} (${[...this.#kinds].map(([kind, all]) => `${kind}: ${all.length}`).join('; ')}), undecided ${undecided}, broken ${broken}`;
  }

  /** Writes the section of docs/coverage.md. */
  write(): void {
    const row = (name: string, counts: HistoryCounts) => `| ${[name, ...columns.map((column) => counts[column])].join(' | ')} |`;
    const kinds = [...this.#kinds].toSorted(([, a], [, b]) => b.length - a.length).map(([kind, all]) => `| ${kind} | ${all.length} | \`${all.toSorted((a, b) => a.length - b.length)[0]!.slice(0, 140).replaceAll('|', '\\|')}\` |`);
    writeCoverageSection('Existing rows', [
      'Every migration of PostgreSQL and SQLite is run on rows that the schema before it allows, as awkward as it allows; the tables that it names have',
      'rows, as far as rows could be found. `passed` are statements that change a table with rows and ran, `failed` those that the engine refused',
      'because of the rows and no others; `undecided` read or write rows by themselves, or may only have failed because an earlier statement did;',
      '`broken` are refused on an empty schema as well, mostly for an extension that the embedded engine has not. Written by',
      '`DATABASE_EXPERT_WHOLE=1 npx vitest run test/truth/rows-corpus.test.ts`.',
      '',
      `Rows were found for ${this.#seeded} of ${this.#seeded + this.#unseeded} tables (each counted once for every migration that names it).`,
      '',
      '| why it depends on rows | statements | shortest |',
      '| --- | --- | --- |',
      ...kinds,
      '',
      '| database | migrations | passed | failed | undecided | broken |',
      '| --- | --- | --- | --- | --- | --- |',
      ...[...this.#histories].map(([name, counts]) => row(name, counts)),
      row(`**all ${this.#histories.size}**`, this.#total),
    ]);
  }
}
