import type { LocksDetail, Outcome, RowsDetail, StatementLocks } from './outcome.ts';

/** SQLSTATE classes of what depends on values: data exception, integrity constraint violation, and what code of the migration raises itself. */
const byValues = /^(?:2[23]|P0)/;

/**
 * Locks are watched on tables without rows, where some statements find nothing to work with (`SELECT max(id) + 1`) and are refused. What is
 * not refused the same way when there are rows is told as not run, and is no mistake of the migration.
 */
export function withoutEmptiness(locks: Outcome<LocksDetail>, rows: Outcome<RowsDetail>): Outcome<LocksDetail> {
  if (!locks.ran || !rows.ran) return locks;
  const isOfEmptiness = ({ start, file, refused }: StatementLocks): boolean => refused !== undefined && byValues.test(refused.code) && rows.detail.seeded.length > 0 && !rows.detail.broken.some((one) => one.start === start && one.file === file);
  const excused = new Set(locks.detail.statements.filter(isOfEmptiness));
  if (excused.size === 0) return locks;
  const statements = locks.detail.statements.map((one) => (excused.has(one) ? withoutRefusal(one) : one));
  const told = new Set([...excused].map(({ observed }) => observed));
  return { ...locks, detail: { ...locks.detail, statements }, evidence: locks.evidence.filter(({ observed }) => !told.has(observed)) };
}

/** A statement that was refused did nothing else. */
function withoutRefusal({ file, start, end, sql, held, refused }: StatementLocks): StatementLocks {
  return { file, start, end, sql, locks: [], rewritten: [], scanned: [], held, notRun: `where tables hold no rows it is refused: ${refused!.message}` };
}
