import { describe, expect, it } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';
import type { DatabaseFacts } from '../../server/src/project/facts.ts';
import { entriesAbout, entriesAboutBeside, entriesNaming } from '../../server/src/project/lookups.ts';
import { Mentions } from '../../server/src/project/mentions.ts';
import { recordReads } from '../../server/src/schema/reads.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { namesIn } from '../../server/src/source/names.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';

const statementOf = (text: string, dialect: Dialect) => splitScript(text, dialect).statements[0]!;

describe('the names in a statement', () => {
  const long = `t${'x'.repeat(70)}`;
  it.each<[string, Dialect, string, string[]]>([
    ['bare names, without keywords', 'postgresql', 'SELECT a.Id FROM Public.Orders a WHERE total > 5', ['a', 'id', 'public', 'orders', 'total']],
    ['quoted names, without case', 'postgresql', 'DROP TABLE "Order Items", "a""b"', ['order items', 'a"b']],
    ['backquoted names', 'mysql', 'DELETE FROM `Shop`.`Orders`', ['shop', 'orders']],
    ['bracketed names', 'sqlite', 'UPDATE [Orders] SET total = 1', ['orders', 'total']],
    ['names cut as PostgreSQL cuts them', 'postgresql', `DROP TABLE ${long}`, [long.slice(0, 63)]],
    ['words of a body', 'postgresql', "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM Logs $$", ['function', 'f', 'returns', 'void', 'language', 'sql', 'delete', 'from', 'logs']],
    ['no values', 'postgresql', "INSERT INTO orders (note) VALUES ('customers')", ['orders', 'note']],
    ['placeholders', 'postgresql', 'DROP TABLE {{prefix}}_users', ['{{prefix}}_users']],
  ])('%s', (_, dialect, text, expected) => expect(namesIn(statementOf(text, dialect))).toEqual(expected));

  it('are looked for at the head of a long list of rows', () => {
    const rows = `INSERT INTO orders (note) VALUES ${"('x', customers), ".repeat(3_000)}('y', later)`;
    expect(namesIn(statementOf(rows, 'postgresql'))).not.toContain('later');
    expect(namesIn(statementOf(rows, 'postgresql'))).toContain('orders');
  });
});

describe('mentions', () => {
  const holder = (text: string) => {
    const statement = statementOf(text, 'postgresql');
    return { text, placed: { statement, node: readStatement(statement) } };
  };
  const create = holder('CREATE TABLE orders (id int REFERENCES users (id))');
  const select = holder('SELECT id FROM orders');
  const made = () => {
    const mentions = new Mentions<typeof create>(({ placed }) => placed.node.kind === 'select');
    mentions.add(create);
    mentions.add(select);
    return mentions;
  };

  it('tell who names an object, who is about a table, and what is asked of it', () => {
    const mentions = made();
    expect([...mentions.of('shop.orders')]).toEqual([create, select]);
    expect([...mentions.of('users')]).toEqual([create]);
    expect([...mentions.about('orders')]).toEqual([create]);
    expect([...mentions.about('users')]).toEqual([]);
    expect([...mentions.asked('orders')]).toEqual([select]);
  });

  it.each(['orders', 'a"b', 'Logs', 'customers', 'later', 'nobody'])('say the same of %s when few and when many names are looked for', (name) => {
    const texts = ['DROP TABLE "a""b"', 'SELECT id FROM ORDERS', "DO $$ DELETE FROM Logs $$", "DO E'DROP TABLE custom\\x65rs'", 'SELECT "Later" FROM t', "INSERT INTO t VALUES ('orders')"];
    const mentions = new Mentions<typeof create>(() => false);
    for (const text of texts) mentions.add(holder(text));
    const few = [...mentions.of(name)];
    for (let i = 0; i < 20; i++) mentions.of(`other${i}`);
    expect([...mentions.of(name)]).toEqual(few);
    expect(few).toHaveLength(name === 'nobody' ? 0 : 1);
  });

  it('follow what comes and goes', () => {
    const mentions = made();
    expect([...mentions.of('orders')]).toHaveLength(2);
    mentions.remove(select);
    const later = holder('ALTER TABLE orders RENAME TO sales');
    mentions.add(later);
    expect([...mentions.of('orders')]).toEqual([create, later]);
    expect([...mentions.about('sales')]).toEqual([later]);
    expect([...mentions.asked('orders')]).toEqual([]);
  });

  it('note what was read, and give the same keys when it changes', () => {
    const mentions = made();
    expect(mentions.add(holder('DROP TABLE notes'))).toEqual([]);
    expect(recordReads(() => mentions.of('shop.Orders')).reads).toEqual(['mentions:orders']);
    expect(mentions.add(holder('DROP TABLE orders'))).toEqual(['mentions:orders']);
    expect(mentions.remove(create)).toContain('mentions:orders');
  });
});

describe('lookups', () => {
  const files = {
    'migrations/0001_a.up.sql': 'CREATE TABLE orders (id int);\nCREATE TABLE users (id int);',
    'migrations/0002_b.up.sql': 'ALTER TABLE users ADD COLUMN order_id int;\nALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders RENAME TO sales;',
    'scripts/z.sql': 'CREATE FUNCTION tidy() RETURNS void LANGUAGE sql AS $$ DELETE FROM orders $$;\nDELETE FROM sales;',
  };
  const database = (): DatabaseFacts => buildFacts({ files: Object.entries(files).map(([path, text]) => ({ path, text })), applied: { kind: 'none' }, forcedDialect: 'postgresql' }).databases[0]!;
  const told = (entries: readonly { readonly placed: { readonly statement: { readonly text: string } } }[]) => entries.map(({ placed }) => placed.statement.text.split(' ').slice(0, 3).join(' '));

  it('keep the order of the history', () => {
    const facts = database();
    expect(told(entriesNaming(facts, 'orders'))).toEqual(['CREATE TABLE orders', 'ALTER TABLE orders', 'ALTER TABLE orders', 'CREATE FUNCTION tidy()']);
    expect(told(entriesAbout(facts, 'sales'))).toEqual(['ALTER TABLE orders', 'DELETE FROM sales']);
    expect(told([...facts.mentions.routinesPerhapsNaming('orders')])).toEqual(['CREATE FUNCTION tidy()']);
  });

  it('stay within the script of a statement where that is asked', () => {
    const facts = database();
    const [first] = facts.steps[1]!.entries;
    expect(told(entriesAboutBeside(facts, first!, 'orders'))).toEqual(['ALTER TABLE orders', 'ALTER TABLE orders']);
  });
});
