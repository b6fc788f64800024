import type { AlterDomain, AlterType, ColumnConstraint, CreateDomain, CreateType, DomainAction, QualifiedName } from '../../source/sql/ast.ts';
import type { Domain, EnumType, OtherType } from '../catalog.ts';
import { dropColumn } from './columnChanges.ts';
import { defaultText } from './columns.ts';
import type { Draft, Target } from './draft.ts';
import { tidyExpression } from '../expressions.ts';
import { postgresName } from '../names.ts';
import { quoteIdentifier, renderName } from '../quote.ts';
import { engineType, splitTypeName } from '../types.ts';
import { attributeOf, changedComposite, spelled } from './compositeTypes.ts';

/** CREATE TYPE: an enum, a composite type, or another type whose text is kept. */
export function createType(draft: Draft, node: CreateType): void {
  const { schema, name, key } = draft.target(node.name);
  const origin = draft.origin(node.name.name.range);
  if (node.enumValues) draft.set('enums', key, { schema, name, values: node.enumValues.map(({ value }) => value), origin });
  else if (node.attributes) draft.set('types', key, spelled(draft, { schema, name, attributes: node.attributes.map((attribute) => attributeOf(draft, attribute)), text: '', origin }));
  else draft.set('types', key, { schema, name, text: node.text.trim(), origin });
}

/** ALTER TYPE: enum values, attributes and the schema; what else can be said of a type is not followed. */
export function alterType(draft: Draft, { name, action }: AlterType): void {
  const { key } = draft.lookup('enums', name);
  const type = draft.catalog.enums.get(key);
  if (action.kind === 'setSchema') return moveType(draft, name, (target) => draft.targetOf(action.schema.name, target.name));
  if (action.kind === 'other') {
    const { key: other } = draft.lookup('types', name);
    const composite = draft.catalog.types.get(other);
    const changed = composite && action.change && changedComposite(draft, composite, action.change);
    if (changed) draft.set('types', other, changed);
    else if (action.change?.kind !== 'owner') draft.markUncertain('a type is altered in a way that is not followed');
  } else if (type) {
    const values = action.kind === 'addValue' ? withValue(type, action) : type.values.map((value) => (value === action.from ? action.to : value));
    draft.set('enums', key, { ...type, values });
  }
}

function withValue(type: EnumType, action: Extract<AlterType['action'], { kind: 'addValue' }>): readonly string[] {
  if (type.values.includes(action.value)) return type.values;
  const neighbour = action.before ?? action.after;
  const at = neighbour === undefined ? -1 : type.values.indexOf(neighbour);
  if (at < 0) return [...type.values, action.value];
  return type.values.toSpliced(action.before === undefined ? at + 1 : at, 0, action.value);
}

/** Gives a type another name or schema; the columns that have it follow. */
export function moveType(draft: Draft, name: QualifiedName, to: (from: Target) => Target): void {
  for (const collection of ['enums', 'domains', 'types'] as const) {
    const from = draft.lookup(collection, name);
    const type = draft.catalog[collection].get(from.key);
    if (!type) continue;
    const target = to(from);
    draft.remove(collection, from.key);
    const moved = { ...type, schema: target.schema, name: target.name };
    draft.set(collection, target.key, (collection === 'types' ? spelled(draft, moved as OtherType) : moved) as never);
    retypeColumns(draft, { schema: type.schema, name: type.name }, renderName(draft.dialect, target.schema, target.name));
    return;
  }
}

/** Gives columns of a type its new name. */
export function retypeColumns(draft: Draft, from: { readonly schema?: string; readonly name: string }, spelling: string): void {
  const old = renderName(draft.dialect, from.schema, from.name);
  draft.mapTablesBy('type', from.name, (table) => {
    if (!table.columns.some((column) => isOfType(column.type, from))) return table;
    const columns = table.columns.map((column) =>
      isOfType(column.type, from)
        ? { ...column, type: spelling + (column.type.endsWith('[]') ? '[]' : ''), default: column.default?.replaceAll(`::${old}`, `::${spelling}`) }
        : column,
    );
    return { ...table, columns };
  });
}

/** Whether a column type in engine spelling is the named type or an array of it. */
export function isOfType(spelling: string, type: { readonly schema?: string; readonly name: string }): boolean {
  const parts = splitTypeName(spelling);
  return parts.name === type.name && parts.schema === type.schema;
}

/** DROP TYPE and DROP DOMAIN; with CASCADE the columns of that type go too. */
export function dropType(draft: Draft, name: QualifiedName, cascade: boolean): void {
  for (const collection of ['enums', 'domains', 'types'] as const) {
    const { key } = draft.lookup(collection, name);
    const type = draft.catalog[collection].get(key);
    if (!type) continue;
    draft.remove(collection, key);
    if (!cascade) return;
    for (const table of draft.tablesBy('type', type.name)) {
      for (const column of table.columns) if (isOfType(column.type, type)) dropColumn(draft, draft.catalog.tables.get(draft.keyOf(table))!, column.name, true);
    }
    return;
  }
}

/** CREATE DOMAIN. */
export function createDomain(draft: Draft, node: CreateDomain): void {
  const { schema, name, key } = draft.target(node.name);
  const domain: Omit<Domain, 'text'> = {
    schema,
    name,
    type: engineType(draft.dialect, node.type),
    constraints: node.constraints.flatMap((constraint) => domainCheck(draft, name, constraint) ?? []),
    nullable: !node.constraints.some((constraint) => constraint.kind === 'notNull'),
    default: defaultOf(draft, node.constraints),
    origin: draft.origin(node.name.name.range),
  };
  draft.set('domains', key, { ...domain, text: domainText(draft, domain) });
}

function defaultOf(draft: Draft, constraints: readonly ColumnConstraint[]): string | undefined {
  const found = constraints.find((constraint) => constraint.kind === 'default');
  return found && defaultText(draft, found.expression.text);
}

function domainCheck(draft: Draft, domain: string, constraint: ColumnConstraint): Domain['constraints'][number] | undefined {
  if (constraint.kind !== 'check') return undefined;
  return { name: constraint.name?.name ?? postgresName(domain, undefined, 'check'), text: `CHECK (${tidyExpression(draft.dialect, constraint.expression.text)})` };
}

function domainText(draft: Draft, domain: Omit<Domain, 'text'>): string {
  const named = ({ name, text }: Domain['constraints'][number]) => (name === undefined ? text : `CONSTRAINT ${quoteIdentifier(draft.dialect, name)} ${text}`);
  const parts = [domain.default === undefined ? '' : `DEFAULT ${domain.default}`, domain.nullable ? '' : 'NOT NULL', ...domain.constraints.map(named)];
  return parts.filter((part) => part !== '').join(' ');
}

/** ALTER DOMAIN: defaults, NOT NULL, constraints and the schema. */
export function alterDomain(draft: Draft, { name, action }: AlterDomain): void {
  const { key } = draft.lookup('domains', name);
  const domain = draft.catalog.domains.get(key);
  if (!domain || action?.kind === 'owner') return;
  if (action?.kind === 'setSchema') return moveType(draft, name, (from) => draft.targetOf(action.schema.name, from.name));
  const changed = action && changedDomain(draft, domain, action);
  if (changed) draft.set('domains', key, { ...changed, text: domainText(draft, changed) });
  else draft.markUncertain('a domain is altered in a way that is not followed');
}

function changedDomain(draft: Draft, domain: Domain, action: DomainAction): Domain | undefined {
  switch (action.kind) {
    case 'setNotNull':
    case 'dropNotNull':
      return { ...domain, nullable: action.kind === 'dropNotNull' };
    case 'dropDefault':
      return { ...domain, default: undefined };
    case 'setDefault':
      return { ...domain, default: tidyExpression(draft.dialect, action.expression.text) };
    case 'addConstraint':
      return withConstraint(draft, domain, action.constraint);
    case 'dropConstraint':
      return { ...domain, constraints: domain.constraints.filter((constraint) => constraint.name !== action.name.name) };
    case 'renameConstraint':
      return { ...domain, constraints: domain.constraints.map((constraint) => (constraint.name === action.from.name ? { ...constraint, name: action.to.name } : constraint)) };
    case 'validateConstraint':
      return domain;
    default:
      return undefined;
  }
}

function withConstraint(draft: Draft, domain: Domain, constraint: ColumnConstraint): Domain | undefined {
  if (constraint.kind === 'notNull') return { ...domain, nullable: false };
  const check = domainCheck(draft, domain.name, constraint);
  if (!check) return undefined;
  const name = constraint.name?.name ?? postgresName(domain.name, undefined, `check${domain.constraints.length || ''}`);
  return { ...domain, constraints: [...domain.constraints, { ...check, name }] };
}
