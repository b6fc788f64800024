import type { LockSeen, RelationSeen, StatementLocks } from '../../outcome.ts';

/** How much of a statement is quoted. */
const quoted = 70;

/** The beginning of a statement on one line. */
export function shortened(sql: string): string {
  const line = sql.replaceAll(/--[^\n]*(\n|$)/g, ' ').replaceAll(/\s+/g, ' ').trim();
  return line.length <= quoted ? line : `${line.slice(0, quoted).trimEnd()} ...`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;
}

/** What a statement was seen to do, as a sentence a reviewer can check; undefined where it concerned nothing that stood before. */
export function observedOf(seen: StatementLocks): string | undefined {
  const statement = shortened(seen.sql);
  if (seen.refused) return `${statement} was refused: ${seen.refused.message}${seen.refused.code === '' ? '' : ` [${seen.refused.code}]`}. What comes behind it in the migration was not run.`;
  if (seen.classFact) return seen.locks.length === 0 ? undefined : `${statement} ${seen.notRun === undefined ? 'ran outside of a transaction, where its locks can not be read' : `was not run, because ${seen.notRun}`}; such statements take ${locksText(seen.locks)}.`;
  const clauses = [
    ...(seen.locks.length > 0 ? [`took ${locksText(seen.locks)}`] : []),
    ...rewrittenText(seen),
    ...(seen.scanned.length > 0 ? [`read through ${listed(seen.scanned.map(({ relation, rows }) => `${relation} (${rows === 0 ? 'empty' : rows === 1 ? '1 row' : `${rows} rows`} here)`))}`] : []),
  ];
  if (clauses.length === 0) return undefined;
  const held = seen.held.filter(({ kind, mode }) => kind !== 'index' && mode !== 'AccessShare');
  return `${statement} ${listed(clauses)}.${waitsText(seen)}${held.length === 0 ? '' : ` Held from earlier statements of its transaction: ${locksText(held, mostHeld)}.`}`;
}

/** How many relations are named of what is held for each mode: a migration of hundreds of statements holds hundreds. */
const mostHeld = 6;

/** What a second connection had to wait with: `INSERT, UPDATE and DELETE on orders`, `nothing on users`; empty where nothing was tried. */
export function waitsOf({ waits = [] }: Pick<StatementLocks, 'waits'>): string {
  return listed(waits.map(({ relation, commands }) => (commands.length === 0 ? `nothing on ${relation}` : `${listed(commands)} on ${relation}`)));
}

function waitsText(seen: StatementLocks): string {
  const told = waitsOf(seen);
  return told === '' ? '' : ` While its transaction was open, a second connection had to wait with ${told}.`;
}

/** `AccessExclusive on orders and 3 of its indexes, ShareRowExclusive on users`. Indexes are named apart only where their table is locked less. */
function locksText(locks: readonly LockSeen[], most = Infinity): string {
  const indexesOf = (lock: LockSeen): number => locks.filter(({ kind, table, mode }) => kind === 'index' && table === lock.relation && mode === lock.mode).length;
  const swallowed = (lock: LockSeen): boolean => lock.kind === 'index' && locks.some(({ relation, mode }) => relation === lock.table && mode === lock.mode);
  const byMode = new Map<string, string[]>();
  for (const lock of locks) {
    if (swallowed(lock)) continue;
    const count = indexesOf(lock);
    const name = `${lock.kind === 'index' ? 'index ' : ''}${lock.relation}${count === 0 ? '' : ` with ${count === 1 ? 'its index' : `${count} indexes`}`}`;
    byMode.set(lock.mode, [...(byMode.get(lock.mode) ?? []), name]);
  }
  return listed([...byMode].map(([mode, names]) => `${mode} on ${listed(names.length <= most ? names : [...names.slice(0, most), `${names.length - most} more`])}`));
}

/** `wrote orders and 3 indexes anew`; TRUNCATE gives a table new files too, which are empty. */
function rewrittenText({ sql, rewritten }: StatementLocks): string[] {
  if (rewritten.length === 0) return [];
  const verb = /^\s*TRUNCATE\b/i.test(sql) ? 'replaced by empty files' : 'wrote anew';
  const others = rewritten.filter(({ kind }) => kind !== 'index').map(({ relation }) => relation);
  const indexes = rewritten.filter(({ kind }) => kind === 'index');
  const tail = indexes.length === 0 ? [] : indexes.length === 1 ? [`the index ${indexes[0]!.relation}`] : [`${indexes.length} indexes`];
  return [`${verb} ${listed([...others, ...tail])}`];
}

/** Which statements are worth a line of evidence: those that lock more than reading does, write anew, or read through. */
export function matters({ locks, rewritten, scanned, refused, classFact }: Pick<StatementLocks, 'locks' | 'rewritten' | 'scanned' | 'refused' | 'classFact'>): boolean {
  return refused !== undefined || classFact === true || rewritten.length > 0 || scanned.length > 0 || locks.some(({ mode }) => mode !== 'AccessShare');
}

/** Relations as a table of results names them, without doubles. */
export function names(relations: readonly RelationSeen[]): readonly string[] {
  return [...new Set(relations.map(({ relation }) => relation))];
}
