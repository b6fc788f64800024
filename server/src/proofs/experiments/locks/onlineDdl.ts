import type { HistoryEntry, MigrationStep } from '../../../project/facts.ts';
import { quoteIdentifier } from '../../../schema/quote.ts';
import { renderCatalog } from '../../../schema/render.ts';
import { splitScript } from '../../../source/splitter.ts';
import type { StatementNode } from '../../../source/sql/ast.ts';
import { readStatement } from '../../../source/sql/read.ts';
import { type EngineSession, refusalOf } from '../../engine.ts';
import type { OnlineChange, OnlineDdlDetail, Outcome } from '../../outcome.ts';
import { outOfScope } from './onlineScope.ts';
import { shortened } from './words.ts';

/**
 * Ways to change a table, gentlest first: whether writes go on counts before how much is copied.
 * MariaDB: https://mariadb.com/kb/en/innodb-online-ddl-overview/; MySQL: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl.html.
 */
const ways: Readonly<Record<'MariaDB' | 'MySQL', readonly (readonly string[])[]>> = {
  MariaDB: [
    ['ALGORITHM=INSTANT'],
    ['ALGORITHM=NOCOPY', 'LOCK=NONE'],
    ['ALGORITHM=INPLACE', 'LOCK=NONE'],
    ['ALGORITHM=COPY', 'LOCK=NONE'],
    ['ALGORITHM=NOCOPY', 'LOCK=SHARED'],
    ['ALGORITHM=INPLACE', 'LOCK=SHARED'],
    ['ALGORITHM=COPY', 'LOCK=SHARED'],
  ],
  MySQL: [['ALGORITHM=INSTANT'], ['ALGORITHM=INPLACE', 'LOCK=NONE'], ['ALGORITHM=INPLACE', 'LOCK=SHARED'], ['ALGORITHM=COPY', 'LOCK=SHARED']],
};

/** ER_ALTER_OPERATION_NOT_SUPPORTED and ..._REASON: the server has no such way, and nothing was changed. */
const noSuchWay: ReadonlySet<string> = new Set(['1845', '1846']);

/** No such table, column, key or referenced table (https://mariadb.com/kb/en/mariadb-error-code-reference/). */
const ofMissing: ReadonlySet<string> = new Set(['1146', '1054', '1091', '1072', '1824']);

/** The grammar takes no such clause there; the statement may be right without it. */
const syntax: ReadonlySet<string> = new Set(['1064', '1800', '1801']);

/**
 * Tries each change of a table with the gentlest ALGORITHM and LOCK first and tells what the server took and what it refused. It holds for
 * this very server. The tables are our own, empty, in a database of their own; nothing else of the migration runs.
 * @param session an empty scratch database of a MySQL or MariaDB server; it is behind the migration then
 * @throws EngineStopped when the connection had to be broken off
 */
export async function proveOnlineDdl(session: EngineSession, step: MigrationStep): Promise<Outcome<OnlineDdlDetail>> {
  const { info } = session;
  if (info.name !== 'MariaDB' && info.name !== 'MySQL') return { experiment: 'algorithm and lock', ran: false, reason: `${info.name} has no ALGORITHM and LOCK` };
  let whole = await layTables(session, step);
  const changes: OnlineChange[] = [];
  for (const entry of step.entries) {
    const { file, statement } = entry.placed;
    const tried = await tryEntry(session, entry, info.name);
    const seen: Seen = !whole && tried.failed && ofMissing.has(tried.failed.code) ? { refused: [], notRun: `not all that it needs could be made there: ${tried.failed.message}` } : tried;
    whole &&= seen.notRun === undefined;
    const change: OnlineChange = { file, start: statement.start, end: statement.end, sql: statement.text, ...seen };
    const observed = observedOf(change);
    changes.push(observed === undefined ? change : { ...change, observed });
  }
  const evidence = changes.flatMap(({ observed, sql }) => (observed === undefined ? [] : [{ level: 'proved' as const, experiment: 'algorithm and lock', engine: info.name, version: info.version, observed, ran: sql }]));
  return { experiment: 'algorithm and lock', ran: true, engine: info, detail: { changes }, evidence };
}

/** Makes the tables as they are before the migration; false when some are missing, unknown or refused by the server. */
async function layTables(session: EngineSession, { before }: MigrationStep): Promise<boolean> {
  let whole = !before.uncertain && [...before.tables.values()].every(({ knowledge }) => knowledge === 'known');
  await session.run('SET foreign_key_checks = 0');
  for (const sql of renderCatalog(before)) {
    const [statement] = splitScript(sql, before.dialect).statements;
    const made = statement && outOfScope(readStatement(statement), statement) === undefined && (await refusalOf(session, sql)) === undefined;
    whole &&= made === true;
  }
  await session.run('SET foreign_key_checks = 1');
  return whole;
}

type Seen = Omit<OnlineChange, 'file' | 'start' | 'end' | 'sql' | 'observed'>;

async function tryEntry(session: EngineSession, { placed: { node, statement } }: HistoryEntry, server: 'MariaDB' | 'MySQL'): Promise<Seen> {
  const reason = outOfScope(node, statement);
  if (reason !== undefined) return { refused: [], notRun: reason };
  const refused: { asked: string; message: string }[] = [];
  for (const clauses of takesClauses(node) ? ways[server] : []) {
    const refusal = await refusalOf(session, withClauses(node, statement.text, clauses));
    const asked = clauses.join(', ');
    if (!refusal) return { accepted: asked, refused };
    if (noSuchWay.has(refusal.code)) refused.push({ asked, message: refusal.message });
    else if (!syntax.has(refusal.code)) return { refused, failed: { code: refusal.code, message: refusal.message } };
  }
  const refusal = await refusalOf(session, statement.text);
  return refusal ? { refused, failed: { code: refusal.code, message: refusal.message } } : { accepted: '', refused };
}

/** ALTER TABLE, CREATE INDEX and DROP INDEX that do not say a way themselves. */
function takesClauses(node: StatementNode): boolean {
  if (node.kind === 'alterTable') return !node.actions.some(({ kind }) => kind === 'algorithm' || kind === 'lock');
  return (node.kind === 'createIndex' || (node.kind === 'drop' && node.object === 'index')) && node.algorithm === undefined && node.lock === undefined;
}

function withClauses(node: StatementNode, text: string, clauses: readonly string[]): string {
  // MariaDB has them in ALTER TABLE alone, which does the same.
  if (node.kind === 'drop' && node.onTable) return `ALTER TABLE ${quoteIdentifier('mariadb', node.onTable.name.name)} ${node.names.map(({ name }) => `DROP INDEX ${quoteIdentifier('mariadb', name.name)}`).join(', ')}, ${clauses.join(', ')}`;
  // A comment to the end of the line would swallow them.
  return node.kind === 'alterTable' ? `${text}\n, ${clauses.join(', ')}` : `${text}\n${clauses.join(' ')}`;
}

function observedOf({ sql, accepted, refused, failed, notRun }: OnlineChange): string | undefined {
  const statement = shortened(sql);
  if (failed) return `${statement} was refused: ${failed.message} [${failed.code}].`;
  if (notRun !== undefined || accepted === undefined || (accepted === '' && refused.length === 0)) return undefined;
  const better = refused.at(-1);
  const why = better ? ` ${better.asked} is refused: ${better.message}${/[.!?]$/.test(better.message) ? '' : '.'}` : '';
  return `${statement} runs ${accepted === '' ? 'only without a clause' : `with ${accepted}`} on this server.${why}`;
}
