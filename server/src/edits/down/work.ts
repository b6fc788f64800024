import type { DatabaseFacts, HistoryEntry, MigrationStep } from '../../project/facts.ts';
import { applyStatement } from '../../schema/apply.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Dialect } from '../../source/dialect.ts';
import { lex } from '../../source/lexer.ts';
import { readStatement } from '../../source/sql/read.ts';
import type { Statement } from '../../source/statement.ts';
import type { DownPiece, Loss } from './script.ts';

/**
 * A down migration while it is written. Statements are folded into `current` as they are added, so that every inverse starts
 * from the schema it will really meet.
 */
export class Work {
  readonly dialect: Dialect;
  readonly step: MigrationStep;
  /** Major version of the engine, when it is stated. */
  readonly engineVersion?: number;
  /** Whether objects that the step itself made are left to the DROP of their table. */
  readonly brief: boolean;
  /** Columns whose values the step carried over elsewhere, so that they come back: `table key.column`. */
  readonly carried: ReadonlySet<string>;
  /** The schema after what has been written so far. */
  current: Catalog;
  readonly pieces: DownPiece[] = [];
  /** What could not be undone, one clause each. */
  readonly gaps: string[] = [];
  /** What the history does not show and the script depends on, one clause each. */
  readonly doubts: string[] = [];

  constructor(database: Pick<DatabaseFacts, 'dialect' | 'engineVersion'>, step: MigrationStep, brief: boolean, carried: ReadonlySet<string> = new Set()) {
    this.dialect = database.dialect;
    this.engineVersion = database.engineVersion;
    this.step = step;
    this.brief = brief;
    this.carried = carried;
    this.current = step.after;
  }

  /** Whether an index that this statement made or dropped is dropped or made without blocking writes, as the statement did. */
  concurrently({ placed, transaction }: HistoryEntry): boolean {
    const { node } = placed;
    return (node.kind === 'createIndex' || node.kind === 'drop') && node.concurrently && transaction === 'none';
  }

  /** Adds a statement (without terminator) and applies it to `current`. */
  add(piece: DownPiece): void {
    this.pieces.push(piece);
    if (piece.sql !== undefined) this.current = applySql(this.current, piece.sql);
  }

  /** Notes a loss where there is no statement to write. */
  lose(loss: Loss): void {
    this.add({ losses: [loss] });
  }

  /** Notes why the script may fail, or not give the same schema, for reasons that the history does not show. */
  doubt(why: string): void {
    if (this.doubts.includes(why)) return;
    this.doubts.push(why);
    this.add({ notes: [`not certain: ${why}`] });
  }

  /** Notes something that is not undone; the script is then not complete. */
  gap(what: string): void {
    if (this.gaps.includes(what)) return;
    this.gaps.push(what);
    this.add({ notes: [`not undone: ${what}`] });
  }
}

/** One statement as the readers take it, made of our own SQL. */
export function statementOf(dialect: Dialect, sql: string): Statement {
  const { tokens } = lex(sql, dialect);
  return { dialect, index: 0, start: 0, end: sql.length, terminatorEnd: sql.length, terminated: false, text: sql, tokens, hasHole: false };
}

/** The catalog after one statement of our own. */
export function applySql(catalog: Catalog, sql: string): Catalog {
  const statement = statementOf(catalog.dialect, sql);
  return applyStatement(catalog, readStatement(statement), { file: '', statement });
}
