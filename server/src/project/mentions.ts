import { noteReadOf, type ReadKey } from '../schema/reads.ts';
import { bareName, namesIn } from '../source/names.ts';
import type { StatementNode } from '../source/sql/ast.ts';
import { subjectsOf } from '../source/sql/subjects.ts';
import type { Statement } from '../source/statement.ts';

/** What stands in a history: something with a statement. */
interface Holder {
  readonly placed: { readonly statement: Statement; readonly node: StatementNode };
}

/** As many names are looked for in the texts of all statements before the names of every statement are read. */
const fewNames = 8;

/** Statements by names. Nothing is read of a statement before somebody asks for a name. */
class NameIndex<E extends Holder> {
  /** Statements that came in before anybody asked. */
  #waiting: Set<E> | undefined = new Set();
  readonly #byName = new Map<string, Set<E>>();
  readonly #namesOf: (entry: E) => readonly string[];
  readonly #mayName: ((entry: E, name: string) => boolean) | undefined;
  #looks = 0;

  /** `mayName`: a cheap test that is true of every statement with the name, and perhaps of others. */
  constructor(namesOf: (entry: E) => readonly string[], mayName?: (entry: E, name: string) => boolean) {
    this.#namesOf = namesOf;
    this.#mayName = mayName;
  }

  add(entry: E): void {
    if (this.#waiting) this.#waiting.add(entry);
    else this.#index(entry);
  }

  remove(entry: E): void {
    if (this.#waiting) this.#waiting.delete(entry);
    else this.#forget(entry);
  }

  of(name: string): Iterable<E> {
    const mayName = this.#mayName;
    if (this.#waiting && mayName && this.#looks++ < fewNames) {
      return [...this.#waiting].filter((entry) => mayName(entry, name) && this.#namesOf(entry).includes(name));
    }
    if (this.#waiting) {
      for (const entry of this.#waiting) this.#index(entry);
      this.#waiting = undefined;
    }
    return this.#byName.get(name) ?? [];
  }

  #index(entry: E): void {
    for (const name of this.#namesOf(entry)) {
      const known = this.#byName.get(name);
      if (known) known.add(entry);
      else this.#byName.set(name, new Set([entry]));
    }
  }

  #forget(entry: E): void {
    for (const name of this.#namesOf(entry)) {
      const known = this.#byName.get(name);
      known?.delete(entry);
      if (known?.size === 0) this.#byName.delete(name);
    }
  }
}

/** Which statements of a history name what. Brought forward statement by statement. */
export class Mentions<E extends Holder> {
  readonly #naming = new NameIndex<E>(namesOf, mayName);
  readonly #asked = new NameIndex<E>(namesOf);
  readonly #routines = new Set<E>();
  readonly #about = new NameIndex<E>(({ placed }) => subjectsOf(placed.node).map(({ name }) => bareName(name.name)));
  readonly #isAsked: (entry: E) => boolean;
  /** Whether anybody asked for a name, so that one may have been noted as read. */
  #inUse = false;

  /** `isAsked`: whether a statement belongs to the workload, which is looked up for every table. */
  constructor(isAsked: (entry: E) => boolean) {
    this.#isAsked = isAsked;
  }

  /** Takes in a statement. Gives the keys under which its names may have been read. */
  add(entry: E): readonly ReadKey[] {
    this.#naming.add(entry);
    this.#about.add(entry);
    if (this.#isAsked(entry)) this.#asked.add(entry);
    if (isRoutine(entry)) this.#routines.add(entry);
    return this.#keysOf(entry);
  }

  /** Forgets a statement. Gives the keys under which its names may have been read. */
  remove(entry: E): readonly ReadKey[] {
    this.#naming.remove(entry);
    this.#about.remove(entry);
    if (this.#isAsked(entry)) this.#asked.remove(entry);
    this.#routines.delete(entry);
    return this.#keysOf(entry);
  }

  /** The statements that name an object, by its name or its key in a catalog, in no order; some name another one that is called the same. */
  of(key: string): Iterable<E> {
    return this.#naming.of(this.#note(key));
  }

  /** The statements that make, change, rename, empty or drop a table or change its rows, by its key, in no order. Costs far less than `of`. */
  about(key: string): Iterable<E> {
    return this.#about.of(this.#note(key));
  }

  /** Those among `of` that belong to the workload. */
  asked(key: string): Iterable<E> {
    return this.#asked.of(this.#note(key));
  }

  /** The functions and procedures, those that name an object among them. Their bodies are not looked into. */
  routinesPerhapsNaming(key: string): Iterable<E> {
    this.#note(key);
    return this.#routines;
  }

  #note(key: string): string {
    const name = bareName(key);
    this.#inUse = true;
    noteReadOf('mentions', name);
    return name;
  }

  #keysOf(entry: E): ReadKey[] {
    return this.#inUse ? namesOf(entry).map((name): ReadKey => `mentions:${name}`) : [];
  }
}

function isRoutine({ placed }: Holder): boolean {
  return placed.node.kind === 'createFunction';
}

function namesOf({ placed }: Holder): readonly string[] {
  return namesIn(placed.statement);
}

/** What may stand for other characters in a name or a string. */
const escapes = /\\|&["']|""|``/;

function mayName({ placed }: Holder, name: string): boolean {
  const { text } = placed.statement;
  return text.toLowerCase().includes(name) || escapes.test(text);
}
