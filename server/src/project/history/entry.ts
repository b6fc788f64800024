import { applyStatement } from '../../schema/apply.ts';
import { objectKey, type Catalog } from '../../schema/catalog.ts';
import type { Collection } from '../../schema/collection.ts';
import { recordReads, type ReadKey } from '../../schema/reads.ts';
import { currentSchema, relationKeyIn } from '../../schema/searchPath.ts';
import type { QualifiedName } from '../../source/sql/ast.ts';
import type { FileRole, HistoryEntry, Migration, PlacedStatement } from '../facts.ts';
import { Overlay, type State } from './overlay.ts';

/** The tables made by a script, moved on by one of its statements. */
function trackNewTables(known: Collection<true>, { node, file }: PlacedStatement, before: Catalog): Collection<true> {
  const key = (name: QualifiedName) => relationKeyIn(before, file, name);
  const made = (name: QualifiedName) => objectKey(before.dialect, name.schema?.name ?? currentSchema(before, file), name.name.name);
  const renamed = (tables: Collection<true>, from: QualifiedName, to: QualifiedName): Collection<true> => {
    if (!tables.has(key(from))) return tables;
    return tables.delete(key(from)).set(made({ ...to, schema: to.schema ?? from.schema }), true);
  };
  switch (node.kind) {
    case 'createTable':
      return before.tables.has(made(node.name)) ? known : known.set(made(node.name), true);
    case 'alterTable': {
      const rename = node.actions.find((action) => action.kind === 'renameTable');
      return rename ? renamed(known, node.name, rename.to) : known;
    }
    case 'rename':
      return node.object === 'table' ? node.pairs.reduce((tables, { from, to }) => renamed(tables, from, to), known) : known;
    default:
      return known;
  }
}

function after({ catalog, newTables }: State, placed: PlacedStatement): State {
  const next = applyStatement(catalog, placed.node, { file: placed.file, statement: placed.statement });
  return { catalog: next, newTables: trackNewTables(newTables, placed, catalog) };
}

/** What a statement is run as part of. */
export interface Script {
  readonly role: FileRole;
  readonly migration: Migration | undefined;
  /** Whether what statements read is noted. */
  readonly recorded: boolean;
}

/**
 * One statement of a run with the catalog around it. When an earlier statement is edited, an entry that read nothing of what
 * changed only takes note of the difference; its catalogs are brought up to date when somebody asks for them.
 */
export class Entry implements HistoryEntry {
  readonly placed: PlacedStatement;
  readonly transaction: HistoryEntry['transaction'];
  readonly #run: Script;
  #before: State;
  #after: State;
  #reads: readonly ReadKey[] | undefined;
  #pending: Overlay = Overlay.none;

  private constructor(run: Script, placed: PlacedStatement, transaction: HistoryEntry['transaction'], before: State, next: State, reads: readonly ReadKey[] | undefined) {
    this.#run = run;
    this.placed = placed;
    this.transaction = transaction;
    this.#before = before;
    this.#after = next;
    this.#reads = reads;
  }

  /** Runs a statement over a state. `idle` leaves the state as it is: the statement is being typed and cannot be read yet. */
  static run(run: Script, placed: PlacedStatement, transaction: HistoryEntry['transaction'], before: State, idle: boolean): Entry {
    if (idle) return new Entry(run, placed, transaction, before, before, []);
    if (!run.recorded) return new Entry(run, placed, transaction, before, after(before, placed), undefined);
    const { value, reads } = recordReads(() => after(before, placed));
    return new Entry(run, placed, transaction, before, value, reads);
  }

  get role(): FileRole {
    return this.#run.role;
  }

  get migration(): Migration | undefined {
    return this.#run.migration;
  }

  get before(): Catalog {
    return this.stateBefore.catalog;
  }

  get after(): Catalog {
    return this.stateAfter.catalog;
  }

  get newTables(): Collection<true> {
    return this.stateBefore.newTables;
  }

  get stateBefore(): State {
    this.#settle();
    return this.#before;
  }

  get stateAfter(): State {
    this.#settle();
    return this.#after;
  }

  /** The same statement in the same place of the history under another transaction. */
  under(transaction: HistoryEntry['transaction']): Entry {
    return new Entry(this.#run, this.placed, transaction, this.stateBefore, this.stateAfter, this.#reads);
  }

  /** Takes a difference of the state before the statement; gives the difference of the state after it. */
  advance(overlay: Overlay): Overlay {
    if (this.#reads !== undefined && !overlay.meets(this.#reads)) {
      this.#pending = this.#pending.followedBy(overlay);
      return overlay;
    }
    const before = overlay.applyTo(this.stateBefore);
    const old = this.stateAfter;
    const { value, reads } = recordReads(() => after(before, this.placed));
    const next = Overlay.between(old, value);
    this.#before = before;
    this.#after = next.applyTo(old);
    this.#reads = reads;
    return next;
  }

  /** Puts what comes after the statement in terms of what came after the statement in its place before. */
  restateAfter(state: State): void {
    this.#after = state;
  }

  #settle(): void {
    if (this.#pending.isEmpty) return;
    const unchanged = this.#before === this.#after;
    this.#before = this.#pending.applyTo(this.#before);
    this.#after = unchanged ? this.#before : this.#pending.applyTo(this.#after);
    this.#pending = Overlay.none;
  }
}
