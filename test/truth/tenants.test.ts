import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts } from '../../server/src/project/facts.ts';
import { layOut } from '../../server/src/proofs/bench.ts';
import { proveTenants } from '../../server/src/proofs/experiments/tenants/prove.ts';
import type { Outcome, TenantsDetail } from '../../server/src/proofs/outcome.ts';
import { originOfLeak } from '../../server/src/proofs/problems.ts';
import { sharedPostgres } from '../support/sharedEngine.ts';
import { correctSchema, plantedLeaks, settingSchema, supabaseSchema, tokenSchema } from '../support/tenantSchemas.ts';

const engine = sharedPostgres();
beforeAll(async () => void (await engine.open()), 300_000);
afterAll(() => engine.stop());

async function prove(schema: string, config = 'tenancy_model: shared\ntenant_key: tenant_id\n'): Promise<Outcome<TenantsDetail>> {
  const files = [{ path: 'schema.sql', text: schema }, { path: 'database-expert.yaml', text: config }];
  const [database] = buildFacts({ files, applied: { kind: 'none' } }).databases;
  const session = await engine.open();
  const outcome = await proveTenants(await layOut(session, database!.catalog), database!);
  const [left] = await session.run("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'database_expert%'");
  expect(left!.rows).toEqual([{ count: '0' }]);
  return outcome;
}

async function detailOf(schema: string): Promise<TenantsDetail> {
  const outcome = await prove(schema);
  if (!outcome.ran) throw new Error(outcome.reason);
  return outcome.detail;
}

describe('correct schemas let nothing through', () => {
  test.each([
    ['a setting, roles with rights, partitions', correctSchema, ['app'], ['events', 'order_lines', 'orders', 'users']],
    ['memberships of Supabase', supabaseSchema, ['authenticated'], ['members', 'projects', 'tasks']],
    ['a claim of a token', tokenSchema, ['authenticated'], ['notes', 'tags']],
    ['a setting that a function reads', settingSchema, ['database_expert_probe'], ['accounts', 'bookings']],
  ])('%s', async (_, schema, roles, tried) => {
    const detail = await detailOf(schema);
    expect(detail.leaks).toEqual([]);
    expect(detail.probes.map(({ role }) => role)).toEqual(roles);
    expect(detail.tried.toSorted()).toEqual(tried);
    expect(detail.untried).toEqual([]);
  }, 60_000);
});

describe('planted leaks are found, and nothing else', () => {
  test.each(plantedLeaks)('$name', async ({ schema, kind, through, ways }) => {
    const { leaks } = await detailOf(schema);
    expect(leaks.map((leak) => `${leak.kind}: ${leak.through}`)).toEqual([`${kind}: ${through}`]);
    if (ways) expect(leaks[0]!.ways).toEqual(ways);
  }, 60_000);
});

describe('settings that open nothing', () => {
  test.each([
    ['beside the tenant', "ALTER POLICY orders_of_tenant ON orders USING (tenant_id = current_setting('app.tenant_id')::bigint AND (id IS NOT NULL OR current_setting('app.role', true) = 'manager'));"],
    ['that every tenant has beside its own', "ALTER POLICY orders_of_tenant ON orders USING (current_setting('app.role', true) IN ('member', 'admin') AND tenant_id = current_setting('app.tenant_id')::bigint); ALTER POLICY users_of_tenant ON users USING (true AND tenant_id = current_setting('app.tenant_id')::bigint);"],
    ['for a role that tenants do not have', "CREATE ROLE support; GRANT SELECT ON orders TO support; CREATE POLICY support ON orders TO support USING (COALESCE(current_setting('app.admin', true), 'off') = 'on');"],
    ['that a gateway fills from a token', "CREATE POLICY service ON orders USING (current_setting('request.jwt.claim.role', true) = 'service_role');"],
    ['that only a superuser may set', "CREATE POLICY checked ON orders USING (current_setting('plpgsql.extra_warnings', true) = 'all' AND current_setting('plpgsql.variable_conflict', true) = 'use_column');"],
    ['in a restrictive policy', "CREATE POLICY open_hours ON orders AS RESTRICTIVE USING (COALESCE(current_setting('app.closed', true), '') <> 'on');"],
  ])('%s', async (_, change) => {
    const { leaks, tried } = await detailOf(`${correctSchema}${change}`);
    expect([leaks, tried.includes('orders')]).toEqual([[], true]);
  }, 60_000);

  test('one that opens is told at its policy', async () => {
    const schema = `${correctSchema}CREATE POLICY orders_admin ON orders USING (current_setting('app.admin', true) = 'on');`;
    const [leak] = (await detailOf(schema)).leaks;
    expect(leak).toMatchObject({ policy: 'orders_admin', observed: "As app, the first tenant set app.admin to 'on', as every client of the database may, and read a row of another in orders. The policy orders_admin lets it through." });
    expect(leak!.ran).toContain("set_config('app.admin', 'on', true)");
    const [{ catalog }] = buildFacts({ files: [{ path: 'schema.sql', text: schema }], applied: { kind: 'none' } }).databases as [DatabaseFacts];
    expect(originOfLeak(catalog, leak!)).toBe(catalog.tables.get('orders')!.policies.find(({ name }) => name === 'orders_admin')!.origin);
  }, 60_000);
});

describe('what is no leak is told as such', () => {
  test('rows that are marked as shared', async () => {
    const detail = await detailOf(`${correctSchema}ALTER TABLE orders ADD COLUMN visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'private'));
CREATE POLICY shared ON orders FOR SELECT USING (visibility = 'public');`);
    expect(detail.leaks).toEqual([]);
    expect(detail.notes.map(({ kind, table }) => `${kind} ${table}`)).toContain('shared rows orders');
  }, 60_000);

  test('keys that do not hold the tenant', async () => {
    const { leaks, notes } = await detailOf(settingSchema.replace('UNIQUE (tenant_id, name)', 'UNIQUE (name)'));
    expect(leaks).toEqual([]);
    expect(notes.map(({ kind, table }) => `${kind} ${table}`).toSorted()).toEqual(['foreign key bookings', 'unique key accounts']);
  }, 60_000);

  test('a role that is meant to see all', async () => {
    const { leaks, probes } = await detailOf(`${correctSchema}CREATE ROLE support; GRANT SELECT ON orders TO support; CREATE POLICY support ON orders TO support USING (true);`);
    expect(leaks).toEqual([]);
    expect(probes.map(({ role }) => role)).toEqual(['app']);
  }, 60_000);

  test('an owner where the schema names the role that uses it', async () => {
    const { leaks, notes } = await detailOf(`${correctSchema}ALTER TABLE orders NO FORCE ROW LEVEL SECURITY;`);
    expect(leaks).toEqual([]);
    expect(notes.map(({ kind, table }) => `${kind} ${table}`)).toContain('owner orders');
  }, 60_000);

  test('a table that the role may not use', async () => {
    const { leaks, tried, untried } = await detailOf(`${correctSchema}ALTER TABLE order_lines DISABLE ROW LEVEL SECURITY; REVOKE ALL ON order_lines FROM app;`);
    expect(leaks).toEqual([]);
    expect(tried).not.toContain('order_lines');
    expect(untried).toContainEqual({ name: 'order_lines', reason: 'the schema gives app no rights there' });
  }, 60_000);

  test('a view over a table that leaks by itself', async () => {
    const { leaks } = await detailOf(`${correctSchema}ALTER TABLE order_lines DISABLE ROW LEVEL SECURITY;`);
    expect(leaks.map(({ through }) => through)).toEqual(['order_lines']);
  }, 60_000);
});

describe('functions that no history makes', () => {
  test('and that nobody knows open no way: what a policy would show by them is left open', async () => {
    const detail = await detailOf(`${correctSchema}CREATE POLICY staff ON orders USING (app.is_staff(user_id));`);
    expect(detail.leaks).toEqual([]);
    expect(detail.tried).toContain('orders');
    expect(detail.assumptions).toContain('No migration makes app.is_staff(bigint) returns boolean: stand-ins give NULL.');
  }, 60_000);

  test('of platforms are named', async () => {
    const { assumptions } = await detailOf(tokenSchema);
    expect(assumptions).toContain('No migration makes auth.uid() returns uuid, auth.jwt() returns jsonb: stand-ins do what the platform documents.');
  }, 60_000);

  test('of Neon tell who asks', async () => {
    const { leaks, tried } = await detailOf(`CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id text NOT NULL DEFAULT auth.user_id(), body text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes TO authenticated USING ((SELECT auth.user_id()) = tenant_id);`);
    expect([leaks, tried]).toEqual([[], ['notes']]);
  }, 60_000);
});

describe('where nothing can be tried the reason is told', () => {
  test.each([
    ['no row-level security', 'CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);', undefined, /^The database does not keep tenants apart/],
    ['nothing stated', correctSchema, '', /does not state/],
    ['a policy that asks for what nobody knows', `CREATE TABLE sessions (pid integer, tenant bigint);\nCREATE TABLE notes (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON notes USING (tenant_id = (SELECT tenant FROM sessions WHERE pid = pg_backend_pid()));`, undefined, /^The policies show a tenant no row of its own/],
  ])('%s', async (_, schema, config, reason) => {
    const outcome = await prove(schema, config);
    expect(outcome).toMatchObject({ ran: false, reason: expect.stringMatching(reason) });
  }, 60_000);
});
