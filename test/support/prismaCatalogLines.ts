import type { Catalog, ForeignKey, Index, KeyPart, Table } from '../../server/src/schema/catalog.ts';
import { isMySql, type Dialect } from '../../server/src/source/dialect.ts';

// The tables, columns, keys, indexes and relations of a Prisma schema as lines: those of our catalog, and those that follow from what get_datamodel answers.

interface EngineField {
  readonly name: string;
  readonly dbName?: string;
  readonly kind: 'scalar' | 'enum' | 'object';
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isId: boolean;
  readonly isUnique: boolean;
  readonly type: string;
  readonly default?: unknown;
  readonly relationName?: string;
  readonly relationFromFields?: readonly string[];
  readonly relationToFields?: readonly string[];
  readonly relationOnDelete?: string;
  readonly relationOnUpdate?: string;
}

interface EngineModel {
  readonly name: string;
  readonly dbName?: string | null;
  readonly schema?: string | null;
  readonly fields: readonly EngineField[];
}

interface EngineIndex {
  readonly model: string;
  readonly type: 'id' | 'normal' | 'unique' | 'fulltext';
  readonly algorithm?: string;
  readonly fields: readonly { readonly name: string; readonly sortOrder?: string; readonly length?: number; readonly operatorClass?: string }[];
}

interface Engine {
  readonly enums: readonly { readonly name: string; readonly dbName?: string | null; readonly values: readonly { readonly name: string; readonly dbName?: string | null }[] }[];
  readonly models: readonly EngineModel[];
  readonly indexes: readonly EngineIndex[];
}

const actions: Readonly<Record<string, string>> = { Cascade: 'cascade', Restrict: 'restrict', NoAction: 'no action', SetNull: 'set null', SetDefault: 'set default' };
const columnOf = (field: EngineField): string => field.dbName ?? field.name;
const tableOf = ({ schema, dbName, name }: EngineModel): string => (schema && schema !== 'public' ? `${schema}.` : '') + (dbName ?? name);

/** What the engine's answer says must be in the catalog. `views` are models that Prisma does not make. */
export function engineLines(json: string, dialect: Dialect, { foreignKeys, views }: { readonly foreignKeys: boolean; readonly views: ReadonlySet<string> }): string[] {
  const engine = JSON.parse(json) as Engine;
  const models = new Map(engine.models.filter(({ name }) => !views.has(name)).map((model) => [model.name, model]));
  const lines = [...models.values()].flatMap((model) => [
    ...model.fields.filter(({ kind }) => kind !== 'object').map((field) => `${tableOf(model)} column ${columnOf(field)}${field.isList || !field.isRequired ? ' null' : ''}${counts(field, dialect) ? ' counts' : ''}`),
    ...(foreignKeys ? model.fields.flatMap((field) => foreignKeyLine(model, field, models)) : []),
    ...joinTableLines(model, models, dialect, foreignKeys),
  ]);
  const indexes = engine.indexes.flatMap((index) => {
    const model = models.get(index.model);
    return model ? [indexLine(model, index)] : [];
  });
  const enums = dialect === 'postgresql' ? engine.enums.map(({ name, dbName, values }) => `enum ${dbName ?? name}: ${values.map((value) => value.dbName ?? value.name).join()}`) : [];
  return [...new Set([...lines, ...indexes, ...enums])].sort();
}

/** On SQLite Prisma makes every lone integer key count. */
function counts(field: EngineField, dialect: Dialect): boolean {
  if (dialect === 'sqlite' && field.isId && field.type === 'Int') return true;
  return JSON.stringify(field.default ?? null).startsWith('{"name":"autoincrement"');
}

function foreignKeyLine(model: EngineModel, field: EngineField, models: ReadonlyMap<string, EngineModel>): string[] {
  const parent = models.get(field.type);
  const own = fieldsOf(model, field.relationFromFields ?? []);
  if (!parent || own.length === 0) return [];
  const optional = own.some(({ isRequired }) => !isRequired);
  const onDelete = field.relationOnDelete ? actions[field.relationOnDelete]! : optional ? 'set null' : 'restrict';
  const onUpdate = field.relationOnUpdate ? actions[field.relationOnUpdate]! : 'cascade';
  return [foreignKeyText(tableOf(model), own.map(columnOf), tableOf(parent), fieldsOf(parent, field.relationToFields ?? []).map(columnOf), onDelete, onUpdate)];
}

function foreignKeyText(table: string, columns: readonly string[], parent: string, referenced: readonly string[], onDelete: string, onUpdate: string): string {
  return `${table} foreign key (${columns.join()}) references ${parent} (${referenced.join()}) on delete ${onDelete} on update ${onUpdate}`;
}

function fieldsOf(model: EngineModel, names: readonly string[]): EngineField[] {
  return names.map((name) => model.fields.find((field) => field.name === name)!);
}

/** A list of models on both sides is kept in a table of its own. */
function joinTableLines(model: EngineModel, models: ReadonlyMap<string, EngineModel>, dialect: Dialect, foreignKeys: boolean): string[] {
  return model.fields.flatMap((field) => {
    const other = field.kind === 'object' && field.isList ? models.get(field.type) : undefined;
    const back = other?.fields.some((one) => one !== field && one.isList && one.relationName === field.relationName && one.type === model.name);
    if (!other || !back) return [];
    const [a, b] = model.name <= other.name ? [model, other] : [other, model];
    const table = `${a.schema && a.schema !== 'public' ? `${a.schema}.` : ''}_${field.relationName}`;
    const key = dialect === 'postgresql' ? 'id' : 'unique';
    const sides = foreignKeys ? [['A', a] as const, ['B', b] as const].map(([column, side]) => foreignKeyText(table, [column], tableOf(side), [columnOf(side.fields.find(({ isId }) => isId)!)], 'cascade', 'cascade')) : [];
    return [`${table} column A`, `${table} column B`, `${table} ${key} (A,B)`, `${table} index (B)`, ...sides];
  });
}

function indexLine(model: EngineModel, { type, algorithm, fields }: EngineIndex): string {
  const kind = type === 'normal' ? 'index' : type;
  const parts = fields.map(({ name, sortOrder, length, operatorClass }) => {
    const column = columnOf(model.fields.find((field) => field.name === name)!);
    // The order and the length of a key's parts are not kept with a primary key.
    return type === 'id' ? column : column + (length === undefined ? '' : `[${length}]`) + (operatorClass === undefined ? '' : ` ${operatorClass.replaceAll('_', '').toLowerCase()}`) + (sortOrder === 'desc' ? ' desc' : '');
  });
  const method = algorithm && algorithm !== 'BTree' && type !== 'id' ? ` ${algorithm.toLowerCase()}` : '';
  return `${tableOf(model)} ${kind} (${parts.join()})${method}`;
}

/** The same lines from a catalog; `hidden` are columns that the engine does not tell of, as `table.column`, and whole tables. */
export function catalogLines({ tables, enums, dialect }: Catalog, hidden: ReadonlySet<string>): string[] {
  const shown = [...tables.values()].filter((table) => !hidden.has(nameOf(table)));
  const lines = shown.flatMap((table) => {
    const name = nameOf(table);
    return [
      ...table.columns.filter((column) => !hidden.has(`${name}.${column.name}`)).map((column) => `${name} column ${column.name}${column.nullable ? ' null' : ''}${isCounting(dialect, column) ? ' counts' : ''}`),
      ...(table.primaryKey ? [`${name} id (${table.primaryKey.columns.join()})`] : []),
      ...table.uniques.map(({ columns }) => `${name} unique (${columns.join()})`),
      ...table.indexes.filter((index) => !isMySql(dialect) || !isImplicit(table, index)).map((index) => indexText(name, index)),
      ...table.foreignKeys.map((key) => foreignKeyText(name, key.columns, nameOf({ schema: key.references.schema, name: key.references.table }), key.references.columns ?? [], key.onDelete ?? '', key.onUpdate ?? '')),
    ];
  });
  return [...new Set([...lines, ...[...enums.values()].map(({ name, values }) => `enum ${name}: ${values.join()}`)])].sort();
}

function nameOf({ schema, name }: { readonly schema?: string | undefined; readonly name: string }): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

function isCounting(dialect: Dialect, { autoIncrement, default: value }: Table['columns'][number]): boolean {
  return dialect === 'postgresql' ? (value ?? '').startsWith('nextval(') : autoIncrement === true;
}

/** The index that MySQL makes for a foreign key without one. */
function isImplicit(table: Table, index: Index): boolean {
  return table.foreignKeys.some((key: ForeignKey) => key.name !== undefined && key.name === index.name);
}

function indexText(table: string, { unique, special, parts, method }: Index): string {
  const part = ({ column, prefixLength, operatorClass, order }: KeyPart) =>
    `${column}${prefixLength === undefined ? '' : `[${prefixLength}]`}${operatorClass === undefined ? '' : ` ${operatorClass.replaceAll('_', '').toLowerCase()}`}${order === 'desc' ? ' desc' : ''}`;
  return `${table} ${special === 'fulltext' ? 'fulltext' : unique ? 'unique' : 'index'} (${parts.map(part).join()})${method === undefined || method === 'btree' ? '' : ` ${method}`}`;
}
