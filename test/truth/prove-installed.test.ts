import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, test } from 'vitest';
import type { Hover } from 'vscode-languageserver/node';
import type { PlanAnswer, ProveAnswer } from '../../protocol/requests.ts';
import type { ProofReport } from '../../protocol/proof.ts';
import { run } from '../../server/src/cli/run.ts';
import { installedEngines } from '../../server/src/host/engines/installed.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import { Laboratory } from '../../server/src/proofs/laboratory.ts';
import { proveWorkspace } from '../../server/src/proofs/prove.ts';
import type { MigrationProof } from '../../server/src/proofs/report.ts';
import { subjectOf } from '../../server/src/proofs/subject.ts';
import { TestClient, TestFolder } from '../support/lspClient.ts';

// All experiments on the PostgreSQL installations of this machine, where SQL runs as a role that is no superuser.

const engines = (await installedEngines()).filter(({ major = 0 }) => major >= 15);
if (engines.length === 0) console.error('SKIPPED: proofs on an installed PostgreSQL: none from 15 on is installed');

describe.each(engines)('on PostgreSQL $major', (engine) => {
  const laboratory = new Laboratory([engine], { timeout: 60_000 });
  afterAll(() => laboratory.close());

  async function prove(init: string, up: string, down: string): Promise<MigrationProof> {
    const files = { '0001_init.up.sql': init, '0001_init.down.sql': '', '0002_next.up.sql': up, '0002_next.down.sql': down };
    const facts = buildFacts({ files: Object.entries(files).map(([name, text]) => ({ path: `migrations/${name}`, text })), applied: { kind: 'none' }, forcedDialect: 'postgresql', engineVersion: engine.major! });
    const [proof] = await proveWorkspace(facts.databases.map((database) => subjectOf(facts, database, ({ migration }) => migration.version === '0002')), laboratory, {});
    return proof!.migrations[0]!;
  }

  const failing = ({ rows }: MigrationProof) => (rows.ran ? rows.detail.failures.map(({ code, table, row }) => ({ code, table, row })) : rows.reason);
  const verdict = ({ roundTrip }: MigrationProof) => (roundTrip.ran ? [roundTrip.detail.verdict, ...roundTrip.detail.schema, ...roundTrip.detail.data] : roundTrip.reason);

  // The trigger would write what the experiment takes away, and the foreign key would keep it.
  const shop = `CREATE TABLE users (id bigint PRIMARY KEY, email text);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), note text);
CREATE FUNCTION keeps() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER keeps BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keeps();`;

  test('rows that the schema allows make a migration fail, and the row is told', async () => {
    const proof = await prove(shop, 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL;', 'ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;');
    expect(failing(proof)).toEqual([{ code: '23502', table: 'orders', row: expect.stringContaining('note = NULL') as string }]);
  });

  test('a unique index over duplicates fails, over a table that others refer to', async () => {
    expect(failing(await prove(shop, 'CREATE UNIQUE INDEX users_email ON users (email);', 'DROP INDEX users_email;'))).toEqual([{ code: '23505', table: 'users', row: expect.stringContaining('email = ') as string }]);
  });

  test('a migration that runs on them passes, and its down restores', async () => {
    const proof = await prove(shop, 'ALTER TABLE orders ADD COLUMN amount int;', 'ALTER TABLE orders DROP COLUMN amount;');
    expect([failing(proof), verdict(proof)]).toEqual([[], ['restored']]);
    expect(proof.rows.ran && proof.rows.detail.passed).toMatchObject([{ table: 'orders' }]);
  });

  test('a down that forgets something is told', async () => {
    const proof = await prove(shop, `CREATE COLLATION german (provider = icu, locale = 'de-DE'); ALTER TABLE orders ADD COLUMN amount int;`, 'ALTER TABLE orders DROP COLUMN amount;');
    expect(verdict(proof)).toEqual(['not restored', 'collation german is left over']);
  });

  test('roles that a schema names are there', async () => {
    const init = `${shop} ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON orders TO app USING (id > 0);`;
    const proof = await prove(init, 'GRANT SELECT ON orders TO app;', 'REVOKE SELECT ON orders FROM app;');
    expect([proof.notLaid, proof.stopped, proof.locks.ran && proof.locks.detail.statements.map(({ refused, notRun }) => refused?.message ?? notRun), verdict(proof)]).toEqual([[], undefined, [undefined], ['restored']]);
  });

  test('locks say who has to wait', async () => {
    const { locks } = await prove(shop, 'CREATE INDEX orders_note ON orders (note);', 'DROP INDEX orders_note;');
    expect(locks.ran && locks.detail.statements.map(({ waits }) => waits)).toEqual([[{ relation: 'orders', commands: ['INSERT', 'UPDATE', 'DELETE'] }]]);
  });

  describe('who waits is told', () => {
    const up = 'CREATE INDEX orders_note ON orders (note);\nALTER TABLE users ADD COLUMN age int;\n';
    const folder = new TestFolder({
      'database-expert.yaml': `dialect: postgresql\nengine_version: ${engine.major}\nmigrations:\n  applied: "0001"\n`,
      'migrations/0001_init.up.sql': shop,
      'migrations/0001_init.down.sql': 'DROP TABLE orders; DROP TABLE users;\n',
      'migrations/0002_note.up.sql': up,
      'migrations/0002_note.down.sql': 'ALTER TABLE users DROP COLUMN age; DROP INDEX orders_note;\n',
    });
    afterAll(() => folder.remove());

    async function cli(...args: string[]): Promise<string> {
      let out = '';
      await run(args, { cwd: folder.root, out: (text) => void (out += text), err: () => undefined, colour: false, stdin: () => Promise.resolve(''), engines: [] }, '1.2.3');
      return out;
    }

    test('on the command line', async () => {
      expect(await cli('prove', '--installed')).toContain('meanwhile another connection waits with INSERT, UPDATE, DELETE on orders\n');
      const report = JSON.parse(await cli('prove', '--installed', '--format', 'json')) as ProofReport;
      const validate = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }).compile(JSON.parse(readFileSync(new URL('../../docs/schemas/prove.schema.json', import.meta.url), 'utf8')) as object);
      expect([validate(report), validate.errors]).toEqual([true, null]);
      const locks = report.databases[0]!.migrations[0]!.experiments.find((one) => one.experiment === 'locks' && 'statements' in one);
      expect(locks).toMatchObject({ engine: 'PostgreSQL', statements: [{ waits: [{ relation: 'orders', commands: ['INSERT', 'UPDATE', 'DELETE'] }] }, { waits: [{ relation: 'users', commands: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] }] }] });
    });

    // Needs dist/, which `npm test` builds first: there the server's client is a bundle of its own.
    test('by the program as it is shipped, with rows and round trip', () => {
      const { stdout } = spawnSync(process.execPath, [resolve(import.meta.dirname, '../../dist/cli.cjs'), 'prove', '--installed', '--format', 'json'], { cwd: folder.root, encoding: 'utf8' });
      const { experiments } = (JSON.parse(stdout) as ProofReport).databases[0]!.migrations[0]!;
      expect(experiments).toMatchObject([{ experiment: 'locks', ran: true }, { experiment: 'existing rows', ran: true, failures: [] }, { experiment: 'round trip', ran: true, verdict: 'restored' }]);
      expect(experiments.every((one) => one.ran && one.version.startsWith(`${engine.major}.`))).toBe(true);
    });

    test('in hover and plan', async () => {
      const storage = mkdtempSync(join(tmpdir(), 'database-expert-proofs-'));
      const client = new TestClient({ settings: { proofs: { background: false, installedPostgresql: true } }, engines: [] });
      try {
        await client.initialize([folder], { initializationOptions: { trusted: true, storage } });
        const uri = folder.uriOf('migrations/0002_note.up.sql');
        await client.open(uri, up);
        const { engines } = await client.ask<ProveAnswer>('databaseExpert/prove', { uri });
        expect(engines).toEqual([expect.stringMatching(`^PostgreSQL ${engine.major}\\.`)]);
        const [server] = engines;
        const hover = await client.ask<Hover>('textDocument/hover', { textDocument: { uri }, position: { line: 1, character: 1 } });
        expect((hover.contents as { value: string }).value).toContain(`on ${server} · locks`);
        expect((hover.contents as { value: string }).value).toContain('a second connection had to wait with SELECT, INSERT, UPDATE and DELETE on users.');
        const { plan } = await client.ask<PlanAnswer>('databaseExpert/plan', { folder: folder.uri });
        expect(plan!.database_plan.migration_plan.steps.map(({ waits }) => waits)).toEqual([`INSERT, UPDATE and DELETE on orders (${server})`, `SELECT, INSERT, UPDATE and DELETE on users (${server})`]);
      } finally {
        await client.stop();
        rmSync(storage, { recursive: true, force: true });
      }
    });
  });
});
