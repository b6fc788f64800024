import type { HistoryEntry } from '../../project/facts.ts';
import type { Catalog, CatalogObjects, Domain, Routine, Table, View } from '../../schema/catalog.ts';
import { identifiersIn } from '../../schema/expressions.ts';
import { catalogOf, type ObjectMaps } from '../../schema/newCatalog.ts';
import { quoteIdentifier, quoteString, renderName } from '../../schema/quote.ts';
import { renderCatalog, renderIndex } from '../../schema/render.ts';
import { isMySql, type Dialect } from '../../source/dialect.ts';
import { lex } from '../../source/lexer.ts';
import { changedKeys, compareNamed, sameValue } from './compare.ts';
import type { Work } from './work.ts';

/** The statements that make the given objects, and nothing else. */
export function creationOf(dialect: Dialect, objects: ObjectMaps): string[] {
  return renderCatalog(catalogOf(dialect, objects)).map((sql) => sql.trim().replace(/;$/u, ''));
}

type NamedMap = 'schemas' | 'extensions' | 'enums' | 'domains' | 'types' | 'sequences' | 'views' | 'routines';

/** Entries that the statement took away, as they were: they have to be made again. */
export function missing<K extends NamedMap>(work: Work, entry: HistoryEntry, kind: K): ReadonlyMap<string, CatalogObjects[K]> {
  const before = entry.before[kind] as ReadonlyMap<string, unknown>;
  const keys = changedKeys(before, entry.after[kind] as ReadonlyMap<string, unknown>);
  return new Map(keys.filter((key) => before.has(key) && !work.current[kind].has(key)).map((key) => [key, before.get(key)])) as unknown as ReadonlyMap<string, CatalogObjects[K]>;
}

/** Keys of entries that the statement made: they have to go. */
export function surplus(work: Work, entry: HistoryEntry, kind: NamedMap): string[] {
  const before = entry.before[kind] as ReadonlyMap<string, unknown>;
  return changedKeys(before, entry.after[kind] as ReadonlyMap<string, unknown>).filter((key) => !before.has(key) && work.current[kind].has(key));
}

/** Keys of entries that the statement changed. */
export function altered(work: Work, entry: HistoryEntry, kind: NamedMap): string[] {
  const before = entry.before[kind] as ReadonlyMap<string, unknown>;
  const keys = changedKeys(before, entry.after[kind] as ReadonlyMap<string, unknown>);
  return keys.filter((key) => before.has(key) && work.current[kind].has(key) && !sameValue(before.get(key), work.current[kind].get(key)));
}

/** DROP VIEW, as the view is. */
export function dropView(dialect: Dialect, view: View): string {
  return `DROP ${view.materialized ? 'MATERIALIZED ' : ''}VIEW ${renderName(dialect, view.schema, view.name)}`;
}

/** Views that read one of the named tables or views, directly or through another view; those that depend on others last. */
export function viewsOver(catalog: Catalog, names: readonly string[]): View[] {
  const found: View[] = [];
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  for (let grown = true; grown; ) {
    grown = false;
    for (const view of catalog.views.values()) {
      if (found.includes(view)) continue;
      const reads = [...identifiersIn(catalog.dialect, view.query)].some((name) => wanted.has(name.toLowerCase()));
      if (!reads) continue;
      found.push(view);
      wanted.add(view.name.toLowerCase());
      grown = true;
    }
  }
  return found;
}

/** Takes views away while `change` is written, and puts them back afterwards. */
export function withoutViews(work: Work, views: readonly View[], change: () => void): void {
  for (const view of [...views].reverse()) work.add({ sql: dropView(work.dialect, view) });
  change();
  for (const view of views) for (const sql of creationOf(work.dialect, { views: new Map([[view.name, view]]) })) work.add({ sql });
}

/** DROP FUNCTION, PROCEDURE or AGGREGATE, told apart by its arguments where the engine has overloads. */
export function dropRoutine(dialect: Dialect, routine: Routine): string {
  const isAggregate = !isMySql(dialect) && /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?AGGREGATE\b/iu.test(routine.text);
  const kind = isAggregate ? 'AGGREGATE' : routine.procedure ? 'PROCEDURE' : 'FUNCTION';
  const name = renderName(dialect, routine.schema, routine.name);
  return isMySql(dialect) ? `DROP ${kind} ${name}` : `DROP ${kind} ${name}${argumentTypes(dialect, routine.argumentsText)}`;
}

/** An argument list without its defaults, which DROP does not take. */
function argumentTypes(dialect: Dialect, text: string): string {
  const { tokens } = lex(text, dialect);
  let result = '';
  let position = 0;
  let depth = 0;
  let skipping = false;
  for (const token of tokens) {
    if (token.text === '(') depth++;
    const ends = depth === 1 && (token.text === ',' || token.text === ')');
    if (ends && skipping) {
      skipping = false;
      position = token.start;
    }
    if (!skipping && depth === 1 && (token.upper === 'DEFAULT' || token.text === '=')) {
      result += text.slice(position, token.start).trimEnd();
      skipping = true;
    }
    if (token.text === ')') depth--;
  }
  return (result + (skipping ? ')' : text.slice(position))).replace(/\s+/gu, ' ');
}

/** PostgreSQL and MySQL write out `*` when a view is made, so a view that is made again takes the columns that are there now. */
export function doubtStars(work: Work, views: Iterable<View>): void {
  for (const { name, query } of work.dialect === 'sqlite' ? [] : views) {
    if (/(?:\bselect|,|\.)\s*\*/iu.test(query)) work.doubt(`view ${name} selects *, and takes the columns that its tables have now`);
  }
}

/** Writes what turns routines that were replaced into what they were. */
export function restoreRoutines(work: Work, entry: HistoryEntry): void {
  for (const key of altered(work, entry, 'routines')) {
    const old = entry.before.routines.get(key)!;
    const current = work.current.routines.get(key)!;
    if (isMySql(work.dialect)) {
      work.add({ sql: dropRoutine(work.dialect, current) });
      work.add({ sql: old.text });
    } else work.add({ sql: old.text.replace(/^\s*CREATE\s+(?:OR\s+REPLACE\s+)?/iu, 'CREATE OR REPLACE ') });
  }
}

/** Writes what turns views that were replaced or commented on into what they were. */
export function restoreViews(work: Work, entry: HistoryEntry): void {
  for (const key of altered(work, entry, 'views')) {
    if (work.brief && !work.step.before.views.has(key)) continue;
    const old = entry.before.views.get(key)!;
    const current = work.current.views.get(key)!;
    if (sameValue({ ...old, indexes: [], comment: '' }, { ...current, indexes: [], comment: '' })) {
      restoreViewExtras(work, old, current);
      continue;
    }
    doubtStars(work, [old]);
    const over = viewsOver(work.current, [current.name]).filter((view) => view !== current);
    withoutViews(work, over, () => {
      work.add({ sql: dropView(work.dialect, current) });
      for (const sql of creationOf(work.dialect, { views: new Map([[key, old]]) })) work.add({ sql });
    });
  }
}

/** Indexes and the comment of a view that stays. */
function restoreViewExtras(work: Work, old: View, current: View): void {
  const { dialect } = work;
  const indexes = compareNamed(dialect, current.indexes, old.indexes);
  for (const { name } of indexes.remove) work.add({ sql: `DROP INDEX ${renderName(dialect, current.schema, name)}` });
  for (const index of indexes.add) work.add({ sql: renderIndex(dialect, old, index) });
  const kind = old.materialized ? 'MATERIALIZED VIEW' : 'VIEW';
  if (old.comment !== current.comment) work.add({ sql: commentOn(dialect, `${kind} ${renderName(dialect, old.schema, old.name)}`, old.comment) });
}

/** Writes what gives sequences their old options and owner. The values they have counted to stay. */
export function restoreSequences(work: Work, entry: HistoryEntry): void {
  for (const key of altered(work, entry, 'sequences')) {
    const old = entry.before.sequences.get(key)!;
    const current = work.current.sequences.get(key)!;
    if (old.identity && current.identity) continue;
    const name = renderName(work.dialect, old.schema, old.name);
    if (!sameValue(old.ownedBy, current.ownedBy)) {
      const owner = old.ownedBy && `${renderName(work.dialect, old.ownedBy.schema, old.ownedBy.table)}.${quoteIdentifier(work.dialect, old.ownedBy.column)}`;
      work.add({ sql: `ALTER SEQUENCE ${name} OWNED BY ${owner ?? 'NONE'}` });
    }
    if (old.options === current.options) continue;
    if (old.options.trim() === '') work.gap(`the options of sequence ${old.name}`);
    else work.add({ sql: `ALTER SEQUENCE ${name} ${old.options}` });
  }
}

/** Writes what gives domains their old default, nullability and checks. */
export function restoreDomains(work: Work, entry: HistoryEntry): void {
  for (const key of altered(work, entry, 'domains')) restoreDomain(work, entry.before.domains.get(key)!, work.current.domains.get(key)!);
}

function restoreDomain(work: Work, old: Domain, current: Domain): void {
  const alter = `ALTER DOMAIN ${renderName(work.dialect, old.schema, old.name)}`;
  const { remove, add } = compareNamed(work.dialect, current.constraints, old.constraints);
  for (const { name } of remove) {
    if (name === undefined) work.gap(`a constraint of domain ${old.name}`);
    else work.add({ sql: `${alter} DROP CONSTRAINT ${quoteIdentifier(work.dialect, name)}` });
  }
  if (old.default !== current.default) work.add({ sql: old.default === undefined ? `${alter} DROP DEFAULT` : `${alter} SET DEFAULT ${old.default}` });
  if (old.nullable !== current.nullable) work.add({ sql: `${alter} ${old.nullable ? 'DROP' : 'SET'} NOT NULL` });
  for (const { name, text } of add) {
    const named = name === undefined || /^\s*CONSTRAINT\b/iu.test(text) ? '' : `CONSTRAINT ${quoteIdentifier(work.dialect, name)} `;
    work.add({ sql: `${alter} ADD ${named}${text}` });
  }
}

/** COMMENT ON something; NULL takes a comment away. */
export function commentOn(dialect: Dialect, what: string, comment: string | undefined): string {
  return `COMMENT ON ${what} IS ${comment === undefined ? 'NULL' : quoteString(dialect, comment)}`;
}

/** Whether the history makes a partition of the table. Where it makes none, something else does, and what is not known. */
export function hasPartition(catalog: Catalog, parent: Table): boolean {
  return isMySql(catalog.dialect) || [...catalog.tables.values()].some(({ partitionOf }) => partitionOf?.table === parent.name && partitionOf.schema === parent.schema);
}
