import type { WorkspaceChange } from '../edits/change.ts';
import type { DatabaseFacts, Facts, HistoryEntry, MigrationStep, ScriptRun } from '../project/facts.ts';
import { textKey } from '../project/history/changes.ts';
import { anyModel } from '../project/history/timeline.ts';
import type { PrismaModel } from '../source/prisma/ast.ts';
import { noteReadOf, recordReads, type ReadKey } from '../schema/reads.ts';
import { askDatabase, askEntry, askModel, askScript, askStep, askTable, rulesByKind, type ActiveRule, type RawFinding, type Round, type RulesByKind } from './asking.ts';
import { designKeys, designTable } from './design.ts';
import type { Finding } from './rule.ts';
import { byFile, outdone, sameElements } from './rawFindings.ts';

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
interface Group {
  questions: () => Questions;
  /** Its place among the groups. */
  order: number;
  things: readonly unknown[];
  /** In the order of the things. */
  answers: readonly Answer[];
  found: ReadonlyMap<string, readonly RawFinding[]>;
  /** Those of the findings that another group may have too. */
  shared: readonly RawFinding[];
}

const nothing: ReadonlyMap<string, readonly RawFinding[]> = new Map();

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
  /** The groups with findings in a file. */
  readonly #inFile = new Map<string, Set<Group>>();
  /** The groups with findings that another one may have too. */
  readonly #sharing = new Set<Group>();
  #outdone: ReadonlySet<RawFinding> = new Set();
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
    return this.#inFile.keys();
  }

  /** Adds to a list what was found in a file, in the order of the scripts, then of models, tables and the database. */
  addTo(list: Finding[], file: string): void {
    for (const group of [...(this.#inFile.get(file) ?? [])].sort((a, b) => a.order - b.order)) {
      for (const raw of group.found.get(file)!) if (!this.#outdone.has(raw)) list.push(raw.finding);
    }
  }

  /** Takes facts that came of those of the last call. Gives the files whose text changed, or in which something else is found now. */
  update(asked: Asked): ReadonlySet<string> {
    const { database } = asked;
    const before = this.#database;
    const changed = new Set<string>();
    this.#asked = asked;
    this.#invalidate(database, changed);
    if (this.#groups.size === 0 || !before || !sameElements(before.steps, database.steps) || !sameElements(before.scripts, database.scripts)) this.#layOut(database, changed);
    let shared = false;
    for (const group of this.#dirty) {
      const { shared: sharedBefore } = group;
      this.#ask(group, changed);
      shared ||= !sameElements(sharedBefore, group.shared);
    }
    this.#dirty.clear();
    if (shared) this.#compareShared(changed);
    return changed;
  }

  /** Finds out which findings are told by others, and where that is new. */
  #compareShared(changed: Set<string>): void {
    const before = this.#outdone;
    this.#outdone = outdone([...this.#sharing].sort((a, b) => a.order - b.order).flatMap(({ shared }) => shared));
    for (const raw of [...before, ...this.#outdone]) if (before.has(raw) !== this.#outdone.has(raw)) changed.add(raw.finding.at.file);
  }

  /** Makes the groups of these facts and forgets the others. */
  #layOut(database: DatabaseFacts, changed: Set<string>): void {
    const wanted = new Set<unknown>();
    const place = (key: unknown, questions: () => Questions) => {
      const order = wanted.size;
      wanted.add(key);
      const known = this.#groups.get(key);
      if (known) return Object.assign(known, { order, questions });
      const group: Group = { questions, order, things: [], answers: [], found: nothing, shared: [] };
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
      this.#put(group, [], changed);
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

  #invalidate(database: DatabaseFacts, changed: Set<string>): void {
    const touched = this.#touchedSince(database);
    this.#database = database;
    if (!touched) {
      for (const file of this.#inFile.keys()) changed.add(file);
      for (const kept of [this.#groups, this.#keyOfGroup, this.#readers, this.#dirty, this.#inFile, this.#sharing]) kept.clear();
      this.#outdone = new Set();
    } else {
      for (const key of touched) {
        for (const answer of this.#readers.get(key) ?? []) {
          answer.stale = true;
          this.#dirty.add(answer.group);
        }
        const group = this.#groups.get(this.#keyOfGroup.get(key));
        if (group) this.#dirty.add(group);
        if (key.startsWith(textKey(''))) changed.add(key.slice(textKey('').length));
      }
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

  /** Asks what is not known of a group. */
  #ask(group: Group, changed: Set<string>): void {
    const { things, ask } = group.questions();
    const known = this.#knownAnswers(group, things);
    group.answers = things.map((thing, index) => known[index] ?? this.#answer(group, (round) => ask(round, thing)));
    group.things = things;
    const found: RawFinding[] = [];
    for (const answer of group.answers) for (const raw of answer.found) found.push(raw);
    this.#put(group, found, changed);
  }

  /** Puts new findings of a group in the place of those before. */
  #put(group: Group, found: readonly RawFinding[], changed: Set<string>): void {
    const before = group.found;
    group.found = byFile(found);
    group.shared = found.filter(({ subject }) => subject !== undefined);
    if (group.shared.length > 0) this.#sharing.add(group);
    else this.#sharing.delete(group);
    for (const [file, own] of group.found) {
      const old = before.get(file);
      if (old && sameElements(old, own)) continue;
      changed.add(file);
      const groups = this.#inFile.get(file);
      if (groups) groups.add(group);
      else this.#inFile.set(file, new Set([group]));
    }
    for (const file of before.keys()) {
      if (group.found.has(file)) continue;
      changed.add(file);
      const groups = this.#inFile.get(file)!;
      groups.delete(group);
      if (groups.size === 0) this.#inFile.delete(file);
    }
  }

  /** The answers that still hold, by the place of their thing; the others are forgotten. */
  #knownAnswers({ things: before, answers }: Group, things: readonly unknown[]): (Answer | undefined)[] {
    let head = 0;
    while (head < before.length && head < things.length && before[head] === things[head]) head++;
    let tail = 0;
    while (tail < before.length - head && tail < things.length - head && before.at(-1 - tail) === things.at(-1 - tail)) tail++;
    const middle = new Map(before.slice(head, before.length - tail).map((thing, index) => [thing, answers[head + index]!]));
    const moved = things.slice(head, things.length - tail).map((thing) => {
      const answer = middle.get(thing);
      middle.delete(thing);
      return answer;
    });
    for (const gone of middle.values()) this.#dropAnswer(gone);
    return [...answers.slice(0, head), ...moved, ...answers.slice(answers.length - tail)].map((answer) => {
      if (!answer?.stale) return answer;
      this.#dropAnswer(answer);
      return undefined;
    });
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
