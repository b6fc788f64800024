import { bareKey, findColumn, findTable, objectKey, sameName, type Catalog, type Routine, type Table, type View } from '../schema/catalog.ts';
import { lex } from '../source/lexer.ts';
import { foldIdentifier, type Dialect } from '../source/dialect.ts';
import type { DerivedUse, OutputColumn } from '../source/query/query.ts';
import { readQueryText } from '../source/query/read.ts';
import type { Token } from '../source/token.ts';

/** Whether a source has a column; undefined when that cannot be told. */
export type Has = boolean | undefined;

/** Columns of functions that PostgreSQL (chapter "Set Returning Functions") and SQLite have built in, where they are not called as the function is. */
const builtIn: Readonly<Record<string, readonly string[]>> = {
  json_each: ['key', 'value', 'type', 'atom', 'id', 'parent', 'fullkey', 'path'],
  json_tree: ['key', 'value', 'type', 'atom', 'id', 'parent', 'fullkey', 'path'],
  jsonb_each: ['key', 'value'],
  json_each_text: ['key', 'value'],
  jsonb_each_text: ['key', 'value'],
  json_array_elements: ['value'],
  jsonb_array_elements: ['value'],
  json_array_elements_text: ['value'],
  jsonb_array_elements_text: ['value'],
};

/** Whether a subquery, common table expression or function of FROM has a column. */
export function derivedHas(catalog: Catalog, derived: DerivedUse, name: string): Has {
  const listed = outputsHave(catalog, derived.columns, name);
  if (listed !== false) return listed;
  return anyOf((derived.functions ?? []).map((called) => functionHas(catalog, called, name)));
}

/** Whether a relation of the catalog has a column: a table, a view, a sequence. */
export function relationHas(catalog: Catalog, schema: string | undefined, relation: string, name: string): Has {
  const table = findTable(catalog, schema, relation);
  if (table) return tableHas(catalog, table, name);
  const key = objectKey(catalog.dialect, schema, relation);
  const view = catalog.views.get(key);
  if (view) return viewHas(catalog, view, name);
  return catalog.sequences.has(key) ? sequenceColumns.includes(name) : undefined;
}

/** Columns of a sequence, which PostgreSQL lets be read as a table of one row. */
const sequenceColumns: readonly string[] = ['last_value', 'log_cnt', 'is_called'];

function tableHas({ dialect }: Catalog, table: Table, name: string): Has {
  return findColumn(dialect, table, name) !== undefined || (table.knowledge === 'known' ? false : undefined);
}

const viewOutputs = new WeakMap<View, readonly OutputColumn[] | 'unread'>();

function viewHas(catalog: Catalog, view: View, name: string): Has {
  if (view.columns.length > 0) return view.columns.some((column) => sameName(catalog.dialect, column, name));
  let outputs = viewOutputs.get(view);
  if (!outputs) {
    const result = readQueryText(view.query, catalog.dialect);
    viewOutputs.set(view, (outputs = 'unread' in result ? 'unread' : result.query.outputs));
  }
  return outputs === 'unread' ? undefined : outputsHave(catalog, outputs, name);
}

function outputsHave(catalog: Catalog, columns: readonly OutputColumn[], name: string): Has {
  return anyOf(
    columns.map((column) => {
      if ('name' in column) return sameName(catalog.dialect, column.name, name);
      if ('table' in column) return relationHas(catalog, column.table.schema, column.table.name, name);
      return anyOf(column.functions.map((called) => functionHas(catalog, called, name)));
    }),
  );
}

/** Whether one of several has it. */
export function anyOf(answers: readonly Has[]): Has {
  return answers.includes(true) || (answers.includes(undefined) ? undefined : false);
}

function functionHas(catalog: Catalog, called: string, name: string): Has {
  const bare = called.slice(called.lastIndexOf('.') + 1);
  const known = catalog.routines.keysBy('name', bareKey(catalog.dialect, bare)).flatMap((key) => catalog.routines.get(key) ?? []);
  if (known.length > 0) return anyOf(known.map((routine) => routineHas(catalog, routine, name)));
  const columns = builtIn[bare.toLowerCase()];
  return columns ? columns.some((column) => sameName(catalog.dialect, column, name)) : undefined;
}

/** What a routine returns: rows of these columns, or rows of a relation. */
interface Returned {
  readonly columns?: readonly string[];
  readonly relation?: { readonly schema?: string; readonly name: string };
}

const returned = new WeakMap<Routine, Returned>();

function routineHas(catalog: Catalog, routine: Routine, name: string): Has {
  let known = returned.get(routine);
  if (!known) returned.set(routine, (known = readReturned(catalog, routine.text)));
  const { columns, relation } = known;
  if (columns) return columns.some((column) => sameName(catalog.dialect, column, name));
  return relation && relationHas(catalog, relation.schema, relation.name, name);
}

/** `RETURNS TABLE (a int, b text)`, `RETURNS SETOF t` */
function readReturned({ dialect }: Catalog, text: string): Returned {
  const { tokens } = lex(text, dialect);
  const returns = tokens.findIndex(({ upper }) => upper === 'RETURNS');
  const [first, dot, second] = tokens.slice(returns + 1).filter(({ upper }) => upper !== 'SETOF');
  if (returns < 0 || !first) return {};
  if (first.upper === 'TABLE') return { columns: columnsInBrackets(dialect, tokens.slice(returns + 2)) };
  const fold = (token: Token) => foldIdentifier(dialect, token.value, token.kind === 'quotedIdentifier');
  return { relation: dot?.text === '.' && second ? { schema: fold(first), name: fold(second) } : { name: fold(first) } };
}

/** The names that begin the entries of a list in brackets. */
function columnsInBrackets(dialect: Dialect, tokens: readonly Token[]): string[] {
  const names: string[] = [];
  let depth = 0;
  for (const [i, { text, kind }] of tokens.entries()) {
    if (kind !== 'punctuation') continue;
    if (depth === 1 && text === ')') break;
    if ((depth === 0 && text === '(') || (depth === 1 && text === ',')) {
      const column = tokens[i + 1];
      if (column) names.push(foldIdentifier(dialect, column.value, column.kind === 'quotedIdentifier'));
    }
    if (text === '(') depth++;
    else if (text === ')') depth--;
  }
  return names;
}
