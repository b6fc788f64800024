import { applyStatement } from '../../schema/apply.ts';
import type { Table } from '../../schema/catalog.ts';
import { emptyCatalog } from '../../schema/newCatalog.ts';
import { lex } from '../../source/lexer.ts';
import { splitScript } from '../../source/splitter.ts';
import { readStatement } from '../../source/sql/read.ts';
import type { EngineSession, Row } from '../engine.ts';
import { snapshotOf, type SchemaFact, type Snapshot } from './schemaFacts.ts';

const dialect = 'sqlite';
const ownObjects = "s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
const ownTables = `sqlite_schema s, %(s.name) x WHERE s.type = 'table' AND ${ownObjects}`;
const tableValued = (pragma: string) => ownTables.replace('%', pragma);

/** Shadow tables of a virtual table come and go with it, but are listed all the same; equal on both sides they do no harm. */
const queries: readonly string[] = [
  `SELECT s.type, s.name, s.tbl_name AS owner, s.sql FROM sqlite_schema s WHERE ${ownObjects}`,
  `SELECT s.name AS owner, x.name, x.type, x."notnull" AS required, x.dflt_value AS fallback, x.pk, x.hidden FROM ${tableValued('pragma_table_xinfo')}`,
  `SELECT s.name AS owner, x.name, x."unique", x.origin, x.partial, (SELECT group_concat(coalesce(p.name, 'expression') || iif(p."desc", ' DESC', '') || iif(p.coll = 'BINARY', '', ' COLLATE ' || p.coll), ', ') FROM pragma_index_xinfo(x.name) p WHERE p.key) AS parts FROM ${tableValued('pragma_index_list')}`,
  `SELECT s.name AS owner, x.id, x."table" AS parent, group_concat(x."from", ', ') AS columns, group_concat(coalesce(x."to", (SELECT k.name FROM pragma_table_info(x."table") k WHERE k.pk = x.seq + 1), '?'), ', ') AS target, x.on_update, x.on_delete, x.match FROM ${tableValued('pragma_foreign_key_list')} GROUP BY s.name, x.id`,
];

/** The schema as SQLite tells it, in one request; what only stands in the text of a table is read from it, so that spelling does not count. */
export async function snapshotSqlite(session: EngineSession): Promise<Snapshot> {
  const [objects, columns, indexes, keys] = (await session.run(queries.join(';\n'))).map(({ rows }) => rows);
  const texts = new Map<string, string>((objects ?? []).flatMap(({ type, name, sql }) => (type === 'table' ? [[name!, sql ?? '']] : [])));
  const tables = new Map([...texts].map(([name, sql]) => [name, tableOf(session, sql)]));
  return snapshotOf([
    ...[...texts].flatMap(([name, sql]) => tableFacts(name, sql, tables.get(name), columns ?? [])),
    ...(columns ?? []).map((row) => columnFact(row, columns ?? [], tables.get(row['owner']!))),
    ...(indexes ?? []).filter(({ origin }) => origin !== 'c').map(keyFact),
    ...(keys ?? []).map((row) => foreignKeyFact(row, tables.get(row['owner']!))),
    ...(objects ?? []).filter(({ type }) => type !== 'table').map((row) => objectFact(row, indexes ?? [])),
  ]);
}

const known = new WeakMap<EngineSession, Map<string, Table | undefined>>();

/** Most tables stay as they are from one snapshot to the next: what was read of a text is kept as long as its session. */
function tableOf(session: EngineSession, sql: string): Table | undefined {
  const tables = known.get(session) ?? new Map<string, Table | undefined>();
  known.set(session, tables);
  if (!tables.has(sql)) tables.set(sql, readTable(sql));
  return tables.get(sql);
}

/** What our own reader makes of the text of a table; undefined when it can not read it, and the text itself is compared. */
function readTable(sql: string): Table | undefined {
  const statement = splitScript(sql, dialect).statements[0];
  if (statement === undefined) return undefined;
  const node = readStatement(statement);
  if (node.kind === 'unread' || ('unknown' in node && (node.unknown?.length ?? 0) > 0)) return undefined;
  return [...applyStatement(emptyCatalog(dialect), node, { file: '', statement }).tables.values()][0];
}

/** A text without what says nothing: comments, blanks, quotes around names, the case of words, brackets around the whole, ASC, IF NOT EXISTS. */
function meaning(text: string): string {
  const words = lex(text, dialect).tokens.flatMap(({ kind, text: written, value }) => (kind === 'word' || kind === 'quotedIdentifier' ? [value.toLowerCase()] : [written])).filter((word) => word !== 'asc');
  const plain = words.join(' ').replace(/ if not exists /u, ' ');
  const inner = /^\( ([^()]*) \)$/u.exec(plain);
  return inner ? inner[1]! : plain;
}

function tableFacts(name: string, sql: string, table: Table | undefined, columns: readonly Row[]): SchemaFact[] {
  const own: SchemaFact = {
    kind: 'table', name,
    phrases: table
      ? [table.withoutRowid ? 'WITHOUT ROWID' : 'with rowid', table.strict ? 'STRICT' : 'not strict', table.virtual ? meaning(sql) : 'no module', conflicts(sql)]
      : [sql],
  };
  const order: SchemaFact = { kind: 'column order', name, owner: name, phrases: [columns.filter(({ owner }) => owner === name).map((column) => column['name']).join(', ')] };
  const checks = (table?.checks ?? []).map((check): SchemaFact => ({ kind: 'check', name: `${name}.${check.name ?? meaning(check.expression)}`, owner: name, phrases: [meaning(check.expression)] }));
  return [own, order, ...checks];
}

/** What the keys of a table do on conflict, which no pragma tells. */
function conflicts(sql: string): string {
  const found = [...sql.matchAll(/\bON\s+CONFLICT\s+(\w+)/giu)].map(([, action]) => action!.toUpperCase());
  return found.length === 0 ? 'ABORT on conflict' : `${found.sort().join(', ')} on conflict`;
}

function columnFact({ owner, name, type, required, fallback, pk, hidden }: Row, columns: readonly Row[], table: Table | undefined): SchemaFact {
  const column = table?.columns.find((candidate) => candidate.name.toLowerCase() === name!.toLowerCase());
  // An INTEGER PRIMARY KEY is the rowid, which is never NULL.
  const rowid = pk === '1' && !table?.primaryKey?.notRowId && type?.toUpperCase() === 'INTEGER' && columns.filter((other) => other['owner'] === owner && other['pk'] !== '0').length === 1;
  return {
    kind: 'column', name: `${owner}.${name}`, owner: owner!,
    phrases: [
      (type ?? '').toLowerCase() || 'no type', required === '1' || rowid ? 'NOT NULL' : 'nullable', fallback === null || /^null$/iu.test(fallback!) ? 'no default' : `DEFAULT ${meaning(fallback!)}`,
      pk === '0' ? 'no key' : `column ${pk} of the primary key`, hidden === '0' ? 'stored' : `hidden (${hidden})`,
      column?.autoIncrement ? 'AUTOINCREMENT' : 'no AUTOINCREMENT', column?.collation && column.collation.toUpperCase() !== 'BINARY' ? `COLLATE ${column.collation.toUpperCase()}` : 'usual collation',
      column?.generated ? `AS (${meaning(column.generated.expression)})` : 'not generated',
    ],
  };
}

/** An index that a key brought along; its name is the engine's. */
function keyFact({ owner, origin, parts }: Row): SchemaFact {
  const kind = origin === 'pk' ? 'primary key' : 'unique constraint';
  return { kind, name: `${owner}(${parts})`, owner: owner!, phrases: ['unique'] };
}

function foreignKeyFact({ owner, columns, parent, target, on_update, on_delete, match }: Row, table: Table | undefined): SchemaFact {
  const from = columns!.toLowerCase();
  const written = table?.foreignKeys.find((key) => key.columns.join(', ').toLowerCase() === from && key.references.table.toLowerCase() === parent!.toLowerCase());
  return {
    kind: 'foreign key', name: `${owner}(${columns}) to ${parent}(${target})`, owner: owner!,
    phrases: [`ON UPDATE ${on_update}`, `ON DELETE ${on_delete}`, `MATCH ${match}`, written?.initiallyDeferred ? 'DEFERRED' : 'immediate', written?.name === undefined ? 'without a name' : `named ${written.name}`],
  };
}

function objectFact({ type, name, owner, sql }: Row, indexes: readonly Row[]): SchemaFact {
  if (type !== 'index') return { kind: type!, name: name!, ...(type === 'trigger' && { owner: owner! }), phrases: [meaning(sql ?? '')] };
  const index = indexes.find((candidate) => candidate['name'] === name);
  const body = /\bON\b[^(]*(\(.*)/isu.exec(sql ?? '')?.[1] ?? sql ?? '';
  return { kind: 'index', name: name!, owner: owner!, phrases: [`on (${index?.['parts']})`, index?.['unique'] === '1' ? 'UNIQUE' : 'not unique', index?.['partial'] === '1' || index?.['parts']?.includes('expression') ? meaning(body) : 'whole'] };
}
