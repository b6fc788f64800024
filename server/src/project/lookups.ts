import type { Catalog, Origin } from '../schema/catalog.ts';
import { noteReadOf } from '../schema/reads.ts';
import type { TextRange } from '../text/range.ts';
import { bareName } from '../source/names.ts';
import { subjectsOf } from '../source/sql/subjects.ts';
import type { DatabaseFacts, HistoryEntry, MigrationStep, ScriptRun } from './facts.ts';

const numbers = new WeakMap<readonly MigrationStep[], ReadonlyMap<string, number>>();
const scriptsByFile = new WeakMap<readonly ScriptRun[], ReadonlyMap<string, ScriptRun>>();

/** The place of an entry's migration among the steps of its database; -1 for scripts, queries and schema files. */
export function stepNumber(database: DatabaseFacts, { migration, placed }: Pick<HistoryEntry, 'migration' | 'placed'>): number {
  if (!migration) return -1;
  let number = stepOfFile(database, placed.file);
  // A file may hold several migrations, one after the other.
  while (number >= 0 && database.steps[number]!.migration !== migration) number--;
  return number;
}

/** The place of the (last) migration in a file among the steps; -1 for other files. */
function stepOfFile({ steps }: DatabaseFacts, file: string): number {
  let known = numbers.get(steps);
  if (!known) numbers.set(steps, (known = new Map(steps.map((step, index) => [step.migration.up.file, index]))));
  return known.get(file) ?? -1;
}

/** The step of the history an entry belongs to; undefined for scripts, queries and schema files. */
export function stepOf(database: DatabaseFacts, entry: HistoryEntry): MigrationStep | undefined {
  return database.steps[stepNumber(database, entry)];
}

/** A file that is no migration, as it runs. */
function scriptOf({ scripts }: DatabaseFacts, file: string): ScriptRun | undefined {
  let known = scriptsByFile.get(scripts);
  if (!known) scriptsByFile.set(scripts, (known = new Map(scripts.map((script) => [script.file, script]))));
  return known.get(file);
}

/** The statements of a file that is no migration, in order. */
function scriptEntries(database: DatabaseFacts, file: string): readonly HistoryEntry[] {
  noteReadOf('script', file);
  return scriptOf(database, file)?.entries ?? [];
}

/** The catalog once the migration or script of an entry is through. */
export function catalogBehind(database: DatabaseFacts, entry: HistoryEntry): Catalog {
  return (stepOf(database, entry) ?? scriptOf(database, entry.placed.file))?.after ?? database.catalog;
}

/** The statements of the migration or script that an entry belongs to, in order, itself included. */
export function entriesAround(database: DatabaseFacts, entry: HistoryEntry): readonly HistoryEntry[] {
  return stepOf(database, entry)?.entries ?? scriptEntries(database, entry.placed.file);
}

/** The statement of the history that made an object; undefined for what a Prisma schema tells. */
export function entryAt(database: DatabaseFacts, { file, range }: Origin): HistoryEntry | undefined {
  const number = stepOfFile(database, file);
  if (number < 0) return entryIn(scriptEntries(database, file), range);
  // A file may hold several migrations, one after the other.
  for (let i = number; database.steps[i]?.migration.up.file === file; i--) {
    const entry = entryIn(database.steps[i]!.entries, range);
    if (entry) return entry;
  }
  return undefined;
}

/** The entry whose statement holds a range, in a list ordered by place. */
function entryIn(entries: readonly HistoryEntry[], { start, end }: TextRange): HistoryEntry | undefined {
  const entry = entries[firstBehind(entries, start) - 1];
  return entry && end <= entry.placed.statement.terminatorEnd ? entry : undefined;
}

/** The index of the first statement that begins behind an offset, in a list ordered by place. */
function firstBehind(entries: readonly HistoryEntry[], offset: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.placed.statement.start <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The statements of the history, of scripts and of schema files that name an object, in the order in which they run, file by file. */
export function entriesNaming(database: DatabaseFacts, key: string): HistoryEntry[] {
  return inOrder(database, database.mentions.of(key));
}

/** Those that make, change, rename, empty or drop a table or change its rows; a few may be about another one that is called the same. */
export function entriesAbout(database: DatabaseFacts, key: string): HistoryEntry[] {
  return inOrder(database, database.mentions.about(key));
}

function inOrder(database: DatabaseFacts, entries: Iterable<HistoryEntry>): HistoryEntry[] {
  // What is no migration runs over the schema that the migrations leave.
  const numbered = [...entries].map((entry) => ({ entry, step: entry.migration ? stepNumber(database, entry) : database.steps.length, ...entry.placed }));
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return numbered.sort((a, b) => a.step - b.step || compare(a.file, b.file) || a.statement.start - b.statement.start).map(({ entry }) => entry);
}

/** Number of statements up to which a migration is looked through sooner than an index of the whole history is made. */
const few = 40;

function isAbout({ placed }: HistoryEntry, key: string): boolean {
  const name = bareName(key);
  return subjectsOf(placed.node).some((subject) => bareName(subject.name.name) === name);
}

/** The statements about a table that stand in the migration or script of an entry, in order; the entry itself is among them when it is about it. */
export function entriesAboutBeside(database: DatabaseFacts, entry: HistoryEntry, key: string): HistoryEntry[] {
  const { file } = entry.placed;
  if (entry.migration && entry.migration.up.statements.length <= few) return stepOf(database, entry)?.entries.filter((one) => isAbout(one, key)) ?? [];
  const beside: HistoryEntry[] = [];
  for (const one of database.mentions.about(key)) if (one.placed.file === file && one.migration === entry.migration) beside.push(one);
  return beside.sort((a, b) => a.placed.statement.start - b.placed.statement.start);
}
