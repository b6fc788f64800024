import type { Fixture } from './fixture.ts';

/** A migration without its runner's wrapping. */
interface Step {
  readonly name: string;
  readonly up: string;
  readonly down: string;
}

type Name = 'postgresql' | 'sqlite';

/** A migration that is taken for applied, in which nothing is found. */
const first: Readonly<Record<Name, Step>> = {
  postgresql: {
    name: 'init',
    up: 'CREATE TABLE users (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, email text, note text);\nCREATE TABLE orders (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, user_id bigint REFERENCES users (id), total bigint, paid boolean);\nCREATE INDEX orders_user_id_idx ON orders (user_id);',
    down: 'DROP TABLE orders;\nDROP TABLE users;',
  },
  sqlite: { name: 'init', up: 'CREATE TABLE users (id integer PRIMARY KEY, email text, note text, paid boolean);', down: 'DROP TABLE users;' },
};

/** One pitfall each, in the second migration. */
const pitfalls: Readonly<Record<Name, readonly Step[]>> = {
  postgresql: [
    { name: 'two_indexes', up: 'ALTER TABLE orders ADD COLUMN colour text;\nCREATE INDEX orders_colour_idx ON orders (colour);\nCREATE UNIQUE INDEX users_email_key ON users (email);', down: 'DROP INDEX users_email_key;\nDROP INDEX orders_colour_idx;\nALTER TABLE orders DROP COLUMN colour;' },
    { name: 'lone_index', up: 'CREATE UNIQUE INDEX users_email_key ON users (email);', down: 'DROP INDEX users_email_key;' },
    { name: 'required_column', up: 'ALTER TABLE users ADD COLUMN phone text NOT NULL;', down: 'ALTER TABLE users DROP COLUMN phone;' },
    { name: 'set_not_null', up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;', down: 'ALTER TABLE users ALTER COLUMN email DROP NOT NULL;' },
    { name: 'constraints', up: 'ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0);\nALTER TABLE orders ADD CONSTRAINT orders_id_fkey FOREIGN KEY (id) REFERENCES users (id);', down: 'ALTER TABLE orders DROP CONSTRAINT orders_id_fkey;\nALTER TABLE orders DROP CONSTRAINT total_positive;' },
    { name: 'unique', up: 'ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);\nALTER TABLE orders ADD COLUMN colour text UNIQUE;', down: 'ALTER TABLE orders DROP COLUMN colour;\nALTER TABLE users DROP CONSTRAINT users_email_key;' },
    { name: 'concurrently', up: 'ALTER TABLE orders ADD COLUMN colour text;\nCREATE INDEX CONCURRENTLY orders_colour_idx ON orders (colour);', down: 'DROP INDEX orders_colour_idx;\nALTER TABLE orders DROP COLUMN colour;' },
    { name: 'concurrently_wrapped', up: 'BEGIN;\nCREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);\nCOMMIT;', down: 'DROP INDEX orders_total_idx;' },
    { name: 'paid', up: 'CREATE INDEX orders_paid_idx ON orders (paid);', down: 'DROP INDEX orders_paid_idx;' },
    { name: 'tables', up: 'CREATE TABLE visits (id SERIAL PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id));\nCREATE TABLE readings (value bigint);\nCREATE TABLE audit_logs (id bigint PRIMARY KEY, created_at timestamptz NOT NULL);', down: 'DROP TABLE audit_logs;\nDROP TABLE readings;\nDROP TABLE visits;' },
    { name: 'writes', up: "INSERT INTO users (id, tenant_id, email) VALUES (1, 1, 'b');\nINSERT INTO orders (id, tenant_id, user_id) VALUES (1, 1, 1);", down: 'DELETE FROM orders WHERE id = 1;\nDELETE FROM users WHERE id = 1;' },
    { name: 'no_down', up: 'ALTER TABLE users DROP COLUMN note;\nALTER TABLE orders ALTER COLUMN total TYPE numeric;\nDROP INDEX orders_user_id_idx;', down: '' },
  ],
  sqlite: [
    { name: 'paid', up: 'CREATE INDEX users_paid_idx ON users (paid);', down: 'DROP INDEX users_paid_idx;' },
    { name: 'required_column', up: 'ALTER TABLE users ADD COLUMN phone text NOT NULL;', down: 'ALTER TABLE users DROP COLUMN phone;' },
    { name: 'tables', up: 'CREATE TABLE readings (value integer);\nCREATE TABLE posts (id integer PRIMARY KEY, user_id integer REFERENCES users (id));', down: 'DROP TABLE posts;\nDROP TABLE readings;' },
    { name: 'no_down', up: 'ALTER TABLE users DROP COLUMN note;\nCREATE VIEW everything AS SELECT * FROM users;', down: '' },
  ],
};

type Files = Record<string, string>;

/** How each runner lays a history out. Downs are left out where they are empty. */
const layouts: Readonly<Record<string, (steps: readonly Step[], dialect: Name) => Files>> = {
  'golang-migrate': (steps) => ({ 'go.mod': '', ...pairs(steps, (index) => `migrations/${number(index, 6)}`) }),
  sqlx: (steps) => ({ 'Cargo.toml': '[package]\n', ...pairs(steps, (index) => `migrations/${day(index)}`) }),
  'sqlx without downs': (steps) => ({ 'Cargo.toml': '[package]\n', ...flat(steps, ({ name, up }, index) => [`migrations/${day(index)}_${name}.sql`, `${up}\n`]) }),
  diesel: (steps) => ({ 'diesel.toml': '', ...folders(steps, 'migrations', (index) => `2026-01-${number(index, 2)}-000000`, ['up.sql', 'down.sql']) }),
  prisma: (steps, dialect) => ({ 'prisma/migrations/migration_lock.toml': `provider = "${dialect}"\n`, ...folders(steps, 'prisma/migrations', day, ['migration.sql', 'down.sql']) }),
  goose: (steps) => flat(steps, ({ name, up, down }, index) => [`migrations/${day(index)}_${name}.sql`, `-- +goose Up\n${up}\n\n-- +goose Down\n${down}\n`]),
  dbmate: (steps) => flat(steps, ({ name, up, down }, index) => [`db/migrations/${day(index)}_${name}.sql`, `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`]),
  flyway: (steps) => flat(steps, ({ name, up }, index) => [`migrations/V${index}__${name}.sql`, `${up}\n`]),
  'numbered files': (steps) => flat(steps, ({ name, up }, index) => [`migrations/${number(index, 4)}_${name}.sql`, `${up}\n`]),
};

const number = (index: number, digits: number) => String(index).padStart(digits, '0');
const day = (index: number) => `202601${number(index, 2)}000000`;

function flat(steps: readonly Step[], file: (step: Step, index: number) => [string, string]): Files {
  return Object.fromEntries(steps.map((step, at) => file(step, at + 1)));
}

function pairs(steps: readonly Step[], stem: (index: number) => string): Files {
  return Object.fromEntries(steps.flatMap(({ name, up, down }, at) => [[`${stem(at + 1)}_${name}.up.sql`, `${up}\n`], ...(down === '' ? [] : [[`${stem(at + 1)}_${name}.down.sql`, `${down}\n`]])]));
}

function folders(steps: readonly Step[], root: string, version: (index: number) => string, [upFile, downFile]: readonly [string, string]): Files {
  return Object.fromEntries(steps.flatMap(({ name, up, down }, at) => [[`${root}/${version(at + 1)}_${name}/${upFile}`, `${up}\n`], ...(down === '' ? [] : [[`${root}/${version(at + 1)}_${name}/${downFile}`, `${down}\n`]])]));
}

/** Workspaces of two migrations, the first applied and the second with a pitfall, for each runner; one also holds a query that wants an index and tenants to keep apart. */
export const runnerFixtures: readonly { readonly runner: string; readonly dialect: Name; readonly pitfall: string; readonly fixture: Fixture }[] = Object.entries(layouts).flatMap(([runner, layout]) =>
  (['postgresql', 'sqlite'] as const).flatMap((dialect) =>
    pitfalls[dialect].map((step) => {
      const files: Files = { 'database-expert.yaml': `dialect: ${dialect}\n`, ...layout([first[dialect], step], dialect) };
      if (step.name === 'lone_index') {
        files['database-expert.yaml'] += 'tenancy_model: shared\ntenant_key: tenant_id\n';
        files['queries/list.sql'] = '-- name: List :many\nSELECT id FROM orders WHERE tenant_id = $1 ORDER BY total DESC LIMIT 20;\n';
      }
      return { runner, dialect, pitfall: step.name, fixture: { files: Object.entries(files).map(([path, text]) => ({ path, text })), expected: [], all: false, isolated: false } };
    }),
  ),
);
