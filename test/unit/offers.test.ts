import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkspaceChange } from '../../server/src/edits/change.ts';
import type { SourceFile } from '../../server/src/project/facts.ts';
import { Laboratory } from '../../server/src/proofs/laboratory.ts';
import { offerSubjectOf, proveOffers } from '../../server/src/proofs/offers.ts';
import { withOffers } from '../../server/src/proofs/withOffers.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import { checkFixture } from '../support/checkFixture.ts';
import { sharedPostgres } from '../support/sharedEngine.ts';

const postgres = sharedPostgres();
const laboratory = new Laboratory([postgres]);
// The first session comes as the tests' engine empties it, the others as the product does: its schema `public` is another.
beforeAll(() => laboratory.work(async (workplace) => void (await workplace.session(postgres, []))), 300_000);
afterAll(async () => {
  await laboratory.close();
  await postgres.stop();
});

const users = 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE TABLE "Accounts" (id bigint PRIMARY KEY, email text);\n';
const file = 'migrations/0002_more.up.sql';
const index = 'CREATE INDEX users_email ON users (email);\n';

/** A finding in the second migration with fixes as somebody might write them by mistake. */
function offered(up: string, fixes: readonly Pick<WorkspaceChange, 'kind' | 'changes'>[], more: readonly SourceFile[] = []) {
  const files = [{ path: 'migrations/0001_users.up.sql', text: users }, { path: file, text: up }, ...more];
  const { facts } = checkFixture({ files, expected: [], dialect: 'postgresql', all: true, isolated: false });
  const [database] = facts.databases;
  const at = { file, range: { start: 0, end: 5 } };
  const finding: Finding = { rule: 'a-rule', severity: 'warning', database: database!.name, at, message: '', why: '', help: '', related: [], applied: false, fixes: () => fixes.map((fix, number) => ({ title: `Fix ${number + 1}`, ...fix })) };
  return { facts, database: database!, step: database!.steps[1]!, finding };
}

const rewritten = (up: string, text: string): WorkspaceChange['changes'] => [{ file, edits: [{ range: { start: 0, end: up.length }, newText: text }] }];

async function shown({ facts, database, step, finding }: ReturnType<typeof offered>, budget?: number) {
  const proof = await proveOffers(offerSubjectOf(facts, database, step, [finding]), [], laboratory, budget === undefined ? {} : { budget });
  const [after] = withOffers(facts, [finding], [database], () => undefined, () => proof);
  return { fixes: after!.fixes().map(({ kind, shown: seen }) => ({ kind, brief: seen?.brief.replace(/18\.\d+/, '18'), level: seen?.evidence[0]?.level })), evidence: after!.fixEvidence };
}

describe('what a fix says of itself when it was run', () => {
  test.each<{ name: string; up: string; text: string; kind?: WorkspaceChange['kind']; fix: { kind: string; brief: string; level: string } }>([
    { name: 'the same schema with less held', up: 'CREATE TABLE notes (id int);\nLOCK TABLE users;\n', text: 'CREATE TABLE notes (id int);\n', fix: { kind: 'safe', level: 'proved', brief: 'proved on PostgreSQL 18: same final schema, weaker locks' } },
    { name: 'another schema under the name of safe', up: index, text: index.replace('INDEX', 'UNIQUE INDEX'), fix: { kind: 'suggestion', level: 'refuted', brief: 'not safe on PostgreSQL 18: another final schema, locks as strong, fails on existing rows' } },
    { name: 'another schema as a suggestion', up: index, text: index.replace('(email)', '(email, id)'), kind: 'suggestion', fix: { kind: 'suggestion', level: 'proved', brief: 'run on PostgreSQL 18: another final schema, locks as strong' } },
    { name: 'stronger locks', up: index, text: `LOCK TABLE users;\n${index}`, fix: { kind: 'suggestion', level: 'refuted', brief: 'not safe on PostgreSQL 18: same final schema, stronger locks' } },
    { name: 'a refusal', up: index, text: 'CREATE INDEX users_email ON users (mail);\n', kind: 'suggestion', fix: { kind: 'suggestion', level: 'refuted', brief: 'fails on PostgreSQL 18: refused, column "mail" does not exist' } },
    { name: 'what could not run before', up: 'CREATE INDEX users_email ON users (mail);\n', text: index, fix: { kind: 'suggestion', level: 'refuted', brief: 'not safe on PostgreSQL 18: another final schema, runs where the original is refused' } },
    { name: 'several statements that fail on the row on which the original fails', up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n', text: 'ALTER TABLE users ADD CONSTRAINT given CHECK (email IS NOT NULL) NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT given;\nALTER TABLE users ALTER COLUMN email SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT given;\n', kind: 'suggestion', fix: { kind: 'suggestion', level: 'proved', brief: 'proved on PostgreSQL 18: same final schema, locks as strong, fails on existing rows as before' } },
    { name: 'a table whose name needs quotes, locked as known of such statements', up: 'CREATE INDEX accounts_id ON "Accounts" (email);\n', text: '-- no transaction\nCREATE INDEX CONCURRENTLY accounts_id ON "Accounts" (email);\n', fix: { kind: 'safe', level: 'proved', brief: 'proved on PostgreSQL 18: same final schema, weaker locks as known of such statements' } },
    { name: 'rows that the original fails on', up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n', text: "UPDATE users SET email = '' WHERE email IS NULL;\nALTER TABLE users ALTER COLUMN email SET NOT NULL;\n", fix: { kind: 'safe', level: 'proved', brief: 'proved on PostgreSQL 18: same final schema, locks as strong, takes rows on which the original fails' } },
  ])('$name', async ({ up, text, kind = 'safe', fix }) => {
    const { fixes, evidence } = await shown(offered(up, [{ kind, changes: rewritten(up, text) }]));
    expect(fixes).toEqual([fix]);
    expect(evidence![0]!.observed).toMatch(/^Fix 1: /);
  });

  test('of what another migration does, which the fix makes', async () => {
    const made = [...rewritten(index, 'SELECT 1;\n'), { file: 'migrations/0003_index.up.sql', create: index }];
    expect((await shown(offered(index, [{ kind: 'safe', changes: made }]))).fixes).toMatchObject([{ kind: 'safe', brief: 'proved on PostgreSQL 18: same final schema, locks as strong' }]);
  });

  test('rows that the migration writes itself say as little of its fix as of itself', async () => {
    const [write, constraint] = ["UPDATE users SET email = 'x';\n", 'ALTER TABLE users ADD CONSTRAINT one UNIQUE (email);\n'];
    const made = [...rewritten(write + constraint, write), { file: 'migrations/0003_one.up.sql', create: constraint }];
    const { fixes, evidence } = await shown(offered(write + constraint, [{ kind: 'suggestion', changes: made }]));
    expect(fixes).toMatchObject([{ level: 'proved' }]);
    expect(evidence![0]!.observed).toContain('With the fix, as without, it fails on rows');
  });

  test('a fix that was not run says why, and stays what it is', async () => {
    expect(await shown(offered(index, [{ kind: 'safe', changes: rewritten(index, `${index}SELECT 1;\n`) }]), 0)).toMatchObject({
      fixes: [{ kind: 'safe', level: 'assumed', brief: 'not proved: The time for this run was over before its turn' }],
      evidence: [{ level: 'assumed', engine: 'none', observed: 'Fix 1: The fix was not run: The time for this run was over before its turn.' }],
    });
  });

  test('a fix that changes nothing that runs says nothing, and so does one that became another', async () => {
    const down = offered(index, [{ kind: 'suggestion', changes: [{ file: 'migrations/0002_more.down.sql', create: 'DROP INDEX users_email;\n' }] }]);
    expect((await shown(down)).fixes).toEqual([{ kind: 'suggestion', brief: undefined, level: undefined }]);
    const { facts, database, step, finding } = offered(index, [{ kind: 'safe', changes: rewritten(index, `LOCK TABLE users;\n${index}`) }]);
    const proof = await proveOffers(offerSubjectOf(facts, database, step, [finding]), [], laboratory, {});
    const other = { ...finding, fixes: () => [{ title: 'Fix 1', kind: 'safe' as const, changes: rewritten(index, 'SELECT 2;\n') }] };
    expect(withOffers(facts, [other], [database], () => undefined, () => proof)[0]!.fixes()).toEqual(other.fixes());
  });

  test('no more than eight of a migration are run, safe ones first', () => {
    const many = Array.from({ length: 10 }, (_, number) => ({ kind: number === 9 ? ('safe' as const) : ('suggestion' as const), changes: rewritten(index, `${index}SELECT ${number};\n`) }));
    const { facts, database, step, finding } = offered(index, many);
    const { fixes } = offerSubjectOf(facts, database, step, [finding]);
    expect(fixes[0]!.title).toBe('Fix 10');
    expect(fixes.filter(({ subject }) => typeof subject === 'string').map(({ title, subject }) => [title, subject])).toEqual([['Fix 8', 'Only 8 fixes of a migration are run.'], ['Fix 9', 'Only 8 fixes of a migration are run.']]);
  });

  test('nor one of a very long migration', () => {
    const long = `${index}${'SELECT 1;\n'.repeat(10_000)}`;
    const { facts, database, step, finding } = offered(long, [{ kind: 'safe', changes: rewritten(long, `LOCK TABLE users;\n${long}`) }]);
    expect(offerSubjectOf(facts, database, step, [finding]).fixes[0]!.subject).toBe('The migration is too long for its fixes to be run.');
  });

  test('nor one that many migrations come behind', () => {
    const later = Array.from({ length: 15 }, (_, number) => ({ path: `migrations/${String(number + 3).padStart(4, '0')}_t.up.sql`, text: `CREATE TABLE t${number} (id int);\n` }));
    const { facts, database, step, finding } = offered(index, [{ kind: 'safe', changes: rewritten(index, `LOCK TABLE users;\n${index}`) }], later);
    expect(offerSubjectOf(facts, database, step, [finding]).fixes[0]!.subject).toBe('15 migrations come after it, more than are run for a fix.');
  });
});
