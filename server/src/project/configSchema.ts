import { dialects } from '../source/dialect.ts';
import { runners } from './runners/index.ts';

/** One value of database-expert.yaml: what it may be, and a sentence on what it is for. */
export type Setting = { readonly description: string } & SettingKind;

type SettingKind =
  | { readonly kind: 'text'; readonly example?: string }
  /** A count of something: a number, or a text such as `5M`, `200k` or `5_000_000`. */
  | { readonly kind: 'count' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  /** A text, or a number that is kept as text: `15`, `"8.0"`. */
  | { readonly kind: 'version' }
  /** One value stands for a list of one. */
  | { readonly kind: 'list'; readonly item: Setting }
  | { readonly kind: 'object'; readonly keys: Readonly<Record<string, Setting>>; readonly shorthand?: string }
  /** Keys are names of the user's own. */
  | { readonly kind: 'map'; readonly value: Setting }
  | { readonly kind: 'rules' };

const dialect: Setting = { kind: 'choice', values: dialects, description: 'The engine.' };

const accessPattern: Setting = {
  kind: 'object',
  description: 'A query the application runs often.',
  shorthand: 'query',
  keys: {
    name: { kind: 'text', description: 'What the query is called in the plan.', example: 'orders of a tenant' },
    query: { kind: 'text', description: 'The SQL, or words when no SQL is known.', example: 'SELECT * FROM orders WHERE tenant_id = $1' },
    reads_per_second: { kind: 'count', description: 'How often it reads, per second.' },
    writes_per_second: { kind: 'count', description: 'How often it writes, per second.' },
  },
};

const scaleTargets: Setting = {
  kind: 'object',
  description: 'How large and how busy the database is meant to be.',
  keys: {
    qps: { kind: 'count', description: 'Queries per second at the peak.' },
    rows: { kind: 'map', description: 'Rows believed per table.', value: { kind: 'count', description: 'Rows of the table.' } },
    data_volume: { kind: 'text', description: 'Size of the data.', example: '200 GB' },
    retention: { kind: 'text', description: 'How long rows are kept.', example: '13 months' },
    p95_ms: { kind: 'count', description: 'Latency that 95 of 100 queries have to meet, in milliseconds.' },
  },
};

const operations: Setting = {
  kind: 'object',
  description: 'How the database is run.',
  keys: {
    application_instances: { kind: 'count', description: 'Processes that open a connection pool.' },
    pool_size: { kind: 'count', description: 'Connections of one pool.' },
    pooler: { kind: 'text', description: 'A pooler between application and database.', example: 'pgbouncer, transaction mode' },
    backup: { kind: 'text', description: 'How backups are made.' },
    rpo: { kind: 'text', description: 'How much data may be lost at most.', example: '5 minutes' },
    rto: { kind: 'text', description: 'How long a recovery may take at most.', example: '1 hour' },
    restore_tested: { kind: 'text', description: 'When a restore was last tried.', example: '2026-09-30' },
    monitoring: { kind: 'text', description: 'What watches the database.' },
  },
};

const migrations: Setting = {
  kind: 'object',
  description: 'Where the migrations are and which of them have run.',
  keys: {
    path: { kind: 'text', description: 'Folder of the migrations.', example: 'db/migrations' },
    runner: { kind: 'choice', values: runners.map(({ id }) => id), description: 'What runs them, when the files do not tell.' },
    applied: { kind: 'version', description: '`git` (what the default branch has), `none`, or the last version that has run.' },
  },
};

const databaseKeys: Readonly<Record<string, Setting>> = {
  name: { kind: 'text', description: 'What the database is called in findings and in the plan.' },
  path: { kind: 'text', description: 'Folder of the database, relative to this file.' },
  dialect,
  database_type: { ...dialect, description: 'The engine; the same as `dialect`.' },
  engine_version: { kind: 'version', description: 'Major version of the engine.' },
  migrations,
  queries: { kind: 'list', description: 'Files of queries that the application runs, as glob patterns.', item: { kind: 'text', description: 'A glob pattern.' } },
  statistics: { kind: 'text', description: 'File with the planner statistics of the running database, relative to this file.', example: 'statistics.json' },
  data_model: { kind: 'text', description: 'The entities and how they hang together; found in the files when absent.' },
  access_patterns: { kind: 'list', description: 'Hot queries with how often they run.', item: accessPattern },
  scale_targets: scaleTargets,
  tenancy_model: {
    kind: 'choice',
    values: ['none', 'shared', 'schema-per-tenant', 'db-per-tenant'],
    description: 'How tenants share the database.',
  },
  tenant_key: { kind: 'text', description: 'The column that names the tenant.', example: 'tenant_id' },
  compliance_requirements: {
    kind: 'list',
    description: 'What the law or a contract asks for.',
    item: { kind: 'text', description: 'A requirement.', example: 'audit' },
  },
  migration_constraints: {
    kind: 'list',
    description: 'What a migration may not do to the running application.',
    item: { kind: 'text', description: 'A constraint.', example: 'zero-downtime' },
  },
  operations,
};

/** The whole of database-expert.yaml, declared once: reading, editor checks and the published JSON Schema come from here. */
export const configSetting = {
  kind: 'object',
  description: 'Configuration and plan inputs of Database Expert.',
  keys: {
    ...databaseKeys,
    databases: {
      kind: 'list',
      description: 'The databases of the workspace, when they are not to be found by their files.',
      item: { kind: 'object', description: 'One database; what it leaves out is taken from the top of the file.', keys: databaseKeys },
    },
    rules: { kind: 'rules', description: 'Severity of a rule, `off`, or its options.' },
    exclude: { kind: 'list', description: 'Files to leave out, written as in .gitignore.', item: { kind: 'text', description: 'A pattern.' } },
    large_table_rows: { kind: 'count', description: 'Rows from which on a table counts as large.' },
  },
} as const satisfies Setting;

/** Levels a rule may be set to. */
export const ruleLevels = ['off', 'hint', 'information', 'warning', 'error'] as const;

/** Texts that are counts: digits with `_` or `,` between, perhaps a unit. */
export const countPattern = /^(\d[\d_,]*(?:\.\d+)?)\s*([kKmMbBgG]?)$/;

/** YAML reads a bare `15` as a number where a text is meant. */
const textOrNumber = { anyOf: [{ type: 'string' }, { type: 'number' }] } as const;

type JsonSchema = { readonly [key: string]: unknown };

function schemaOf(setting: Setting, ruleIds: readonly string[]): JsonSchema {
  const { description } = setting;
  switch (setting.kind) {
    case 'text':
      return { description, ...textOrNumber, ...(setting.example === undefined ? {} : { examples: [setting.example] }) };
    case 'version':
      return { description, ...textOrNumber };
    case 'count':
      return { description, anyOf: [{ type: 'number', minimum: 0 }, { type: 'string', pattern: countPattern.source }] };
    case 'choice':
      return { description, enum: [...setting.values] };
    case 'list': {
      const item = schemaOf(setting.item, ruleIds);
      return { description, anyOf: [{ type: 'array', items: item }, item] };
    }
    case 'map':
      return { description, type: 'object', additionalProperties: schemaOf(setting.value, ruleIds) };
    case 'object': {
      const properties = Object.fromEntries(Object.entries(setting.keys).map(([key, value]) => [key, schemaOf(value, ruleIds)]));
      const object = { type: 'object', properties, additionalProperties: false };
      const short = setting.shorthand === undefined ? undefined : schemaOf(setting.keys[setting.shorthand]!, ruleIds);
      return short ? { description, anyOf: [object, short] } : { description, ...object };
    }
    case 'rules': {
      const level = { enum: [...ruleLevels] };
      const options = { type: 'object', properties: { level } };
      const rule = { anyOf: [level, options] };
      return { description, type: 'object', properties: Object.fromEntries(ruleIds.map((id) => [id, rule])), additionalProperties: false };
    }
  }
}

/** The JSON Schema (draft 7) of database-expert.yaml, for docs/schemas and for editors. */
export function configJsonSchema(ruleIds: readonly string[]): JsonSchema {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'database-expert.yaml', ...schemaOf(configSetting, ruleIds) };
}
