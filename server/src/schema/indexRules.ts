import { isMySql, type Dialect } from '../source/dialect.ts';
import { lex } from '../source/lexer.ts';
import { bareKey, objectKey, type CatalogIndexes, type CatalogObjects, type CollectionName, type Table } from './catalog.ts';
import type { IndexRule } from './collection.ts';
import { identifierOf } from './expressions.ts';
import { isBuiltInType, splitTypeName } from './types.ts';

type Rules = { readonly [N in CollectionName]: Readonly<Record<CatalogIndexes[N], IndexRule<CatalogObjects[N]>>> };

/** How the objects of a catalog are found by something else than their own name; what the indexes mean is said at CatalogIndexes. */
export function indexRules(dialect: Dialect): Rules {
  const bare = (name: string) => bareKey(dialect, name);
  const present = (names: readonly (string | undefined)[]) => new Set(names.flatMap((name) => (name === undefined ? [] : [bare(name)])));
  const byName: IndexRule<{ readonly name: string }> = { parts: ['name'], keys: ({ name }) => [bare(name)] };
  const namesOf = (items: readonly { readonly name?: string }[]) => items.map(({ name }) => name);
  return {
    schemas: {},
    extensions: {},
    enums: { name: byName },
    domains: { name: byName },
    types: { name: byName },
    sequences: { owner: { parts: ['ownedBy'], keys: ({ ownedBy }) => (ownedBy ? [objectKey(dialect, ownedBy.schema, ownedBy.table)] : []) } },
    routines: { name: byName },
    views: {
      index: { parts: ['indexes'], keys: ({ indexes }) => present(namesOf(indexes)) },
      reads: { parts: ['query'], keys: ({ query }) => relationsIn(dialect, query) },
    },
    tables: {
      ...tableRules(dialect),
      name: byName,
      // Index names are a table's own on MySQL, so nobody asks for them there.
      index: {
        parts: ['indexes', 'uniques', 'exclusions', 'primaryKey'],
        keys: ({ indexes, uniques, exclusions, primaryKey }) => (isMySql(dialect) ? [] : present([primaryKey?.name, ...namesOf(uniques), ...namesOf(exclusions), ...namesOf(indexes)])),
      },
      constraint: { parts: ['foreignKeys', 'checks'], keys: ({ foreignKeys, checks }) => present([...namesOf(foreignKeys), ...namesOf(checks)]) },
      trigger: { parts: ['triggers'], keys: ({ triggers }) => present(namesOf(triggers)) },
    },
  };
}

function tableRules(dialect: Dialect): Pick<Rules['tables'], 'referenced' | 'parent' | 'type' | 'sequence'> {
  const keyOf = ({ schema, table }: { readonly schema?: string; readonly table: string }) => objectKey(dialect, schema, table);
  return {
    referenced: { parts: ['foreignKeys'], keys: ({ foreignKeys }) => new Set(foreignKeys.map(({ references }) => keyOf(references))) },
    parent: { parts: ['inherits', 'partitionOf'], keys: ({ inherits = [], partitionOf }) => new Set(partitionOf ? [keyOf(partitionOf), ...inherits] : inherits) },
    type: { parts: ['columns'], keys: (table) => (dialect === 'postgresql' ? userTypes(table) : []) },
    sequence: { parts: ['columns'], keys: (table) => (dialect === 'postgresql' ? quotedSequences(table) : []) },
  };
}

function userTypes({ columns }: Table): Set<string> {
  return new Set(columns.flatMap(({ type }) => (isBuiltInType(type) ? [] : [splitTypeName(type).name])));
}

/** The literals in defaults that count with a sequence. */
function quotedSequences({ columns }: Table): Set<string> {
  return new Set(columns.flatMap((column) => (column.default !== undefined && /nextval/i.test(column.default) ? (column.default.match(/'(?:[^']|'')*'/g) ?? []) : [])));
}

/** Words behind which a query names a relation. */
const beforeRelation = new Set(['FROM', 'JOIN', 'ONLY', 'TABLE', 'USING', 'INTO', 'UPDATE', 'LATERAL', ',', '(']);

/** Every name in a query that may be that of a relation (columns in a list are among them), as the dialect compares names. */
export function relationsIn(dialect: Dialect, query: string): Set<string> {
  const names = new Set<string>();
  const { tokens } = lex(query, dialect);
  for (let i = 1; i < tokens.length; i++) {
    if (!beforeRelation.has(tokens[i - 1]!.upper || tokens[i - 1]!.text)) continue;
    while (tokens[i + 1]?.text === '.' && tokens[i + 2]) i += 2;
    const name = tokens[i + 1]?.text === '(' ? undefined : identifierOf(dialect, tokens[i]!);
    if (name !== undefined) names.add(bareKey(dialect, name));
  }
  return names;
}
