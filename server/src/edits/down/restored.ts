import type { HistoryEntry, MigrationStep, PlacedStatement } from '../../project/facts.ts';
import { applyStatement } from '../../schema/apply.ts';
import { collectionNames, isUncertain, type Catalog, type Routine, type Table } from '../../schema/catalog.ts';
import { Collection } from '../../schema/collection.ts';
import { diffCatalogs, type DifferentObject, type SchemaDifference } from '../../schema/diff.ts';
import { catalogOf, type ObjectMaps } from '../../schema/newCatalog.ts';
import { lex } from '../../source/lexer.ts';

/** Kinds of which a difference is no fault of a down: extensions and schemas are shared with others, comments bind nobody. */
const shared: ReadonlySet<DifferentObject> = new Set(['extension', 'schema', 'comment', 'option']);

/** Kinds that are compared by their text, which can differ where the meaning does not. */
const spelled: ReadonlySet<DifferentObject> = new Set(['view', 'routine', 'trigger', 'policy', 'check', 'exclusion', 'type', 'domain', 'partition']);

/**
 * What of the schema the down of a migration surely does not bring back: the down is folded over the schema after the migration, and
 * what the two of them touch is compared with what was there before. Nothing where a statement was not read, or did what cannot be followed.
 */
export function notRestored(step: MigrationStep): readonly SchemaDifference[] {
  const down = step.migration.down?.statements ?? [];
  if (isUncertain(step.before) || isUncertain(step.after) || ![...step.entries.map(placedOf), ...down].every(isFollowed)) return [];
  const end = down.reduce((catalog, { node, file, statement }) => applyStatement(catalog, node, { file, statement }), step.after);
  if (isUncertain(end)) return [];
  const [before, after] = touched([step.before, step.after, end]);
  const spent = new Set(step.entries.flatMap(indexesMadeConstraints));
  const isSpent = ({ object, kind, name }: SchemaDifference) => object === 'index' && kind === 'removed' && spent.has(name);
  return diffCatalogs(before, after).filter((difference) => !isShared(difference, before, after) && !isLeftOpen(difference, before, after) && !isSpent(difference));
}

const placedOf = ({ placed }: HistoryEntry): PlacedStatement => placed;

/** An index that became a constraint goes with it, and the down of the migration that built it would take it away anyway. */
function indexesMadeConstraints({ placed: { node } }: HistoryEntry): string[] {
  if (node.kind !== 'alterTable') return [];
  return node.actions.flatMap((action) => {
    if (action.kind !== 'addConstraint') return [];
    const { constraint } = action;
    return (constraint.kind === 'primaryKey' || constraint.kind === 'unique') && constraint.usingIndex ? [constraint.usingIndex.name] : [];
  });
}

function isFollowed({ node, statement }: PlacedStatement): boolean {
  if (statement.hasHole || node.kind === 'unread' || ('unknown' in node && (node.unknown?.length ?? 0) > 0)) return false;
  return node.kind !== 'alterTable' || node.actions.every(({ kind }) => kind !== 'opaque');
}

/** The first and the last of three catalogs, with only what is not the very same in all of them; what is looked at is noted as read. */
function touched([before, between, after]: readonly [Catalog, Catalog, Catalog]): [Catalog, Catalog] {
  const parts: [Record<string, ReadonlyMap<string, unknown>>, Record<string, ReadonlyMap<string, unknown>>] = [{}, {}];
  for (const name of collectionNames) {
    const keys = new Set([...Collection.changedKeys<unknown>(before[name], between[name]), ...Collection.changedKeys<unknown>(between[name], after[name])]);
    [before, after].forEach((catalog, side) => {
      parts[side as 0 | 1][name] = new Map([...keys].flatMap((key) => (catalog[name].has(key) ? [[key, catalog[name].get(key)]] : [])));
    });
  }
  return [catalogOf(before.dialect, parts[0] as ObjectMaps), catalogOf(before.dialect, parts[1] as ObjectMaps)];
}

function isShared({ object, kind, name }: SchemaDifference, before: Catalog, after: Catalog): boolean {
  if (object === 'routine' && kind === 'changed') return sameBody(before.routines.get(name), after.routines.get(name));
  return shared.has(object) || (kind === 'changed' && spelled.has(object));
}

/** Whether the bodies of two routines differ in nothing but blanks, comments and a last semicolon; the clauses around them may stand in any order. */
function sameBody(a: Routine | undefined, b: Routine | undefined): boolean {
  const [old, now] = [bodyOf(a), bodyOf(b)];
  return old === undefined || now === undefined || old === now;
}

function bodyOf(routine: Routine | undefined): string | undefined {
  const strings = lex(routine?.text ?? '', 'postgresql').tokens.filter(({ kind, text }) => kind === 'string' && text.startsWith('$'));
  if (strings.length !== 1) return undefined;
  const words = lex(strings[0]!.value, 'postgresql').tokens.map(({ kind, text }) => (kind === 'word' ? text.toLowerCase() : text));
  return words.join(' ').replace(/(?: ;)+$/u, '');
}

/** Whether a foreign key has no index that leads with its columns: MySQL refuses the statement that drops the last one. */
function lacksKeyIndex({ foreignKeys, primaryKey, uniques, indexes }: Table): boolean {
  const keys = [primaryKey?.columns ?? [], ...uniques.map(({ columns }) => columns), ...indexes.map(({ parts }) => parts.map(({ column }) => column))];
  return foreignKeys.some(({ columns }) => !keys.some((key) => columns.every((column, at) => column.toLowerCase() === key[at]?.toLowerCase())));
}

/** Of a table that no history makes not everything is known, a temporary one goes with its session, and an index that MySQL made for a foreign key goes when another serves it. */
function isLeftOpen({ table, name, object }: SchemaDifference, before: Catalog, after: Catalog): boolean {
  const key = table ?? (object === 'table' ? name : undefined);
  if (key === undefined) return false;
  const sides = [before.tables.get(key), after.tables.get(key)].filter((one) => one !== undefined);
  if (object === 'index' && sides.some(({ indexes }) => indexes.some((index) => index.name === name && index.implicit))) return !after.tables.has(key) || !lacksKeyIndex(after.tables.get(key)!);
  return sides.some(({ knowledge, temporary }) => knowledge === 'unknown' || temporary === true);
}
