import type { HistoryEntry } from '../../../project/facts.ts';
import { defaultSchema, type Catalog } from '../../../schema/catalog.ts';
import { renderName } from '../../../schema/quote.ts';
import type { Statement } from '../../../source/statement.ts';
import type { Token } from '../../../source/token.ts';
import { rolesNamed } from '../../surroundings/roles.ts';

/** Who may do what, as the history says it; a catalog does not hold it. */
export interface Rights {
  /** Roles that are named anywhere. */
  readonly roles: readonly string[];
  /** Roles that no policy holds for: superusers, and those that pass row-level security by. */
  readonly above: ReadonlySet<string>;
  /** Statements that give rights and owners on the schema as it is now, in their order; one that names what is gone is refused. */
  readonly statements: readonly string[];
}

/** Reads roles, owners and privileges out of the statements that made a schema. */
export function rightsOf(catalog: Catalog, entries: readonly HistoryEntry[]): Rights {
  const above = new Set<string>();
  const made = new Set<string>();
  const statements: string[] = [];
  for (const { placed: { statement }, before } of entries) {
    const words = statement.tokens.slice(0, 3).map(({ upper }) => upper);
    const isRole = words[1] === 'ROLE' || words[1] === 'USER' || words[1] === 'GROUP';
    if (isRole && words[0] === 'CREATE' && statement.tokens[2]) made.add(nameOf(statement.tokens[2]));
    if (isRole && (words[0] === 'CREATE' || words[0] === 'ALTER')) noteAbove(statement, above);
    else statements.push(...rightsIn(statement, catalog, before));
  }
  return { roles: [...new Set([...made, ...rolesNamed(catalog, { entries })])], above, statements };
}

function noteAbove({ tokens }: Statement, above: Set<string>): void {
  const name = tokens[2] ? nameOf(tokens[2]) : '';
  if (tokens.some(({ upper }) => upper === 'BYPASSRLS' || upper === 'SUPERUSER')) above.add(name);
  if (tokens.some(({ upper }) => upper === 'NOBYPASSRLS' || upper === 'NOSUPERUSER')) above.delete(name);
}

function rightsIn(statement: Statement, catalog: Catalog, before: Catalog): string[] {
  const { tokens, text } = statement;
  const first = tokens[0]?.upper;
  if (first === 'GRANT' || first === 'REVOKE') return onAllTables(statement, catalog, before) ?? [text];
  if (first !== 'ALTER') return [];
  if (tokens[1]?.upper === 'DEFAULT' && tokens[2]?.upper === 'PRIVILEGES') return onLaterTables(statement, catalog, before);
  const owner = tokens.findIndex(({ upper }, at) => upper === 'OWNER' && tokens[at + 1]?.upper === 'TO');
  // What belongs to the superuser of a dump may belong to anybody where the schema is used.
  return owner < 0 || tokens[owner + 2]?.value === 'postgres' ? [] : [text];
}

/** `ON ALL TABLES IN SCHEMA`: the tables and views that stood then. */
function onAllTables({ tokens, text }: Statement, catalog: Catalog, before: Catalog): string[] | undefined {
  const at = tokens.findIndex(({ upper }, i) => upper === 'ALL' && tokens[i + 1]?.upper === 'TABLES' && tokens[i + 2]?.upper === 'IN' && tokens[i + 3]?.upper === 'SCHEMA');
  if (at < 0) return undefined;
  const end = tokens.findIndex(({ upper }, i) => i > at && (upper === 'TO' || upper === 'FROM'));
  if (end < 0) return [];
  const schemas = namesIn(tokens.slice(at + 4, end));
  const names = relationsOf(catalog, schemas, (key) => before.tables.has(key) || before.views.has(key));
  return names === '' ? [] : [text.slice(0, tokens[at]!.start) + names + text.slice(tokens[end - 1]!.end)];
}

/** ALTER DEFAULT PRIVILEGES: the tables and views that came later. */
function onLaterTables({ tokens, text }: Statement, catalog: Catalog, before: Catalog): string[] {
  const verb = tokens.findIndex(({ upper }) => upper === 'GRANT' || upper === 'REVOKE');
  const on = tokens.findIndex(({ upper }, i) => i > verb && upper === 'ON' && tokens[i + 1]?.upper === 'TABLES');
  if (verb < 0 || on < 0) return [];
  const place = tokens.findIndex(({ upper }, i) => i < verb && upper === 'IN' && tokens[i + 1]?.upper === 'SCHEMA');
  const schemas = place < 0 ? undefined : namesIn(tokens.slice(place + 2, verb));
  const names = relationsOf(catalog, schemas, (key) => !before.tables.has(key) && !before.views.has(key));
  return names === '' ? [] : [`${text.slice(tokens[verb]!.start, tokens[on]!.end)} ${names}${text.slice(tokens[on + 1]!.end)}`];
}

function namesIn(tokens: readonly Token[]): Set<string> {
  return new Set(tokens.filter(({ text }) => text !== ',').map(nameOf));
}

function nameOf({ kind, value }: Token): string {
  return kind === 'word' ? value.toLowerCase() : value;
}

function relationsOf(catalog: Catalog, schemas: ReadonlySet<string> | undefined, stood: (key: string) => boolean): string {
  const all = [...[...catalog.tables].filter(([, table]) => table.knowledge === 'known' && !table.temporary), ...catalog.views];
  const own = defaultSchema(catalog.dialect);
  return all.filter(([key, { schema }]) => stood(key) && (!schemas || schemas.has(schema ?? own))).map(([, { schema, name }]) => renderName(catalog.dialect, schema, name)).join(', ');
}
