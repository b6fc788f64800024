import { isMySql } from '../../source/dialect.ts';
import type { ColumnConstraint, ColumnDefinition, ColumnPosition, DataType, TableConstraint } from '../../source/sql/ast.ts';
import { sameName, type Column, type Key, type Table } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { tidyExpression } from '../expressions.ts';
import { addIdentitySequence, identityText } from './identity.ts';
import { postgresRelationName } from '../names.ts';
import { quoteString, renderName } from '../quote.ts';
import { engineType, isSerial } from '../types.ts';

/** Parts of a column that not every column has. */
type Changes = { -readonly [K in keyof Column]?: Column[K] };

/** A default that PostgreSQL and MySQL do not keep, because a column without a default gives the same. */
function isNullDefault(text: string): boolean {
  return /^null(\s*::\s*[\w ."]+)?$/i.test(text);
}

/** The default as the catalog keeps it. */
export function defaultText(draft: Draft, text: string): string | undefined {
  const tidy = tidyExpression(draft.dialect, text);
  return isNullDefault(tidy) ? undefined : tidy;
}

/** Attributes that make keys or checks, of which a column itself knows nothing. */
const keyKinds: ReadonlySet<ColumnConstraint['kind']> = new Set<ColumnConstraint['kind']>(['unique', 'references', 'check']);

/** What each attribute written after a column does to the column itself; keys and checks are taken up by `constraintsOf`. */
function applyAttribute(draft: Draft, column: Changes, attribute: ColumnConstraint): void {
  switch (attribute.kind) {
    case 'notNull':
      column.nullable = false;
      if (attribute.name) column.notNullName = attribute.name.name;
      break;
    case 'generated':
      column.generated = { expression: tidyExpression(draft.dialect, attribute.expression.text), stored: attribute.stored };
      break;
    case 'identity':
      column.identity = attribute.always ? 'always' : 'by default';
      column.identityOptions = identityText(undefined, attribute.sequence ?? []);
      column.nullable = false;
      break;
    case 'autoIncrement':
      column.autoIncrement = true;
      break;
    case 'primaryKey':
      if (attribute.autoIncrement) column.autoIncrement = true;
      break;
    case 'collate':
      column.collation = attribute.collation;
      break;
    case 'comment':
      column.comment = attribute.text;
      break;
    case 'onUpdate':
      column.onUpdate = tidyExpression(draft.dialect, attribute.expression.text);
      break;
    default:
      break;
  }
}

/** The column that a definition makes, with neither keys nor checks. SERIAL gets its sequence later, in `newColumn`. */
export function makeColumn(draft: Draft, definition: ColumnDefinition): Column {
  const { dialect } = draft;
  const name = definition.name.name;
  const type = definition.type ? engineType(dialect, definition.type) : '';
  const origin = draft.origin(definition.name.range);
  let nullable = true;
  let fallback: string | undefined;
  let more: Changes | undefined = definition.type && fromType(draft, definition.type);
  for (const attribute of definition.constraints) {
    if (attribute.kind === 'default') fallback = defaultText(draft, attribute.expression.text);
    else if (attribute.kind === 'null') nullable = true;
    else if (attribute.kind === 'notNull' && !attribute.name) nullable = false;
    else if (!keyKinds.has(attribute.kind)) applyAttribute(draft, (more ??= {}), attribute);
  }
  if (draft.inheriting) (more ??= {}).inherited = true;
  if (more?.autoIncrement && isMySql(dialect)) more.nullable = false;
  // Most columns are made of these parts alone, in one go.
  const column = fallback === undefined ? { name, type, nullable, origin } : { name, type, nullable, default: fallback, origin };
  return more ? { ...column, ...more } : column;
}

/** What follows from the type of a column besides the type itself. */
function fromType({ dialect }: Draft, type: DataType): Changes | undefined {
  if (type.collation === undefined && type.characterSet === undefined && !isMySql(dialect)) return undefined;
  const more: Changes = {};
  if (type.collation !== undefined) more.collation = type.collation;
  if (type.characterSet !== undefined) more.characterSet = type.characterSet;
  // The national types are in Unicode's three-byte form (manual, The National Character Set).
  if (isMySql(dialect) && /^(?:national|nchar|nvarchar)\b/.test(type.name)) more.characterSet = 'utf8mb3';
  if (dialect === 'mariadb' && type.name === 'json') Object.assign(more, { characterSet: 'utf8mb4', collation: 'utf8mb4_bin' });
  if (isMySql(dialect) && type.name === 'serial') more.autoIncrement = true;
  return more;
}

const none: readonly TableConstraint[] = [];

/** Keys and checks written after a column, as the table constraints that mean the same. */
export function constraintsOf(draft: Draft, definition: ColumnDefinition): readonly TableConstraint[] {
  if (!isMySql(draft.dialect) && !definition.constraints.some(({ kind }) => kind === 'primaryKey' || keyKinds.has(kind))) return none;
  const constraints: TableConstraint[] = [];
  for (const attribute of definition.constraints) {
    const { name, range } = attribute;
    switch (attribute.kind) {
      case 'primaryKey':
        constraints.push({ kind: 'primaryKey', afterColumn: true, name, range, columns: [{ column: definition.name, range, order: attribute.order }] });
        break;
      case 'unique':
        constraints.push({ kind: 'unique', name, range, columns: [{ column: definition.name, range }], nullsNotDistinct: attribute.nullsNotDistinct });
        break;
      case 'references':
        constraints.push({ kind: 'foreignKey', name, range, columns: [definition.name], references: attribute.references, notValid: attribute.notValid, notEnforced: attribute.notEnforced });
        break;
      case 'check': {
        const { expression, notValid, notEnforced, noInherit } = attribute;
        constraints.push({ kind: 'check', name: name ?? mariaCheckName(draft, definition), range, expression, notValid, notEnforced, noInherit });
        break;
      }
      default:
        break;
    }
  }
  const { type } = definition;
  // MariaDB takes SERIAL PRIMARY KEY for the primary key alone.
  const isKey = draft.dialect === 'mariadb' && definition.constraints.some(({ kind }) => kind === 'primaryKey');
  if (isMySql(draft.dialect) && type?.name === 'serial' && !isKey) {
    constraints.push({ kind: 'unique', range: definition.range, columns: [{ column: definition.name, range: definition.range }] });
  }
  if (draft.dialect === 'mariadb' && type?.name === 'json') {
    const text = `json_valid(\`${definition.name.name}\`)`;
    constraints.push({ kind: 'check', name: definition.name, range: type.range, expression: { text, range: type.range } });
  }
  return constraints;
}

/** MariaDB files a CHECK that was written after a column under the column's own name. */
function mariaCheckName(draft: Draft, definition: ColumnDefinition): ColumnDefinition['name'] | undefined {
  return draft.dialect === 'mariadb' ? definition.name : undefined;
}

/** The column that a definition makes in a table; a SERIAL column brings its sequence, which goes into the draft. */
export function newColumn(draft: Draft, table: Table, definition: ColumnDefinition): Column {
  let column = makeColumn(draft, definition);
  if (definition.type && isSerial(draft.dialect, definition.type)) column = withSequence(draft, table, column);
  const identity = definition.constraints.find((attribute) => attribute.kind === 'identity');
  if (identity && !draft.inheriting) addIdentitySequence(draft, table, column, identity.sequence);
  return column;
}

/** The table with the column put in, or in the place of the one of that name. */
export function placeColumn(draft: Draft, table: Table, definition: ColumnDefinition, position?: ColumnPosition): Table {
  const column = newColumn(draft, table, definition);
  const columns = table.columns.filter((other) => !sameName(draft.dialect, other.name, column.name));
  const replaced = table.columns.findIndex((other) => sameName(draft.dialect, other.name, column.name));
  columns.splice(placeOf(draft, columns, replaced, position), 0, column);
  return { ...table, columns };
}

function placeOf(draft: Draft, columns: readonly Column[], replaced: number, position: ColumnPosition | undefined): number {
  if (position?.first) return 0;
  if (position?.after) {
    const after = columns.findIndex((column) => sameName(draft.dialect, column.name, position.after!.name));
    if (after >= 0) return after + 1;
  }
  return replaced >= 0 ? replaced : columns.length;
}

function withSequence(draft: Draft, table: Table, column: Column): Column {
  const name = postgresRelationName(draft.catalog, table, [column.name], 'seq');
  const { key } = draft.targetOf(table.schema, name);
  draft.set('sequences', key, {
    schema: table.schema,
    name,
    options: column.type === 'bigint' ? '' : `AS ${column.type}`,
    ownedBy: { schema: table.schema, table: table.name, column: column.name },
    serial: true,
    origin: column.origin,
  });
  return { ...column, nullable: false, autoIncrement: true, default: nextValue(draft, table.schema, name) };
}

/** The default of a column that counts with a sequence, as PostgreSQL shows it. */
function nextValue(draft: Draft, schema: string | undefined, sequence: string): string {
  return `nextval(${quoteString(draft.dialect, renderName(draft.dialect, schema, sequence))}::regclass)`;
}

/** Changes one column of a table; the table itself comes back when it has no such column and is fully known. */
export function changeColumn(draft: Draft, table: Table, name: string, change: (column: Column) => Column): Table {
  let found = false;
  const columns = table.columns.map((column) => {
    if (!sameName(draft.dialect, column.name, name)) return column;
    found = true;
    return change(column);
  });
  return found ? { ...table, columns } : table;
}

/** Whether the key is SQLite's alias of the row id: a lone column declared exactly INTEGER. Such a column is never null. */
export function isRowIdAlias(table: Table, key: Key): boolean {
  if (table.withoutRowid || key.notRowId || key.columns.length !== 1) return false;
  const column = table.columns.find((candidate) => sameName('sqlite', candidate.name, key.columns[0]!));
  return column?.type.toUpperCase() === 'INTEGER';
}
