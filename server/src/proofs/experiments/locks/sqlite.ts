import type { HistoryEntry } from '../../../project/facts.ts';
import { trial } from '../../bench.ts';
import { EngineRefusal, type EngineSession, type Row } from '../../engine.ts';
import type { LockSeen, RelationSeen, StatementLocks } from '../../outcome.ts';
import type { Segment } from './segments.ts';

// SQLite has one lock for writers, on the whole database file (https://www.sqlite.org/lockingv3.html). Which b-trees a statement reads
// through and writes stands in its program, as EXPLAIN lists it (https://www.sqlite.org/opcode.html).

const writer: LockSeen = { relation: 'main', kind: 'database', mode: 'Reserved' };

type Seen = Omit<StatementLocks, 'file' | 'start' | 'end' | 'sql'>;

const nothing: Seen = { locks: [], rewritten: [], scanned: [], held: [] };

/** A b-tree by the page it begins at: a table, or an index with its table. */
type Trees = ReadonlyMap<string, RelationSeen>;

/**
 * Runs a migration on SQLite in one transaction that is taken back, and tells for each statement whether it takes the lock of the
 * writer, which tables it reads through and which it writes anew, those that the migration made left out.
 */
export async function runOnSqlite(session: EngineSession, segments: readonly Segment[]): Promise<StatementLocks[]> {
  const setting = await leaveForeignKeys(session, segments);
  try {
    return await trial(session, () => runSegments(session, segments));
  } finally {
    if (setting !== undefined) await session.run(`PRAGMA foreign_keys = ${setting}`);
  }
}

async function runSegments(session: EngineSession, segments: readonly Segment[]): Promise<StatementLocks[]> {
  const stood = new Set((await treesOf(session)).keys());
  const statements: StatementLocks[] = [];
  let lost = false;
  for (const { block, entries } of segments) {
    let held: readonly LockSeen[] = [];
    for (const entry of entries) {
      const seen: Seen = lost ? { ...nothing, notRun: 'an earlier statement of the migration was refused' } : await runOne(session, entry, stood, held);
      lost ||= seen.refused !== undefined || seen.notRun?.startsWith(lacking) === true;
      if (block && seen.locks.length > 0) held = [writer];
      const { file, statement } = entry.placed;
      statements.push({ file, start: statement.start, end: statement.end, sql: statement.text, ...seen });
    }
  }
  return statements;
}

async function runOne(session: EngineSession, { placed: { node, statement } }: HistoryEntry, stood: ReadonlySet<string>, held: readonly LockSeen[]): Promise<Seen> {
  if (statement.hasHole) return { ...nothing, held, notRun: 'it is a template' };
  if (node.kind === 'set') return { ...nothing, held, notRun: 'a PRAGMA of the connection' };
  if (/^\s*(VACUUM|ATTACH|DETACH)\b/i.test(statement.text)) return { ...nothing, held, notRun: 'it refuses to run inside a transaction, and the experiment takes back what it does' };
  try {
    const trees = new Map([...(await treesOf(session))].filter(([page]) => stood.has(page)));
    const program = (await session.run(`EXPLAIN ${statement.text}`))[0]?.rows ?? [];
    const seen = await effectsOf(session, program, trees, node.kind === 'alterTable' || /^\s*REINDEX\b/i.test(statement.text));
    await session.run(statement.text);
    return { ...seen, locks: held.length > 0 ? [] : seen.locks, held };
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    return { ...nothing, held, ...(ofApplication.test(error.message) ? { notRun: `${lacking}: ${error.message}` } : { refused: { code: error.code, message: error.message } }) };
  }
}

const lacking = 'the engine has not what it needs';

/** Functions that the application or an extension brings along, and databases that were to be attached. */
const ofApplication = /^(?:no such (?:function|module|collation sequence):|unknown database )/;

/** What a program does. `changesForm`: the statement changes the form of rows and not rows, so that what it writes within a loop is written anew. */
async function effectsOf(session: EngineSession, program: readonly Row[], trees: Trees, changesForm: boolean): Promise<Seen> {
  const withCode = (codes: readonly string[]): readonly Row[] => program.filter((row) => codes.includes(row['opcode'] ?? ''));
  const opened = new Map(withCode(['OpenRead', 'OpenWrite', 'ReopenIdx']).flatMap((row) => {
    const tree = trees.get(row['p2'] ?? '');
    return tree ? [[row['p1'] ?? '', tree] as const] : [];
  }));
  const treesAt = (rows: readonly Row[]): RelationSeen[] => [...new Set(rows.flatMap((row) => opened.get(row['p1'] ?? '') ?? []))];
  const readThrough = treesAt(withCode(['Rewind', 'Sort']));
  const written = new Set(treesAt(withCode(['Insert', 'IdxInsert'])));
  const cleared = withCode(['Clear']).flatMap((row) => trees.get(row['p1'] ?? '') ?? []);
  const tables = [...new Set(readThrough.map((tree) => tree.table ?? tree.relation))];
  return {
    locks: withCode(['Transaction']).some((row) => row['p1'] === '0' && row['p2'] !== '0') ? [writer] : [],
    rewritten: changesForm ? [...new Set([...readThrough.filter((tree) => written.has(tree)), ...cleared])] : [],
    scanned: await Promise.all(tables.map(async (relation) => ({ relation, rows: await countOf(session, relation) }))),
    held: [],
  };
}

async function countOf(session: EngineSession, table: string): Promise<number> {
  const [result] = await session.run(`SELECT count(*) AS rows FROM "${table.replaceAll('"', '""')}"`);
  return Number(result?.rows[0]?.['rows']);
}

/** Tables of the engine's own, such as the counters of AUTOINCREMENT, are nobody's concern; indexes that it makes for others are. */
async function treesOf(session: EngineSession): Promise<Trees> {
  const [result] = await session.run(`SELECT type, name, tbl_name, rootpage FROM sqlite_schema WHERE rootpage > 0 AND substr(tbl_name, 1, 7) <> 'sqlite_'`);
  return new Map((result?.rows ?? []).map((row) => [row['rootpage'] ?? '', row['type'] === 'index' ? { relation: row['name'] ?? '', kind: 'index', table: row['tbl_name'] ?? '' } : { relation: row['name'] ?? '', kind: 'table' }]));
}

/**
 * PRAGMA foreign_keys does nothing inside a transaction, and ours stands around all: what the migration sets before its first
 * transaction is set before ours. Gives the value to come back to.
 */
async function leaveForeignKeys(session: EngineSession, segments: readonly Segment[]): Promise<string | undefined> {
  const asked = segments.flatMap(({ block, entries }) => (block ? [] : entries)).find(({ placed: { node } }) => node.kind === 'set' && node.name.toLowerCase() === 'foreign_keys');
  const node = asked?.placed.node;
  if (node?.kind !== 'set' || !/^(on|off|0|1|true|false|yes|no)$/i.test(node.value)) return undefined;
  const [before] = await session.run('PRAGMA foreign_keys');
  await session.run(`PRAGMA foreign_keys = ${node.value}`);
  return before?.rows[0]?.['foreign_keys'] ?? '0';
}
