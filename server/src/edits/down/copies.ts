import type { HistoryEntry } from '../../project/facts.ts';
import { findTable, sameName, type Table } from '../../schema/catalog.ts';
import { identifierOf } from '../../schema/expressions.ts';
import type { Dialect } from '../../source/dialect.ts';
import type { Token } from '../../source/token.ts';

/** Values that a migration carries from one column to another, so that its down can carry them back. */
export interface ColumnPair {
  readonly from: string;
  readonly to: string;
}

/** `INSERT INTO target (...) SELECT ... FROM source`: the columns that were copied as they are. */
export interface TableCopy {
  readonly source: Table;
  readonly target: Table;
  readonly pairs: readonly ColumnPair[];
  /** Whether rows may have been left out or put together (WHERE, DISTINCT, GROUP BY, LIMIT ...). */
  readonly partial: boolean;
}

/** A position in the tokens of a statement. */
class Reader {
  position = 0;
  readonly #tokens: readonly Token[];
  readonly #dialect: Dialect;

  constructor(dialect: Dialect, tokens: readonly Token[]) {
    this.#dialect = dialect;
    this.#tokens = tokens;
  }

  get token(): Token | undefined {
    return this.#tokens[this.position];
  }

  get rest(): readonly Token[] {
    return this.#tokens.slice(this.position);
  }

  take(text: string): boolean {
    const token = this.token;
    if (token === undefined || (token.upper !== text && token.text !== text)) return false;
    this.position++;
    return true;
  }

  name(): string | undefined {
    const name = this.token && identifierOf(this.#dialect, this.token);
    if (name !== undefined) this.position++;
    return name;
  }

  /** `schema.name` or `name`. */
  qualified(): { schema?: string; name: string } | undefined {
    const first = this.name();
    if (first === undefined) return undefined;
    if (!this.take('.')) return { name: first };
    const name = this.name();
    return name === undefined ? undefined : { schema: first, name };
  }

  /** The tokens up to a comma or one of the words, brackets passed over. */
  item(stops: readonly string[]): Token[] {
    const from = this.position;
    for (let depth = 0; this.token; this.position++) {
      const { text, upper } = this.token;
      if (depth === 0 && (text === ',' || stops.includes(upper))) break;
      if (text === '(') depth++;
      else if (text === ')') depth--;
    }
    return this.#tokens.slice(from, this.position);
  }
}

/** The copy that an INSERT makes of one table into another; undefined when it is none, or reads several tables. */
export function readTableCopy(entry: HistoryEntry): TableCopy | undefined {
  const { before } = entry;
  const { dialect, tokens } = entry.placed.statement;
  const reader = new Reader(dialect, tokens);
  if (!reader.take('INSERT')) return undefined;
  if (reader.take('OR')) reader.position++;
  if (!reader.take('INTO')) return undefined;
  const into = reader.qualified();
  const target = into && findTable(before, into.schema, into.name);
  if (!target) return undefined;
  const listed = columnList(reader);
  if (reader.take('OVERRIDING')) reader.position += 2;
  const bracketed = reader.take('(');
  if (!reader.take('SELECT')) return undefined;
  const distinct = reader.take('DISTINCT');
  const items: Token[][] = [];
  do items.push(reader.item(['FROM']));
  while (reader.take(','));
  if (!reader.take('FROM')) return undefined;
  const from = reader.qualified();
  const source = from && findTable(before, from.schema, from.name);
  if (!source || source === target) return undefined;
  if (reader.take('AS') || (reader.token?.kind === 'word' && !clauses.has(reader.token.upper))) reader.name();
  const rest = bracketed ? reader.rest.slice(0, -1) : reader.rest;
  if (rest.some(({ text, upper }) => text === ',' || upper === 'JOIN' || upper === 'UNION')) return undefined;
  const all = items.length === 1 && items[0]!.at(-1)?.text === '*';
  const columns = listed ?? insertable(target);
  const pairs = all ? insertable(source).map((name, i) => ({ from: name, to: columns[i]! })) : pairsOf(dialect, items, columns, source);
  return { source, target, pairs: pairs.filter(({ to }) => to !== undefined), partial: distinct || rest.some(({ upper }) => upper !== 'ORDER' && clauses.has(upper)) };
}

const clauses: ReadonlySet<string> = new Set(['WHERE', 'GROUP', 'HAVING', 'LIMIT', 'OFFSET', 'JOIN', 'INNER', 'LEFT', 'CROSS', 'ON', 'ORDER', 'UNION', 'FETCH', 'FOR', 'RETURNING']);

function columnList(reader: Reader): string[] | undefined {
  const start = reader.position;
  if (!reader.take('(')) return undefined;
  const names: string[] = [];
  do {
    const name = reader.name();
    if (name !== undefined) names.push(name);
  } while (reader.take(','));
  if (reader.take(')') && names[0]?.toUpperCase() !== 'SELECT') return names;
  reader.position = start;
  return undefined;
}

/** Columns that an INSERT without a list fills. */
function insertable(table: Table): string[] {
  return table.columns.filter(({ generated }) => !generated).map(({ name }) => name);
}

function pairsOf(dialect: Dialect, items: readonly Token[][], into: readonly string[], source: Table): ColumnPair[] {
  return items.flatMap((tokens, i) => {
    const name = plainColumn(dialect, tokens, source);
    return name === undefined || into[i] === undefined ? [] : [{ from: name, to: into[i]! }];
  });
}

/** The column that a select item is, when it is nothing but a column, perhaps qualified or renamed. */
function plainColumn(dialect: Dialect, tokens: readonly Token[], source: Table): string | undefined {
  const as = tokens.findIndex(({ upper }) => upper === 'AS');
  let own = as < 0 ? tokens : tokens.slice(0, as);
  if (own.length === 3 && own[1]!.text === '.') own = own.slice(2);
  const name = own.length === 1 ? identifierOf(dialect, own[0]!) : undefined;
  return name === undefined ? undefined : source.columns.find((column) => sameName(dialect, column.name, name))?.name;
}

/** `UPDATE t SET a = b`: the columns that take over another column's value, and whether every row did. */
export interface ColumnCopy {
  readonly table: Table;
  readonly pairs: readonly ColumnPair[];
  /** Every column that is set. */
  readonly set: readonly string[];
  readonly partial: boolean;
}

/** What an UPDATE of one table sets; undefined when the table is not known or the statement cannot be read. */
export function readColumnCopy(entry: HistoryEntry): ColumnCopy | undefined {
  const { dialect, tokens } = entry.placed.statement;
  const reader = new Reader(dialect, tokens);
  if (!reader.take('UPDATE')) return undefined;
  reader.take('ONLY');
  const named = reader.qualified();
  const table = named && findTable(entry.before, named.schema, named.name);
  if (!table) return undefined;
  if (reader.token?.upper !== 'SET') {
    reader.take('AS');
    reader.name();
  }
  if (!reader.take('SET')) return undefined;
  const pairs: ColumnPair[] = [];
  const set: string[] = [];
  do {
    const left = reader.take('(') ? undefined : reader.qualified();
    if (left === undefined || !reader.take('=')) return undefined;
    set.push(left.name);
    const from = plainColumn(dialect, reader.item(['WHERE', 'FROM', 'RETURNING', 'ORDER', 'LIMIT']), table);
    if (from !== undefined) pairs.push({ from, to: left.name });
  } while (reader.take(','));
  return { table, pairs, set, partial: reader.rest.length > 0 };
}
