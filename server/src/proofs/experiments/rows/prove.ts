import type { ExperimentEvidence } from '../../../../../protocol/evidence.ts';
import type { MigrationStep } from '../../../project/facts.ts';
import type { Table } from '../../../schema/catalog.ts';
import { renderName } from '../../../schema/quote.ts';
import type { Bench } from '../../bench.ts';
import { refusalOf, type EngineInfo, type EngineRefusal, type EngineSession } from '../../engine.ts';
import type { Outcome, RowFailure, RowsDetail } from '../../outcome.ts';
import type { Seeds } from '../../seeds/seed.ts';
import { culpritOf, type Culprit } from './culprit.ts';
import { runAll, type Refusals } from './run.ts';
import { isOfTwo } from '../../verdicts.ts';
import { addedValues, namesIn, statementsOf, type Trying } from './statements.ts';
import { validatesOlder } from './validations.ts';

/**
 * Runs a migration on a bench with rows, and tells which statements fail on rows that the schema before it allows. What fails on an
 * empty schema as well, what reads or writes rows by the application's own lights, and what may follow from an earlier failure is kept
 * apart. The bench is left as it was found, but for values of enums that had to be committed (`committed`).
 * @param bench at the point of history before the migration
 * @param seeds its rows
 * @throws EngineStopped when the engine had to be ended
 */
export async function proveRows(bench: Bench, step: MigrationStep, seeds: Seeds): Promise<Outcome<RowsDetail>> {
  const { session } = bench;
  const committed = await commitValues(session, step);
  const statements = statementsOf(step);
  const restore = await withoutForeignKeys(session, step);
  try {
    const { refusals, culprits } = await runWithRows(session, statements);
    const onEmpty = [...refusals.keys()].some((trying) => culprits.get(trying)?.byRows !== true) ? await runAll(session, statements, { prepare: emptying(session, seeds) }) : new Map<Trying, EngineRefusal>();
    const told = judge(statements, refusals, onEmpty, culprits);
    const untried = statements.filter((trying) => !refusals.has(trying) && validatesOlder(step, trying)).map((trying) => failureOf(trying, { code: '', message: 'rows from before the constraint were not tried' }, undefined));
    const judged = { ...told, undecided: [...told.undecided, ...untried] };
    const detail: RowsDetail = { ...judged, passed: passedOf(statements, refusals, judged, seeds), seeded: seeds.seeded, unseeded: seeds.unseeded, ...(committed && { committed }) };
    return { experiment: 'existing rows', ran: true, engine: session.info, detail, evidence: evidenceOf(detail, session.info) };
  } finally {
    if (restore !== undefined) await session.run(restore);
  }
}

async function runWithRows(session: EngineSession, statements: readonly Trying[]): Promise<{ refusals: Refusals; culprits: ReadonlyMap<Trying, Culprit> }> {
  const culprits = new Map<Trying, Culprit>();
  const refusals = await runAll(session, statements, {
    refused: async (trying, refusal) => {
      const culprit = trying.table && trying.kind !== 'data' ? await culpritOf(session, trying, trying.table, refusal) : undefined;
      if (culprit) culprits.set(trying, culprit);
    },
  });
  return { refusals, culprits };
}

/** Commits values that the migration adds to an enum and uses; true when there were any. */
async function commitValues(session: EngineSession, step: MigrationStep): Promise<true | undefined> {
  const added = session.info.dialect === 'postgresql' ? addedValues(step) : [];
  for (const sql of added) await refusalOf(session, sql);
  return added.length > 0 ? true : undefined;
}

/** SQLite takes no PRAGMA foreign_keys inside a transaction: one that the runner runs outside is set beforehand. Gives what sets it back. */
async function withoutForeignKeys(session: EngineSession, step: MigrationStep): Promise<string | undefined> {
  const isOff = step.entries.some(({ placed: { node }, transaction }) => transaction === 'none' && node.kind === 'set' && node.pragma === true && /foreign_keys/i.test(node.name) && /^(?:0|off|no|false)$/i.test(node.value));
  if (!isOff || session.info.dialect !== 'sqlite') return undefined;
  const [found] = await session.run('PRAGMA foreign_keys');
  await session.run('PRAGMA foreign_keys = OFF');
  return `PRAGMA foreign_keys = ${found?.rows[0]?.['foreign_keys'] ?? '1'}`;
}

/** Statements that take all rows away again. */
function emptying({ info }: EngineSession, { seeded }: Seeds): string {
  if (info.dialect === 'sqlite') return ['PRAGMA defer_foreign_keys = ON', ...seeded.map(({ table }) => `DELETE FROM ${table}`)].join(';\n');
  if (seeded.length === 0) return 'SELECT 1';
  return `SET LOCAL session_replication_role = replica; TRUNCATE ${seeded.map(({ table }) => table).join(', ')} CASCADE; SET LOCAL session_replication_role = origin`;
}

/** What an engine says of rows that do not fit, besides SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation). */
const sqliteOnRows = /constraint failed|^ ?cannot (?:add|store)|datatype mismatch|malformed JSON/i;

function isAboutRows({ code, message }: EngineRefusal): boolean {
  return /^2[23]/.test(code) || sqliteOnRows.test(message);
}

/** Whether SQLite only refuses where the application switches foreign keys on, which it does not by itself. */
function isForeignKeySetting({ code }: EngineRefusal): boolean {
  return code === 'SQLITE_CONSTRAINT_FOREIGNKEY';
}

/** Tells the refusals apart. */
function judge(statements: readonly Trying[], refusals: Refusals, onEmpty: Refusals, culprits: ReadonlyMap<Trying, Culprit>): Pick<RowsDetail, 'failures' | 'undecided' | 'broken'> {
  const failures: RowFailure[] = [];
  const undecided: RowFailure[] = [];
  const broken: RowFailure[] = [];
  const doubtful = new Set<string>();
  let diverged = false;
  for (const trying of statements) {
    const refusal = refusals.get(trying);
    const isBroken = refusal !== undefined && culprits.get(trying)?.byRows !== true && isAlike(onEmpty.get(trying), refusal);
    if (refusal) {
      const isClear = trying.kind !== 'data' && !isForeignKeySetting(refusal) && (!diverged || (isAboutRows(refusal) && culprits.get(trying)?.byRows === true)) && !tablesNamedIn(trying).some((name) => doubtful.has(name));
      (isBroken ? broken : isClear ? failures : undecided).push(failureOf(trying, refusal, culprits.get(trying)));
    }
    // What rows are like after a data statement that did not do its work, or did it by rows that only the application has, is not known.
    if (trying.kind !== 'schema' && (refusal !== undefined || diverged || readsOthers(trying))) for (const name of tablesNamedIn(trying)) doubtful.add(name);
    diverged ||= refusal !== undefined && !isBroken;
  }
  return { failures, undecided, broken };
}

/** Whether a statement is refused for one reason on tables with rows and without; of what both want of rows, the wants differ by their codes. */
function isAlike(onEmpty: EngineRefusal | undefined, refusal: EngineRefusal): boolean {
  return onEmpty !== undefined && (onEmpty.code === refusal.code || !isAboutRows(onEmpty));
}

/** Whether a data statement takes what it writes from other rows, or cannot be looked into. */
function readsOthers(trying: Trying): boolean {
  const { node, statement } = trying.entry.placed;
  if (trying.kind === 'copy') return false;
  if (statement.tokens.some(({ upper }) => upper === 'SELECT')) return true;
  if (!('table' in node) || !node.table || (node.kind !== 'update' && node.kind !== 'delete' && node.kind !== 'insert')) return true;
  const target = node.table.name.name;
  return tablesNamedIn(trying).some((name) => name !== target);
}

/** The tables that a statement speaks of, or that are called like something it speaks of. */
function tablesNamedIn(trying: Trying): string[] {
  const names = namesIn(trying);
  return [...trying.entry.before.tables.values()].flatMap(({ name }) => (names.has(name) ? [name] : []));
}

function failureOf(trying: Trying, { code, message }: Pick<EngineRefusal, 'code' | 'message'>, culprit: Culprit | undefined): RowFailure {
  const { entry: { placed: { file, statement } }, table, random } = trying;
  const isRandom = random.size > 0 && [...namesIn(trying)].some((name) => random.has(name));
  return {
    file,
    start: statement.start,
    end: statement.end,
    sql: statement.text,
    code,
    message: isRandom ? withoutValues(message.trim()) : message.trim(),
    ...(table && { table: nameOf(table) }),
    ...(culprit?.row !== undefined && { row: culprit.row }),
  };
}

/** An engine's words without the value that it names, which is another one each time. */
function withoutValues(message: string): string {
  return message.replace(/: ".*"$/su, '').replace(/\bvalue ".*" (?=is )/su, 'a value ');
}

function nameOf({ schema, name }: Table): string {
  return renderName('postgresql', schema, name);
}

/** Changes of tables with rows that went through, unless something before them did not. */
function passedOf(statements: readonly Trying[], refusals: Refusals, { failures, undecided }: Pick<RowsDetail, 'failures' | 'undecided'>, { seeded }: Seeds): RowsDetail['passed'] {
  const first = statements.findIndex((trying) => refusals.has(trying) && [...failures, ...undecided].some(({ start }) => start === trying.entry.placed.statement.start));
  return statements.slice(0, first < 0 ? undefined : first).flatMap((trying) => {
    const rows = trying.table && seeded.find(({ table }) => table === nameOf(trying.table!))?.rows;
    const { file, statement } = trying.entry.placed;
    if (rows === undefined || trying.kind === 'data' || refusals.has(trying) || undecided.some(({ start }) => start === statement.start)) return [];
    return [{ file, start: statement.start, end: statement.end, table: nameOf(trying.table!), rows }];
  });
}

function evidenceOf({ failures, undecided, unseeded, seeded, passed }: RowsDetail, { name, version }: EngineInfo): ExperimentEvidence[] {
  const base = { experiment: 'existing rows', engine: name, version } as const;
  const left = [
    ...(undecided.length > 0 ? [` Of ${undecided.length} ${undecided.length === 1 ? 'statement' : 'statements'} nothing is said, because they read or write rows, validate what stood before, or follow one that failed.`] : []),
    ...(unseeded.length > 0 ? [` No row was found for ${unseeded.map(({ table }) => table).slice(0, 5).join(', ')}${unseeded.length > 5 ? ` and ${unseeded.length - 5} more` : ''}.`] : []),
  ].join('');
  if (failures.length === 0) {
    if (passed.length === 0) return [];
    const rows = seeded.reduce((sum, one) => sum + one.rows, 0);
    return [{ ...base, level: 'proved', observed: `${passed.length} ${passed.length === 1 ? 'change of a table' : 'changes of tables'} ran on ${rows} awkward rows that the schema allows, and none failed.${left}` }];
  }
  return failures.map((failure) => ({
    ...base,
    level: 'proved',
    observed: `The schema allows a row on which it fails: ${failure.message}${failure.code === '' ? '' : ` [${failure.code}]`}.${failure.row === undefined ? '' : ` ${isOfTwo(failure.row) ? 'In' : 'The row in'} ${failure.table}: ${failure.row}.`}${left}`,
    ran: failure.sql,
  }));
}
