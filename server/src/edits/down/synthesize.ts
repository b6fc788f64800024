import type { DatabaseFacts, HistoryEntry, MigrationStep } from '../../project/facts.ts';
import { diffCatalogs, type SchemaDifference } from '../../schema/diff.ts';
import { carriedColumns, findCopies, type Copies } from './data.ts';
import { renderPieces, type DownPiece, type DownScript } from './script.ts';
import { undoSqliteStep } from './sqliteStep.ts';
import { undoEntry } from './undo.ts';
import { Work } from './work.ts';
import { messageOf } from '../../text/failure.ts';

/**
 * Writes the down migration of a step from the history: its statements in reverse, each inverted with the schema from before
 * it. The result is folded over the schema after the step and compared with the schema before it; what does not come back is
 * said in `reason`, and `complete` is then false.
 */
export function synthesizeDown(database: Pick<DatabaseFacts, 'dialect' | 'engineVersion'>, step: MigrationStep): DownScript {
  const copies = findCopies(step.entries);
  const scripts: DownScript[] = [];
  for (const way of waysBack(database, step, copies)) {
    const script = attempt(database, step, way, copies);
    if (script.complete) return script;
    scripts.push(script);
  }
  return scripts[0]!;
}

interface Way {
  readonly brief: boolean;
  readonly write: (work: Work) => void;
}

/** The ways to write a down, the best first: at once where SQLite tables were made anew, else statement by statement. */
function waysBack(database: Pick<DatabaseFacts, 'dialect'>, step: MigrationStep, copies: Copies): Way[] {
  const oneByOne = (work: Work) => {
    for (const entry of [...step.entries].reverse()) contain(work, entry, () => undoEntry(work, entry, copies));
  };
  const ways: Way[] = [{ brief: true, write: oneByOne }, { brief: false, write: oneByOne }];
  const whole: Way = { brief: false, write: (work) => contain(work, step.entries[0]!, () => undoSqliteStep(work, copies)) };
  return database.dialect === 'sqlite' && copies.tables.size > 0 ? [whole, ...ways] : ways;
}

function attempt(database: Pick<DatabaseFacts, 'dialect' | 'engineVersion'>, step: MigrationStep, way: Way, copies: Copies): DownScript {
  const work = new Work(database, step, way.brief, carriedColumns(copies));
  way.write(work);
  const differences = diffCatalogs(step.before, work.current).filter((difference) => !isMereMention(work, difference));
  const reasons = [...work.gaps.map((gap) => `not undone: ${gap}`), ...work.doubts.map((doubt) => `not certain: ${doubt}`), ...differences.map(({ text }) => text)];
  const head: DownPiece[] = reasons.length === 0 ? [] : [{ notes: [`This may not bring the schema back in full: ${reasons.slice(0, 3).join('; ')}${reasons.length > 3 ? `; and ${reasons.length - 3} more` : ''}`] }];
  const pieces: DownPiece[] = [...head, ...withoutLoneConcurrently(step, work.pieces)];
  return {
    sql: renderPieces(pieces),
    pieces,
    statements: pieces.flatMap(({ sql }) => (sql === undefined ? [] : [sql])),
    lossy: pieces.flatMap(({ losses = [] }) => losses),
    complete: reasons.length === 0,
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  };
}

/** A table that no history makes enters the catalog when it is first spoken of, and a temporary one goes with its session; neither is a difference. */
function isMereMention({ current, step }: Work, { object, kind, name }: SchemaDifference): boolean {
  const table = current.tables.get(name) ?? step.before.tables.get(name);
  return object === 'table' && (table?.temporary === true || (kind === 'added' && table?.knowledge === 'unknown'));
}

/** A statement that cannot be inverted costs that statement, not the script. */
function contain(work: Work, entry: HistoryEntry, write: () => void): void {
  try {
    write();
  } catch (error) {
    const text = entry.placed.statement.text.replace(/\s+/gu, ' ').slice(0, 70);
    work.gap(`${text} (${messageOf(error)})`);
  }
}

/** A runner that sends the file as one query opens a transaction around several statements, and CONCURRENTLY cannot run in one. */
function withoutLoneConcurrently(step: MigrationStep, pieces: readonly DownPiece[]): DownPiece[] {
  const statements = pieces.filter(({ sql }) => sql !== undefined).length;
  if (step.migration.transaction !== 'implicit' || statements < 2) return [...pieces];
  return pieces.map((piece) => (piece.sql === undefined ? piece : { ...piece, sql: piece.sql.replace(/^((?:CREATE(?: UNIQUE)?|DROP) INDEX) CONCURRENTLY/u, '$1') }));
}
