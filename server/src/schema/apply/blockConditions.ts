import { bareKey, findColumn, type Catalog, type CatalogIndexes, type Table } from '../catalog.ts';

/** `column = 'literal'`, for the first of the columns that stands there. */
function comparison(...columns: readonly string[]): readonly RegExp[] {
  return columns.map((column) => new RegExp(String.raw`\b${column}\s*=\s*'([^']*)'`, 'i'));
}

/** Catalog columns that conditions compare with a literal, by what they name. */
const subjects = {
  label: comparison('enumlabel'),
  column: comparison('column_name', 'attname'),
  constraint: comparison('constraint_name', 'conname'),
  index: comparison('indexname', 'index_name'),
  table: comparison('table_name', 'tablename', 'relname', 'viewname'),
  type: comparison('typname', 'udt_name'),
  schema: comparison('schema_name', 'nspname'),
  extension: comparison('extname'),
  policy: comparison('policyname', 'polname'),
  trigger: comparison('trigger_name', 'tgname'),
  routine: comparison('proname', 'routine_name'),
} as const;

/** `EXISTS (...)` or `NOT EXISTS (...)`, brackets around it and a SELECT before it aside. */
export function existsCondition(condition: string): { readonly negated: boolean; readonly query: string } | undefined {
  const bare = withoutWrapping(condition);
  const match = /^(not\s+)?\(?\s*(?:not\s+)?exists\s*\((.*)\)\s*\)?$/is.exec(bare);
  if (!match || /\b(?:and|or)\s+(?:not\s+)?exists\b/i.test(bare)) return undefined;
  return { negated: /^\(?\s*not\b/i.test(bare), query: match[2]! };
}

function withoutWrapping(condition: string): string {
  const bare = condition.replace(/^\((.*)\)$/s, '$1').trim();
  const selected = /^select\s+((?:not\s+)?exists\b.*)$/is.exec(bare);
  return selected ? selected[1]! : bare;
}

/** What a query on the engine's own catalog would find: whether such an object is there; undefined when it cannot be told. */
export function queryFinds(catalog: Catalog, query: string): boolean | undefined {
  const value = (subject: keyof typeof subjects) => {
    for (const pattern of subjects[subject]) {
      const match = pattern.exec(query);
      if (match) return match[1];
    }
    return undefined;
  };
  const schema = value('schema');
  const table = value('table') ?? /'"?(?:\w+"?\."?)?(\w+)"?'\s*::\s*regclass/i.exec(query)?.[1];
  const { tables, enums, dialect } = catalog;
  const by = (index: CatalogIndexes['tables'], name: string) => tables.keysBy(index, bareKey(dialect, name)).map((key) => tables.get(key)!);
  const named = table === undefined ? undefined : by('name', table);
  const absent = () => {
    const candidates = named ?? [...tables.values()];
    return candidates.length > 0 && candidates.every((candidate) => candidate.knowledge === 'known') ? false : undefined;
  };
  const label = value('label');
  if (label !== undefined) {
    const type = value('type');
    const types = type === undefined ? [...enums.values()] : enums.keysBy('name', bareKey(dialect, type)).map((key) => enums.get(key)!);
    return types.some(({ values }) => values.includes(label));
  }
  const column = value('column');
  if (column !== undefined) return (named ?? [...tables.values()]).some((candidate) => findColumn(dialect, candidate, column) !== undefined) || absent();
  const constraint = value('constraint');
  if (constraint !== undefined) {
    return (named ?? [...by('index', constraint), ...by('constraint', constraint)]).some((candidate) => constraintNames(candidate).includes(constraint)) || absent();
  }
  const index = value('index');
  if (index !== undefined) return (named ?? by('index', index)).some((candidate) => candidate.indexes.some((other) => other.name === index) || constraintNames(candidate).includes(index));
  const type = value('type');
  if (type !== undefined) return [enums, catalog.domains, catalog.types].some((types) => types.keysBy('name', bareKey(dialect, type)).length > 0);
  const extension = value('extension');
  if (extension !== undefined) return catalog.extensions.has(extension);
  if (table !== undefined && (['policy', 'trigger', 'routine'] as const).every((subject) => value(subject) === undefined)) {
    return named!.length > 0 || by('index', table).some((candidate) => candidate.indexes.some((other) => other.name === table)) || undefined;
  }
  return schema !== undefined && table === undefined ? catalog.schemas.has(schema) : undefined;
}

function constraintNames(table: Table): (string | undefined)[] {
  return [table.primaryKey, ...table.uniques, ...table.foreignKeys, ...table.checks, ...table.exclusions].map((constraint) => constraint?.name);
}
