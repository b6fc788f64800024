import type { Claim, DatabasePlan, PlanItem } from '../../../protocol/plan.ts';
import { isMySql } from '../source/dialect.ts';
import { claim, findingItems, item, places, type PlanContext } from './context.ts';

/** Pool, timeouts, backups, recovery, monitoring, retention and cache; numbers that nobody stated become assumptions. */
export function operationalPlan(context: PlanContext): DatabasePlan['operational_plan'] {
  return { claims: claims(context), pool: pool(context), timeouts: timeouts(context), backups: backups(context), recovery: recovery(context), monitoring: monitoring(context), retention: retention(context), cache: cache(context) };
}

function operations(context: PlanContext) {
  return context.database.config.operations ?? context.facts.config.operations ?? {};
}

function targets(context: PlanContext) {
  return context.database.config.scale_targets ?? context.facts.config.scale_targets ?? {};
}

function configPlace(context: PlanContext) {
  const { file } = context.facts.config;
  return file === undefined ? [] : [{ file, line: 1 }];
}

function claims(context: PlanContext): Claim[] {
  const { backup, pool_size, restore_tested } = operations(context);
  const evidence = configPlace(context);
  const result: Claim[] = [];
  if (pool_size !== undefined) result.push(claim(`The pool size is documented: ${pool_size} connections per instance.`, 'modelled', evidence));
  if (backup !== undefined) result.push(claim(`Backups are documented: ${backup}.`, 'modelled', evidence));
  if (restore_tested !== undefined) result.push(claim(`A restore was tested: ${restore_tested}.`, 'modelled', evidence));
  return result;
}

/** Connections that a server of default settings leaves to applications (PostgreSQL: max_connections 100 less 3 reserved; MySQL: 151 less 1). */
function connectionsLeft(mysql: boolean): { readonly total: number; readonly reserved: number; readonly setting: string } {
  return mysql ? { total: 151, reserved: 1, setting: 'max_connections' } : { total: 100, reserved: 3, setting: 'max_connections' };
}

function pool(context: PlanContext): PlanItem[] {
  const { dialect } = context.database;
  if (dialect === 'sqlite') return [item('One writing connection, a few reading ones', 'SQLite has one writer at a time; a pool of writers only waits for itself.', { sql: 'PRAGMA busy_timeout = 5000;' })];
  const { application_instances: stated, pool_size: given } = operations(context);
  const { qps: statedQps } = targets(context);
  const instances = stated ?? 2;
  const qps = statedQps ?? 100;
  if (stated === undefined) context.assume('operations.application_instances', `${instances} instances of the application are taken to run.`, `operations:\n  application_instances: ${instances}`);
  if (statedQps === undefined) context.assume('scale_targets.qps', `A peak of ${qps} queries a second is taken.`, `scale_targets:\n  qps: ${qps}`);
  const { total, reserved, setting } = connectionsLeft(isMySql(dialect));
  const milliseconds = 20;
  const busy = Math.max(1, Math.ceil((qps * milliseconds) / 1000));
  const needed = busy * 2;
  const perInstance = Math.max(2, Math.ceil(needed / instances));
  const limit = Math.floor((total - reserved - 5) / instances);
  const size = Math.min(perInstance, limit);
  if (given === undefined) context.assume('operations.pool_size', `A pool of ${size} connections per instance follows from the numbers above.`, `operations:\n  pool_size: ${size}`);
  const arithmetic = `${qps} queries a second × ${milliseconds} ms (taken) = ${busy} busy connections; twice that for bursts = ${needed}; over ${instances} instances = ${perInstance} each. Upper bound: (${setting} ${total} − ${reserved} reserved − 5 for people and jobs) ÷ ${instances} = ${limit}.`;
  const title = given === undefined ? `Pool of ${size} connections per instance` : `Pool of ${given} connections per instance, as stated`;
  const over = given !== undefined && given > limit ? ` ${given} × ${instances} = ${given * instances} is more than the server leaves: lower it or put a pooler in front.` : '';
  return [item(title, arithmetic + over, { risk: over ? 'high' : 'low', evidence: given === undefined ? [] : configPlace(context) })];
}

function timeouts(context: PlanContext): PlanItem[] {
  const { dialect } = context.database;
  const p95 = targets(context).p95_ms ?? 200;
  if (targets(context).p95_ms === undefined) context.assume('scale_targets.p95_ms', 'Queries are taken to have to answer within 200 ms (p95).', 'scale_targets:\n  p95_ms: 200');
  const statement = Math.max(1, Math.ceil((p95 * 25) / 1000));
  if (dialect === 'sqlite') return [item('Wait for the write lock, not for ever', 'busy_timeout makes a writer wait that many milliseconds before SQLITE_BUSY.', { sql: 'PRAGMA busy_timeout = 5000;' })];
  if (isMySql(dialect)) {
    return [item(`Give up on a SELECT after ${statement} s`, `25 times the p95 target of ${p95} ms.`, { sql: `SET SESSION max_execution_time = ${statement * 1000};` }), item('Give up on a row lock after 5 s', 'The default of innodb_lock_wait_timeout is 50 s.', { sql: 'SET SESSION innodb_lock_wait_timeout = 5;' })];
  }
  return [
    item(`Give up on a statement after ${statement} s`, `25 times the p95 target of ${p95} ms; jobs set their own.`, { sql: `ALTER ROLE app SET statement_timeout = '${statement}s';` }),
    item('Give up on a lock after 2 s', 'A client that cannot have its lock should say so instead of queueing.', { sql: "ALTER ROLE app SET lock_timeout = '2s';" }),
    item('End sessions that sit in a transaction', 'An idle transaction holds its locks and keeps vacuum from cleaning up.', { sql: "ALTER ROLE app SET idle_in_transaction_session_timeout = '30s';" }),
  ];
}

function backups(context: PlanContext): PlanItem[] {
  const { dialect } = context.database;
  const { backup, rpo, rto } = operations(context);
  if (backup === undefined) context.assume('operations.backup', 'How backups are made is not stated; the commands below are a start.', 'operations:\n  backup: nightly base backup and continuous WAL archive');
  if (rpo === undefined) context.assume('operations.rpo', 'At most 5 minutes of data may be lost (RPO).', 'operations:\n  rpo: 5 minutes');
  if (rto === undefined) context.assume('operations.rto', 'Service is to be back within an hour (RTO).', 'operations:\n  rto: 1 hour');
  const goal = `RPO ${rpo ?? '5 minutes'}, RTO ${rto ?? '1 hour'}.`;
  const evidence = backup === undefined ? [] : configPlace(context);
  if (dialect === 'sqlite') return [item('Copy the file with VACUUM INTO', `${goal} A plain file copy of an open database may be torn.`, { sql: "VACUUM INTO 'backup.sqlite';", evidence })];
  if (isMySql(dialect)) return [item('Nightly dump in one snapshot, binary logs kept', `${goal} Between two dumps the binary log carries every change.`, { sql: 'mysqldump --single-transaction --routines --triggers --source-data=2 DATABASE > backup.sql', evidence })];
  return [item('Base backup every night, WAL archived all day', `${goal} archive_timeout bounds what an idle hour can lose.`, { sql: "pg_basebackup --pgdata=backup --format=tar --wal-method=stream --checkpoint=fast\n-- postgresql.conf: archive_mode = on, archive_timeout = '5min'", evidence })];
}

function recovery(context: PlanContext): PlanItem[] {
  const { dialect } = context.database;
  const { restore_tested } = operations(context);
  if (restore_tested === undefined) context.assume('operations.restore_tested', 'Nobody has said that a restore was tried; a backup counts once it has been restored.', 'operations:\n  restore_tested: YYYY-MM-DD');
  const drill = item('Restore into an empty server every quarter', restore_tested === undefined ? 'Write down how long it took and compare it with the RTO.' : `Last tested: ${restore_tested}.`, { evidence: restore_tested === undefined ? [] : configPlace(context), risk: restore_tested === undefined ? 'medium' : 'low' });
  if (dialect === 'sqlite') return [drill, item('Check the copy', 'A damaged file is found before it is needed.', { sql: 'PRAGMA integrity_check;' })];
  if (isMySql(dialect)) return [drill, item('Go back to a moment', 'Load the last dump, then replay the binary log up to the moment before the mistake.', { sql: "mysqlbinlog --stop-datetime='YYYY-MM-DD HH:MM:SS' binlog.000001 | mysql DATABASE" })];
  return [drill, item('Go back to a moment', 'Unpack the base backup, name the moment before the mistake, and let the server replay the archive.', { sql: "-- postgresql.conf: restore_command, recovery_target_time = 'YYYY-MM-DD HH:MM:SS+00', then: touch recovery.signal" })];
}

function monitoring(context: PlanContext): PlanItem[] {
  const { dialect } = context.database;
  const p95 = targets(context).p95_ms ?? 200;
  if (dialect === 'sqlite') return [item('Log statements slower than the target', `Measure in the application; ${p95} ms is the target. The size of the WAL file shows readers that never finish.`)];
  if (isMySql(dialect)) return [item('Slow query log at the p95 target', `Everything above ${p95} ms is written down.`, { sql: `SET GLOBAL slow_query_log = ON;\nSET GLOBAL long_query_time = ${p95 / 1000};` }), item('Watch', 'Replication lag, history list length, connections used, row lock time, free disk.')];
  return [
    item('Slow query log at the p95 target', `Everything above ${p95} ms is written down.`, { sql: `ALTER SYSTEM SET log_min_duration_statement = '${p95}ms';\nALTER SYSTEM SET log_lock_waits = on;` }),
    item('pg_stat_statements', 'Calls, mean and total time per query: the list to compare with the access patterns above.', { sql: 'CREATE EXTENSION pg_stat_statements;' }),
    item('Watch', 'Replication lag, oldest transaction, dead rows per table, connections used, cache hit ratio, free disk, failed archive commands.'),
  ];
}

const logName = /(^|_)(audit|audits|event|events|log|logs|history|activity|outbox|trail)(_|$)/i;

function retention(context: PlanContext): PlanItem[] {
  const findings = context.found('unbounded-log-table');
  const { retention: stated } = targets(context);
  const logs = context.tables.filter((table) => logName.test(table.name));
  if (logs.length > 0 && stated === undefined) context.assume('scale_targets.retention', 'How long log rows are kept is not stated; a year is taken.', 'scale_targets:\n  retention: 1 year');
  const named = new Set(findings.map((finding) => finding.message));
  return [
    ...findingItems(context, findings).map((todo): PlanItem => ({ ...todo, risk: 'medium' })),
    ...logs
      .filter((table) => ![...named].some((message) => message.includes(table.name)))
      .map((table) => item(`Bound the growth of ${table.name}`, /\brange\b/i.test(table.partitionBy?.text ?? '') ? `Partitioned (${table.partitionBy!.text}): drop partitions older than ${stated ?? '1 year'}.` : `Delete rows older than ${stated ?? '1 year'} in batches${table.partitionBy ? '' : ', or partition it by month and drop partitions'}.`, { evidence: places(context, [table.origin]) })),
  ];
}

function cache(context: PlanContext): PlanItem[] {
  return context.facts.redis.flatMap(({ file, config }) => {
    const value = (name: string) => config.directives.filter((directive) => directive.name === name).at(-1);
    const memory = value('maxmemory');
    const policy = value('maxmemory-policy');
    const durable = value('appendonly')?.args[0] === 'yes';
    const at = (directive: typeof memory) => (directive ? [context.place({ file, range: directive.range })] : [{ file, line: 1 }]);
    return [
      item(memory ? `Redis holds at most ${memory.args[0]}` : 'Redis has no memory limit', memory ? `When full: ${policy?.args[0] ?? 'noeviction (the default): writes fail'}.` : 'Set maxmemory below the memory of the machine.', { risk: memory && policy ? 'low' : 'medium', evidence: at(memory) }),
      item('Give every key a time to live', 'Use the lifetime of what the key stands for plus a random tenth, so that keys do not expire together; write the database first, then drop the key.', { evidence: at(policy) }),
      item(durable ? 'Redis keeps its data on disk (appendonly yes)' : 'Redis may lose its data at a restart', durable ? 'Back up the append-only file with the database.' : 'Fit for a cache: whatever it holds must be found in the database again.', { evidence: at(value('appendonly')) }),
    ];
  });
}
