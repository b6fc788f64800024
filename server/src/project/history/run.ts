import type { Catalog } from '../../schema/catalog.ts';
import { noteRead } from '../../schema/reads.ts';
import type { FileRole, HistoryEntry, Migration, MigrationStep, PlacedStatement, TransactionMode } from '../facts.ts';
import { isMySql } from '../../source/dialect.ts';
import { transactionStates } from '../transactions.ts';
import { Entry } from './entry.ts';
import { noNewTables, Overlay, type State } from './overlay.ts';

/** A script as it is run: which statements, by whom, as what, and under which transaction. */
export interface RunSpec {
  readonly file: string;
  readonly statements: readonly PlacedStatement[];
  readonly mode: TransactionMode;
  readonly role: FileRole;
  readonly migration?: Migration;
  /** A statement that is being typed at this moment: as long as it cannot be read, it does nothing. */
  readonly typed?: PlacedStatement;
}

/** What an update of runs found to be different, for those who keep what they made of it. */
export interface Differences {
  readonly added: HistoryEntry[];
  readonly removed: HistoryEntry[];
  /** Files whose list of statements is another one. */
  readonly files: Set<string>;
  /** Every overlay that was passed on. */
  readonly overlays: Set<Overlay>;
  /** Set when more may be different than the rest tells. */
  everything: boolean;
}

/** No difference yet. */
export function differences(): Differences {
  return { added: [], removed: [], files: new Set(), overlays: new Set(), everything: false };
}

function sameMigration(a: Migration | undefined, b: Migration | undefined): boolean {
  if (a === b || !a || !b) return a === b;
  return a.up === b.up && a.down === b.down && a.version === b.version && a.applied === b.applied && a.transaction === b.transaction;
}

function runsAlike(a: RunSpec, b: RunSpec): boolean {
  return a.role === b.role && a.mode === b.mode && a.migration?.applied === b.migration?.applied && a.migration?.version === b.migration?.version;
}

/** One script in its place of a history. It lives on while its file is edited. */
export class Run implements MigrationStep {
  readonly recorded: boolean;
  #spec: RunSpec;
  /** The mode under which the transactions of the entries were found. */
  #mode: RunSpec['mode'];
  #start: State;
  #pending: Overlay = Overlay.none;
  #entries: readonly Entry[] = [];

  constructor(start: Catalog, spec: RunSpec, recorded: boolean) {
    this.recorded = recorded;
    this.#spec = spec;
    this.#start = { catalog: start, newTables: noNewTables };
    this.#mode = spec.mode;
    const transactions = this.#transactions(spec);
    this.#entries = this.#runAll(this.#start, spec.statements, (index) => transactions[index]!);
  }

  get file(): string {
    return this.#spec.file;
  }

  get role(): FileRole {
    return this.#spec.role;
  }

  get migration(): Migration {
    return this.#spec.migration!;
  }

  get entries(): readonly HistoryEntry[] {
    noteRead(`script:${this.file}`);
    return this.#entries;
  }

  get before(): Catalog {
    return this.#startState.catalog;
  }

  get after(): Catalog {
    return this.#entries.at(-1)?.after ?? this.before;
  }

  /** Whether the run would be the very same one. */
  isFor(spec: RunSpec): boolean {
    const own = this.#spec;
    return own.statements === spec.statements && own.mode === spec.mode && own.role === spec.role && own.typed === spec.typed && own.file === spec.file && sameMigration(own.migration, spec.migration);
  }

  /** Takes a difference of the catalog before the run; gives the one after it. */
  advance(overlay: Overlay, differences: Differences): Overlay {
    if (overlay.isEmpty) return overlay;
    differences.overlays.add(overlay);
    this.#pending = this.#pending.followedBy(overlay);
    return passedOn(this.#entries, overlay, differences).beyondScript();
  }

  /** Takes the statements of the file after an edit, and a difference of the catalog before it; gives the difference after it. */
  edit(spec: RunSpec, overlay: Overlay, differences: Differences): Overlay {
    const old = this.#entries;
    const typedBefore = this.#spec.typed;
    if (!runsAlike(this.#spec, spec)) differences.everything = true;
    differences.files.add(this.file);
    this.#spec = spec;
    const { statements } = spec;
    const same = (entry: Entry, placed: PlacedStatement) => entry.placed === placed && placed !== typedBefore && placed !== spec.typed;
    let head = 0;
    while (head < old.length && head < statements.length && same(old[head]!, statements[head]!)) head++;
    let tail = 0;
    while (tail < old.length - head && tail < statements.length - head && same(old[old.length - 1 - tail]!, statements[statements.length - 1 - tail]!)) tail++;

    const steady = this.#steadyTransaction(old, statements, head, tail);
    const transactions = steady === undefined ? this.#transactions(spec) : undefined;
    const kept = (entries: readonly Entry[], from: number) => (transactions ? entries.map((entry, index) => this.#keep(entry, transactions[from + index]!, differences)) : entries);
    if (!overlay.isEmpty) differences.overlays.add(overlay);
    const boundary = old[head]?.stateBefore ?? old.at(-1)?.stateAfter ?? this.#startState;
    this.#pending = this.#pending.followedBy(overlay);
    const first = kept(old.slice(0, head), 0);
    let current = passedOn(first, overlay, differences);
    const oldAfter = old[old.length - tail - 1]?.stateAfter ?? boundary;
    const region = this.#runAll(current.applyTo(boundary), statements.slice(head, statements.length - tail), (index) => transactions?.[head + index] ?? steady!);
    const before = tail === old.length - head ? boundary : oldAfter;
    current = Overlay.between(before, region.at(-1)?.stateAfter ?? current.applyTo(boundary));
    region.at(-1)?.restateAfter(current.applyTo(before));
    differences.removed.push(...old.slice(head, old.length - tail));
    differences.added.push(...region);
    if (!current.isEmpty) differences.overlays.add(current);
    const last = kept(old.slice(old.length - tail), statements.length - tail);
    this.#entries = first.concat(region, last);
    this.#mode = spec.mode;
    return passedOn(last, current, differences).beyondScript();
  }

  get #startState(): State {
    if (!this.#pending.isEmpty) {
      this.#start = this.#pending.applyTo(this.#start);
      this.#pending = Overlay.none;
    }
    return this.#start;
  }

  #keep(entry: Entry, transaction: HistoryEntry['transaction'], differences: Differences): Entry {
    if (entry.transaction === transaction) return entry;
    const next = entry.under(transaction);
    differences.removed.push(entry);
    differences.added.push(next);
    return next;
  }

  #transactions(spec: RunSpec): HistoryEntry['transaction'][] {
    return transactionStates(this.#start.catalog.dialect, spec.mode, spec.statements.map(({ node }) => node));
  }

  /** The transaction of the statements between `head` and `tail`, when they neither begin nor end one and so change nothing for the others. */
  #steadyTransaction(old: readonly Entry[], statements: readonly PlacedStatement[], head: number, tail: number): HistoryEntry['transaction'] | undefined {
    const { dialect } = this.#start.catalog;
    if (isMySql(dialect) || old.length < 2 || statements.length < 2 || old[head] === undefined || this.#mode !== this.#spec.mode) return undefined;
    const leavesItBe = ({ node }: PlacedStatement) => node.kind !== 'transaction';
    const before = old.slice(head, old.length - tail).map(({ placed }) => placed);
    return [...before, ...statements.slice(head, statements.length - tail)].every(leavesItBe) ? old[head].transaction : undefined;
  }

  #runAll(start: State, statements: readonly PlacedStatement[], transactionOf: (index: number) => HistoryEntry['transaction']): Entry[] {
    let state = start;
    return statements.map((placed, index) => {
      const idle = placed === this.#spec.typed && placed.node.kind === 'unread';
      const entry = Entry.run(this, placed, transactionOf(index), state, idle);
      state = entry.stateAfter;
      return entry;
    });
  }
}

/** Passes a difference on through statements, as far as there is one. Gives the one after them. */
function passedOn(entries: readonly Entry[], overlay: Overlay, { overlays }: Differences): Overlay {
  let current = overlay;
  for (let at = 0; at < entries.length && !current.isEmpty; at++) {
    const next = entries[at]!.advance(current);
    if (next !== current && !next.isEmpty) overlays.add(next);
    current = next;
  }
  return current;
}
