import { describe, expect, it } from 'vitest';
import type { Claim, Plan } from '../../protocol/plan.ts';
import { buildPlan } from '../../server/src/plan/build.ts';
import { lockEffect } from '../../server/src/plan/locks.ts';
import { renderMarkdown } from '../../server/src/plan/markdown.ts';
import { confidence } from '../../server/src/plan/positionCard.ts';
import { renderYaml } from '../../server/src/plan/yaml.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { SourceFile } from '../../server/src/project/facts.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';

/** Builds a workspace from texts by path. */
function planOf(files: Readonly<Record<string, string>>, dialect: Dialect = 'postgresql'): Plan {
  const sources: SourceFile[] = Object.entries(files).map(([path, text]) => ({ path, text }));
  const facts = buildFacts({ files: sources, applied: { kind: 'none' }, forcedDialect: dialect });
  return buildPlan(facts, checkWorkspace(facts))!;
}

const users = 'CREATE TABLE users (id bigint PRIMARY KEY, name text, total integer);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, state varchar(10));\nCREATE INDEX orders_user_id ON orders (user_id);\n';

describe('secrets', () => {
  const secret = 'hunter2secret';
  const plan = planOf({
    'database-expert.yaml': `operations:\n  backup: pg_dump postgres://admin:${secret}@db.internal/shop every night\n`,
    'redis.conf': `requirepass ${secret}\nmaxmemory 1gb\nmasterauth "${secret}"\n`,
    'migrations/0001_users.up.sql': `CREATE TABLE users (id bigint PRIMARY KEY, name text, api_token text DEFAULT '${secret}');\n`,
    'migrations/0001_users.down.sql': 'DROP TABLE users;\n',
    'migrations/0002_roles.up.sql': [
      `CREATE ROLE app LOGIN PASSWORD '${secret}';`,
      `ALTER ROLE app WITH ENCRYPTED PASSWORD '${secret}${'x'.repeat(300)}';`,
      `INSERT INTO users (id, name) VALUES (1, '${secret}'), (2, E'${secret}'), (3, $$${secret}$$);`,
      `UPDATE users SET name = '${secret}' WHERE id = 1 /* was ${secret} */;`,
      `ALTER TABLE users ADD COLUMN smtp_password text NOT NULL DEFAULT '${secret}';`,
      `-- ${secret}\nALTER TABLE users ADD COLUMN note text; -- ${secret}`,
      `CREATE SUBSCRIPTION feed CONNECTION 'host=db password=${secret}' PUBLICATION all_tables;`,
      `DO $$ BEGIN PERFORM dblink_connect('password=${secret}'); END $$;`,
    ].join('\n'),
    'migrations/0002_roles.down.sql': `ALTER ROLE app PASSWORD '${secret}';\n`,
    'queries/users.sql': `-- name: ByName :one\nSELECT id FROM users WHERE name = '${secret}';\n`,
  });
  it.each([['JSON', JSON.stringify(plan)], ['YAML', renderYaml(plan)], ['Markdown', renderMarkdown(plan)]])('are not in the %s', (_, text) => expect(text).not.toContain(secret));
  it('in MySQL, where strings stand in double quotes too', () => {
    const mysql = planOf({ 'migrations/0001_a.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, name text);', 'migrations/0001_a.down.sql': 'DROP TABLE users;', 'migrations/0002_a.up.sql': `CREATE USER app IDENTIFIED BY '${secret}';\nUPDATE users SET name = "${secret}" WHERE id = 1;\nINSERT INTO users VALUES (1, "${secret}");`, 'migrations/0002_a.down.sql': 'DROP USER app;' }, 'mysql');
    expect(JSON.stringify(mysql)).not.toContain(secret);
  });
});

describe('confidence', () => {
  const evidence = [{ file: 'a.sql', line: 1 }];
  const claim = (level: Claim['level'], given: Claim['evidence'] = evidence): Claim => ({ text: 'It holds.', level, evidence: given });
  it.each([
    ['nothing is claimed', [], 0, 0],
    ['all is proved', [claim('proved'), claim('proved')], 0, 1],
    ['a claim has no evidence', [claim('proved'), claim('proved', [])], 0, 0.5],
    ['levels weigh', [claim('proved'), claim('modelled'), claim('assumed'), claim('refuted')], 0, 0.55],
    ['assumptions count half a claim each', [claim('modelled'), claim('modelled')], 4, 0.4],
    ['only assumptions are there', [], 6, 0],
  ] as const)('where %s', (_, claims, assumptions, expected) => expect(confidence(claims, assumptions)).toBe(expected));
  it('is that of the card', () => {
    const plan = planOf({ 'migrations/0001_users.up.sql': users, 'migrations/0001_users.down.sql': 'DROP TABLE orders; DROP TABLE users;' });
    expect(plan.position_card.confidence).toBe(confidence(plan.position_card.claims, plan.assumptions.length));
  });
});

describe('locks', () => {
  /** `lock`, then R for a rewrite, S for a scan, and what waits. */
  function effect(sql: string, dialect: Dialect): string {
    const facts = buildFacts({ files: [{ path: 'migrations/0001_a.up.sql', text: users }, { path: 'migrations/0002_b.up.sql', text: sql }], applied: { kind: 'none' }, forcedDialect: dialect });
    const database = facts.databases[0]!;
    const { lock, rewrite, scan, blocks } = lockEffect(database, database.steps[1]!.entries[0]!);
    return `${lock ?? '-'}${rewrite ? ' R' : ''}${scan ? ' S' : ''} ${blocks}`;
  }
  it.each([
    ['ALTER TABLE users ADD COLUMN a text', 'ACCESS EXCLUSIVE on users everything'],
    ["ALTER TABLE users ADD COLUMN a text DEFAULT 'x'", 'ACCESS EXCLUSIVE on users everything'],
    ['ALTER TABLE users ADD COLUMN a uuid DEFAULT gen_random_uuid()', 'ACCESS EXCLUSIVE on users R everything'],
    ['ALTER TABLE users ADD COLUMN a bigserial', 'ACCESS EXCLUSIVE on users R everything'],
    ['ALTER TABLE users ADD COLUMN a bigint REFERENCES orders (id)', 'ACCESS EXCLUSIVE on users, SHARE ROW EXCLUSIVE on orders everything'],
    ['ALTER TABLE users ALTER COLUMN total TYPE bigint', 'ACCESS EXCLUSIVE on users R everything'],
    ['ALTER TABLE orders ALTER COLUMN state TYPE varchar(20)', 'ACCESS EXCLUSIVE on orders everything'],
    ['ALTER TABLE orders ALTER COLUMN state TYPE text', 'ACCESS EXCLUSIVE on orders everything'],
    ['ALTER TABLE orders ALTER COLUMN state TYPE varchar(5)', 'ACCESS EXCLUSIVE on orders R everything'],
    ['ALTER TABLE users ALTER COLUMN name SET NOT NULL', 'ACCESS EXCLUSIVE on users S everything'],
    ['ALTER TABLE users DROP COLUMN name', 'ACCESS EXCLUSIVE on users everything'],
    ['ALTER TABLE users ADD CONSTRAINT c CHECK (total > 0)', 'ACCESS EXCLUSIVE on users S everything'],
    ['ALTER TABLE users ADD CONSTRAINT c CHECK (total > 0) NOT VALID', 'ACCESS EXCLUSIVE on users everything'],
    ['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id)', 'SHARE ROW EXCLUSIVE on orders and users S writes'],
    ['ALTER TABLE orders VALIDATE CONSTRAINT f', 'SHARE UPDATE EXCLUSIVE on orders S nothing'],
    ['ALTER TABLE users ADD CONSTRAINT u UNIQUE (name)', 'ACCESS EXCLUSIVE on users S everything'],
    ['ALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX i', 'ACCESS EXCLUSIVE on users everything'],
    ['ALTER TABLE users SET (fillfactor = 70)', 'SHARE UPDATE EXCLUSIVE on users nothing'],
    ['ALTER TABLE users SET UNLOGGED', 'ACCESS EXCLUSIVE on users R everything'],
    ['CREATE INDEX i ON users (name)', 'SHARE on users S writes'],
    ['CREATE INDEX CONCURRENTLY i ON users (name)', 'SHARE UPDATE EXCLUSIVE on users S nothing'],
    ['DROP INDEX orders_user_id', 'ACCESS EXCLUSIVE on orders everything'],
    ['DROP INDEX CONCURRENTLY orders_user_id', 'SHARE UPDATE EXCLUSIVE on orders nothing'],
    ['DROP TABLE orders', 'ACCESS EXCLUSIVE on orders everything'],
    ['TRUNCATE orders', 'ACCESS EXCLUSIVE on orders everything'],
    ['ALTER TABLE orders RENAME TO purchases', 'ACCESS EXCLUSIVE on orders everything'],
    ["UPDATE users SET name = 'x'", 'ROW EXCLUSIVE on users S nothing'],
    ['DELETE FROM users WHERE id = 1', 'ROW EXCLUSIVE on users nothing'],
    ['CREATE TABLE lines (id bigint, order_id bigint REFERENCES orders (id))', 'SHARE ROW EXCLUSIVE on orders writes'],
    ['CREATE TABLE notes (id bigint)', '- nothing'],
    ['CREATE VIEW v AS SELECT 1', '- nothing'],
  ])('postgresql: %s', (sql, expected) => expect(effect(sql, 'postgresql')).toBe(expected));
  it.each([
    ['ALTER TABLE users ADD COLUMN a text', 'metadata lock on users nothing'],
    ['ALTER TABLE users MODIFY COLUMN total bigint', 'metadata lock on users, table copied, writes wait R S writes'],
    ['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id)', 'metadata lock on orders, table copied, writes wait R S writes'],
    ['CREATE INDEX i ON users (total)', 'metadata lock on users S nothing'],
    ['DROP TABLE orders', 'metadata lock on orders nothing'],
    ['UPDATE users SET total = 1', 'row locks in users (every row) S writes'],
    ['DELETE FROM users WHERE id = 1', 'row locks in users nothing'],
    ['CREATE TABLE notes (id bigint)', '- nothing'],
  ])('mysql: %s', (sql, expected) => expect(effect(sql, 'mysql')).toBe(expected));
  it.each([
    ['ALTER TABLE users ADD COLUMN a text', 'the database file (one writer) writes'],
    ['ALTER TABLE users DROP COLUMN name', 'the database file (one writer) R S writes'],
    ['CREATE INDEX i ON users (name)', 'the database file (one writer) S writes'],
    ['SELECT 1', '- nothing'],
  ])('sqlite: %s', (sql, expected) => expect(effect(sql, 'sqlite')).toBe(expected));
});

describe('reversibility', () => {
  it.each([
    ['ALTER TABLE users ALTER COLUMN total TYPE bigint', 'reversible'],
    ['ALTER TABLE users ALTER COLUMN total TYPE smallint', 'loses data'],
    ['ALTER TABLE users DROP COLUMN name', 'loses data'],
    ['DROP TABLE orders', 'loses data'],
    ['CREATE INDEX i ON users (name)', 'reversible'],
  ])('%s', (sql, expected) => {
    const plan = planOf({ 'migrations/0001_a.up.sql': users, 'migrations/0001_a.down.sql': 'DROP TABLE orders; DROP TABLE users;', 'migrations/0002_b.up.sql': `${sql};` });
    expect(plan.database_plan.migration_plan.steps.find(({ file }) => file.includes('0002'))?.reversibility).toBe(expected);
  });
});

describe('checklist', () => {
  const down = { 'migrations/0001_users.down.sql': 'DROP TABLE orders; DROP TABLE users;' };
  /** State of each point, by its first word or two. */
  const states = (plan: Plan) => Object.fromEntries([...plan.evidence_checklist, ...plan.success_criteria].map(({ text, state }) => [text, state]));

  it('knows nothing of an empty schema', () => {
    const found = states(planOf({ 'migrations/0001_settings.up.sql': "SET timezone = 'UTC';", 'migrations/0001_settings.down.sql': '' }));
    expect(found).toMatchObject({ 'Schema includes primary keys and foreign keys': 'unknown', 'Indexes cover top 5 queries': 'unknown', 'Connection pool settings documented': 'unknown', 'Data integrity constraints enforced': 'unknown' });
  });

  it('counts the pending migrations without a down among those that have one', () => {
    const told = (texts: Record<string, string>) => planOf(texts).evidence_checklist.find(({ text }) => text === 'Migration plan includes rollback')?.detail;
    const bare = { 'migrations/0002_b.up.sql': 'ALTER TABLE users ADD COLUMN n integer;' };
    expect(told({ 'migrations/0001_users.up.sql': users, ...down, ...bare })).toBe('1 of 2 pending migrations changes the schema and has no down.');
    expect(told({ 'migrations/0001_users.up.sql': users })).toBe('1 pending migration changes the schema and has no down.');
    expect(told({ 'migrations/0001_users.up.sql': users, ...bare })).toBe('2 pending migrations change the schema and have no down.');
  });

  it('sees what is missing', () => {
    const plan = planOf({ 'migrations/0001_log.up.sql': 'CREATE TABLE readings (sensor bigint, value integer);', 'queries/a.sql': '-- name: A :many\nSELECT value FROM readings WHERE sensor = $1 AND value = $2;' });
    expect(states(plan)).toMatchObject({ 'Schema includes primary keys and foreign keys': 'not met', 'Indexes cover top 5 queries': 'not met', 'Migrations are reversible and documented': 'not met', 'Data integrity constraints enforced': 'not met', 'Unique constraints for business invariants': 'unknown' });
  });

  it('sees what is there', () => {
    const plan = planOf({
      'database-expert.yaml': 'tenancy_model: none\noperations:\n  pool_size: 12\n  backup: nightly\n  restore_tested: 2026-10-01\n',
      'migrations/0001_users.up.sql': `${users}ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id);\nCREATE UNIQUE INDEX users_name ON users (name);`,
      ...down,
      'queries/a.sql': '-- name: A :many\nSELECT id FROM orders WHERE user_id = $1;',
    });
    const found = states(plan);
    expect(Object.entries(found).filter(([, state]) => state !== 'met').map(([text]) => text)).toEqual(['Queries meet latency targets (p95 < 200 ms)']);
    for (const entry of plan.evidence_checklist) expect(entry.detail).toMatch(/[.\w]$/);
  });

  it('does not call a guess enforced where policies guard some tables only', () => {
    const table = (name: string) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);\n`;
    const plan = planOf({ 'migrations/0001_a.up.sql': `${table('a')}${table('b')}${table('c')}ALTER TABLE a ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON a USING (tenant_id = current_setting('app.tenant_id')::bigint);` });
    expect(plan.evidence_checklist.find(({ text }) => text.startsWith('Tenant'))).toMatchObject({ state: 'unknown', detail: expect.stringContaining('1 of 3 tables') });
  });
});

describe('Markdown', () => {
  it('takes nothing from the workspace as markup', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const plan = planOf({
      'migrations/0001_a.up.sql': `CREATE TABLE "${evil}" (id bigint, "](javascript:alert(1))" text);\nCREATE TABLE "![x](https://evil.example/p.png)" (id bigint);\nCREATE TABLE "a\`\`b|c" (id bigint);`,
      'migrations/0001_a.down.sql': 'SELECT 1;',
      'migrations/0002_[x](javascript:alert(2)).up.sql': `ALTER TABLE "${evil}" ADD COLUMN "\`${evil}\`" text; -- ${evil}\nALTER TABLE "a\`\`b|c" ADD COLUMN x text CHECK (x <> '| | |');\n`,
      'migrations/0002_[x](javascript:alert(2)).down.sql': 'SELECT 1;',
    });
    const outside = renderMarkdown(plan).split('\n').map((line) => line.replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, 'CODE'));
    for (const line of outside) {
      expect(line).not.toMatch(/(?<!\\)<\w/);
      expect(line).not.toMatch(/(?<!\\)\]\((?!migrations\/)/);
      expect(line).not.toMatch(/https:\/\//);
    }
    for (const row of outside.filter((line) => line.startsWith('| ['))) expect(row.match(/(?<!\\)\|/g)).toHaveLength(6);
  });

  it('stays readable where hundreds of statements are pending, and the plan keeps them all', () => {
    const statements = Array.from({ length: 300 }, (_, at) => `ALTER TABLE users ADD COLUMN c${at} text${at === 5 ? ' NOT NULL' : ''};`).join('\n');
    const plan = planOf({ 'migrations/0001_a.up.sql': users, 'migrations/0001_a.down.sql': 'DROP TABLE orders; DROP TABLE users;', 'migrations/0002_b.up.sql': statements, 'migrations/0002_b.down.sql': 'SELECT 1;' });
    const text = renderMarkdown(plan);
    expect(plan.database_plan.migration_plan.steps.filter(({ file }) => file.includes('0002'))).toHaveLength(300);
    expect(text.split('\n').filter((line) => line.startsWith('| [')).length).toBeLessThanOrEqual(40);
    expect(text).toContain('c5 text NOT NULL');
    expect(text).toContain('c299 text');
    expect(text).toMatch(/of \d+ pending statements/);
  });
});

describe('claims and items', () => {
  const plan = planOf({
    'migrations/0001_users.up.sql': users,
    'migrations/0001_users.down.sql': 'DROP TABLE orders; DROP TABLE users;',
    'migrations/0002_more.up.sql': 'ALTER TABLE users DROP COLUMN total, ADD COLUMN total bigint NOT NULL;\nCREATE TABLE audit_log (at timestamptz, what text);',
    'queries/a.sql': '-- name: A :many\nSELECT id FROM orders WHERE state = $1 AND user_id = $2 ORDER BY id;',
  });
  it('link to a place', () => {
    for (const claim of plan.position_card.claims) expect(claim.evidence.length, claim.text).toBeGreaterThan(0);
  });
  it('say what to do in their titles', () => {
    const items = [...plan.database_plan.schema_design.items, ...plan.database_plan.index_strategy.composite, ...plan.database_plan.migration_plan.items, ...plan.database_plan.operational_plan.retention];
    expect(items.map(({ title }) => title.split(' ')[0])).toEqual(items.map(() => expect.stringMatching(/^(Name|Create|Write|Set|Partition|Bound)$/)));
  });
  it('offer one safe sequence for a column that is dropped and added anew', () => {
    const step = plan.database_plan.migration_plan.steps.find(({ statement }) => statement.includes('DROP COLUMN'));
    expect(step?.safe_sequence).toEqual(['Add the new total under another name, without NOT NULL.', 'Write both, fill the new one in batches.', 'Read the new one, then drop total in a later release.']);
  });
});

describe('a schema dump beside migrations', () => {
  const up = (sql: string, down: string) => `-- migrate:up\n${sql}\n-- migrate:down\n${down}\n`;
  const files = [
    { path: 'db/migrations/20240101000000_users.sql', text: up('CREATE TABLE users (id bigint PRIMARY KEY, email text);', 'DROP TABLE users;') },
    { path: 'db/migrations/20240102000000_posts.sql', text: up('CREATE TABLE posts (id bigint PRIMARY KEY);', 'DROP TABLE posts;') },
  ];
  const dump = (text: string) => {
    const facts = buildFacts({ files: [...files, { path: 'db/schema.sql', text }], applied: { kind: 'none' } });
    return buildPlan(facts, [])!.database_plan.schema_design.items.filter(({ title }) => title.startsWith('Bring'));
  };

  it('is compared with what they make', () => {
    const drifted = dump('CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE posts (id bigint PRIMARY KEY);\nCREATE TABLE extra (id bigint PRIMARY KEY);\nCREATE TABLE schema_migrations (version text PRIMARY KEY);\n');
    expect(drifted.map(({ detail }) => detail)).toEqual(['Only in the dump: extra. Only in the migrations: users.email.']);
    expect(drifted[0]!.evidence).toEqual([{ file: 'db/schema.sql', line: 1 }]);
  });

  it('is passed over when it says the same', () => {
    expect(dump('CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE TABLE posts (id bigint PRIMARY KEY);\n')).toEqual([]);
  });
});

describe('how many foreign keys have an index', () => {
  const told = (change: string): string | undefined => planOf({ 'migrations/0001_a.up.sql': `CREATE TABLE users (id bigint PRIMARY KEY);\n${change}` }).database_plan.index_strategy.claims.map(({ text }) => text).find((text) => text.includes('foreign key'));
  const one = 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\n';
  const other = 'CREATE TABLE carts (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\n';

  it('is told of one as of one, and of several by their number', () => {
    expect(told(one)).toMatch(/^The only foreign key has no index that leads with its columns/);
    expect(told(`${one}CREATE INDEX ON orders (user_id);\n`)).toBe('An index leads with the columns of the only foreign key.');
    expect(told(`${one}${other}CREATE INDEX ON orders (user_id);\n`)).toMatch(/^1 of 2 foreign keys has no index that leads with its columns/);
    expect(told(one + other)).toMatch(/^2 of 2 foreign keys have no index that leads with their columns/);
  });
});

describe('a table of SQLite that another one takes the place of', () => {
  const plan = planOf({
    'migrations/0001_a.up.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, nick TEXT);\n',
    'migrations/0002_b.up.sql': 'CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, nick TEXT);\nINSERT INTO new_users SELECT * FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;\n',
    'migrations/0003_c.up.sql': 'CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);\nINSERT INTO new_users SELECT id, email FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;\n',
    'migrations/0004_d.up.sql': 'DROP TABLE users;\n',
  }, 'sqlite');
  const drops = plan.database_plan.migration_plan.steps.filter(({ statement }) => statement.startsWith('DROP TABLE'));

  it('is not dropped, and loses what the new one has no column for', () => {
    expect(drops.map(({ reversibility, safe_sequence: sequence }) => [reversibility, sequence.length > 0])).toEqual([['reversible', false], ['loses data', false], ['loses data', true]]);
  });

  it('locks the database file, in plain English', () => {
    expect(plan.position_card.risks.join('\n')).toMatch(/DROP TABLE users locks the database file/);
    expect(renderMarkdown(plan)).not.toMatch(/the the /);
  });
});

describe('what was seen', () => {
  it('stands behind places, each sentence set off from the next by a semicolon', () => {
    const plan = planOf({ 'migrations/0001_a.up.sql': users });
    const evidence = ['one', 'two'].map((observed) => ({ level: 'proved' as const, experiment: 'locks', engine: 'PostgreSQL', version: '18.6', observed: `It took ${observed}.` }));
    const claims: Claim[] = [{ text: 'Seen.', level: 'proved', evidence: [{ file: 'a.sql', line: 1 }, ...evidence] }];
    const text = renderMarkdown({ ...plan, position_card: { ...plan.position_card, claims } });
    expect(text).toContain('Seen. — [a.sql:1](a.sql#L1); proved, locks on PostgreSQL 18.6: It took one; proved, locks on PostgreSQL 18.6: It took two\n');
  });
});
