/** A change that works on empty tables and fails on rows, and how it is mended. */
export interface RowCase {
  readonly dialect: 'postgresql' | 'sqlite';
  /** The schema before it. */
  readonly schema: string;
  readonly change: string;
  /** What the engine says to it: its code, or a part of the message where SQLite has no code. */
  readonly says: string;
  /** The rule whose fixes mend it, or the safe form written by hand. */
  readonly mended: { readonly rule: string } | { readonly sql: string };
}

const people = 'CREATE TABLE people (id bigserial PRIMARY KEY, email text, nick text, age integer, city varchar(50), joined text, extra text, deleted_at timestamptz)';
const orders = 'CREATE TABLE customers (id bigserial PRIMARY KEY, ref uuid UNIQUE); CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint, customer_ref uuid, price numeric(12,2), quantity integer NOT NULL, weight double precision, big bigint, starts date, ends date, payload jsonb NOT NULL, status text NOT NULL)';
const divided = "CREATE TABLE ev (id bigint NOT NULL, at date NOT NULL, body text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); CREATE TABLE ev_2024 PARTITION OF ev FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); CREATE TABLE ev_rest PARTITION OF ev DEFAULT";
const rule = (name: string) => ({ rule: name });
const sql = (...statements: string[]) => ({ sql: statements.join(';\n') });
const notNull = rule('not-null-without-default');
const scanning = rule('constraint-scans-table');
const once = 'DELETE FROM people a USING people b WHERE a.id > b.id AND';

const postgres: readonly Omit<RowCase, 'dialect'>[] = [
  { schema: people, change: 'ALTER TABLE people ADD COLUMN phone text NOT NULL', says: '23502', mended: notNull },
  { schema: people, change: 'ALTER TABLE people ADD COLUMN score integer NOT NULL', says: '23502', mended: notNull },
  { schema: people, change: 'ALTER TABLE people ADD COLUMN active boolean NOT NULL', says: '23502', mended: notNull },
  { schema: people, change: 'ALTER TABLE people ADD COLUMN settings jsonb NOT NULL', says: '23502', mended: notNull },
  { schema: people, change: 'ALTER TABLE people ADD COLUMN token uuid NOT NULL', says: '23502', mended: notNull },
  { schema: orders, change: 'ALTER TABLE orders ADD COLUMN buyer_id bigint NOT NULL REFERENCES customers (id)', says: '23502', mended: sql('ALTER TABLE orders ADD COLUMN buyer_id bigint REFERENCES customers (id)') },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN email SET NOT NULL', says: '23502', mended: sql("UPDATE people SET email = '' WHERE email IS NULL", 'ALTER TABLE people ALTER COLUMN email SET NOT NULL') },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN age SET NOT NULL', says: '23502', mended: sql('UPDATE people SET age = 0 WHERE age IS NULL', 'ALTER TABLE people ALTER COLUMN age SET NOT NULL') },
  { schema: orders, change: 'ALTER TABLE orders ADD CONSTRAINT price_positive CHECK (price >= 0)', says: '23514', mended: scanning },
  { schema: people, change: 'ALTER TABLE people ADD CONSTRAINT nick_short CHECK (char_length(nick) <= 20)', says: '23514', mended: scanning },
  { schema: people, change: "ALTER TABLE people ADD CONSTRAINT email_form CHECK (email ~ '@')", says: '23514', mended: scanning },
  { schema: people, change: "ALTER TABLE people ADD CONSTRAINT nick_trimmed CHECK (nick = btrim(nick))", says: '23514', mended: sql('UPDATE people SET nick = btrim(nick)', 'ALTER TABLE people ADD CONSTRAINT nick_trimmed CHECK (nick = btrim(nick))') },
  { schema: orders, change: 'ALTER TABLE orders ADD CONSTRAINT in_order CHECK (starts < ends)', says: '23514', mended: scanning },
  { schema: orders, change: "ALTER TABLE orders ADD CONSTRAINT payload_object CHECK (jsonb_typeof(payload) = 'object')", says: '23514', mended: scanning },
  { schema: orders, change: "ALTER TABLE orders ADD CONSTRAINT status_known CHECK (status IN ('open', 'paid'))", says: '23514', mended: scanning },
  { schema: people, change: 'ALTER TABLE people ADD COLUMN level integer DEFAULT 0 CHECK (level > 0)', says: '23514', mended: sql('ALTER TABLE people ADD COLUMN level integer DEFAULT 1 CHECK (level > 0)') },
  { schema: people, change: 'ALTER TABLE people ADD CONSTRAINT people_email_key UNIQUE (email)', says: '23505', mended: sql(`${once} a.email = b.email`, 'ALTER TABLE people ADD CONSTRAINT people_email_key UNIQUE (email)') },
  { schema: people, change: 'ALTER TABLE people ADD CONSTRAINT people_both UNIQUE (email, nick)', says: '23505', mended: sql(`${once} a.email = b.email AND a.nick = b.nick`, 'ALTER TABLE people ADD CONSTRAINT people_both UNIQUE (email, nick)') },
  { schema: people, change: 'ALTER TABLE people ADD CONSTRAINT people_age_key UNIQUE NULLS NOT DISTINCT (age)', says: '23505', mended: sql(`${once} a.age IS NOT DISTINCT FROM b.age`, 'ALTER TABLE people ADD CONSTRAINT people_age_key UNIQUE NULLS NOT DISTINCT (age)') },
  { schema: people, change: 'CREATE UNIQUE INDEX people_nick ON people (nick)', says: '23505', mended: sql(`${once} a.nick = b.nick`, 'CREATE UNIQUE INDEX people_nick ON people (nick)') },
  { schema: `${people}; ALTER TABLE people ADD UNIQUE (email)`, change: 'CREATE UNIQUE INDEX people_lower ON people (lower(email))', says: '23505', mended: sql(`${once} lower(a.email) = lower(b.email)`, 'CREATE UNIQUE INDEX people_lower ON people (lower(email))') },
  { schema: people, change: 'CREATE UNIQUE INDEX people_current ON people (nick) WHERE deleted_at IS NOT NULL', says: '23505', mended: sql(`${once} a.nick = b.nick`, 'CREATE UNIQUE INDEX people_current ON people (nick) WHERE deleted_at IS NOT NULL') },
  { schema: 'CREATE TABLE codes (code text, label text)', change: 'ALTER TABLE codes ADD PRIMARY KEY (code)', says: '23505', mended: sql('DELETE FROM codes a USING codes b WHERE a.ctid > b.ctid AND a.code IS NOT DISTINCT FROM b.code', "UPDATE codes SET code = 'none' WHERE code IS NULL", 'ALTER TABLE codes ADD PRIMARY KEY (code)') },
  { schema: 'CREATE TABLE members (team integer NOT NULL, person integer NOT NULL)', change: 'ALTER TABLE members ADD PRIMARY KEY (team, person)', says: '23505', mended: sql('DELETE FROM members a USING members b WHERE a.ctid > b.ctid AND a.team = b.team AND a.person = b.person', 'ALTER TABLE members ADD PRIMARY KEY (team, person)') },
  { schema: orders, change: 'ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id)', says: '23503', mended: scanning },
  { schema: orders, change: 'ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_ref) REFERENCES customers (ref)', says: '23503', mended: sql('UPDATE orders SET customer_ref = NULL WHERE NOT EXISTS (SELECT FROM customers WHERE ref = customer_ref)', 'ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_ref) REFERENCES customers (ref)') },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN nick TYPE varchar(3)', says: '22001', mended: sql('ALTER TABLE people ALTER COLUMN nick TYPE varchar(3) USING left(nick, 3)') },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN city TYPE varchar(20)', says: '22001', mended: sql('UPDATE people SET city = left(city, 20)', 'ALTER TABLE people ALTER COLUMN city TYPE varchar(20)') },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN extra TYPE integer USING extra::integer', says: '22P02', mended: sql("ALTER TABLE people ALTER COLUMN extra TYPE integer USING CASE WHEN extra ~ '^\\d{1,9}$' THEN extra::integer END") },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN extra TYPE boolean USING extra::boolean', says: '22P02', mended: sql("ALTER TABLE people ALTER COLUMN extra TYPE boolean USING extra IN ('1', 'true')") },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN extra TYPE uuid USING extra::uuid', says: '22P02', mended: sql("ALTER TABLE people ALTER COLUMN extra TYPE uuid USING CASE WHEN extra ~ '^[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}$' THEN extra::uuid END") },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN extra TYPE jsonb USING extra::jsonb', says: '22P02', mended: sql('ALTER TABLE people ALTER COLUMN extra TYPE jsonb USING to_jsonb(extra)') },
  { schema: people, change: 'ALTER TABLE people ALTER COLUMN joined TYPE timestamptz USING joined::timestamptz', says: '22007', mended: sql("ALTER TABLE people ALTER COLUMN joined TYPE timestamptz USING CASE WHEN joined ~ '^\\d{4}-\\d\\d-\\d\\d$' THEN joined::timestamptz END") },
  { schema: `CREATE TYPE mood AS ENUM ('sad', 'happy'); ${people}`, change: 'ALTER TABLE people ALTER COLUMN extra TYPE mood USING extra::mood', says: '22P02', mended: sql("ALTER TABLE people ALTER COLUMN extra TYPE mood USING CASE WHEN extra IN ('sad', 'happy') THEN extra::mood END") },
  { schema: "CREATE TYPE mood AS ENUM ('sad', 'happy', 'gone'); CREATE TABLE days (id serial PRIMARY KEY, mood mood NOT NULL); CREATE TYPE kept AS ENUM ('sad', 'happy')", change: 'ALTER TABLE days ALTER COLUMN mood TYPE kept USING mood::text::kept', says: '22P02', mended: sql("UPDATE days SET mood = 'sad' WHERE mood = 'gone'", 'ALTER TABLE days ALTER COLUMN mood TYPE kept USING mood::text::kept') },
  { schema: orders, change: 'ALTER TABLE orders ALTER COLUMN big TYPE integer', says: '22003', mended: sql('ALTER TABLE orders ALTER COLUMN big TYPE integer USING CASE WHEN abs(big::numeric) < 2147483648 THEN big::integer END') },
  { schema: orders, change: 'ALTER TABLE orders ALTER COLUMN price TYPE numeric(6,2)', says: '22003', mended: sql('UPDATE orders SET price = NULL WHERE abs(price) >= 10000', 'ALTER TABLE orders ALTER COLUMN price TYPE numeric(6,2)') },
  { schema: orders, change: 'ALTER TABLE orders ALTER COLUMN weight TYPE integer', says: '22003', mended: sql('ALTER TABLE orders ALTER COLUMN weight TYPE integer USING CASE WHEN abs(weight) < 2147483647 THEN weight::integer END') },
  { schema: orders, change: 'ALTER TABLE orders ADD COLUMN share integer GENERATED ALWAYS AS (100 / quantity) STORED', says: '22012', mended: sql('ALTER TABLE orders ADD COLUMN share integer GENERATED ALWAYS AS (100 / NULLIF(quantity, 0)) STORED') },
  { schema: people, change: 'CREATE INDEX people_extra ON people ((extra::integer))', says: '22P02', mended: sql("CREATE INDEX people_extra ON people ((CASE WHEN extra ~ '^\\d{1,9}$' THEN extra::integer END))") },
  { schema: 'CREATE TABLE bookings (id serial PRIMARY KEY, during tsrange NOT NULL)', change: 'ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)', says: '23P01', mended: sql('DELETE FROM bookings a USING bookings b WHERE a.id > b.id AND a.during && b.during', 'ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)') },
  { schema: 'CREATE DOMAIN short AS text; CREATE TABLE notes (id serial PRIMARY KEY, body short)', change: 'ALTER DOMAIN short ADD CONSTRAINT short_enough CHECK (char_length(VALUE) < 100)', says: '23514', mended: sql('ALTER DOMAIN short ADD CONSTRAINT short_enough CHECK (char_length(VALUE) < 100) NOT VALID') },
  { schema: 'CREATE DOMAIN short AS text; CREATE TABLE notes (id serial PRIMARY KEY, body short)', change: 'ALTER DOMAIN short SET NOT NULL', says: '23502', mended: sql("UPDATE notes SET body = '' WHERE body IS NULL", 'ALTER DOMAIN short SET NOT NULL') },
  { schema: 'CREATE TABLE logs (at date NOT NULL, line text) PARTITION BY RANGE (at); CREATE TABLE logs_2024 (at date NOT NULL, line text)', change: "ALTER TABLE logs ATTACH PARTITION logs_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')", says: '23514', mended: sql("DELETE FROM logs_2024 WHERE at < '2024-01-01' OR at >= '2025-01-01'", "ALTER TABLE logs ATTACH PARTITION logs_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')") },
  { schema: divided, change: "CREATE TABLE ev_2025 PARTITION OF ev FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')", says: '23514 updated partition constraint for default partition "ev_rest"', mended: sql("DELETE FROM ev WHERE at >= '2025-01-01' AND at < '2026-01-01'", "CREATE TABLE ev_2025 PARTITION OF ev FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')") },
  { schema: `${divided}; CREATE TABLE ev_2025 (LIKE ev INCLUDING ALL, CHECK (at >= '2025-01-01' AND at < '2026-01-01'))`, change: "ALTER TABLE ev ATTACH PARTITION ev_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')", says: '23514 updated partition constraint for default partition "ev_rest"', mended: sql("DELETE FROM ev_rest WHERE at >= '2025-01-01' AND at < '2026-01-01'", "ALTER TABLE ev ATTACH PARTITION ev_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')") },
  { schema: "CREATE TABLE tickets (id bigint, state text) PARTITION BY LIST (state); CREATE TABLE tickets_rest PARTITION OF tickets DEFAULT", change: "CREATE TABLE tickets_open PARTITION OF tickets FOR VALUES IN ('open', 'new')", says: '23514 updated partition constraint for default partition "tickets_rest"', mended: sql("UPDATE tickets SET state = 'closed' WHERE state IN ('open', 'new')", "CREATE TABLE tickets_open PARTITION OF tickets FOR VALUES IN ('open', 'new')") },
  { schema: 'CREATE TABLE parts (n integer NOT NULL, line text) PARTITION BY LIST (n); CREATE TABLE parts_7 (n integer NOT NULL, line text)', change: 'ALTER TABLE parts ATTACH PARTITION parts_7 FOR VALUES IN (7)', says: '23514', mended: sql('DELETE FROM parts_7 WHERE n <> 7', 'ALTER TABLE parts ATTACH PARTITION parts_7 FOR VALUES IN (7)') },
];

const notes = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body TEXT, stars INTEGER NOT NULL, made DATETIME)';
const copied = (columns: string, select: string) => `CREATE TABLE new_notes (${columns}); INSERT INTO new_notes (id, title, stars) SELECT ${select} FROM notes; DROP TABLE notes; ALTER TABLE new_notes RENAME TO notes`;
const wide = (title: string, stars: string) => `id INTEGER PRIMARY KEY, title ${title}, stars ${stars}`;

const sqlite: readonly Omit<RowCase, 'dialect'>[] = [
  { schema: notes, change: 'ALTER TABLE notes ADD COLUMN author TEXT NOT NULL', says: 'Cannot add a NOT NULL column', mended: notNull },
  { schema: notes, change: 'ALTER TABLE notes ADD COLUMN weight INTEGER NOT NULL', says: 'Cannot add a NOT NULL column', mended: notNull },
  { schema: notes, change: 'ALTER TABLE notes ADD COLUMN seen DATETIME DEFAULT CURRENT_TIMESTAMP', says: 'non-constant default', mended: sql('ALTER TABLE notes ADD COLUMN seen DATETIME', 'UPDATE notes SET seen = CURRENT_TIMESTAMP') },
  { schema: notes, change: 'ALTER TABLE notes ADD COLUMN level INTEGER DEFAULT 0 CHECK (level > 0)', says: 'CHECK constraint failed', mended: sql('ALTER TABLE notes ADD COLUMN level INTEGER DEFAULT 1 CHECK (level > 0)') },
  { schema: notes, change: 'ALTER TABLE notes ADD COLUMN parent INTEGER DEFAULT 1 REFERENCES notes (id)', says: 'REFERENCES column with non-NULL default', mended: sql('ALTER TABLE notes ADD COLUMN parent INTEGER REFERENCES notes (id)') },
  { schema: notes, change: "ALTER TABLE notes ADD COLUMN shown TEXT GENERATED ALWAYS AS (title || '') STORED", says: 'STORED column', mended: sql("ALTER TABLE notes ADD COLUMN shown TEXT GENERATED ALWAYS AS (title || '') VIRTUAL") },
  { schema: notes, change: 'CREATE UNIQUE INDEX notes_title ON notes (title)', says: 'SQLITE_CONSTRAINT_UNIQUE', mended: sql('DELETE FROM notes WHERE id NOT IN (SELECT min(id) FROM notes GROUP BY title)', 'CREATE UNIQUE INDEX notes_title ON notes (title)') },
  { schema: `${notes}; CREATE UNIQUE INDEX notes_title ON notes (title)`, change: 'CREATE UNIQUE INDEX notes_lower ON notes (lower(title))', says: 'SQLITE_CONSTRAINT_UNIQUE', mended: sql('DELETE FROM notes WHERE id NOT IN (SELECT min(id) FROM notes GROUP BY lower(title))', 'CREATE UNIQUE INDEX notes_lower ON notes (lower(title))') },
  { schema: notes, change: "CREATE INDEX notes_body ON notes (json_extract(body, '$.a'))", says: 'malformed JSON', mended: sql("CREATE INDEX notes_body ON notes (CASE WHEN json_valid(body) THEN json_extract(body, '$.a') END)") },
  { schema: notes, change: copied(wide('TEXT NOT NULL', 'INTEGER'), 'id, title, stars'), says: 'SQLITE_CONSTRAINT_NOTNULL', mended: sql(copied(wide('TEXT NOT NULL', 'INTEGER'), "id, COALESCE(title, ''), stars")) },
  { schema: notes, change: copied(wide('TEXT', 'INTEGER CHECK (stars >= 0)'), 'id, title, stars'), says: 'SQLITE_CONSTRAINT_CHECK', mended: sql(copied(wide('TEXT', 'INTEGER CHECK (stars >= 0)'), 'id, title, max(stars, 0)')) },
  { schema: notes, change: copied(wide('TEXT UNIQUE', 'INTEGER'), 'id, title, stars'), says: 'SQLITE_CONSTRAINT_UNIQUE', mended: sql(copied(wide('TEXT UNIQUE', 'INTEGER'), 'id, CASE WHEN id = (SELECT min(id) FROM notes one WHERE one.title = notes.title) THEN title END, stars')) },
];

/** Changes that depend on the rows there are, over both engines. */
export const rowCases: readonly RowCase[] = [...postgres.map((one) => ({ dialect: 'postgresql' as const, ...one })), ...sqlite.map((one) => ({ dialect: 'sqlite' as const, ...one }))];
