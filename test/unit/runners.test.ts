import { describe, expect, test } from 'vitest';
import { downChange } from '../../server/src/edits/down/downChange.ts';
import { optOutChange } from '../../server/src/edits/optOut.ts';
import { statusOf } from '../../server/src/features/status.ts';
import { buildFacts, type ProjectInput } from '../../server/src/project/build.ts';
import type { Facts } from '../../server/src/project/facts.ts';
import { buildPlan } from '../../server/src/plan/build.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';
import { applyEdits } from '../../server/src/text/edits.ts';
import { layouts } from '../support/migrationLayouts.ts';

function build(files: Readonly<Record<string, string>>, options: Partial<ProjectInput> = {}): Facts {
  return buildFacts({ files: Object.entries(files).map(([path, text]) => ({ path, text })), applied: { kind: 'none' }, ...options });
}

describe('how runners lay out their files', () => {
  test.each(layouts)('$title', ({ files, database, steps, tables, others }) => {
    const facts = build(files);
    const [first, ...rest] = facts.databases;
    expect(`${first!.dialect} ${first!.runner?.id}${first!.runner?.assumed ? ' (assumed)' : ''} in ${first!.migrationsFolder}`).toBe(database);
    expect(first!.steps.map(({ migration }) => `${migration.version} ${migration.transaction}${migration.down ? ' with down' : ''}: ${migration.up.file}`)).toEqual(steps);
    expect([...first!.catalog.tables].filter(([, table]) => table.knowledge === 'known').map(([key]) => key)).toEqual(tables);
    expect(Object.fromEntries([...facts.roleOf].filter(([, { role }]) => role !== 'migration' && role !== 'down').map(([file, { role }]) => [file, role]))).toEqual(others ?? {});
    expect(rest).toEqual([]);
  });
});

describe('Liquibase', () => {
  const text = `--liquibase formatted sql

--changeset ada:1
CREATE TABLE a (id integer PRIMARY KEY, note text);
--rollback DROP TABLE a;

--changeset ada:2 runInTransaction:false
--comment: built without blocking
CREATE INDEX CONCURRENTLY i ON a (id);
/* liquibase rollback
DROP INDEX i;
*/
--changeset ada:3 dbms:mysql
CREATE TABLE only_mysql (id int);
`;

  test('the rollbacks in comments are the downs, in their places', () => {
    const [database] = build({ 'm/1.sql': text }).databases;
    const downs = database!.steps.map(({ migration }) => migration.down!.statements.map(({ file, statement }) => `${file} ${text.slice(statement.start, statement.end)}`));
    expect(downs).toEqual([['m/1.sql DROP TABLE a'], ['m/1.sql DROP INDEX i']]);
    expect(build({ 'm/1.sql': text }).databases[0]!.steps[0]!.migration.down!.statements[0]!.node.kind).toBe('drop');
  });

  test('what is applied is told by changeset', () => {
    const [database] = build({ 'm/1.sql': text, 'database-expert.yaml': 'migrations: { applied: "ada:1" }\n' }).databases;
    expect(database!.steps.map(({ migration }) => [migration.version, migration.applied])).toEqual([['ada:1', true], ['ada:2', false]]);
  });

  test('a way back is written as comments, which are read back', () => {
    const source = text.replace('--rollback DROP TABLE a;\n', '').replace(/\/\*[^]*?\*\/\n/, '');
    const facts = build({ 'm/1.sql': source });
    const [database] = facts.databases;
    const edits = database!.steps.flatMap((step) => downChange(facts, database!, step)!.changes.flatMap((change) => ('edits' in change ? change.edits : [])));
    const written = applyEdits(source, edits);
    expect(written.match(/^--rollback.*$/gm)).toEqual(['--rollback DROP TABLE a;', '--rollback DROP INDEX CONCURRENTLY i;']);
    const again = build({ 'm/1.sql': written }).databases[0]!;
    expect(again.steps.map(({ migration }) => [migration.version, migration.up.statements.length, migration.down?.statements.length])).toEqual([['ada:1', 1, 1], ['ada:2', 1, 1]]);
  });

  test('an index may be built without blocking where the changeset has opted out, and not where it has not', () => {
    const rules = (source: string) => checkWorkspace(build({ 'm/1.sql': source }), { only: ['concurrently-in-transaction'], log: () => undefined }).map(({ at }) => source.slice(at.range.start, at.range.end));
    expect(rules(text)).toEqual([]);
    const wrapped = text.replace(' runInTransaction:false', '');
    expect(rules(wrapped)).toHaveLength(1);
    const facts = build({ 'm/1.sql': wrapped });
    const change = optOutChange(facts, facts.databases[0]!, facts.databases[0]!.steps[1]!.migration)!;
    expect(applyEdits(wrapped, 'edits' in change ? change.edits : [])).toBe(text);
  });
});

describe('gaps in a history', () => {
  const goose = (sql: string) => `-- +goose Up\n${sql}\n`;
  const history = {
    'm/00001_a.sql': goose('CREATE TABLE a (id bigint PRIMARY KEY);'),
    'm/00002_fill.go': '',
    'm/00003_b.sql': goose('ALTER TABLE made_in_go ADD COLUMN n bigint;\nCREATE TABLE b (id bigint PRIMARY KEY, go_id bigint REFERENCES made_in_go (id));\nCREATE INDEX b_go_id_idx ON b (go_id);'),
    'm/00004_c.go': '',
    'm/00004_c_test.go': '',
  };
  const reason = 'The history has 2 steps that are not SQL (00002_fill.go, 00004_c.go); what they change is not known.';

  test('are told once per database, in what was not read, the status and the plan', () => {
    const facts = build(history);
    const [database] = facts.databases;
    expect(database!.unread).toEqual([{ file: 'm/00002_fill.go', offset: 0, reason }]);
    expect(statusOf(facts, [], 'm/00003_b.sql').gap).toBe(reason);
    const plan = buildPlan(facts, checkWorkspace(facts, { log: () => undefined }))!;
    expect(JSON.stringify(plan.database_plan.migration_plan).split(reason).length - 1).toBe(1);
  });

  test('do not poison the rest: what the steps make is known, what they cannot have made is unknown', () => {
    const [database] = build(history).databases;
    expect([...database!.catalog.tables].map(([key, { knowledge }]) => `${key} ${knowledge}`).sort()).toEqual(['a known', 'b known', 'made_in_go unknown']);
    const findings = checkWorkspace(build(history), { all: true, log: () => undefined }).filter(({ at }) => at.file === 'm/00003_b.sql');
    expect(findings.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
  });

  test.each([
    ['a step in Java beside the resources', { 'app/src/main/resources/db/V1__a.sql': 'CREATE TABLE a (id int);', 'app/src/main/resources/db/V3__b.sql': 'CREATE TABLE b (id int);', 'app/src/main/java/db/V2__Fill.java': '' }, 'The history has a step that is not SQL (V2__Fill.java); what it changes is not known.'],
    ['a down without its up', { 'go.mod': '', 'm/1_a.up.sql': 'CREATE TABLE a (id int);', 'm/1_a.down.sql': 'DROP TABLE a;', 'm/2_b.down.sql': 'DROP TABLE b;' }, 'The history has a step of which only the way back is here (2_b.down.sql); what it changes is not known.'],
    ['a script that runs the SQL file of the same number', { 'm/001_a.sql': 'CREATE TABLE a (id int);', 'm/001_a.js': '', 'm/002_b.sql': 'CREATE TABLE b (id int);' }, undefined],
    ['code in another folder', { 'm/001_a.sql': 'CREATE TABLE a (id int);', 'n/002_a.js': '', 'm/003_b.sql': 'CREATE TABLE b (id int);' }, undefined],
  ] as const)('%s', (_title, files, expected) => {
    const facts = build(files);
    expect(facts.databases.map(({ gap }) => gap?.reason)).toEqual([expected]);
  });
});

test('a history that begins midway presupposes its tables, and the dump beside it is still compared with it', () => {
  const facts = build({
    'store/0.17/00__inbox.sql': 'CREATE TABLE inbox (id bigint PRIMARY KEY, sender_id bigint NOT NULL);',
    'store/0.18/00__memo.sql': 'ALTER TABLE memo ADD COLUMN uid text NOT NULL DEFAULT \'\';\nCREATE UNIQUE INDEX memo_uid_idx ON memo (uid);\nDELETE FROM activity WHERE id = 1;',
    'store/LATEST.sql': 'CREATE TABLE inbox (id bigint PRIMARY KEY, sender_id bigint NOT NULL);\nCREATE TABLE memo (id bigint PRIMARY KEY, uid text NOT NULL DEFAULT \'\');\nCREATE UNIQUE INDEX memo_uid_idx ON memo (uid);\nCREATE TABLE activity (id bigint PRIMARY KEY);',
  });
  const [database] = facts.databases;
  expect(facts.databases).toHaveLength(1);
  expect([...database!.catalog.tables].map(([key, { knowledge }]) => `${key} ${knowledge}`)).toEqual(['inbox known', 'memo unknown']);
  expect(database!.dumps.map(({ file }) => file)).toEqual(['store/LATEST.sql']);
  const findings = checkWorkspace(facts, { all: true, log: () => undefined });
  expect(findings.filter(({ severity }) => severity === 'error').map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
});
