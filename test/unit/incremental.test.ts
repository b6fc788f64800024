import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { advanceFacts } from '../../server/src/project/advance.ts';
import { buildFacts, type ProjectInput } from '../../server/src/project/build.ts';
import type { Facts, HistoryEntry, SourceFile } from '../../server/src/project/facts.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';
import { renderCatalog } from '../../server/src/schema/render.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
import { Random } from '../support/editing.ts';

const whole = process.env.DATABASE_EXPERT_WHOLE === '1';

function build(files: readonly SourceFile[], previous?: Facts, options: Partial<ProjectInput> = {}): Facts {
  return buildFacts({ files, applied: { kind: 'none' }, incremental: true, ...options }, previous);
}

/** Everything that an edit could leave out of date, as plain values. */
function told(facts: Facts) {
  const findings = checkWorkspace(facts, { all: true }).map(({ rule, severity, at: { file, range }, message, related, applied }) => ({
    rule,
    severity,
    at: `${file}:${range.start}-${range.end}`,
    message,
    related: related.map((one) => `${one.file}:${one.range.start}-${one.range.end} ${one.message}`),
    applied,
  }));
  const databases = facts.databases.map(({ name, catalog, steps, otherEntries, workload, unread }) => ({
    name,
    catalog: sorted(renderCatalog(catalog)),
    entries: [...steps.flatMap((step) => step.entries), ...otherEntries].map(entryTold),
    workload: workload.map(({ text, range }) => `${range.start} ${text}`),
    unread: unread.map(({ file, offset }) => `${file}:${offset}`),
  }));
  return { findings, databases };
}

function entryTold({ placed: { file, statement }, transaction, newTables, before, after }: HistoryEntry) {
  return `${file}:${statement.start} #${statement.index} ${transaction} new ${[...newTables.keys()].sort().join()} ${sizes(before)} ${sizes(after)}`;
}

function sizes({ tables, views, enums, sequences }: HistoryEntry['before']): string {
  const columns = [...tables.values()].reduce((sum, table) => sum + table.columns.length + 100 * table.indexes.length, 0);
  return `${tables.size}/${columns}/${views.size}/${enums.size}/${sequences.size}`;
}

/** The order of objects made by an edit may differ from that of a fold from the start. */
function sorted(statements: readonly string[]): string[] {
  return [...statements].sort();
}

/** Edits files at random, over and over, and compares what is told after each edit with what is told of the same files read for the first time. */
function compare(files: readonly SourceFile[], seed: number, edits: number): void {
  const random = new Random(seed);
  let now = [...files];
  let facts = build(now);
  checkWorkspace(facts, { all: true });
  for (let edit = 0; edit < edits; edit++) {
    const candidates = now.filter(({ path }) => !path.endsWith('.yaml'));
    const file = random.pick(candidates);
    const changed: SourceFile = { path: file.path, text: random.editOf(file.text, candidates.map(({ text }) => text)) };
    now = now.map((one) => (one.path === file.path ? changed : one));
    const advanced = advanceFacts(facts, [changed]);
    facts = advanced ?? build(now, facts);
    const context = `seed ${seed}, edit ${edit} of ${file.path}`;
    const early = told(facts);
    // The edit may have changed what the file is; only a build that looks at everything again tells.
    const fresh = build(now, undefined, { incremental: false });
    if (sameLayout(facts, fresh)) expect(early, context).toEqual(told(fresh));
    facts = build(now, facts);
    expect(told(facts), `${context}, built again`).toEqual(told(fresh));
  }
}

/** Whether both see the files in the same places: an edit may make another runner, dialect or role more likely, which only a build notices. */
function sameLayout(a: Facts, b: Facts): boolean {
  const layout = ({ databases, roleOf }: Facts) => [
    databases.map(({ name, dialect, runner, steps, scripts }) => [name, dialect, runner?.id, steps.map(({ migration }) => [migration.up.file, migration.transaction]), scripts.map(({ file, role }) => [file, role])]),
    [...roleOf].sort(),
  ];
  return JSON.stringify(layout(a)) === JSON.stringify(layout(b));
}

const postgresql: SourceFile[] = [
  { path: 'database-expert.yaml', text: 'dialect: postgresql\ntenancy_model: shared\ntenant_key: tenant_id\nscale_targets:\n  rows:\n    orders: 5000000\n' },
  { path: 'migrations/0001_init.up.sql', text: "CREATE TABLE tenants (id bigint PRIMARY KEY, name text);\nCREATE TABLE customers (id bigint PRIMARY KEY, tenant_id bigint REFERENCES tenants (id), email text UNIQUE);\nCREATE TABLE orders (\n  id bigint PRIMARY KEY,\n  tenant_id bigint NOT NULL REFERENCES tenants (id),\n  customer_id bigint REFERENCES customers (id),\n  state text DEFAULT 'new'\n);\nCREATE INDEX orders_state ON orders (state);\n" },
  { path: 'migrations/0001_init.down.sql', text: 'DROP TABLE orders;\nDROP TABLE customers;\nDROP TABLE tenants;\n' },
  { path: 'migrations/0002_log.up.sql', text: 'BEGIN;\nCREATE TABLE audit_log (id bigint, at timestamptz);\nALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders ADD COLUMN paid boolean NOT NULL DEFAULT false;\nCOMMIT;\nCREATE INDEX CONCURRENTLY orders_paid ON orders (paid);\n' },
  { path: 'migrations/0003_change.up.sql', text: "ALTER TABLE customers RENAME COLUMN email TO mail;\nALTER TABLE orders ALTER COLUMN note SET NOT NULL;\nALTER TABLE orders ADD CONSTRAINT positive CHECK (id > 0);\nUPDATE orders SET state = 'old';\nDROP INDEX orders_state;\n" },
  { path: 'migrations/0004_more.up.sql', text: 'CREATE TYPE mood AS ENUM (\'a\', \'b\');\nALTER TABLE customers ADD COLUMN mood mood;\nCREATE VIEW open_orders AS SELECT id, note FROM orders WHERE paid = false;\nDROP TABLE audit_log;\n' },
  { path: 'queries/orders.sql', text: '-- name: OpenOrders :many\nSELECT id FROM orders WHERE customer_id = $1 AND state = $2 ORDER BY id;\n\n-- name: Pay :exec\nUPDATE orders SET paid = true WHERE id = $1;\n' },
  { path: 'scripts/tidy.sql', text: "DELETE FROM orders WHERE state = 'old';\nUPDATE customers SET mail = NULL;\n" },
];

const sqlite: SourceFile[] = [
  { path: 'schema.sql', text: 'CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id));\nCREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);\nCREATE INDEX b_name ON b (name);\nCREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET name = \'x\'; DELETE FROM b; END;\nDROP TABLE IF EXISTS c;\n' },
  { path: 'q.sql', text: 'SELECT * FROM a WHERE b_id = ? AND id > ?;\nUPDATE b SET name = ?;\n' },
];

const prisma: SourceFile[] = [
  { path: 'prisma/schema.prisma', text: 'datasource db {\n  provider = "postgresql"\n}\n\nmodel User {\n  id Int @id\n  email String @unique\n  posts Post[]\n}\n\nmodel Post {\n  id Int @id\n  authorId Int\n  author User @relation(fields: [authorId], references: [id])\n  state State\n  log Json?\n}\n\nmodel AuditLog {\n  id Int @id\n  at DateTime\n}\n\nenum State {\n  A\n  B\n}\n' },
  { path: 'prisma/migrations/20240101000000_init/migration.sql', text: 'CREATE TABLE "User" (\n  "id" INTEGER NOT NULL,\n  "email" TEXT NOT NULL,\n  CONSTRAINT "User_pkey" PRIMARY KEY ("id")\n);\n' },
  { path: 'prisma/migrations/20240102000000_posts/migration.sql', text: 'CREATE TABLE "Post" ("id" INTEGER NOT NULL PRIMARY KEY, "authorId" INTEGER NOT NULL);\nALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id");\n' },
  { path: 'queries.sql', text: 'SELECT * FROM "Post" WHERE "authorId" = $1 ORDER BY "id";\n' },
];

describe('an edit gives what a fresh reading gives', () => {
  test.each([1, 2])('in a Prisma schema with migrations, seed %i', (seed) => compare(prisma, seed, whole ? 400 : 40));
  test.each([3])('in a Prisma schema without migrations, seed %i', (seed) => compare([prisma[0]!, prisma[3]!], seed, whole ? 400 : 40));

  test.each([1, 2, 3, 4])('in a history of migrations with queries, seed %i', (seed) => compare(postgresql, seed, whole ? 400 : 40));
  test.each([1, 2])('in a schema file with queries, seed %i', (seed) => compare(sqlite, seed, whole ? 400 : 40));

  test('while a statement cannot be read it changes nothing, as long as the caret is in it', () => {
    const facts = build(postgresql);
    const path = 'migrations/0002_log.up.sql';
    const text = postgresql.find((file) => file.path === path)!.text.replace('ALTER TABLE orders ADD COLUMN note text;', 'ALTER TABL orders ADD COLUMN note text;');
    const typed = advanceFacts(facts, [{ path, text }], { file: path, offset: text.indexOf('TABL orders') + 4 })!;
    expect(typed.databases[0]!.catalog.uncertain).toBe(false);
    const rested = build(postgresql.map((file) => (file.path === path ? { path, text } : file)), typed);
    expect(rested.databases[0]!.catalog.uncertain).toBe(true);
  });

  test('a comment that switches rules off counts as soon as it is typed, and no longer when it is gone', () => {
    const path = 'migrations/0003_change.up.sql';
    const plain = 'ALTER TABLE customers RENAME COLUMN email TO mail;\n';
    // With a down, nothing is said of the migration as a whole, which would be asked about again after every edit of it.
    const down = { path: path.replace('.up.', '.down.'), text: 'ALTER TABLE customers RENAME COLUMN mail TO email;\n' };
    const files = [...postgresql.map((file) => (file.path === path ? { path, text: plain } : file)), down];
    const found = (facts: Facts) => checkWorkspace(facts).filter(({ at }) => at.file === path).length;
    const first = build(files);
    expect(found(first)).toBeGreaterThan(0);
    const quiet = advanceFacts(first, [{ path, text: `${plain}-- database-expert-disable-file\n` }])!;
    expect(found(quiet)).toBe(0);
    const loud = advanceFacts(quiet, [{ path, text: plain }])!;
    expect(found(loud)).toBe(found(build(files)));
  });

  test('an edit of a file whose place is not known is left to a build', () => {
    const facts = build(postgresql);
    expect(advanceFacts(facts, [{ path: 'new.sql', text: 'SELECT 1;' }])).toBeUndefined();
    expect(advanceFacts(facts, [{ path: 'database-expert.yaml', text: '' }])).toBeUndefined();
  });
});

const folders = ['concourse/atc/db/migration/migrations', 'authelia/internal/storage/migrations', 'docs.rs', 'zync/db', 'temporal/schema', 'hatchet'];

describe.skipIf(!hasCorpora('edits of the corpora'))('an edit of a corpus gives what a fresh reading gives', () => {
  test.each(whole ? folders : folders.slice(0, 2))('%s', (folder) => {
    const files = corpusFiles(folder, '.sql').map((path) => ({ path, text: readFileSync(join(corporaFolder, path), 'utf8') }));
    compare(files, 7, whole ? 60 : 3);
  });
});
