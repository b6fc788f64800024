import type { MigrationStep } from '../../project/facts.ts';
import { defaultSchema, objectKey, type Catalog } from '../../schema/catalog.ts';
import { renderCatalog } from '../../schema/render.ts';
import { platformFunctions } from './platform.ts';
import type { CalledName, StandInFunction } from './standInFunction.ts';

/** What of functions stands around a schema and the migration after it, as far as their texts tell. */
export interface FunctionsAround {
  /** Those of platforms, whose meaning is known. */
  readonly known: readonly StandInFunction[];
  /** Names that the migration calls in schemas that nobody makes, as `schema.name`; sorted. What they take and give shows when it is tried. */
  readonly foreign: readonly string[];
}

/** Finds them out; PostgreSQL only, since nothing else makes functions in SQL. */
export function functionsAround(catalog: Catalog, step?: Pick<MigrationStep, 'entries' | 'after'>): FunctionsAround {
  if (catalog.dialect !== 'postgresql') return { known: [], foreign: [] };
  const before = calledBy(catalog);
  const after = (step?.entries ?? []).map(({ placed }) => placed.statement.text).filter(isRun).join('\n');
  const later = platformCalls(after);
  const made = madeBy(catalog);
  const madeLater = step ? madeBy(step.after) : made;
  const known = platformFunctions.filter((one) => {
    const key = keyOf(one);
    if (made.functions.has(key)) return false;
    return before.has(key) || (later.has(key) && !/\bcreate\s+extension\b/iu.test(after) && !madeLater.functions.has(key) && (made.schemas.has(one.schema) || !madeLater.schemas.has(one.schema)));
  });
  const foreign = after === '' ? [] : foreignCalls(after, (schema) => madeLater.schemas.has(schema), new Set(known.map(keyOf)));
  return { known, foreign };
}

const kept = new WeakMap<Catalog, ReadonlySet<string>>();

/** The functions of platforms that a schema calls; kept, because all of it is looked through. */
function calledBy(catalog: Catalog): ReadonlySet<string> {
  let called = kept.get(catalog);
  if (!called) kept.set(catalog, (called = platformCalls(renderCatalog(catalog).filter(isRun).join('\n'))));
  return called;
}

const platformCall = new RegExp(`(?<![\\w$])"?(${[...new Set(platformFunctions.map(({ schema }) => schema))].join('|')})"?\\s*\\.\\s*"?(${[...new Set(platformFunctions.map(({ name }) => name))].join('|')})"?\\s*\\(`, 'giu');

/** The functions of platforms that a text calls, quoted or not. */
function platformCalls(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(platformCall)].map(([, schema, name]) => keyOf({ schema: schema!.toLowerCase(), name: name!.toLowerCase() })));
}

/** A comment on an object may name a function that nothing calls. */
function isRun(sql: string): boolean {
  return !/^\s*comment\s+on\b/iu.test(sql);
}

/** What a catalog has of its own: the names of functions, and the schemas that are made or that something is made in. */
function madeBy(catalog: Catalog): { readonly functions: ReadonlySet<string>; readonly schemas: ReadonlySet<string> } {
  const own = defaultSchema(catalog.dialect) ?? 'public';
  const functions = new Set([...catalog.routines.values()].map(keyOf));
  const schemas = new Set([...catalog.schemas.keys(), own, 'pg_catalog', 'information_schema', ...[...catalog.routines.values()].map(({ schema }) => schema ?? own)]);
  return { functions, schemas };
}

function keyOf({ schema, name }: CalledName): string {
  return objectKey('postgresql', schema, name);
}

const qualifiedCall = /(\w+)?\s*(?<![\w."$])"?([a-z_][\w$]*)"?\s*\.\s*"?([a-z_][\w$]*)"?\s*\(/giu;

/** Words before a name in parentheses that is no function. */
const noCall = /^(?:into|table|exists|on|references|view|index|type|function|procedure|aggregate|update|from|join|only)$/iu;

function foreignCalls(text: string, isMade: (schema: string) => boolean, known: ReadonlySet<string>): string[] {
  const names = [...text.matchAll(qualifiedCall)].flatMap(([, word, schema, name]) => {
    const called = { schema: schema!.toLowerCase(), name: name!.toLowerCase() };
    return noCall.test(word ?? '') || isMade(called.schema) || known.has(keyOf(called)) ? [] : [`${called.schema}.${called.name}`];
  });
  return [...new Set(names)].sort();
}
