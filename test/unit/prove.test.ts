import { describe, expect, test } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import type { Facts } from '../../server/src/project/facts.ts';
import type { Engine, EngineSession } from '../../server/src/proofs/engine.ts';
import { EngineStopped } from '../../server/src/proofs/engine.ts';
import { judge, type Proofs } from '../../server/src/proofs/judge.ts';
import { Laboratory } from '../../server/src/proofs/laboratory.ts';
import type { LocksDetail, Outcome, RoundTripDetail, RowsDetail } from '../../server/src/proofs/outcome.ts';
import { problemsOf } from '../../server/src/proofs/problems.ts';
import { proveWorkspace, type ProveOptions } from '../../server/src/proofs/prove.ts';
import { stopOf } from '../../server/src/proofs/stops.ts';
import { subjectOf } from '../../server/src/proofs/subject.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';

const info = { id: 'sqlite', name: 'SQLite', version: '3.53.4', dialect: 'sqlite' } as const;
const postgres = { id: 'pglite', name: 'PostgreSQL', version: '18.6', dialect: 'postgresql' } as const;

/** An engine that accepts everything and says nothing, and counts its sessions. */
function mute(about: EngineSession['info'] = postgres): Engine & { opened: number; closed: number } {
  return {
    id: about.id,
    dialect: about.dialect,
    opened: 0,
    closed: 0,
    async open() {
      this.opened++;
      return { info: about, run: async () => [], close: async () => void this.closed++ };
    },
  };
}

const init = 'CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n';
const up = 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL;\n';

function factsOf(files: Readonly<Record<string, string>>, engineVersion?: number): Facts {
  return buildFacts({ files: Object.entries(files).map(([path, text]) => ({ path, text })), applied: { kind: 'none' }, forcedDialect: 'postgresql', ...(engineVersion !== undefined && { engineVersion }) });
}

const shop = { 'migrations/0001_init.up.sql': init, 'migrations/0001_init.down.sql': 'DROP TABLE orders;\n', 'migrations/0002_note.up.sql': up, 'migrations/0002_note.down.sql': 'ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;\n' };

const ran = <D>(experiment: Outcome<D>['experiment'], detail: D): Outcome<D> => ({ experiment, ran: true, engine: postgres, detail, evidence: [] });
const rows: Outcome<RowsDetail> = ran('existing rows', { failures: [], passed: [], undecided: [], broken: [], seeded: [], unseeded: [] });
const trip: Outcome<RoundTripDetail> = ran('round trip', { verdict: 'restored', changed: true, downIsEmpty: false, schema: [], data: [] });

/** What was seen of the one statement of the second migration. */
function locks(scanned: boolean, refused?: { code: string; message: string }): Outcome<LocksDetail> {
  const orders = { relation: 'orders', kind: 'table' } as const;
  return ran('locks', { statements: [{ file: 'migrations/0002_note.up.sql', start: 0, end: up.length - 2, sql: up, locks: [{ ...orders, mode: 'AccessExclusive' }], rewritten: [], scanned: scanned ? [{ relation: 'orders', rows: 0 }] : [], held: [], ...(refused && { refused }) }] });
}

async function proveSecond(facts: Facts, options: ProveOptions, engine: Engine = mute()) {
  const laboratory = new Laboratory([engine]);
  const [proof] = await proveWorkspace(facts.databases.map((database) => subjectOf(facts, database, ({ migration }) => migration.version === '0002')), laboratory, options);
  await laboratory.close();
  return proof!.migrations[0]!;
}

async function judgedBy(outcome: Outcome<LocksDetail>, engineVersion?: number) {
  const facts = factsOf(shop, engineVersion);
  const proof = await proveSecond(facts, { experiments: { locks: async () => outcome, rows: async () => rows, roundTrip: async () => trip } });
  const proofs: Proofs = { ofMigration: (_, { migration }) => (migration.version === '0002' ? proof : undefined), ofIndex: () => undefined, ofTenants: () => undefined };
  const findings = checkWorkspace(facts, { only: ['set-not-null-scans'] });
  return { before: findings[0]!, after: judge(findings, facts.databases, proofs)[0]! };
}

describe('a finding', () => {
  test('that an engine bears out is proved and keeps its level', async () => {
    const { before, after } = await judgedBy(locks(true));
    expect([after.severity, after.evidence]).toEqual([before.severity, [expect.objectContaining({ level: 'proved', engine: 'PostgreSQL', version: '18.6' })]]);
  });

  test('that an engine contradicts keeps its place, loses a level and says what was seen', async () => {
    const { before, after } = await judgedBy(locks(false));
    expect([before.severity, after.severity]).toEqual(['information', 'hint']);
    expect(after.at).toBe(before.at);
    expect(after.evidence![0]).toMatchObject({ level: 'refuted', observed: expect.stringContaining('It did not read through orders.') as string });
  });

  test('is not lowered by another major version than the workspace states', async () => {
    const { before, after } = await judgedBy(locks(false), 13);
    expect(after.severity).toBe(before.severity);
    expect(after.evidence![0]).toMatchObject({ level: 'refuted', observed: expect.stringContaining('states PostgreSQL 13') as string });
    expect((await judgedBy(locks(false), 18)).after.severity).toBe('hint');
  });

  test('is assumed, with the reason, where nothing ran', async () => {
    const { after } = await judgedBy({ experiment: 'locks', ran: false, reason: 'The engine crashed.' });
    expect(after.evidence).toEqual([{ level: 'assumed', experiment: 'locks', engine: 'none', version: '', observed: 'Not run: The engine crashed.' }]);
  });
});

describe('proving', () => {
  const crashing = { rows: async () => rows, roundTrip: async () => trip };

  test('contains a crash in the experiment that it happened in, and opens another engine for the rest', async () => {
    const engine = mute();
    const proof = await proveSecond(factsOf(shop), {
      experiments: { ...crashing, locks: async (point) => { await point.empty(); throw new EngineStopped('crashed', 'gone'); }, roundTrip: async (point) => { await point.empty(); return trip; } },
    }, engine);
    expect(proof.locks).toEqual({ experiment: 'locks', ran: false, reason: 'The engine crashed.' });
    expect([proof.rows.ran, proof.roundTrip.ran, engine.opened, engine.closed]).toEqual([true, true, 2, 2]);
  });

  test('tells a fault of the program as such', async () => {
    const proof = await proveSecond(factsOf(shop), { experiments: { ...crashing, locks: () => Promise.reject(new TypeError('no such thing')) } });
    expect(proof.locks).toMatchObject({ ran: false, reason: 'The experiment failed, which is a fault of the program: no such thing' });
  });

  test('says what its time did not suffice for', async () => {
    const proof = await proveSecond(factsOf(shop), { budget: -1 });
    expect(proof.rows).toEqual({ experiment: 'existing rows', ran: false, reason: 'The time for this run was over before its turn.' });
  });

  test('proves nothing where there is no engine for the dialect', async () => {
    expect((await proveSecond(factsOf(shop), {}, mute(info))).locks).toMatchObject({ ran: false, reason: 'No PostgreSQL engine is at hand.' });
  });

  test('keeps passwords out of what is quoted', async () => {
    const secret = 'hunter2secret';
    const seen = locks(true, { code: '42601', message: `at or near "CREATE ROLE app PASSWORD '${secret}'"` });
    expect(JSON.stringify(await proveSecond(factsOf(shop), { experiments: { ...crashing, locks: async () => seen } }))).not.toContain(secret);
  });

  test('takes a proof of the same text over the same schema from the store, and of no other', async () => {
    const kept = new Map<string, unknown>();
    const store: NonNullable<ProveOptions['store']> = { get: async (key) => kept.get(key) as never, put: async (proof) => void kept.set(proof.key, proof) };
    let times = 0;
    const experiments = { ...crashing, locks: async () => { times++; return locks(true); } };
    await proveSecond(factsOf(shop), { experiments, store });
    await proveSecond(factsOf({ ...shop, 'migrations/0003_other.up.sql': 'SELECT 1;\n' }), { experiments, store });
    expect(times).toBe(1);
    await proveSecond(factsOf({ ...shop, 'migrations/0001_init.up.sql': init.replace('note text', 'note varchar(9)') }), { experiments, store });
    await proveSecond(factsOf({ ...shop, 'migrations/0002_note.down.sql': 'SELECT 2;\n' }), { experiments, store });
    await proveSecond(factsOf(shop), { experiments, store, product: 'other' });
    expect(times).toBe(4);
  });
});

describe('a refusal', () => {
  const whole = factsOf(shop).databases[0]!.catalog;
  const refused = locks(false, { code: '42P01', message: 'relation "orders" does not exist' });

  test('is the migration\'s own where the schema before it is whole', async () => {
    expect(stopOf(refused, { notLaid: [], standIns: [] }, whole)).toBeUndefined();
    const proof = await proveSecond(factsOf(shop), { experiments: { locks: async () => refused, rows: async () => rows, roundTrip: async () => trip } });
    expect(problemsOf(proof)).toMatchObject([{ experiment: 'locks', severity: 'error', start: 0 }]);
  });

  test('is where the proof stopped, and no problem, where a piece of the schema could not be made', () => {
    expect(stopOf(refused, { notLaid: [{ sql: 'CREATE EXTENSION postgis', reason: 'extension "postgis" is not available' }], standIns: [] }, whole)).toMatchObject({ offset: 0, reason: expect.stringContaining('postgis') as string });
    expect(stopOf(locks(false, { code: '23502', message: 'null' }), { notLaid: [{ sql: '', reason: 'x' }], standIns: [] }, whole)).toBeUndefined();
  });
});
