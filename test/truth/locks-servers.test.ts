import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureOracle } from '../../scripts/oracle/install.mjs';
import { PostgresqlEngine, type PostgresqlSession } from '../../server/src/host/engines/postgresqlEngine.ts';
import { findPostgresql, installationIn, type PostgresqlInstallation } from '../../server/src/host/engines/postgresqlInstallation.ts';
import { lockEffect } from '../../server/src/plan/locks.ts';
import type { DatabaseFacts, HistoryEntry } from '../../server/src/project/facts.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { proveLocks } from '../../server/src/proofs/experiments/locks/prove.ts';
import type { StatementLocks } from '../../server/src/proofs/outcome.ts';
import { historyOf } from '../support/history.ts';
import { lockKinds, lockRows, lockSchema, type LockKind } from '../support/lockKinds.ts';
import { factsOf, factsOnServer, factsWhileWaiting, type LockFacts } from '../support/lockOracle.ts';
import { lockCells, readLockTable, type ServerColumn, writeLockTable } from '../support/lockTable.ts';

/** Whether every kind is compared, and docs/locks.md told of it; else every kind that runs in a transaction, and two of the others. */
const whole = process.env['DATABASE_EXPERT_WHOLE'] !== undefined;

/** What the product says of one kind. */
interface Told {
  readonly entry: HistoryEntry;
  readonly statement: StatementLocks;
  readonly facts: LockFacts;
}

const told = new Map<LockKind, Told>();
/** The same before the tables have rows; whole runs only. */
const onEmpty = new Map<LockKind, Told>();
const columns: ServerColumn[] = [];
let product: EngineSession;

beforeAll(async () => {
  product = await openPglite();
  await product.run(lockSchema);
  if (whole) for (const one of lockKinds) onEmpty.set(one, await tellOf(one));
  await product.run(lockRows);
  for (const one of lockKinds) told.set(one, await tellOf(one));
});

afterAll(async () => {
  await product.close();
  if (whole) writeLockTable(product.info.version, new Map([...told].map(([one, { statement }]) => [one, lockCells(one, statement)])), columns);
});

async function tellOf(one: LockKind): Promise<Told> {
  const sql = one.setting === undefined ? one.sql : `${one.setting};\n${one.sql}`;
  const step = historyOf('postgresql', [lockSchema, sql], one.blocker === undefined ? 'file' : 'none')[1]!;
  const outcome = await proveLocks(product, step);
  if (!outcome.ran) throw new Error(outcome.reason);
  const statement = outcome.detail.statements.at(-1)!;
  const facts = factsOf(statement.locks.map(({ relation, mode }) => [relation, mode]), statement.rewritten.map(({ relation }) => relation), statement.scanned.map(({ relation, rows }) => [relation, rows]));
  return { entry: step.entries.at(-1)!, statement, facts };
}

/** The servers to compare with: the pinned one, and what is installed on this machine. */
async function installations(): Promise<readonly PostgresqlInstallation[]> {
  const found = [...(await findPostgresql())];
  try {
    const pinned = await installationIn(ensureOracle());
    if (pinned) found.unshift(pinned);
  } catch (error) {
    console.error(`SKIPPED: locks on the pinned PostgreSQL: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (found.length === 0) console.error('SKIPPED: locks on PostgreSQL servers: none is installed');
  return found;
}

/** What of a kind's facts is compared: not the scans that a planner chooses, nor what is known to vary. */
function compared({ planned, varies }: LockKind, facts: LockFacts): LockFacts {
  return facts.filter((fact) => fact !== varies?.fact && !(planned && fact.startsWith('scanned')));
}

/** How a server does something else than the product; `same` when it does not. */
function cellOf(one: LockKind, server: LockFacts): string {
  const ours = told.get(one)!.facts;
  const missing = ours.filter((fact) => !server.includes(fact));
  const more = server.filter((fact) => !ours.includes(fact) && !(one.planned && fact.startsWith('scanned')));
  return [...missing.map((fact) => `no ${fact}`), ...more].join(', ') || 'same';
}

describe('the product', () => {
  test('shows something of every kind, and refuses none', () => {
    expect(lockKinds.length).toBeGreaterThanOrEqual(60);
    expect(new Set(lockKinds.map(({ kind }) => kind)).size).toBe(lockKinds.length);
    expect([...told.values()].filter(({ statement }) => statement.refused !== undefined).map(({ statement }) => statement.refused)).toEqual([]);
  });

  test.runIf(whole)('shows the same on empty tables, but for the referenced table of a foreign key, which the check then need not read', () => {
    const different = lockKinds.filter((one) => {
      const without = (facts: LockFacts): string => facts.map((fact) => fact.replace(/^(scanned \S+) \d+$/, '$1')).join();
      return without(onEmpty.get(one)!.facts) !== without(told.get(one)!.facts);
    });
    expect(different.map(({ kind }) => kind)).toEqual(['ADD FOREIGN KEY', 'VALIDATE a FOREIGN KEY']);
  });

  test('docs/locks.md says what is shown now', () => {
    if (whole) return;
    const known = readLockTable();
    expect(known?.text.includes(`PostgreSQL ${product.info.version} for ${lockKinds.length} kinds`), 'stale: run DATABASE_EXPERT_WHOLE=1 npx vitest run test/truth/locks-servers').toBe(true);
    for (const [one, { statement }] of told) expect(known?.rows.get(one.kind), one.kind).toEqual(lockCells(one, statement));
  });

  test('the class facts of the plan are what was shown', () => {
    for (const [one, { entry, statement }] of told) {
      if (one.plan !== undefined) continue;
      const effect = lockEffect({ dialect: 'postgresql' } as DatabaseFacts, entry);
      expect({ kind: one.kind, ...saidOf(effect) }).toEqual({ kind: one.kind, ...shownBy(one, statement, saidOf(effect)) });
    }
  });
});

type Summary = { readonly locks: readonly string[]; readonly rewrite: boolean; readonly scan: boolean };

/** What the plan says, in the words of the experiment; what it says of indexes left out. */
function saidOf({ lock, rewrite, scan }: ReturnType<typeof lockEffect>): Summary {
  const locks = (lock ?? '').split(', ').filter((part) => part !== '').flatMap((part) => {
    const [words = '', names = ''] = part.split(' on ');
    const mode = words.toLowerCase().replaceAll(/(^|\s)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
    return names.split(' and ').filter((name) => !name.startsWith('the indexes of') && !name.endsWith('_ix')).map((name) => `${mode} ${name}`);
  });
  return { locks: locks.sort(), rewrite, scan: scan || rewrite };
}

/** What was shown, as far as the plan speaks of it: tables and views, no locks that keep nobody waiting. Of class facts it shows locks alone. */
function shownBy(one: LockKind, { locks, rewritten, scanned, classFact }: StatementLocks, said: Summary): Summary {
  const weak = one.planned || /^(UPDATE|DELETE)/.test(one.sql) ? [] : ['RowShare', 'RowExclusive'];
  const shown = locks.filter(({ kind, mode }) => kind !== 'index' && kind !== 'sequence' && mode !== 'AccessShare' && !weak.includes(mode)).map(({ mode, relation }) => `${mode} ${relation}`).sort();
  if (classFact) return { ...said, locks: shown };
  // TRUNCATE makes empty files, ALTER SEQUENCE a new one of a single row.
  const empties = one.sql.startsWith('TRUNCATE');
  const parts = one.sql.startsWith('CREATE INDEX x ON listed') ? shown.filter((lock) => !lock.endsWith('listed_one')) : shown;
  return { locks: parts, rewrite: !empties && rewritten.some(({ kind }) => kind !== 'index' && kind !== 'sequence'), scan: !empties && scanned.length > 0 };
}

describe.each(await installations())('locks on PostgreSQL $version', (installation) => {
  const engine = new PostgresqlEngine(installation);
  const column = { version: installation.version, cells: new Map<LockKind, string>() };
  const offered = lockKinds.filter(({ since = 0 }) => since <= installation.major);
  let session: PostgresqlSession;
  let witness: EngineSession;
  beforeAll(async () => {
    columns.push(column);
    session = await engine.open();
    await session.run(lockSchema + lockRows);
    witness = await session.beside();
  });
  afterAll(() => session.close());

  test('the locks, rewrites and scans of every kind are those that the product shows', async () => {
    const different: unknown[] = [];
    for (const one of offered.filter(({ blocker }) => blocker === undefined)) {
      const server = await factsOnServer(session, witness, one);
      column.cells.set(one, cellOf(one, server));
      const ours = told.get(one)!.facts;
      if (compared(one, server).join() !== compared(one, ours).join()) different.push({ kind: one.kind, server, ours });
    }
    expect(different).toEqual([]);
  });

  test('the class facts of what refuses a transaction block are what the server does', async () => {
    const kinds = offered.filter(({ blocker }) => blocker !== undefined);
    for (const one of whole ? kinds : kinds.slice(0, 2)) {
      const apart = await engine.open();
      try {
        await apart.run(lockSchema + lockRows);
        const server = await factsWhileWaiting(apart, await apart.beside(), await apart.beside(), one);
        column.cells.set(one, cellOf(one, server));
        expect({ kind: one.kind, locks: server }).toEqual({ kind: one.kind, locks: told.get(one)!.facts });
      } finally {
        await apart.close();
      }
    }
  });
});
