import type { Dialect } from '../source/dialect.ts';
import type { PrismaDocument } from '../source/prisma/ast.ts';
import { readPrisma } from '../source/prisma/read.ts';
import { rereadPrisma } from '../source/prisma/reread.ts';
import { resplitScript } from '../source/resplit.ts';
import { splitScript } from '../source/splitter.ts';
import { readStatement } from '../source/sql/read.ts';
import type { Script, Statement } from '../source/statement.ts';
import type { TextRange } from '../text/range.ts';
import type { PlacedStatement, ScriptPart } from './facts.ts';

interface KeptScript {
  readonly text: string;
  readonly script: Script;
  readonly parts: Map<string, ScriptPart>;
}

interface KeptDocument {
  readonly text: string;
  readonly document: PrismaDocument;
}

/** A statement lives as long as its text, in one file only; so does what was read of it. */
const placed = new WeakMap<Statement, PlacedStatement>();

function place(file: string, statement: Statement): PlacedStatement {
  let one = placed.get(statement);
  if (!one) placed.set(statement, (one = { file, statement, node: readStatement(statement) }));
  return one;
}

function keyOf({ start, end }: TextRange): string {
  return `${start}-${end}`;
}

/** A script after an edit; the part that is the whole of it is put together from the one before. */
function edited(path: string, known: KeptScript, text: string): KeptScript {
  const whole = known.parts.get(keyOf({ start: 0, end: known.text.length }));
  const { script, first, removed, added } = resplitScript(known.script, text);
  const parts = new Map<string, ScriptPart>();
  if (whole) {
    const statements = whole.statements.slice(0, first);
    for (const statement of script.statements.slice(first, first + added)) statements.push(place(path, statement));
    for (let index = first + removed; index < whole.statements.length; index++) statements.push(whole.statements[index]!);
    const range = { start: 0, end: text.length };
    parts.set(keyOf(range), { file: path, range, statements });
  }
  return { text, script, parts };
}

/**
 * Reads files and keeps what it read by path, from one build of facts to the next: an unchanged file gives the very same script
 * and parts, a changed one the same statements but for those that changed, by which later stages know what is as it was.
 */
export class Sources {
  readonly #scripts = new Map<string, KeptScript>();
  readonly #documents = new Map<string, KeptDocument>();
  #previous: Sources | undefined;

  constructor(previous?: Sources) {
    this.#previous = previous;
  }

  #kept(path: string, text: string, dialect: Dialect): KeptScript {
    const key = `${dialect} ${path}`;
    const known = this.#scripts.get(key) ?? (this.#previous && this.#previous.#scripts.get(key));
    const kept = known?.text === text ? known : known ? edited(path, known, text) : { text, script: splitScript(text, dialect), parts: new Map() };
    this.#scripts.set(key, kept);
    return kept;
  }

  script(path: string, text: string, dialect: Dialect): Script {
    return this.#kept(path, text, dialect).script;
  }

  /** The statements of a file that begin inside `range` (the whole file when absent), read and placed. */
  part(path: string, text: string, dialect: Dialect, range: TextRange = { start: 0, end: text.length }): ScriptPart {
    const kept = this.#kept(path, text, dialect);
    const key = keyOf(range);
    const known = kept.parts.get(key);
    if (known) return known;
    const inside = (statement: Statement) => statement.start >= range.start && statement.start < range.end;
    const part = { file: path, range, statements: kept.script.statements.filter(inside).map((statement) => place(path, statement)) };
    kept.parts.set(key, part);
    return part;
  }

  prisma(path: string, text: string): PrismaDocument {
    const known = this.#documents.get(path) ?? (this.#previous && this.#previous.#documents.get(path));
    const kept = known?.text === text ? known : { text, document: known ? rereadPrisma(known, text) : readPrisma(text) };
    this.#documents.set(path, kept);
    return kept.document;
  }

  /** Ends a build: what the build before held and this one did not ask for is let go. */
  finish(): void {
    this.#previous = undefined;
  }
}
