import type { MigrationStep, ScriptPart } from '../project/facts.ts';
import type { Catalog } from '../schema/catalog.ts';
import { renderCatalog } from '../schema/render.ts';
import { fingerprint } from '../text/hash.ts';
import { textOf, type FixSubject } from './experiments/fix/subject.ts';
import type { TenantsSubject } from './experiments/tenants/subject.ts';
import type { IndexQuestions } from './indexProofs.ts';

// What tells one proof from another: equal keys, equal outcomes. `circumstances` are what else decides: the engine, the version of the product.

const rendered = new WeakMap<Catalog, string>();

/** What of a catalog an engine is given, as a short text. */
function catalogKey(catalog: Catalog): string {
  let key = rendered.get(catalog);
  if (key === undefined) rendered.set(catalog, (key = fingerprint([...renderCatalog(catalog), ...unknownTables(catalog)].join('\0'))));
  return key;
}

/** Tables that no migration makes are not rendered, but decide on what can be shown, with what is known of their columns. */
function unknownTables({ tables }: Catalog): string[] {
  const unknown = [...tables].filter(([, table]) => table.knowledge === 'unknown');
  return unknown.map(([key, { columns, virtual }]) => `unknown ${key} ${JSON.stringify([columns.map(({ name, type }) => [name, type]), virtual ?? false])}`).sort();
}

/** The key of what is shown of a migration. */
export function proofKey({ migration, before }: MigrationStep, engineVersion: number | undefined, circumstances: string): string {
  const texts = (part: ScriptPart | undefined): string => JSON.stringify(part?.statements.map(({ statement }) => [statement.start - part.range.start, statement.text]) ?? null);
  return fingerprint([circumstances, before.dialect, String(engineVersion), migration.transaction, catalogKey(before), texts(migration.up), texts(migration.down)].join('\0'));
}

/** The key of what is shown of a fix: what runs with it and without, and over which schema. */
export function fixKey({ before, original, fixed }: FixSubject, rule: string, circumstances: string): string {
  return fingerprint(JSON.stringify([circumstances, 'fix', rule, before.dialect, catalogKey(before), original.map(textOf), fixed.map(textOf)]));
}

/**
 * The keys of what the planner is asked, in the order of the questions: the schema, what is stated of its sizes, and the question.
 * @param statistics text of the statistics that the workspace names
 */
export function indexKeys({ database, claims }: IndexQuestions, statistics: string | undefined, circumstances: string): string[] {
  const { catalog, config, engineVersion, dialect } = database;
  const rows = [...catalog.tables.values()].map(({ schema, name }) => database.rowsOf(schema === undefined ? name : `${schema}.${name}`) ?? null);
  const common = [circumstances, 'index what-if', dialect, String(engineVersion), catalogKey(catalog), JSON.stringify(config), JSON.stringify(rows), JSON.stringify(statistics ?? null)].join('\0');
  return claims.map(({ question }) => fingerprint(`${common}\0${JSON.stringify([question.query, question.indexes])}`));
}

/** The key of whether tenants get at each other's rows: the schema, which tables are theirs, and who may do what. */
export function tenantsKey({ catalog, key, roots, keyed, children, rights }: TenantsSubject, circumstances: string): string {
  const tables = [[...roots], keyed.map((one) => one.key), children.map((one) => one.key)];
  const who = [rights.roles, [...rights.above], rights.statements];
  return fingerprint([circumstances, 'tenant isolation', catalogKey(catalog), JSON.stringify([key, tables, who])].join('\0'));
}
