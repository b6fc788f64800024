import { isMySql, type Dialect } from '../source/dialect.ts';
import { lex } from '../source/lexer.ts';
import { bareKey, objectKey, type CatalogIndexes, type CatalogObjects, type CollectionName } from './catalog.ts';
import type { IndexRule } from './collection.ts';
import { executedFunction } from './apply/headers.ts';
import { identifierOf, identifiersIn } from './expressions.ts';
import { isBuiltInType, splitTypeName } from './types.ts';

type Rules = { readonly [N in CollectionName]: Readonly<Record<CatalogIndexes[N], IndexRule<CatalogObjects[N]>>> };

type Named = { readonly name?: string };

/** How the objects of a catalog are found by something else than their own name; what the indexes mean is said at CatalogIndexes. */
export function indexRules(dialect: Dialect): Rules {
  const bare = (name: string) => bareKey(dialect, name);
  const nameOf = ({ name }: Named) => (name === undefined ? undefined : bare(name));
  const tableOf = ({ schema, table }: { readonly schema?: string; readonly table: string }) => objectKey(dialect, schema, table);
  const byName = { name: bare };
  const postgres = dialect === 'postgresql';
  return {
    schemas: {},
    extensions: {},
    enums: { name: byName },
    domains: { name: byName },
    types: { name: byName },
    sequences: { owner: { ownedBy: tableOf } },
    routines: { name: byName },
    views: { index: { indexes: nameOf }, trigger: { triggers: nameOf }, reads: { query: (query) => [...relationsIn(dialect, query)] } },
    tables: {
      name: byName,
      index: isMySql(dialect) ? {} : { indexes: nameOf, uniques: nameOf, exclusions: nameOf, primaryKey: nameOf },
      constraint: { foreignKeys: nameOf, checks: nameOf },
      trigger: { triggers: nameOf },
      spoken: dialect === 'sqlite' ? { triggers: ({ text }) => [...identifiersIn(dialect, text)] } : {},
      referenced: { foreignKeys: ({ references }) => tableOf(references) },
      parent: { inherits: (key) => key, partitionOf: tableOf },
      type: postgres ? { columns: ({ type }) => (isBuiltInType(type) ? undefined : splitTypeName(type).name) } : {},
      executes: postgres ? { triggers: ({ text }) => executedFunction(text)?.name.value.toLowerCase() } : {},
      sequence: postgres ? { columns: (column) => quotedInCounting(column.default) } : {},
    },
  };
}

/** The literals in a default that counts with a sequence. */
function quotedInCounting(text: string | undefined): readonly string[] | undefined {
  return text !== undefined && /nextval/i.test(text) ? (text.match(/'(?:[^']|'')*'/g) ?? undefined) : undefined;
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
