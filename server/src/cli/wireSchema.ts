import type { SchemaDatabase, SchemaForeignKey, SchemaIndex, SchemaKey, SchemaTable } from '../../../protocol/schema.ts';
import type { DatabaseFacts } from '../project/facts.ts';
import { defaultSchema, type Catalog, type ForeignKey, type Index, type Key, type Table } from '../schema/catalog.ts';

/** The schema of a database as `schema --format json` prints it: known tables, enums and views, by name. */
export function wireDatabase({ name, dialect, catalog }: DatabaseFacts): SchemaDatabase {
  return {
    name,
    dialect,
    tables: sorted([...catalog.tables.values()].filter((table) => table.knowledge === 'known' && !table.temporary)).map((table) => wireTable(catalog, table)),
    enums: sorted([...catalog.enums.values()]).map(({ schema, name: enumName, values }) => ({ schema: schema ?? null, name: enumName, values })),
    views: sorted([...catalog.views.values()]).map((view) => ({ schema: view.schema ?? null, name: view.name, materialized: view.materialized, columns: view.columns, query: view.query })),
  };
}

function sorted<T extends { readonly schema?: string; readonly name: string }>(objects: readonly T[]): T[] {
  const key = ({ schema, name }: T) => `${schema ?? ''}.${name}`;
  return [...objects].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function wireTable(catalog: Catalog, table: Table): SchemaTable {
  return {
    schema: table.schema ?? null,
    name: table.name,
    columns: table.columns.map((column) => ({
      name: column.name,
      type: column.type,
      nullable: column.nullable,
      default: column.default ?? null,
      ...(column.generated && { generated: column.generated }),
      ...(column.identity && { identity: column.identity }),
    })),
    primaryKey: table.primaryKey ? wireKey(table.primaryKey) : null,
    uniques: table.uniques.map(wireKey),
    foreignKeys: table.foreignKeys.map((foreign) => wireForeignKey(catalog, foreign)),
    checks: table.checks.map(({ name, expression, validated }) => ({ name: name ?? null, expression, validated })),
    indexes: table.indexes.map(wireIndex),
    ...(table.rowSecurity && { rowLevelSecurity: table.rowSecurity }),
    ...(table.policies.length > 0 && { policies: table.policies.map(({ name, command, permissive, roles, using, check }) => ({ name, command, permissive, roles, ...(using !== undefined && { using }), ...(check !== undefined && { check }) })) }),
  };
}

function wireKey({ name, columns }: Key): SchemaKey {
  return { name: name ?? null, columns };
}

function wireForeignKey({ dialect }: Catalog, { name, columns, references, onDelete, onUpdate, validated }: ForeignKey): SchemaForeignKey {
  const qualified = references.schema !== undefined && references.schema !== defaultSchema(dialect) ? `${references.schema}.${references.table}` : references.table;
  return { name: name ?? null, columns, references: { table: qualified, columns: references.columns }, onDelete, onUpdate, validated };
}

function wireIndex({ name, parts, unique, method, special, where, include }: Index): SchemaIndex {
  return {
    name,
    columns: parts.map((part) => ({ ...(part.column === undefined ? { expression: part.expression ?? '' } : { name: part.column }), order: part.order, nulls: part.nulls ?? null })),
    unique,
    method: special ?? method,
    ...(where !== undefined && { where }),
    ...(include && include.length > 0 && { include }),
  };
}
