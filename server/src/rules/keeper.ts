import type { WorkspaceChange } from '../edits/change.ts';
import type { DatabaseFacts, Facts, HistoryEntry, MigrationStep, ScriptRun } from '../project/facts.ts';
import { textKey } from '../project/history/changes.ts';
import { anyModel } from '../project/history/timeline.ts';
import type { PrismaModel } from '../source/prisma/ast.ts';
import { noteReadOf, recordReads, type ReadKey } from '../schema/reads.ts';
import { askDatabase, askEntry, askModel, askScript, askStep, askTable, rulesByKind, type ActiveRule, type RawFinding, type Round, type RulesByKind } from './asking.ts';
import { designKeys, designTable } from './design.ts';
import type { Finding } from './rule.ts';
import { FoundFiles, sameElements, type FindingList } from './rawFindings.ts';

/** What is asked about, in order, and how. */
interface Questions {
  readonly things: readonly unknown[];
  readonly ask: (round: Round, thing: unknown) => void;
}

/** What the rules said of one thing, and what they read for it. */
interface Answer {
  readonly group: Group;
  readonly found: readonly RawFinding[];
  readonly reads: readonly ReadKey[];
  stale: boolean;
}

/** What is asked together and whose answers stand together: a script, the tables, the models. */
interface Group extends FindingList {
  questions: () => Questions;
  things: readonly unknown[];
  /** In the order of the things. */
  answers: readonly Answer[];
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
 * what changed by the keys of recorded reads. An update costs what changed: no list of all files or all scripts is gone through.
 */
export class DatabaseFindings {
  readonly #rules: RulesByKind;
  readonly #groups = new Map<unknown, Group>();
  /** The key of a group by the read key that says that the things it asks about are others. */
  readonly #keyOfGroup = new Map<ReadKey, unknown>();
  readonly #readers = new Map<ReadKey, Set<Answer>>();
  /** Groups that have to be asked again. */
  readonly #dirty = new Set<Group>();
  readonly #files = new FoundFiles();
  #revision = -1;
  #database: DatabaseFacts | undefined;
  #asked: Asked;
  #applied: ReadonlySet<string> = new Set();

  constructor(active: readonly ActiveRule[], asked: Asked) {
    this.#rules = rulesByKind(active, asked.database);
    this.#asked = asked;
  }

  /** The files in which something was found. */
  get files(): Iterable<string> {
    return this.#files.files;
  }

  /** Adds to a list what was found in a file, in the order of the scripts, then of models, tables and the database. */
  addTo(findings: Finding[], file: string): void {
    this.#files.addTo(findings, file);
  }

  /** Takes facts that came of those of the last call. Gives the files whose text changed, or in which something else is found now. */
  update(asked: Asked): ReadonlySet<string> {
    const { database } = asked;
    const before = this.#database;
    this.#asked = asked;
    const edited = this.#invalidate(database);
    if (this.#groups.size === 0 || !before || !sameElements(before.steps, database.steps) || !sameElements(before.scripts, database.scripts)) this.#layOut(database);
    for (const group of this.#dirty) this.#ask(group);
    this.#dirty.clear();
    const changed = this.#files.takeChanged();
    for (const file of edited) changed.add(file);
    return changed;
  }

  /** Makes the groups of these facts and forgets the others. */
  #layOut(database: DatabaseFacts): void {
    const wanted = new Set<unknown>();
    const place = (key: unknown, questions: () => Questions) => {
      const order = wanted.size;
      wanted.add(key);
      const known = this.#groups.get(key);
      if (known) return Object.assign(known, { order, questions });
      const group: Group = { questions, order, things: [], answers: [], found: new Map(), shared: [] };
      this.#groups.set(key, group);
      this.#keyOfGroup.set(ownKey(key), key);
      return this.#dirty.add(group);
    };
    for (const step of database.steps) place(step, () => this.#stepQuestions(step));
    for (const script of database.scripts) if (script.role !== 'down') place(script.file, () => this.#scriptQuestions(script));
    place('models', () => this.#modelQuestions(this.#asked.database));
    place('tables', () => ({ things: this.#rules.tables.length === 0 ? [] : [...designKeys(this.#asked.database)], ask: (round, key) => this.#askTable(round, key as string) }));
    place('database', () => ({ things: ['database'], ask: (round) => askDatabase(round, this.#rules) }));
    for (const [key, group] of this.#groups) {
      if (wanted.has(key)) continue;
      for (const answer of group.answers) this.#dropAnswer(answer);
      this.#files.put(group, []);
      this.#groups.delete(key);
      this.#dirty.delete(group);
    }
  }

  #stepQuestions(step: MigrationStep): Questions {
    const byKind = step.migration.applied && !this.#asked.all ? this.#rules.design : this.#rules.all;
    return {
      things: [...step.entries, step],
      ask: (round, thing) => {
        if (thing !== step) return askEntry(round, thing as HistoryEntry, byKind);
        noteReadOf('script', step.migration.up.file);
        askStep(round, step, byKind);
      },
    };
  }

  #scriptQuestions(script: ScriptRun): Questions {
    const byKind = this.#rules.all;
    return {
      things: [...script.entries, script],
      ask: (round, thing) => {
        if (thing !== script) askEntry(round, thing as HistoryEntry, byKind);
        else askScript(round, script.file, script.entries, byKind);
      },
    };
  }

  #modelQuestions({ prisma }: DatabaseFacts): Questions {
    const models = new Map<unknown, string>();
    for (const { path, document } of prisma?.files ?? []) for (const block of document.blocks) if (block.kind === 'model') models.set(block, path);
    return { things: this.#rules.models.length === 0 ? [] : [...models.keys()], ask: (round, model) => askModel(round, model as PrismaModel, models.get(model)!, this.#rules) };
  }

  #askTable(round: Round, key: string): void {
    const design = designTable(round.database!, key);
    if (design) askTable(round, design, this.#rules);
  }

  /** Notes what has to be asked again. Gives the files whose text is known to be another one. */
  #invalidate(database: DatabaseFacts): string[] {
    const touched = this.#touchedSince(database);
    const edited: string[] = [];
    this.#database = database;
    if (!touched) {
      for (const kept of [this.#groups, this.#keyOfGroup, this.#readers, this.#dirty, this.#files]) kept.clear();
    } else {
      for (const key of touched) {
        for (const answer of this.#readers.get(key) ?? []) {
          answer.stale = true;
          this.#dirty.add(answer.group);
        }
        const group = this.#groups.get(this.#keyOfGroup.get(key));
        if (group) this.#dirty.add(group);
        if (key.startsWith(textKey(''))) edited.push(key.slice(textKey('').length));
      }
    }
    this.#revision = database.changes?.revision ?? -1;
    this.#applied = touched ? this.#applied : new Set(database.steps.flatMap(({ migration: { applied, up, down } }) => (applied ? [up.file, down?.file ?? up.file] : [])));
    return edited;
  }

  /** The keys that changed since the last call; undefined when nothing said then is known to hold. */
  #touchedSince(database: DatabaseFacts): ReadonlySet<ReadKey> | undefined {
    if (this.#database === undefined) return undefined;
    if (database.changes) return database.changes.since(this.#revision);
    return database === this.#database ? new Set() : undefined;
  }

  /** Asks what is not known of a group. */
  #ask(group: Group): void {
    const { things, ask } = group.questions();
    const known = this.#knownAnswers(group, things);
    const found: RawFinding[] = [];
    const answers = things.map((thing, index) => {
      const answer = known(index) ?? this.#answer(group, (round) => ask(round, thing));
      if (answer.found.length > 0) found.push(...answer.found);
      return answer;
    });
    Object.assign(group, { things, answers });
    this.#files.put(group, found);
  }

  /** Gives the answers that still hold, by the place of their thing; forgets the others. */
  #knownAnswers({ things: before, answers }: Group, things: readonly unknown[]): (index: number) => Answer | undefined {
    // What is asked of a file as a whole stands behind its statements, and is another thing after each edit.
    const whole = before.length > 0 && things.length > 0 && before.at(-1) !== things.at(-1) ? 1 : 0;
    const [oldEnd, end] = [before.length - whole, things.length - whole];
    const shorter = Math.min(oldEnd, end);
    let head = 0;
    while (head < shorter && before[head] === things[head]) head++;
    let tail = 0;
    while (tail < shorter - head && before[oldEnd - 1 - tail] === things[end - 1 - tail]) tail++;
    const others = new Map<unknown, Answer>();
    for (let index = head; index < before.length; index++) {
      if (index === oldEnd - tail) index = oldEnd;
      if (index < before.length) others.set(before[index], answers[index]!);
    }
    const take = (thing: unknown): Answer | undefined => {
      const answer = others.get(thing);
      others.delete(thing);
      return answer;
    };
    const moved = things.slice(head, end - tail).map(take);
    const last = things.slice(end).map(take);
    for (const gone of others.values()) this.#dropAnswer(gone);
    return (index) => {
      const answer = index < head ? answers[index] : index < end - tail ? moved[index - head] : index < end ? answers[oldEnd - end + index] : last[index - end];
      if (!answer?.stale) return answer;
      this.#dropAnswer(answer);
      return undefined;
    };
  }

  #answer(group: Group, question: (round: Round) => void): Answer {
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
  #fixesOf(question: (round: Round) => void, { rule, message, at }: Finding): readonly WorkspaceChange[] {
    const found: RawFinding[] = [];
    question(this.#round(found));
    const same = found.find(({ finding }) => finding.rule === rule && finding.message === message && finding.at.file === at.file && finding.at.range.start === at.range.start && finding.at.range.end === at.range.end);
    return same?.finding.fixes() ?? [];
  }

  #dropAnswer(answer: Answer): void {
    for (const key of answer.reads) this.#readers.get(key)?.delete(answer);
  }
}

/** The key that says that the things a group asks about are others. */
function ownKey(key: unknown): ReadKey {
  if (key === 'tables') return 'tables:*';
  if (key === 'models') return anyModel;
  if (typeof key === 'string') return `script:${key}`;
  return `script:${(key as { readonly migration: { readonly up: { readonly file: string } } }).migration.up.file}`;
}
