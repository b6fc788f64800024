import type { HistoryEntry } from '../../../project/facts.ts';
import type { StatementNode } from '../../../source/sql/ast.ts';
import { EngineRefusal, refusalOf, type EngineSession } from '../../engine.ts';
import type { StatementLocks } from '../../outcome.ts';
import type { Probe } from './blocking.ts';
import { classLocks } from './classFacts.ts';
import { refusesBlock, type Segment } from './segments.ts';
import { Watch } from './watch.ts';

/** Refusals that come of running together what the runner commits piece by piece: a new enum value is used, triggers are pending. */
const ofTogether: ReadonlySet<string> = new Set(['55P04', '55006']);

/** Refusals that say what the throwaway server lacks and not what the migration does: extensions, rights, other databases. */
const ofBench: ReadonlySet<string> = new Set(['0A000', '58P01', '42501']);

/** What every server of that version refuses, though PostgreSQL calls it a feature that is not supported. */
const ofEveryServer = /^(?:cannot (?:alter|drop|use|create|attach|add) |unique constraint on partitioned table |(?:primary key|unique|exclusion) constraint)/;

/** The locales of ICU are files that the engine here comes without, and it starts no programs. */
const notHere = /^could not (?:open collator|execute command) /;

function lacksSomething({ code, message }: EngineRefusal): boolean {
  return (ofBench.has(code) && !(code === '0A000' && ofEveryServer.test(message))) || notHere.test(message);
}

/** A procedure or DO block commits, which it may where its runner opens no transaction (invalid transaction termination). */
const endsTransaction = '2D000';

const dataKinds: ReadonlySet<StatementNode['kind']> = new Set(['select', 'values', 'insert', 'update', 'delete', 'merge']);

const behindRefused = 'an earlier statement of the migration was refused';

type Seen = Omit<StatementLocks, 'file' | 'start' | 'end' | 'sql'>;

const nothing: Seen = { locks: [], rewritten: [], scanned: [], held: [] };

function placed(entry: HistoryEntry, seen: Seen): StatementLocks {
  const { file, statement } = entry.placed;
  return { file, start: statement.start, end: statement.end, sql: statement.text, ...seen };
}

/** Why a statement can not be run here at all; undefined when it can. */
function obstacle({ placed: { node, statement } }: HistoryEntry): string | undefined {
  if (statement.hasHole) return 'it is a template';
  if (node.kind === 'other' && node.verb === 'COPY' && /\bFROM\s+STDIN\b/i.test(statement.text)) return 'its rows come from the client';
  if (node.kind !== 'transaction') return undefined;
  if (node.action === 'setTransaction') return 'it has to be the first of its transaction and locks nothing';
  return node.action === 'prepare' ? 'it hands the transaction over' : undefined;
}

/** Where statements run, and how a second connection tries what they hold up. */
export interface Laid {
  readonly session: EngineSession;
  readonly probe: Probe | undefined;
}

/** What came of one statement; `lost` when nothing behind it can be run. */
interface Ran {
  readonly seen: Seen;
  readonly lost: boolean;
}

const skipped = (notRun: string): Ran => ({ seen: { ...nothing, notRun }, lost: false });

/** Runs all segments inside the transaction that is open, which the caller takes back. */
export async function runInTrial({ session, probe }: Laid, segments: readonly Segment[]): Promise<StatementLocks[]> {
  const alone = segments.length === 1;
  const [only] = segments.flatMap(({ block, entries }) => (alone && !block ? entries : []));
  // It is not run, so that there is nothing to watch.
  if (only && refuses(only)) return [placed(only, (await runInstead(session, only, alone)).seen)];
  const statements: StatementLocks[] = [];
  let watch = await Watch.begin(session);
  let lost = false;
  for (const { block, entries, end } of segments) {
    const takenBack = end === 'rollback' && !alone && !lost;
    if (takenBack) await session.run('SAVEPOINT proof_segment');
    for (const entry of entries) {
      const instead = !lost && !block && refuses(entry);
      const ran: Ran = lost ? skipped(behindRefused) : instead ? await runInstead(session, entry, alone) : await runWatched({ session, probe }, watch, entry, !alone);
      lost ||= ran.lost;
      // What it locked in place of the statement is no news of the next one.
      if (instead && !lost) watch = await Watch.begin(session, watch);
      statements.push(placed(entry, ran.seen));
    }
    if (!takenBack || lost) continue;
    await session.run('ROLLBACK TO SAVEPOINT proof_segment');
    watch = await Watch.begin(session, watch);
  }
  return statements;
}

/** Runs each segment as the runner does, and commits it. The session is behind the migration then, or behind what was refused. */
export async function runCommitting(laid: Laid, segments: readonly Segment[]): Promise<StatementLocks[]> {
  const { session } = laid;
  const statements: StatementLocks[] = [];
  let watch: Watch | undefined;
  let lost = false;
  for (const segment of segments) {
    if (lost) statements.push(...segment.entries.map((entry) => placed(entry, skipped(behindRefused).seen)));
    else if (!segment.block && refuses(segment.entries[0]!)) {
      const ran = await runBare(session, segment.entries[0]!);
      lost = ran.lost;
      statements.push(placed(segment.entries[0]!, ran.seen));
    } else {
      await session.run('BEGIN');
      watch = await Watch.begin(session, watch);
      const ran = await runSegment(laid, watch, segment);
      lost = ran.lost;
      statements.push(...ran.statements);
    }
  }
  return statements;
}

async function runSegment({ session, probe }: Laid, watch: Watch, { entries, end }: Segment): Promise<{ readonly statements: StatementLocks[]; readonly lost: boolean }> {
  const statements: StatementLocks[] = [];
  let lost = false;
  for (const entry of entries) {
    const ran: Ran = lost ? skipped(behindRefused) : await runWatched({ session, probe }, watch, entry, false);
    lost ||= ran.lost;
    statements.push(placed(entry, ran.seen));
  }
  const refused = await refusalOf(session, lost || end === 'rollback' ? 'ROLLBACK' : 'COMMIT');
  const last = statements.at(-1);
  if (refused && last && !last.refused) statements[statements.length - 1] = { ...last, refused: { code: refused.code, message: `at COMMIT: ${refused.message}` } };
  return { statements, lost: lost || refused !== undefined };
}

function refuses({ placed: { node, statement } }: HistoryEntry): boolean {
  return refusesBlock(node, statement.text);
}

/** Runs a statement in the open transaction. What may be missing on the bench is tried behind a savepoint, so that the rest still runs. */
async function runWatched({ session, probe }: Laid, watch: Watch, entry: HistoryEntry, together: boolean): Promise<Ran> {
  const reason = obstacle(entry);
  if (reason !== undefined) return skipped(reason);
  const { node, statement } = entry.placed;
  const held = watch.held();
  const guarded = node.kind === 'other' && (/^(CREATE|ALTER) EXTENSION\b/.test(node.verb) || node.object === 'extension');
  if (guarded) await session.run('SAVEPOINT proof_statement');
  try {
    const sight = await watch.run(statement.text);
    const waits = await probe?.(sight.locks);
    return { seen: { ...sight, ...(waits && { waits }), scanned: sight.scanned.filter(({ relation }) => tells(node, relation)), held }, lost: false };
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    if (guarded) await session.run('ROLLBACK TO SAVEPOINT proof_statement');
    if (error.code === endsTransaction && entry.transaction === 'none') return { seen: { ...nothing, held, notRun: 'it ends transactions itself, and the experiment takes back what it does' }, lost: true };
    return refusedRun(error, held, guarded, together);
  }
}

/**
 * Whether a scan says something of the statement: how few rows a query finds is the planner's choice, and over a handful of rows it
 * reads them all. A write without WHERE has no choice on the table it writes.
 */
function tells(node: StatementNode, relation: string): boolean {
  if (!dataKinds.has(node.kind)) return true;
  return (node.kind === 'update' || node.kind === 'delete') && !node.hasWhere && !node.with && node.table?.name.name === relation.split('.').at(-1)?.replaceAll('"', '');
}

function refusedRun(error: EngineRefusal, held: Seen['held'], guarded: boolean, together: boolean): Ran {
  if (guarded || lacksSomething(error)) return { seen: { ...nothing, held, notRun: `the engine has not what it needs: ${error.message}` }, lost: !guarded };
  if (together && ofTogether.has(error.code)) return { seen: { ...nothing, held, notRun: `it has to be in another transaction than what comes before it: ${error.message}` }, lost: true };
  return { seen: { ...nothing, held, refused: { code: error.code, message: error.message } }, lost: true };
}

/** What refuses a transaction block, inside one that is taken back: the same without CONCURRENTLY, for what comes behind it. */
async function runInstead(session: EngineSession, entry: HistoryEntry, alone: boolean): Promise<Ran> {
  const reason = obstacle(entry);
  if (reason !== undefined) return skipped(reason);
  const seen: Seen = { ...nothing, locks: classLocks(entry), classFact: true, notRun: 'it refuses to run inside a transaction, and the experiment takes back what it does' };
  const word = entry.placed.statement.tokens.find(({ upper }) => upper === 'CONCURRENTLY');
  if (alone || word === undefined) return { seen, lost: false };
  const { text } = entry.placed.statement;
  const refused = await refusalOf(session, text.slice(0, word.start) + text.slice(word.end));
  return refused ? { seen: { ...nothing, refused: { code: refused.code, message: refused.message } }, lost: true } : { seen, lost: false };
}

async function runBare(session: EngineSession, entry: HistoryEntry): Promise<Ran> {
  const reason = obstacle(entry);
  if (reason !== undefined) return skipped(reason);
  const refused = await refusalOf(session, entry.placed.statement.text);
  if (refused) return refusedRun(refused, [], false, false);
  return { seen: { ...nothing, locks: classLocks(entry), classFact: true }, lost: false };
}
