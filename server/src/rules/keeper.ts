import type { WorkspaceChange } from '../edits/change.ts';
import type { DatabaseFacts, Facts, HistoryEntry } from '../project/facts.ts';
import { noteReadOf, recordReads, type ReadKey } from '../schema/reads.ts';
import { askDatabase, askEntry, askModel, askScript, askStep, askTable, rulesByKind, type ActiveRule, type RawFinding, type Round, type RulesByKind } from './asking.ts';
import { designKeys, designTable } from './design.ts';
import type { Finding } from './rule.ts';

/** Asks the rules about one thing, on the facts of the round. */
type Question = (round: Round) => void;

/** What the rules said of one thing, and what they read for it. */
interface Answer {
  readonly group: Group;
  readonly found: readonly RawFinding[];
  readonly reads: readonly ReadKey[];
  stale: boolean;
}

/** What is asked together and whose answers stand together: a script, the tables, the models. */
interface Group {
  answers: Map<unknown, Answer>;
  found: readonly RawFinding[];
  dirty: boolean;
}

interface Asked {
  readonly facts: Facts;
  readonly database: DatabaseFacts;
  /** Also what concerns the run of applied migrations. */
  readonly all: boolean;
  readonly log: (message: string) => void;
}

/**
 * What the rules said of one database. Each answer is kept until something changes that the rules read for it; the facts say
 * what changed by the keys of recorded reads.
 */
export class DatabaseFindings {
  readonly #rules: RulesByKind;
  readonly #groups = new Map<unknown, Group>();
  readonly #readers = new Map<ReadKey, Set<Answer>>();
  #revision = -1;
  #database: DatabaseFacts | undefined;
  #asked: Asked;
  #applied: ReadonlySet<string> = new Set();

  constructor(active: readonly ActiveRule[], asked: Asked) {
    this.#rules = rulesByKind(active, asked.database);
    this.#asked = asked;
  }

  /** All findings on these facts, which came of those of the last call. */
  update(asked: Asked): RawFinding[] {
    this.#asked = asked;
    const { database } = asked;
    this.#invalidate(database);
    const groups = new Set<unknown>();
    const found: RawFinding[] = [];
    const take = (key: unknown, questions: () => Iterable<readonly [unknown, Question]>) => {
      groups.add(key);
      for (const raw of this.#group(key, questions)) found.push(raw);
    };
    for (const step of database.steps) {
      const byKind = step.migration.applied && !asked.all ? this.#rules.design : this.#rules.all;
      take(step, function* () {
        for (const entry of step.entries) yield [entry, (round) => askEntry(round, entry, byKind)];
        yield [step, (round) => {
          noteScript(step.migration.up.file);
          askStep(round, step, byKind);
        }];
      });
    }
    for (const [file, entries] of scriptsOf(database)) {
      take(file, () => this.#scriptQuestions(file, entries));
    }
    take('models', () => this.#modelQuestions(database));
    take('tables', () => this.#tableQuestions(database));
    take('database', () => [['database', (round) => askDatabase(round, this.#rules)]]);
    for (const key of this.#groups.keys()) if (!groups.has(key)) this.#dropGroup(key);
    return found;
  }

  *#scriptQuestions(file: string, entries: readonly HistoryEntry[]): Iterable<readonly [unknown, Question]> {
    for (const entry of entries) yield [entry, (round) => askEntry(round, entry, this.#rules.all)];
    yield [file, (round) => {
      noteScript(file);
      askScript(round, file, entries, this.#rules.all);
    }];
  }

  *#modelQuestions({ prisma }: DatabaseFacts): Iterable<readonly [unknown, Question]> {
    if (this.#rules.models.length === 0) return;
    for (const { path, document } of prisma?.files ?? []) {
      for (const block of document.blocks) {
        if (block.kind === 'model') yield [block, (round) => askModel(round, block, path, this.#rules)];
      }
    }
  }

  *#tableQuestions(database: DatabaseFacts): Iterable<readonly [unknown, Question]> {
    if (this.#rules.tables.length === 0) return;
    for (const key of designKeys(database)) yield [key, (round) => this.#askTable(round, key)];
  }

  #askTable(round: Round, key: string): void {
    const design = designTable(round.database!, key);
    if (design) askTable(round, design, this.#rules);
  }

  #invalidate(database: DatabaseFacts): void {
    const touched = this.#touchedSince(database);
    this.#database = database;
    if (!touched) {
      this.#groups.clear();
      this.#readers.clear();
    } else {
      for (const key of touched) for (const answer of this.#readers.get(key) ?? []) answer.stale = answer.group.dirty = true;
      for (const [key, group] of this.#groups) group.dirty ||= touched.has(ownKey(key));
    }
    this.#revision = database.changes?.revision ?? -1;
    this.#applied = touched ? this.#applied : new Set(database.steps.filter(({ migration }) => migration.applied).map(({ migration }) => migration.up.file));
  }

  /** The keys that changed since the last call; undefined when nothing said then is known to hold. */
  #touchedSince(database: DatabaseFacts): ReadonlySet<ReadKey> | undefined {
    if (this.#database === undefined) return undefined;
    if (database.changes) return database.changes.since(this.#revision);
    return database === this.#database ? new Set() : undefined;
  }

  #group(key: unknown, questions: () => Iterable<readonly [unknown, Question]>): readonly RawFinding[] {
    let group = this.#groups.get(key);
    if (!group) this.#groups.set(key, (group = { answers: new Map(), found: [], dirty: true }));
    if (!group.dirty) return group.found;
    const before = group.answers;
    const found: RawFinding[] = [];
    group.answers = new Map();
    for (const [thing, question] of questions()) {
      const known = before.get(thing);
      const answer = known && !known.stale ? known : this.#answer(group, question);
      if (known === answer) before.delete(thing);
      group.answers.set(thing, answer);
      for (const raw of answer.found) found.push(raw);
    }
    for (const gone of before.values()) this.#dropAnswer(gone);
    group.found = found;
    group.dirty = false;
    return found;
  }

  #answer(group: Group, question: Question): Answer {
    const found: RawFinding[] = [];
    if (!this.#asked.database.changes) {
      question(this.#round(found));
      return { group, found, reads: [], stale: false };
    }
    const { reads } = recordReads(() => question(this.#round(found, (finding) => this.#fixesOf(question, finding))));
    const answer: Answer = { group, found, reads, stale: false };
    for (const key of reads) {
      const readers = this.#readers.get(key);
      if (readers) readers.add(answer);
      else this.#readers.set(key, new Set([answer]));
    }
    return answer;
  }

  #round(found: RawFinding[], fixesOf?: Round['fixesOf']): Round {
    const { facts, database, log } = this.#asked;
    return { facts, database, applied: this.#applied, log, found, ...(fixesOf && { fixesOf }) };
  }

  /** A kept finding may be older than the facts: its fixes are built from what the rules say now. */
  #fixesOf(question: Question, { rule, message, at }: Finding): readonly WorkspaceChange[] {
    const found: RawFinding[] = [];
    question(this.#round(found));
    const same = found.find(({ finding }) => finding.rule === rule && finding.message === message && finding.at.file === at.file && finding.at.range.start === at.range.start && finding.at.range.end === at.range.end);
    return same?.finding.fixes() ?? [];
  }

  #dropGroup(key: unknown): void {
    for (const answer of this.#groups.get(key)!.answers.values()) this.#dropAnswer(answer);
    this.#groups.delete(key);
  }

  #dropAnswer(answer: Answer): void {
    for (const key of answer.reads) this.#readers.get(key)?.delete(answer);
  }
}

/** The key that says that the things a group asks about are others. */
function ownKey(key: unknown): ReadKey {
  if (key === 'tables') return 'tables:*';
  if (typeof key === 'string') return `script:${key}`;
  return `script:${(key as { readonly migration: { readonly up: { readonly file: string } } }).migration.up.file}`;
}

/** The list of a script's statements is handed to the rules, who do not have to ask for it. */
function noteScript(file: string): void {
  noteReadOf('script', file);
}

function scriptsOf({ otherEntries }: DatabaseFacts): Map<string, HistoryEntry[]> {
  const scripts = new Map<string, HistoryEntry[]>();
  for (const entry of otherEntries) {
    if (entry.role === 'down') continue;
    const entries = scripts.get(entry.placed.file);
    if (entries) entries.push(entry);
    else scripts.set(entry.placed.file, [entry]);
  }
  return scripts;
}
