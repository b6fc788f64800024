import type { MigrationStep } from '../../project/facts.ts';
import { objectKey, type Catalog, type ForeignKey, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, renderName } from '../../schema/render.ts';
import type { QualifiedName, StatementNode } from '../../source/sql/ast.ts';
import { platformTables } from './platform.ts';

/** A table that no history makes, made up of what is said of it, so that what speaks of it can run. */
export interface StandIn {
  readonly schema?: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Columns that foreign keys point at, and that therefore are unique. */
  readonly keys: readonly (readonly string[])[];
  /** Known of tables of platforms alone. */
  readonly primaryKey?: readonly string[];
}

interface Draft {
  readonly schema?: string;
  readonly name: string;
  readonly columns: Map<string, string>;
  readonly keys: Map<string, readonly string[]>;
  readonly primaryKey?: readonly string[];
}

/**
 * Tables that a schema and the migration after it speak of, and that neither makes. Their columns are those that are named: with the type that
 * the history gave them, else that of the column that points at them, else text. Those of platforms have the columns that these document.
 */
export function standInsFor(catalog: Catalog, step?: Pick<MigrationStep, 'entries' | 'after'>): StandIn[] {
  const drafts = new Map<string, Draft>();
  const isMissing = (key: string): boolean => {
    const table = catalog.tables.get(key);
    const made = step?.after.tables.get(key);
    return table ? table.knowledge === 'unknown' && !table.virtual : made?.knowledge !== 'known' && !catalog.views.has(key);
  };
  const draftOf = (schema: string | undefined, name: string): Draft | undefined => {
    const key = objectKey(catalog.dialect, schema, name);
    if (!isMissing(key)) return undefined;
    const platform = catalog.dialect === 'postgresql' ? platformTables.find((one) => one.schema === schema && one.name === name) : undefined;
    const draft = drafts.get(key) ?? { ...(schema !== undefined && { schema }), name, columns: new Map(Object.entries(platform?.columns ?? {})), keys: new Map<string, readonly string[]>(), ...(platform && { primaryKey: platform.primaryKey }) };
    drafts.set(key, draft);
    return draft;
  };
  for (const table of catalog.tables.values()) {
    if (table.knowledge === 'unknown') for (const column of table.columns) draftOf(table.schema, table.name)?.columns.set(column.name, column.type);
    for (const key of table.foreignKeys) pointAt(draftOf(key.references.schema, key.references.table), table, key);
  }
  for (const table of step ? changedTables(catalog, step.after) : []) for (const key of table.foreignKeys) pointAt(draftOf(key.references.schema, key.references.table), table, key);
  for (const { placed: { node }, before } of step?.entries ?? []) {
    // What the migration made before, and renames or drops later, is in neither of its catalogs.
    const isMade = ({ schema, name }: QualifiedName): boolean => before.tables.get(objectKey(catalog.dialect, schema?.name, name.name))?.knowledge === 'known';
    mention(node, (name) => (isMade(name) ? undefined : draftOf(name.schema?.name, name.name.name)));
  }
  if (step) for (const { schema, name } of spokenOf(step)) draftOf(schema, name);
  return [...drafts.values()].map(({ columns, keys, ...table }) => ({ ...table, columns: [...columns].map(([name, type]) => ({ name, type })), keys: [...keys.values()] }));
}

/** A catalog in which stand-ins with a known primary key are tables that hold nothing else: rows that have to refer to them can be made. */
export function withStandIns(catalog: Catalog, standIns: readonly StandIn[]): Catalog {
  const origin = { file: '', range: { start: 0, end: 0 } };
  const none = { uniques: [], foreignKeys: [], checks: [], exclusions: [], indexes: [], policies: [], triggers: [] };
  return standIns.reduce((result, { schema, name, columns, primaryKey }) => {
    if (!primaryKey) return result;
    const own = columns.filter((column) => primaryKey.includes(column.name)).map((column) => ({ name: column.name, type: column.type.replace(/ DEFAULT .*$/u, ''), nullable: false, origin }));
    const table: Table = { ...none, ...(schema !== undefined && { schema }), name, knowledge: 'known', columns: own, primaryKey: { columns: primaryKey, origin }, origin };
    return { ...result, tables: result.tables.set(objectKey(catalog.dialect, schema, name), table) };
  }, catalog);
}

/** As people write it: with its schema, where it stands in one. */
export function nameOfStandIn({ schema, name }: Pick<StandIn, 'schema' | 'name'>): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

/** The statements that make a stand-in. */
export function renderStandIn(catalog: Catalog, table: StandIn): string {
  const { dialect } = catalog;
  const name = (column: string) => quoteIdentifier(dialect, column);
  const columns = table.columns.map((column) => `${name(column.name)} ${column.type}`.trim());
  const list = (key: readonly string[]) => `(${key.map(name).join(', ')})`;
  const keys = [...(table.primaryKey ? [`PRIMARY KEY ${list(table.primaryKey)}`] : []), ...table.keys.filter((key) => key.join('\0') !== table.primaryKey?.join('\0')).map((key) => `UNIQUE ${list(key)}`)];
  // SQLite has no table without columns.
  const all = columns.length === 0 && dialect === 'sqlite' ? ['unknown'] : [...columns, ...keys];
  return `CREATE TABLE ${renderName(dialect, table.schema, table.name)} (${all.join(', ')})`;
}

/** Tables of platforms that a migration writes to, or makes triggers and policies on. */
function spokenOf({ entries }: Pick<MigrationStep, 'entries'>): typeof platformTables {
  const text = entries.map(({ placed }) => placed.statement.text).join('\n');
  return platformTables.filter(({ schema, name }) => new RegExp(`\\b${schema}"?\\s*\\.\\s*"?${name}\\b`, 'iu').test(text));
}

function changedTables(before: Catalog, after: Catalog): Table[] {
  return [...after.tables].filter(([key, table]) => before.tables.get(key) !== table).map(([, table]) => table);
}

function pointAt(draft: Draft | undefined, table: Table, key: ForeignKey): void {
  // Without columns a foreign key points at the primary key, which is not known.
  if (!draft || draft.primaryKey || key.references.columns.length === 0) return;
  draft.keys.set(key.references.columns.join('\0'), key.references.columns);
  key.references.columns.forEach((column, index) => {
    const type = table.columns.find(({ name }) => name === key.columns[index])?.type;
    if (type !== undefined || !draft.columns.has(column)) draft.columns.set(column, type ?? 'text');
  });
}

function mention(node: StatementNode, draftOf: (name: QualifiedName) => Draft | undefined): void {
  if (node.kind === 'createIndex') draftNames(draftOf(node.table), node.columns.flatMap(({ column }) => column?.name ?? []));
  if (node.kind !== 'alterTable') return;
  const draft = draftOf(node.name);
  const added = new Set(node.actions.flatMap((action) => (action.kind === 'addColumn' ? [action.column.name.name] : [])));
  for (const action of node.actions) {
    const named = action.kind === 'renameColumn' ? [action.from.name] : 'column' in action && 'name' in action.column && typeof action.column.name === 'string' ? [action.column.name] : [];
    draftNames(draft, named.filter((name) => !added.has(name)));
  }
}

function draftNames(draft: Draft | undefined, names: readonly string[]): void {
  for (const name of names) if (draft && !draft.columns.has(name)) draft.columns.set(name, 'text');
}
