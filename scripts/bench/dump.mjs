// A structure file in the order and layout of pg_dump --schema-only: objects sorted by kind, then by name, owners and comments behind theirs.

const columns = [
  ['id', 'bigint NOT NULL'],
  ['account_id', 'bigint NOT NULL'],
  ['name', 'character varying(255) NOT NULL'],
  ['state', "text DEFAULT 'new'::text NOT NULL"],
  ['amount', 'numeric(12,2) DEFAULT 0 NOT NULL'],
  ['payload', "jsonb DEFAULT '{}'::jsonb NOT NULL"],
  ['"position"', 'integer'],
  ['seen_at', 'timestamp with time zone'],
  ['created_at', 'timestamp without time zone DEFAULT now() NOT NULL'],
  ['updated_at', 'timestamp without time zone NOT NULL'],
  ['external_reference', "character varying(64) DEFAULT 'unknown'::character varying NOT NULL"],
  ['last_reconciled_balance', 'numeric(18,4) DEFAULT 0.0000 NOT NULL'],
];

const head = `--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;
`;

/** An object as pg_dump prints it: a title in a comment, then its statements. */
const entry = (name, type, ...statements) => `--\n-- Name: ${name}; Type: ${type}; Schema: public; Owner: app\n--\n\n${statements.join('\n\n')}\n`;

const owned = (kind, name) => `ALTER ${kind} public.${name} OWNER TO app;`;

function table(name) {
  const checks = [
    `CONSTRAINT ${name}_reference_check CHECK ((((external_reference)::text <> ''::text) AND (length((external_reference)::text) <= 64)))`,
    `CONSTRAINT ${name}_state_check CHECK ((state = ANY (ARRAY['new'::text, 'open'::text, 'paid'::text, 'cancelled'::text, 'refunded'::text])))`,
  ];
  const clauses = [...columns.map((column) => column.join(' ')), ...checks].map((clause) => `    ${clause}`).join(',\n');
  return [
    entry(name, 'TABLE', `\nCREATE TABLE public.${name} (\n${clauses}\n);\n`, owned('TABLE', name)),
    entry(`TABLE ${name}`, 'COMMENT', `COMMENT ON TABLE public.${name} IS 'Records of one customer, kept for seven years.';`),
    entry(`COLUMN ${name}.payload`, 'COMMENT', `COMMENT ON COLUMN public.${name}.payload IS 'What the customer''s system sent.';`),
    entry(`${name}_id_seq`, 'SEQUENCE', `CREATE SEQUENCE public.${name}_id_seq\n    START WITH 1\n    INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n    CACHE 1;\n`, owned('SEQUENCE', `${name}_id_seq`)),
    entry(`${name}_id_seq`, 'SEQUENCE OWNED BY', `ALTER SEQUENCE public.${name}_id_seq OWNED BY public.${name}.id;`),
  ].join('\n\n');
}

const defaultOf = (name) => entry(`${name} id`, 'DEFAULT', `ALTER TABLE ONLY public.${name} ALTER COLUMN id SET DEFAULT nextval('public.${name}_id_seq'::regclass);`);
const keyOf = (name) => entry(`${name} ${name}_pkey`, 'CONSTRAINT', `ALTER TABLE ONLY public.${name}\n    ADD CONSTRAINT ${name}_pkey PRIMARY KEY (id);`);
const indexOf = (name) => entry(`index_${name}_on_state`, 'INDEX', `CREATE INDEX index_${name}_on_state ON public.${name} USING btree (state, created_at);`);
const referenceOf = (name, parent) => entry(`${name} fk_${name}`, 'FK CONSTRAINT', `ALTER TABLE ONLY public.${name}\n    ADD CONSTRAINT fk_${name} FOREIGN KEY (account_id) REFERENCES public.${parent}(id) ON DELETE CASCADE;`);

/** The dump of a schema of `count` tables of about 2,900 bytes, each but the first with a foreign key to one before it. */
export function dump(count) {
  const nameOf = (number) => `customer_records_${number}`;
  const numbers = Array.from({ length: count }, (_, index) => index + 1).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const names = numbers.map(nameOf);
  const references = numbers.filter((number) => number > 1).map((number) => referenceOf(nameOf(number), nameOf(Math.ceil(number / 2))));
  return [head, ...names.map(table), ...names.map(defaultOf), ...names.map(keyOf), ...names.map(indexOf), ...references, '--\n-- PostgreSQL database dump complete\n--\n'].join('\n\n');
}
