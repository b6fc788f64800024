import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layOut, type Bench } from '../../server/src/proofs/bench.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { literalsIn } from '../../server/src/proofs/seeds/literals.ts';
import { inOrder, withParents } from '../../server/src/proofs/seeds/order.ts';
import { samplesOf } from '../../server/src/proofs/seeds/patterns.ts';
import { seed, type Seeds } from '../../server/src/proofs/seeds/seed.ts';
import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import type { Catalog } from '../../server/src/schema/catalog.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { emptied } from '../support/rowHistories.ts';

let postgres: EngineSession;
beforeAll(async () => void (postgres = await openPglite()));
afterAll(() => postgres.close());

type Dialect = 'postgresql' | 'sqlite';

function catalogOf(dialect: Dialect, sql: string): Catalog {
  return splitScript(sql, dialect).statements.reduce((catalog, statement) => applyStatement(catalog, readStatement(statement), { file: 'a.sql', statement }), emptyCatalog(dialect));
}

test('rows refer to tables of a platform', async () => {
  expect(await values('postgresql', 'CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, note text NOT NULL);', 'SELECT count(*) > 3 FROM profiles JOIN auth.users USING (id)')).toEqual(['t']);
});

async function benchOf(dialect: Dialect, sql: string): Promise<Bench> {
  if (dialect === 'postgresql') await emptied(postgres);
  const bench = await layOut(dialect === 'postgresql' ? postgres : await openSqlite(), catalogOf(dialect, sql));
  expect(bench.notLaid).toEqual([]);
  return bench;
}

/** What a query over the seeded schema gives: the values of its first column. */
async function values(dialect: Dialect, schema: string, query: string): Promise<(string | null)[]> {
  const bench = await benchOf(dialect, schema);
  const { unseeded } = await seed(bench);
  expect(unseeded).toEqual([]);
  const [result] = await bench.session.run(query);
  return result!.rows.map((row) => Object.values(row)[0] ?? null);
}

describe.each(['postgresql', 'sqlite'] as const)('rows on %s', (dialect) => {
  const one = (query: string, schema: string) => values(dialect, schema, query).then(([value]) => Number(value));

  test('are empty where they may be, alike where no key forbids it, and differ in case', async () => {
    const schema = 'CREATE TABLE a (id integer PRIMARY KEY, name text, code text UNIQUE)';
    expect(await one('SELECT count(*) FROM a WHERE name IS NULL', schema)).toBeGreaterThanOrEqual(2);
    expect(await one('SELECT count(*) FROM (SELECT name FROM a WHERE name IS NOT NULL GROUP BY name HAVING count(*) > 1) x', schema)).toBeGreaterThan(0);
    expect(await one('SELECT count(*) FROM (SELECT lower(code) FROM a WHERE code IS NOT NULL GROUP BY lower(code) HAVING count(*) > 1) x', schema)).toBeGreaterThan(0);
    expect(await one('SELECT max(length(name)) FROM a', schema)).toBe(3000);
    expect(await one("SELECT count(*) FROM a WHERE name = ''", schema)).toBeGreaterThan(0);
  });

  test('show every value of a list', async () => {
    const schema = "CREATE TABLE a (id integer PRIMARY KEY, status text NOT NULL CHECK (status IN ('new', 'open', 'paid', 'sent', 'lost', 'gone')))";
    expect((await values(dialect, schema, 'SELECT DISTINCT status FROM a ORDER BY 1')).toSorted()).toEqual(['gone', 'lost', 'new', 'open', 'paid', 'sent']);
  });

  test('obey CHECKs over several columns', async () => {
    const schema = `CREATE TABLE a (id integer PRIMARY KEY, kind text NOT NULL, until text, low integer NOT NULL, high integer NOT NULL,
      CHECK ((kind = 'closed' AND until IS NOT NULL) OR (kind = 'open' AND until IS NULL)), CHECK (low < high AND low >= 10))`;
    expect(await one('SELECT count(*) FROM a', schema)).toBeGreaterThanOrEqual(3);
    expect(await values(dialect, schema, 'SELECT DISTINCT kind FROM a ORDER BY 1')).toEqual(['closed', 'open']);
  });

  test('find their parents, through keys of several columns too, and point nowhere without a key', async () => {
    const schema = `CREATE TABLE tenants (id integer PRIMARY KEY); CREATE TABLE users (tenant integer NOT NULL REFERENCES tenants (id), id integer NOT NULL, PRIMARY KEY (tenant, id));
      CREATE TABLE notes (id integer PRIMARY KEY, tenant integer NOT NULL REFERENCES tenants (id), author integer, reader integer NOT NULL, parent integer REFERENCES notes (id), loose integer,
        FOREIGN KEY (tenant, author) REFERENCES users (tenant, id), FOREIGN KEY (tenant, reader) REFERENCES users (tenant, id))`;
    expect(await one('SELECT count(*) FROM notes WHERE author IS NOT NULL', schema)).toBeGreaterThan(0);
    expect(await one('SELECT count(*) FROM notes WHERE parent IS NOT NULL', schema)).toBeGreaterThan(0);
    expect(await one('SELECT count(*) FROM notes WHERE loose NOT IN (SELECT id FROM users)', schema)).toBeGreaterThan(0);
  });

  test('are the same each time, and only where they are asked for', async () => {
    const schema = 'CREATE TABLE a (id integer PRIMARY KEY, t text); CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a (id)); CREATE TABLE c (id integer PRIMARY KEY, t text)';
    const rows = async (): Promise<readonly [Seeds, unknown]> => {
      const bench = await benchOf(dialect, schema);
      return [await seed(bench, { tables: ['b'] }), await bench.session.run('SELECT * FROM a; SELECT * FROM b; SELECT * FROM c')];
    };
    const [seeds, first] = await rows();
    expect(seeds.seeded.map(({ table }) => table)).toEqual(['a', 'b']);
    expect((await rows())[1]).toEqual(first);
  });
});

describe('rows on PostgreSQL', () => {
  const all = (schema: string, query: string) => values('postgresql', schema, query);

  test('reach the ends of their types', async () => {
    const schema = "CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad'); CREATE TABLE a (id serial PRIMARY KEY, i integer NOT NULL, b bigint NOT NULL, n numeric(5,2) NOT NULL, f double precision NOT NULL, v varchar(7) NOT NULL, m mood NOT NULL, j jsonb NOT NULL, l text[] NOT NULL, d date NOT NULL)";
    expect(await all(schema, "SELECT concat_ws(' ', min(i), max(i), min(b), max(b), max(length(v)), max(d)) FROM a")).toEqual(['-2147483648 2147483647 -9223372036854775808 9223372036854775807 7 infinity']);
    expect(await all(schema, "SELECT count(*) FROM a WHERE f = 'NaN' OR n = 'NaN' OR n = 999.99")).not.toEqual(['0']);
    expect((await all(schema, 'SELECT DISTINCT m::text FROM a ORDER BY 1'))).toEqual(['glad', 'ok', 'sad']);
    expect(await all(schema, "SELECT DISTINCT jsonb_typeof(j) FROM a ORDER BY 1")).toEqual(expect.arrayContaining(['null', 'array']));
    expect(await all(schema, "SELECT count(*) FROM a WHERE l = '{NULL}'")).not.toEqual(['0']);
  });

  test('stay near zero where that is asked for', async () => {
    const bench = await benchOf('postgresql', 'CREATE TABLE a (id bigint PRIMARY KEY, n integer NOT NULL, f real NOT NULL, p numeric(9,2))');
    await seed(bench, { modest: true });
    const [found] = await bench.session.run("SELECT count(*) AS rows, bool_and(abs(n) <= 100 AND f <> 'NaN' AND abs(f) <= 100 AND abs(id) <= 100 AND (p IS NULL OR abs(p) <= 100)) AS near FROM a");
    expect(found!.rows).toEqual([{ rows: '8', near: 't' }]);
  });

  test('obey domains and regular expressions', async () => {
    const schema = "CREATE DOMAIN code AS text NOT NULL CHECK (VALUE ~ '^[A-Z]{2}-[0-9]{3,}$'); CREATE TABLE a (id serial PRIMARY KEY, code code, mail text NOT NULL CHECK (mail ~* '^[^@ ]+@[a-z]+[.](com|org)$'), hash text NOT NULL CHECK (char_length(hash) = 32))";
    expect(Number((await all(schema, 'SELECT count(*) FROM a'))[0])).toBeGreaterThanOrEqual(3);
  });

  test('lie in each partition', async () => {
    const schema = "CREATE TABLE a (at date NOT NULL, area text NOT NULL) PARTITION BY RANGE (at); CREATE TABLE a1 PARTITION OF a FOR VALUES FROM ('2024-01-01') TO ('2024-02-01') PARTITION BY LIST (area); CREATE TABLE a1n PARTITION OF a1 FOR VALUES IN ('north'); CREATE TABLE a1s PARTITION OF a1 FOR VALUES IN ('south')";
    expect(await all(schema, 'SELECT DISTINCT tableoid::regclass::text FROM a ORDER BY 1')).toEqual(['a1n', 'a1s']);
  });

  test('go round a circle of keys where one can be left open', async () => {
    const schema = 'CREATE TABLE a (id serial PRIMARY KEY, b integer); CREATE TABLE b (id serial PRIMARY KEY, a integer NOT NULL REFERENCES a (id)); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id)';
    expect(Number((await all(schema, 'SELECT count(*) FROM b'))[0])).toBeGreaterThan(2);
  });

  test('are not found where a trigger refuses them or the CHECKs cannot be met, and the reason is told', async () => {
    const bench = await benchOf('postgresql', `CREATE TABLE a (id serial PRIMARY KEY); CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION no();
      CREATE TABLE b (n integer NOT NULL CHECK (n > 5 AND n < 3)); CREATE TABLE c (at date) PARTITION BY RANGE (at)`);
    const { seeded, unseeded } = await seed(bench);
    expect(seeded).toEqual([]);
    expect(unseeded.toSorted((x, y) => (x.table < y.table ? -1 : 1))).toEqual([
      { table: 'a', reason: 'not today' },
      { table: 'b', reason: expect.stringContaining('violates check constraint') },
      { table: 'c', reason: 'it has no partition' },
    ]);
  });
});

test('a required key is never cut for an optional one', () => {
  const catalog = catalogOf('postgresql', 'CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int NOT NULL REFERENCES a (id)); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id)');
  expect(inOrder(catalog, withParents(catalog, ['b'])).map(({ name }) => name)).toEqual(['a', 'b']);
});

test.each(['^[a-z]+$', '^[A-Z]{2,4}-\\d+$', '^(?:a|b)c?$', '^#[0-9a-f]{6}$', '^[^@]+@[^.]+\\.[a-z]{2,}$', '^[[:alpha:]]{3}$', '^(foo|bar)(/[a-z]*)*$'])('samples match %s', (pattern) => {
  const samples = samplesOf(pattern);
  expect(samples.length).toBeGreaterThan(0);
  const translated = pattern.replaceAll('[[:alpha:]]', '[A-Za-z]');
  for (const sample of samples) expect(sample).toMatch(new RegExp(translated));
});

test('patterns that are not known give no sample', () => {
  expect(['(?=a)b', '(a', '[a', '(a)\\1'].map(samplesOf)).toEqual([[], [], [], []]);
});

test('constants of an expression are told apart', () => {
  expect(literalsIn('postgresql', "a IN ('x', 'y') AND n > -5 AND b ~ '^z' AND c LIKE 'p%'")).toEqual({ texts: ['x', 'y'], numbers: ['-5'], patterns: ['^z', '^pa*$'] });
});
