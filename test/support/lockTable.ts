import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { LockSeen, StatementLocks } from '../../server/src/proofs/outcome.ts';
import { lockKinds, type LockKind } from './lockKinds.ts';

const page = new URL('../../docs/locks.md', import.meta.url);

/** What a server was compared with, and where it does something else; by kind. */
export interface ServerColumn {
  readonly version: string;
  /** `same`, what differs, or `-` where the server has not the statement. */
  readonly cells: ReadonlyMap<LockKind, string>;
}

/** The cells of a kind that the product fills: the statement, its locks, what it writes anew, what it reads through. */
export function lockCells({ sql, setting }: LockKind, { locks, rewritten, scanned, classFact }: StatementLocks): string[] {
  const code = (text: string): string => `\`${text}\``;
  return [
    code(setting === undefined ? sql : `${setting}; ${sql}`),
    `${locksText(locks)}${classFact ? ' *' : ''}`,
    withIndexes(rewritten),
    scanned.map(({ relation }) => relation).join(', '),
  ];
}

function locksText(locks: readonly LockSeen[]): string {
  const modes = [...new Set(locks.map(({ mode }) => mode))];
  return modes.map((mode) => `${mode}: ${withIndexes(locks.filter((lock) => lock.mode === mode))}`).join('; ');
}

/** Indexes of a table in the list are counted, others named. */
function withIndexes(relations: readonly Pick<LockSeen, 'relation' | 'kind' | 'table'>[]): string {
  const ofListed = (one: Pick<LockSeen, 'kind' | 'table'>): boolean => one.kind === 'index' && relations.some(({ relation }) => relation === one.table);
  return relations.filter((one) => !ofListed(one)).map(({ relation, kind }) => {
    const count = relations.filter((one) => one.kind === 'index' && one.table === relation).length;
    return `${kind === 'index' ? 'index ' : ''}${relation}${count === 0 ? '' : ` + ${count} ${count === 1 ? 'index' : 'indexes'}`}`;
  }).join(', ');
}

/** Writes the page. */
export function writeLockTable(product: string, rows: ReadonlyMap<LockKind, readonly string[]>, servers: readonly ServerColumn[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const header = ['kind', 'example', 'strongest new lock per relation', 'written anew', 'read through', ...servers.map(({ version }) => version)];
  const body = lockKinds.map((kind) => line([kind.kind, ...(rows.get(kind) ?? []), ...servers.map(({ cells }) => cells.get(kind) ?? '-')]));
  writeFileSync(page, `${intro(product, servers)}\n${[line(header), line(header.map(() => '---')), ...body].join('\n')}\n`);
}

function intro(product: string, servers: readonly ServerColumn[]): string {
  const compared = servers.map(({ version, cells }) => {
    const all = [...cells.values()].filter((cell) => cell !== '-');
    return `- PostgreSQL ${version}: ${all.filter((cell) => cell === 'same').length} of ${all.length} kinds are the same in every lock, file and scan.`;
  });
  return `# Locks of PostgreSQL's statements

What the experiment *locks* shows on the embedded PostgreSQL ${product} for ${lockKinds.length} kinds of statements, compared with servers: there a second
connection reads pg_locks while the transaction of the statement is open, and files and scans are compared before and after. The schema
and the rows are those of \`test/support/lockKinds.ts\`. Written by \`DATABASE_EXPERT_WHOLE=1 npx vitest run test/truth/locks-servers\`.

${compared.join('\n')}

\`*\`: the statement refuses a transaction block, so that one connection can not see its locks. They are a class fact, and the servers' locks
on tables were read while the statement waited for another session.
`;
}

/** The rows of the page by their kind, without the columns of servers; undefined when there is no page. */
export function readLockTable(): { readonly text: string; readonly rows: ReadonlyMap<string, readonly string[]> } | undefined {
  if (!existsSync(page)) return undefined;
  const text = readFileSync(page, 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| ')).slice(2).map((line) => line.slice(2, -2).split(/ \| /).map((cell) => cell.trim()));
  return { text, rows: new Map(rows.map(([kind, ...cells]) => [kind!, cells.slice(0, 4)])) };
}
