import { describe, expect, test, vi } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import type { Facts } from '../../server/src/project/facts.ts';
import type { Engine, EngineSession } from '../../server/src/proofs/engine.ts';
import { EngineStopped } from '../../server/src/proofs/engine.ts';
import type { TenantsSubject } from '../../server/src/proofs/experiments/tenants/subject.ts';
import { judge, type Proofs } from '../../server/src/proofs/judge.ts';
import { indexKeys, tenantsKey } from '../../server/src/proofs/keys.ts';
import { Laboratory } from '../../server/src/proofs/laboratory.ts';
import type { LocksDetail, Outcome, RoundTripDetail, RowsDetail } from '../../server/src/proofs/outcome.ts';
import { problemsOf } from '../../server/src/proofs/problems.ts';
import { proveWorkspace } from '../../server/src/proofs/prove.ts';
import type { ProveOptions } from '../../server/src/proofs/run.ts';
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

  test('ends what is running when its time is over, keeps what was seen before, and puts nothing of it into the store', async () => {
    const put: unknown[] = [];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let end: (error: Error) => void = () => undefined;
    const engine: Engine = { ...mute(), open: async () => ({ info: postgres, run: (sql) => (sql === 'hang' ? new Promise((_, reject) => { end = reject; }) : Promise.resolve([])), close: async () => end(new EngineStopped('cancelled', 'gone')) }) };
    const proof = await proveSecond(factsOf(shop), {
      budget: 200,
      store: { get: async () => undefined, put: async (one) => void put.push(one) },
      experiments: { locks: async () => locks(true), rows: async (point) => { const { session } = await point.empty(); const endless = session.run('hang'); vi.advanceTimersByTime(200); await endless; return rows; }, roundTrip: async () => trip },
    }, engine).finally(() => vi.useRealTimers());
    expect(proof.locks.ran).toBe(true);
    expect(proof.rows).toEqual({ experiment: 'existing rows', ran: false, reason: 'The time for this run was over before it had ended.' });
    expect(proof.roundTrip).toEqual({ experiment: 'round trip', ran: false, reason: 'The time for this run was over before its turn.' });
    expect(put).toEqual([]);
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

describe('the key of what is shown of a whole schema', () => {
  const files = { 'schema.sql': "CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, state text);\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\nCREATE POLICY own ON orders USING (tenant_id = current_setting('app.t')::bigint);\nGRANT SELECT ON orders TO app;\n", 'database-expert.yaml': 'dialect: postgresql\ntenancy_model: shared\ntenant_key: tenant_id\n' };
  const subjectIn = (changed: Readonly<Record<string, string>>, engineVersion?: number) => {
    const facts = buildFacts({ files: Object.entries({ ...files, ...changed }).map(([path, text]) => ({ path, text })), applied: { kind: 'none' }, ...(engineVersion !== undefined && { engineVersion }) });
    const [database] = facts.databases;
    const subject = subjectOf(facts, database!, () => false, []);
    const asked = { query: 'SELECT 1 FROM orders WHERE state = $1', index: 'CREATE INDEX proposed_index ON orders (state)' };
    return { tenants: subject.tenants as TenantsSubject, questions: { database: database!, claims: [{ ...asked, question: { query: asked.query, indexes: [asked.index] } }] } };
  };
  const keysIn = (changed: Readonly<Record<string, string>> = {}, statistics?: string, circumstances = 'pglite 1.2.3', engineVersion?: number) => {
    const { tenants, questions } = subjectIn(changed, engineVersion);
    return [tenantsKey(tenants, circumstances), ...indexKeys(questions, statistics, circumstances)];
  };
  const yaml = (more: string) => ({ 'database-expert.yaml': `${files['database-expert.yaml']}${more}` });

  test.each([
    ['nothing', keysIn({ 'other.sql': 'SELECT 2;\n' }), [true, true]],
    ['a table', keysIn({ 'schema.sql': files['schema.sql'].replace('state text', 'state varchar(9)') }), [false, false]],
    ['a policy', keysIn({ 'schema.sql': files['schema.sql'].replace("'app.t'", "'app.u'") }), [false, false]],
    ['who may do what', keysIn({ 'schema.sql': files['schema.sql'].replace('GRANT SELECT', 'GRANT UPDATE') }), [false, true]],
    ['the tenant key', keysIn({ 'database-expert.yaml': files['database-expert.yaml'].replace('tenant_key: tenant_id', 'tenant_key: id') }), [false, false]],
    ['stated rows', keysIn(yaml('scale_targets:\n  rows:\n    orders: 5000000\n')), [true, false]],
    ['stated retention', keysIn(yaml('scale_targets:\n  retention: 7 days\n')), [true, false]],
    ['the statistics file', keysIn({}, '{}'), [true, false]],
    ['the stated version', keysIn({}, undefined, 'pglite 1.2.3', 15), [true, false]],
    ['the product', keysIn({}, undefined, 'pglite 1.2.4'), [false, false]],
  ])('where %s differs', (_, keys, same) => {
    expect(keysIn().map((key, at) => key === keys[at])).toEqual(same);
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
