import type { HistoryEntry, Migration, MigrationStep, PlacedStatement, ScriptPart } from '../../../project/facts.ts';
import { foldMigrations } from '../../../project/fold.ts';
import type { Dialect } from '../../../source/dialect.ts';
import { splitScript } from '../../../source/splitter.ts';
import { readStatement } from '../../../source/sql/read.ts';
import type { Token } from '../../../source/token.ts';
import { refusesBlock } from '../locks/segments.ts';

/** One statement as it is run, and where it stands; a down that was made up stands nowhere. */
export interface Runnable {
  readonly sql: string;
  readonly file: string;
  readonly start: number;
  /** Whether a transaction is open around it where its runner runs it. */
  readonly block: boolean;
  /** Ends or begins a transaction of the script's own. */
  readonly control?: 'begin' | 'commit' | 'rollback';
  /** As it runs inside a transaction where it would refuse one; empty when it then changes nothing. */
  readonly inBlock: string;
}

/** The statements of a script, read and placed. */
export function scriptPart(dialect: Dialect, sql: string, file = ''): ScriptPart {
  const statements: PlacedStatement[] = splitScript(sql, dialect).statements.map((statement) => ({ file, statement, node: readStatement(statement) }));
  return { file, range: { start: 0, end: sql.length }, statements };
}

/** The down of a step as a step of its own, folded over the schema after it; undefined where there is no down. */
export function downStep(step: MigrationStep, down: ScriptPart | undefined = step.migration.down): MigrationStep | undefined {
  if (down === undefined) return undefined;
  const migration: Migration = { ...step.migration, up: down };
  return foldMigrations(step.after, [migration])[0];
}

/** The statements of a script as they run. */
export function runnables(entries: readonly HistoryEntry[]): Runnable[] {
  return entries.map(({ placed: { file, statement, node }, transaction }) => {
    const sql = statement.text;
    // A BEGIN that goes on with other words is an error, which its runner meets too.
    const plain = statement.tokens.every(({ kind, text }) => kind === 'word' || text === ',');
    const control = plain && node.kind === 'transaction' && (node.action === 'begin' || node.action === 'commit' || node.action === 'rollback') ? node.action : undefined;
    const block = transaction !== 'none';
    const refuses = statement.dialect === 'postgresql' && !block && refusesBlock(node, sql);
    return { sql, file, start: statement.start, block, ...(control && { control }), inBlock: refuses ? withoutConcurrently(sql, statement.tokens) : sql };
  });
}

/** The same statement for a transaction: the schema comes out the same without CONCURRENTLY; VACUUM and its like leave it as it is. */
function withoutConcurrently(sql: string, tokens: readonly Token[]): string {
  const word = tokens.find(({ upper }) => upper === 'CONCURRENTLY');
  return word === undefined ? '' : sql.slice(0, word.start) + sql.slice(word.end);
}
