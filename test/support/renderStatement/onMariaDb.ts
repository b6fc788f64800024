import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { QualifiedName, StatementNode } from '../../../server/src/source/sql/ast.ts';
import { dropMariaDb, freshMariaDb } from '../mariaDb.ts';
import { stateFor } from './state.ts';
import { quoted } from './text.ts';

/** A statement, and what its node was rendered to; the two are the same where a statement is no schema statement. */
export interface RenderedStatement {
  readonly source: string;
  readonly rendered: string;
  readonly node: StatementNode;
}

/**
 * How a statement went: `same`, `differs`, or refused: `grammar` (errno 1064), `protocol` (1295), `state` when the server takes
 * the grammar of both but the table, say, is not there.
 */
export interface Verdict {
  readonly statement: RenderedStatement;
  readonly outcome: 'same' | 'differs' | 'grammar' | 'protocol' | 'state';
  /** What was shown after the statement and after what was rendered, or the errors. */
  readonly shown?: readonly [string, string];
}

const connection = ['-h127.0.0.1', '-uroot', '--batch', '--raw', '--skip-column-names', '--default-character-set=utf8mb4', '--force', '--unbuffered', '--comments'];
const delimiter = '$$$END$$$';
const mark = '<<<next>>>';

/** Runs statements in one session of one database; gives, for each, what it printed, errors included. */
async function runEach(database: string, scripts: readonly string[]): Promise<string[]> {
  const input = ['SET foreign_key_checks = 0;', `DELIMITER ${delimiter}`, ...scripts.flatMap((script) => [script, delimiter, `SELECT '${mark}'`, delimiter])].join('\n');
  // The shell joins errors and answers, so that they stay in order.
  const client = spawn('sh', ['-c', `mariadb ${connection.join(' ')} "$0" 2>&1`, database], { stdio: ['pipe', 'pipe', 'inherit'] });
  client.stdin.end(input);
  const output = await text(client.stdout);
  return output.split(`${mark}\n`).map((answer) => answer.trim());
}

/** The client repeats a statement that is refused, and counts lines over all of them. */
const withoutPlaces = (output: string): string => output.replaceAll(/^-{10,}\n[^]*?\n-{10,}\n+/gm, '').replaceAll(/ at line \d+/g, '');

const errorNumber = (output: string): string | undefined => /^ERROR (\d+) /m.exec(output)?.[1];

/** The tables and views that a statement makes, changes or drops. */
function touched(node: StatementNode): readonly QualifiedName[] {
  switch (node.kind) {
    case 'createTable':
    case 'createView':
    case 'createSequence':
    case 'alterSequence':
      return [node.name];
    case 'alterTable':
      return [node.name, ...node.actions.flatMap((action) => (action.kind === 'renameTable' ? [action.to] : []))];
    case 'createIndex':
      return [node.table];
    case 'drop':
      return node.onTable ? [node.onTable] : node.names;
    case 'rename':
      return node.pairs.flatMap(({ from, to }) => [from, to]);
    case 'truncate':
      return node.tables;
    default:
      return [];
  }
}

/**
 * Runs a history in two databases, as it is written in one and as it is rendered in the other, and compares what each statement
 * made. A statement that finds no table is run once more, on tables that are made for it.
 */
export async function compareOnMariaDb(name: string, statements: readonly RenderedStatement[]): Promise<Verdict[]> {
  const verdicts = await compareEach(name, statements.map((statement) => ({ statement, before: [] })));
  const late = verdicts.flatMap(({ statement, outcome }, at) => {
    const state = outcome === 'state' ? stateFor(statement.node) : undefined;
    return state ? [{ at, statement, before: state }] : [];
  });
  const again = await compareEach(name, late);
  late.forEach(({ at }, nth) => {
    if (again[nth]!.outcome !== 'state') verdicts[at] = again[nth]!;
  });
  return verdicts;
}

/** `ER_LOCK_WAIT_TIMEOUT`: InnoDB's own threads hold a table for a moment, and NOWAIT does not wait for them. */
const lockWait = '1205';
const attempts = 5;

interface Step {
  readonly statement: RenderedStatement;
  /** What is run beforehand in both databases. */
  readonly before: readonly string[];
}

async function compareEach(name: string, steps: readonly Step[], attempt = 1): Promise<Verdict[]> {
  if (steps.length === 0) return [];
  const databases = [`${name}_written`, `${name}_rendered`] as const;
  const sides = databases.map(async (database, side) => {
    freshMariaDb(database);
    const outputs = await runEach(database, steps.flatMap((step) => scriptsOf(step, side === 0, database)));
    dropMariaDb(database);
    return steps.map((_step, at) => ({ asked: outputs[at * 3]!, run: outputs[at * 3 + 1]!, shown: withoutPlaces(outputs[at * 3 + 2]!).replaceAll(database, '') }));
  });
  const [written, rendered] = await Promise.all(sides);
  const waited = [...written!, ...rendered!].some(({ run }) => errorNumber(run) === lockWait);
  if (waited && attempt < attempts) return compareEach(name, steps, attempt + 1);
  return steps.map(({ statement }, at) => verdictOf(statement, written![at]!, rendered![at]!));
}

/** The grammar is asked apart, because a statement may fail for the lack of a table before all of it is read. */
function scriptsOf({ statement, before }: Step, written: boolean, database: string): string[] {
  const sql = written ? statement.source : statement.rendered;
  const anew = before.length > 0 ? [`DROP DATABASE ${database}`, `CREATE DATABASE ${database} CHARACTER SET utf8mb4`, `USE ${database}`, ...before] : [];
  const tables = touched(statement.node).map(({ name }) => `SHOW CREATE TABLE ${quoted('mysql', name.name)}`);
  const joined = (scripts: readonly string[]) => scripts.join(`\n${delimiter}\n`);
  return [joined([...anew, `PREPARE asked FROM ${stringOf(sql)}`]), sql, tables.length > 0 ? joined(tables) : 'DO 0'];
}

function stringOf(sql: string): string {
  return `'${sql.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

interface Shown {
  /** What PREPARE said, what the statement itself said, and what its tables are afterwards. */
  readonly asked: string;
  readonly run: string;
  readonly shown: string;
}

function verdictOf(statement: RenderedStatement, written: Shown, rendered: Shown): Verdict {
  const [asked, askedAgain] = [errorNumber(written.asked), errorNumber(rendered.asked)];
  if (asked === '1064') return { statement, outcome: 'grammar' };
  if (askedAgain === '1064') return { statement, outcome: 'differs', shown: [written.asked, rendered.asked] };
  const [failed, failedAgain] = [errorNumber(written.run), errorNumber(rendered.run)];
  const both: readonly [string, string] = [`${failed ?? ''} ${written.shown}`, `${failedAgain ?? ''} ${rendered.shown}`];
  if (both[0] !== both[1]) return { statement, outcome: 'differs', shown: both };
  if (asked === '1295') return { statement, outcome: 'protocol' };
  return failed ? { statement, outcome: 'state', shown: [written.run, rendered.run] } : { statement, outcome: 'same' };
}
