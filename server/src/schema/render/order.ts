import { objectKey, type Catalog, type Domain, type EnumType, type OtherType, type Routine, type Sequence, type Table, type View } from '../catalog.ts';
import { identifiersIn } from '../expressions.ts';
import { sequenceOfDefault } from '../sequences.ts';
import { splitTypeName } from '../types.ts';

/** One object of a catalog that a statement makes. */
export type CatalogObject =
  | { readonly kind: 'enum'; readonly key: string; readonly value: EnumType }
  | { readonly kind: 'domain'; readonly key: string; readonly value: Domain }
  | { readonly kind: 'type'; readonly key: string; readonly value: OtherType }
  | { readonly kind: 'sequence'; readonly key: string; readonly value: Sequence }
  | { readonly kind: 'routine'; readonly key: string; readonly value: Routine }
  | { readonly kind: 'table'; readonly key: string; readonly value: Table }
  | { readonly kind: 'view'; readonly key: string; readonly value: View };

function objectsOf(catalog: Catalog): CatalogObject[] {
  const list = <K extends CatalogObject['kind'], V>(kind: K, map: ReadonlyMap<string, V>) => [...map].map(([key, value]) => ({ kind, key, value }));
  // A table that no history makes cannot be made here either, and a temporary one belongs to nobody.
  const tables = new Map([...catalog.tables].filter(([, table]) => (table.knowledge === 'known' || table.virtual) && !table.temporary));
  const sequences = new Map([...catalog.sequences].filter(([, sequence]) => !sequence.temporary));
  const views = new Map([...catalog.views].filter(([, view]) => !view.temporary));
  return [
    ...list('enum', catalog.enums),
    ...list('type', catalog.types),
    ...list('domain', catalog.domains),
    ...list('sequence', sequences),
    ...list('table', tables),
    ...list('routine', catalog.routines),
    ...list('view', views),
  ] as CatalogObject[];
}

/** The objects of a catalog so that each comes after those it speaks of; cycles are cut where they are entered. */
export function creationOrder(catalog: Catalog): CatalogObject[] {
  const objects = objectsOf(catalog);
  const byName = new Map<string, CatalogObject[]>();
  for (const object of objects) {
    const name = catalog.dialect === 'postgresql' ? object.value.name : object.value.name.toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), object]);
  }
  const state = new Map<CatalogObject, 'open' | 'done'>();
  const ordered: CatalogObject[] = [];
  const visit = (object: CatalogObject): void => {
    if (state.has(object)) return;
    state.set(object, 'open');
    for (const needed of neededBy(catalog, object, byName)) visit(needed);
    state.set(object, 'done');
    ordered.push(object);
  };
  for (const object of objects) visit(object);
  return ordered;
}

/** Objects that must be there first. Names found in text may mean something else; that only costs an order that was free anyway. */
function neededBy(catalog: Catalog, object: CatalogObject, byName: ReadonlyMap<string, readonly CatalogObject[]>): CatalogObject[] {
  const needed = new Set<CatalogObject>();
  for (const name of mentionedNames(catalog, object)) {
    for (const other of byName.get(name) ?? []) if (other !== object && mayNeed(object, other)) needed.add(other);
  }
  if (object.kind !== 'table') return [...needed];
  for (const key of tablesNeeded(catalog, object.value)) {
    const candidates = byName.get(key.split('.').at(-1)!) ?? [];
    for (const other of candidates) if (other.kind === 'table' && other.key === key && other !== object) needed.add(other);
  }
  return [...needed];
}

function mayNeed(object: CatalogObject, other: CatalogObject): boolean {
  if (object.kind === 'table') return other.kind !== 'view' && other.kind !== 'table';
  if (object.kind === 'sequence' || object.kind === 'enum') return false;
  return object.kind !== 'routine' || other.kind !== 'routine' || !/\bplpgsql\b/i.test(object.value.text);
}

/** Tables that CREATE TABLE names outside expressions: parents first, then the targets of foreign keys. */
function tablesNeeded(catalog: Catalog, table: Table): string[] {
  const parent = table.partitionOf ? [objectKey(catalog.dialect, table.partitionOf.schema, table.partitionOf.table)] : [];
  return [...parent, ...(table.inherits ?? []), ...table.foreignKeys.map((key) => objectKey(catalog.dialect, key.references.schema, key.references.table))];
}

function mentionedNames(catalog: Catalog, object: CatalogObject): Iterable<string> {
  const { dialect } = catalog;
  switch (object.kind) {
    case 'table':
      return tableMentions(catalog, object.value);
    case 'routine':
      return identifiersIn(dialect, /\bplpgsql\b/i.test(object.value.text) ? routineHeader(object.value.text) : unquoteBody(object.value.text));
    case 'view':
      return identifiersIn(dialect, object.value.query);
    case 'domain':
      return [...identifiersIn(dialect, object.value.text), splitTypeName(object.value.type).name];
    case 'type':
      return identifiersIn(dialect, object.value.text);
    default:
      return [];
  }
}

/** What stands before the body of a routine: its arguments and what it returns. The body of PL/pgSQL is not checked when it is made. */
function routineHeader(text: string): string {
  return text.replace(/\$(\w*)\$.*?\$\1\$/gs, ' ').replace(/'(?:[^']|'')*'/gs, ' ');
}

function unquoteBody(text: string): string {
  return text.replaceAll(/\$\w*\$/g, ' ');
}

function tableMentions(catalog: Catalog, table: Table): Set<string> {
  const names = new Set<string>();
  const add = (text: string | undefined) => {
    if (text !== undefined) for (const name of identifiersIn(catalog.dialect, text)) names.add(name);
  };
  for (const column of table.columns) {
    names.add(splitTypeName(column.type).name);
    add(column.default);
    add(column.generated?.expression);
    const sequence = sequenceOfDefault(column.default ?? '');
    if (sequence) names.add(sequence.name);
  }
  for (const check of table.checks) add(check.expression);
  for (const exclusion of table.exclusions) add(exclusion.text);
  for (const index of table.indexes) {
    add(index.where);
    for (const part of index.parts) add(part.expression);
  }
  return names;
}
