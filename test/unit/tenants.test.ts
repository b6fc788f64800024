import { describe, expect, test } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import { settingQuery, variablesOf } from '../../server/src/proofs/experiments/tenants/context.ts';
import { tenantsSubjectOf, type TenantsSubject } from '../../server/src/proofs/experiments/tenants/subject.ts';

function databaseOf(schema: string, config = 'tenancy_model: shared\ntenant_key: tenant_id\n') {
  return buildFacts({ files: [{ path: 'schema.sql', text: schema }, { path: 'database-expert.yaml', text: config }], applied: { kind: 'none' } }).databases[0]!;
}

function subjectOf(schema: string): TenantsSubject {
  const subject = tenantsSubjectOf(databaseOf(schema));
  if (typeof subject === 'string') throw new Error(subject);
  return subject;
}

const table = 'CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id uuid NOT NULL);\nALTER TABLE notes ENABLE ROW LEVEL SECURITY;\n';

describe('what policies ask for', () => {
  test.each([
    ["tenant_id = current_setting('app.tenant_id')::uuid", [{ setting: 'app.tenant_id', path: [] }]],
    ["tenant_id = NULLIF(CURRENT_SETTING ( 'app.tenant_id', TRUE ), '')::uuid", [{ setting: 'app.tenant_id', path: [] }]],
    ['tenant_id = (SELECT auth.uid())', [{ setting: 'request.jwt.claims', path: ['sub'] }]],
    ["tenant_id = (auth.jwt() ->> 'org_id')::uuid", [{ setting: 'request.jwt.claims', path: ['org_id'] }]],
    ["tenant_id = (((SELECT auth.jwt()) -> 'app_metadata')::jsonb ->> 'org_id')::uuid", [{ setting: 'request.jwt.claims', path: ['app_metadata', 'org_id'] }]],
    ["tenant_id = (current_setting('request.jwt.claims', true)::json #>> '{app_metadata,org_id}')::uuid", [{ setting: 'request.jwt.claims', path: ['app_metadata', 'org_id'] }]],
    ["tenant_id = (current_setting('app.who')::jsonb ->> 'org')::uuid OR current_setting('app.who') = ''", [{ setting: 'app.who', path: ['org'] }]],
    ["current_setting('search_path') = 'x'", []],
    ['true', []],
  ])('%s', (condition, variables) => {
    expect(variablesOf(databaseOf(`${table}CREATE POLICY p ON notes USING (${condition});`).catalog)).toEqual(variables);
  });

  test('a function that a policy calls', () => {
    const { catalog } = databaseOf(`${table}CREATE FUNCTION who() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT current_setting('my.tenant', true)::uuid $$;\nCREATE POLICY p ON notes USING (tenant_id = who());`);
    expect(variablesOf(catalog)).toEqual([{ setting: 'my.tenant', path: [] }]);
  });

  test('is set in one query, claims of one token together', () => {
    const variables = [{ setting: 'app.tenant', path: [] }, { setting: 'request.jwt.claims', path: ['sub'] }, { setting: 'request.jwt.claims', path: ['app_metadata', 'org'] }, { setting: 'request.jwt.claims', path: ['role'] }];
    expect(settingQuery(variables, ["it's", 'u', 'o', 'x'], 'authenticated')).toBe(`SELECT set_config('app.tenant', 'it''s', true), set_config('request.jwt.claims', '{"sub":"u","app_metadata":{"org":"o"},"role":"authenticated"}', true)`);
    expect(settingQuery([], [], 'app')).toBeUndefined();
  });
});

describe('who may do what', () => {
  test('rights on all tables are those that stood then, default privileges hold for later ones', () => {
    const { rights } = subjectOf(`CREATE ROLE App;
CREATE ROLE admin BYPASSRLS;
${table}GRANT SELECT ON ALL TABLES IN SCHEMA public TO App;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT, SELECT ON TABLES TO app, reader;
CREATE TABLE later (id bigint);
CREATE VIEW seen AS SELECT id FROM later;
ALTER TABLE notes OWNER TO postgres;
ALTER TABLE later OWNER TO owner;`);
    expect(rights.statements).toEqual(['GRANT SELECT ON notes TO App', 'GRANT INSERT, SELECT ON later, seen TO app, reader', 'ALTER TABLE later OWNER TO owner']);
    expect([...rights.above]).toEqual(['admin']);
    expect(rights.roles).toEqual(expect.arrayContaining(['app', 'admin', 'reader', 'owner']));
  });
});

describe('which tables hold rows of tenants', () => {
  test('those with the key, and what leads to them; not the tenants themselves, nor what everybody shares', () => {
    const { keyed, children } = subjectOf(`CREATE TABLE countries (code text PRIMARY KEY);
CREATE TABLE tenants (id uuid PRIMARY KEY, tenant_id uuid);
CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id uuid REFERENCES tenants (id), country text REFERENCES countries (code));
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));
CREATE TABLE remarks (line_id bigint REFERENCES lines (id));
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;`);
    expect([keyed.map(({ key }) => key), children.map(({ key }) => key)]).toEqual([['orders'], ['lines', 'remarks']]);
  });

  test.each([
    ['CREATE TABLE notes (id bigint, tenant_id bigint);', undefined, 'The database does not keep tenants apart: no table has row-level security, and it is left to the application.'],
    ['CREATE TABLE notes (id bigint);', undefined, 'No table has tenant_id.'],
    [table, 'zero_downtime: true\n', 'The workspace does not state that tenants share tables.'],
  ])('%s', (schema, config, reason) => {
    expect(tenantsSubjectOf(databaseOf(schema, config))).toBe(reason);
  });
});
