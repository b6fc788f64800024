import type { Claim, DatabasePlan, PlanItem } from '../../../protocol/plan.ts';
import type { TransactionMode } from '../project/facts.ts';
import { isMySql } from '../source/dialect.ts';
import { claim, count, findingItems, item, places, queryTitle, some, type PlanContext } from './context.ts';

const modes: Readonly<Record<TransactionMode, string>> = {
  file: 'runs each file in one transaction',
  run: 'runs all pending files in one transaction',
  implicit: 'sends each file as one script, which PostgreSQL runs as one transaction when it holds several statements',
  none: 'opens no transaction: each statement stands alone unless the file says BEGIN',
};

/** Isolation levels, locking and transaction boundaries, from the writes of the workspace. */
export function transactionStrategy(context: PlanContext): DatabasePlan['transaction_strategy'] {
  return { claims: claims(context), isolation: isolation(context), locking: locking(context), items: boundaries(context) };
}

function claims(context: PlanContext): Claim[] {
  const { runner, steps, workload } = context.database;
  const result: Claim[] = [];
  const first = steps[0];
  if (runner && first) result.push(claim(`${runner.title} ${modes[runner.transaction]}.`, 'modelled', places(context, [{ file: first.migration.up.file, range: first.migration.up.range }])));
  const writes = workload.filter((query) => query.query.writes.length > 0);
  const open = context.found('multi-write-without-transaction');
  if (writes.length > 0 || open.length > 0) {
    result.push(
      open.length === 0
        ? claim(`${count(writes.length, 'write')} of the workspace ${writes.length === 1 ? 'was' : 'were'} read; none stands beside another without a transaction.`, 'modelled', places(context, writes, 5))
        : claim(`${count(open.length, 'group')} of writes that belong together ${open.length === 1 ? 'runs' : 'run'} without a transaction.`, 'modelled', places(context, open.map((finding) => finding.at))),
    );
  }
  return result;
}

function isolation(context: PlanContext): PlanItem[] {
  const { dialect } = context.database;
  if (dialect === 'sqlite') {
    return [
      item('SERIALIZABLE, as SQLite always is', 'One writer at a time; readers go on beside it in WAL mode.', { sql: 'PRAGMA journal_mode = WAL;\nPRAGMA busy_timeout = 5000;' }),
      item('Open writing transactions with BEGIN IMMEDIATE', 'A transaction that reads first and writes later may fail with SQLITE_BUSY halfway; BEGIN IMMEDIATE takes the write lock at the start.', { sql: 'BEGIN IMMEDIATE;' }),
    ];
  }
  const usual = isMySql(dialect)
    ? item('REPEATABLE READ, the default', 'Reads see one snapshot. Prefer READ COMMITTED where gap locks make writers wait for each other.', { sql: 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;' })
    : item('READ COMMITTED, the default, for single-row reads and writes', 'Each statement sees what was committed before it. Enough where a write checks its own condition in its WHERE.');
  const strict = item('SERIALIZABLE for decisions that read several rows and then write', isMySql(dialect) ? 'Be ready to run the transaction again on error 1213 (deadlock).' : 'Be ready to run the transaction again on SQLSTATE 40001 and 40P01.', { sql: isMySql(dialect) ? 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;' : 'BEGIN ISOLATION LEVEL SERIALIZABLE;' });
  return [usual, strict];
}

function locking(context: PlanContext): PlanItem[] {
  const { workload, dialect } = context.database;
  const result: PlanItem[] = [];
  const locked = workload.filter((query) => query.query.blocks.some((block) => block.forUpdate));
  if (locked.length > 0) {
    result.push(item('Take row locks in one order everywhere (by primary key)', `Two transactions then never wait for each other. ${some(locked.map((query) => queryTitle(query, context)))} ${locked.length === 1 ? 'takes' : 'take'} such locks.`, { evidence: places(context, locked) }));
  }
  const counters = workload.filter((query) => /\bset\b[^;]*?\b(\w+)\s*=\s*\1\s*[-+]/i.test(query.text));
  if (counters.length > 0) {
    const unguarded = counters.filter((query) => !query.query.blocks.some((block) => block.predicates.some((predicate) => predicate.operator === 'range')));
    result.push(item('Check the bound of a counter in the WHERE of the write', `${count(counters.length, 'write')} ${counters.length === 1 ? 'counts' : 'count'} up or down in place. ` + (unguarded.length === 0 ? 'Each checks its bound, so no row has to be locked beforehand; look at the number of rows changed.' : `${some(unguarded.map((query) => queryTitle(query, context)))} ${unguarded.length === 1 ? 'has' : 'have'} no bound in the WHERE: where there is a limit, add one (quantity >= $2), or the count may pass it.`), { risk: unguarded.length === 0 ? 'low' : 'medium', evidence: places(context, counters) }));
  }
  if (dialect !== 'sqlite') result.push(item('Keep transactions short', 'Call no other service between BEGIN and COMMIT; a lock is held until the end.'));
  return result;
}

function boundaries(context: PlanContext): PlanItem[] {
  return findingItems(context, [...context.found('multi-write-without-transaction'), ...context.found('concurrently-in-transaction'), ...context.found('change-without-where')]);
}
