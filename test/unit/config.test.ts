import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { configJsonSchema } from '../../server/src/project/configSchema.ts';
import { defaultConfig } from '../../server/src/project/config.ts';
import { effectiveConfig } from '../../server/src/project/effectiveConfig.ts';
import { readConfig } from '../../server/src/project/readConfig.ts';

const ruleIds = ['prefer-identity', 'drop-column'];
const read = (text: string) => readConfig(text, 'database-expert.yaml', { ruleIds });

/** Problems as `text where it stands: message`. */
function problems(text: string): string[] {
  return read(text).problems.map(({ message, range }) => `${text.slice(range.start, range.end)}: ${message}`);
}

const whole = `# what the plan needs
database_type: postgresql
engine_version: 15
access_patterns:
  - name: recent orders
    query: SELECT * FROM orders WHERE tenant_id = $1
    reads_per_second: 200
  - UPDATE inventory SET quantity = quantity - 1 WHERE id = $1
scale_targets:
  qps: 2k
  rows:
    orders: 5M
    tenants: 1_000
  retention: 13 months
tenancy_model: shared
tenant_key: tenant_id
compliance_requirements: [audit, encryption]
migration_constraints: zero-downtime
migrations:
  path: db/migrations
  applied: 0004
operations:
  pool_size: 10
rules:
  prefer-identity: off
  drop-column:
    level: error
    grace: 2
exclude:
  - legacy/**
large_table_rows: 50000
databases:
  - path: services/billing
    dialect: mysql
`;

describe('database-expert.yaml', () => {
  test('everything in it is read', () => {
    const { config, problems: found } = read(whole);
    expect(found).toEqual([]);
    const { places, ...rest } = config;
    expect(rest).toEqual({
      database_type: 'postgresql',
      engine_version: '15',
      access_patterns: [
        { name: 'recent orders', query: 'SELECT * FROM orders WHERE tenant_id = $1', reads_per_second: 200 },
        { query: 'UPDATE inventory SET quantity = quantity - 1 WHERE id = $1' },
      ],
      scale_targets: { qps: 2000, rows: { orders: 5_000_000, tenants: 1000 }, retention: '13 months' },
      tenancy_model: 'shared',
      tenant_key: 'tenant_id',
      compliance_requirements: ['audit', 'encryption'],
      migration_constraints: ['zero-downtime'],
      migrations: { path: 'db/migrations', applied: '0004' },
      operations: { pool_size: 10 },
      rules: { 'prefer-identity': 'off', 'drop-column': { level: 'error', grace: 2 } },
      exclude: ['legacy/**'],
      largeTableRows: 50_000,
      databases: [{ path: 'services/billing', dialect: 'mysql' }],
      file: 'database-expert.yaml',
    });
    const at = places!.get('scale_targets.rows.orders')!;
    expect(whole.slice(at.start, at.end)).toBe('5M');
  });

  test.each([
    ['tenancy_modle: shared', ['tenancy_modle: unknown key `tenancy_modle`; did you mean `tenancy_model`?']],
    ['tenancyModel: shared', ['tenancyModel: unknown key `tenancyModel`; did you mean `tenancy_model`?']],
    ['operations:\n  colour: red', ['colour: unknown key `colour`; the keys here are application_instances, pool_size, pooler, backup, rpo, rto, restore_tested, monitoring']],
    [
      'tenancy_model: share',
      ['share: `tenancy_model` must be one of none, shared, schema-per-tenant, db-per-tenant, not `share`; did you mean `shared`?'],
    ],
    ['dialect: 3', ['3: `dialect` must be one of postgresql, mysql, mariadb, sqlite, not 3']],
    ['scale_targets:\n  qps: lots', ['lots: `scale_targets.qps` must be a number, such as 5000000 or 5M, not `lots`']],
    ['scale_targets: many', ['many: `scale_targets` must be keys with values, not `many`']],
    ['databases:\n  - nmae: a', ['nmae: unknown key `nmae`; did you mean `name`?']],
    ['databases:\n  - a', ['a: `databases[0]` must be keys with values, not `a`']],
    ['name: [a]', ['[a]: `name` must be a text, not a list']],
    ['rules:\n  prefer-identty: off', ['prefer-identty: unknown rule `prefer-identty`; did you mean `prefer-identity`?']],
    ['rules:\n  prefer-identity: loud', ['loud: `rules.prefer-identity` must be one of off, hint, information, warning, error, not `loud`']],
    ['rules:\n  drop-column: { level: of }', ['of: `rules.drop-column.level` must be one of off, hint, information, warning, error, not `of`; did you mean `off`?']],
    ['- a', ['- a: the file must be keys with values, not a list']],
    ['name:\ntenant_key:', []],
    ['', []],
  ])('%j is told exactly', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('what is right beside what is wrong is kept', () => {
    const { config, problems: found } = read('name: shop\ntenancy_model: nonsense\nscale_targets:\n  qps: x\n  p95_ms: 200\nbroken: [\n');
    expect(config).toMatchObject({ name: 'shop', scale_targets: { p95_ms: 200 } });
    expect(config.tenancy_model).toBeUndefined();
    expect(found.length).toBeGreaterThanOrEqual(3);
  });

  test.each(['a: &a [*a, *a]', '\u0000', '{'.repeat(3000), '? [x]\n: y', '%YAML 9\n---\nname: x', 'name: *nowhere'])('%# nothing throws', (text) => {
    expect(read(text).config.databases).toEqual([]);
  });

  test('the published schema takes what the reader takes', () => {
    const validate = new Ajv({ allErrors: true }).compile(configJsonSchema(ruleIds));
    expect(validate(parse(whole)), JSON.stringify(validate.errors)).toBe(true);
    for (const wrong of ['tenancy_modle: x', 'dialect: oracle', 'scale_targets: { qps: lots }', 'rules: { nope: off }', 'databases: [{ x: 1 }]']) {
      expect(validate(parse(wrong)), wrong).toBe(false);
    }
  });

  test('a database takes from the top what it does not say itself', () => {
    const config = {
      ...defaultConfig,
      name: 'top',
      database_type: 'postgresql' as const,
      scale_targets: { qps: 5, rows: { a: 1 } },
      databases: [{ name: 'b', scale_targets: { qps: 9 } }],
    };
    expect(effectiveConfig(config, config.databases[0], true)).toEqual({ name: 'b', database_type: 'postgresql', scale_targets: { qps: 9, rows: { a: 1 } } });
    expect(effectiveConfig(config, undefined, false)).toEqual({ database_type: 'postgresql', scale_targets: { qps: 5, rows: { a: 1 } } });
  });
});
