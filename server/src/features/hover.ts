import type { DatabaseFacts, Facts } from '../project/facts.ts';
import type { Place } from '../rules/rule.ts';
import { objectKey, type Column, type Index, type Table } from '../schema/catalog.ts';
import { renderColumn, renderIndex, renderTable } from '../schema/render.ts';
import { maskSecrets } from '../source/secrets.ts';
import type { TextRange } from '../text/range.ts';
import { subjectAt, type Subject } from './subject.ts';

/** A line below the definition: text, and the place it speaks of, which an editor shows as a link. */
export interface HoverLine {
  readonly text: string;
  readonly place?: Place;
}

/** What is shown of a table or column. */
export interface HoverCard {
  readonly range: TextRange;
  /** Its definition as SQL. */
  readonly sql: string;
  readonly lines: readonly HoverLine[];
}

/** Lines of SQL shown of a table at most. */
const longest = 40;

/** The definition, the keys and the origin of the table or column at `offset`, secrets masked; undefined where nothing known is named. */
export function hoverAt(facts: Facts, file: string, offset: number): HoverCard | undefined {
  const subject = subjectAt(facts, file, offset);
  if (!subject) return undefined;
  const { sql, lines } = contentOf(subject);
  return { range: subject.range, sql: maskSecrets(sql), lines: lines.map((line) => ({ ...line, text: maskSecrets(line.text) })) };
}

function contentOf(subject: Subject): Pick<HoverCard, 'sql' | 'lines'> {
  const { database, table, column } = subject;
  if (column) return { sql: renderColumn(database.dialect, column), lines: columnLines(subject, column) };
  if (table.knowledge === 'unknown') return { sql: `-- ${table.name}`, lines: unknownTable(database, table) };
  return { sql: shorten(renderTable(database.dialect, table)), lines: tableLines(subject) };
}

function shorten(sql: string): string {
  const lines = sql.split('\n');
  return lines.length <= longest ? sql : [...lines.slice(0, longest), `-- ${lines.length - longest} more lines`].join('\n');
}

function unknownTable(database: DatabaseFacts, table: Table): HoverLine[] {
  return [{ text: 'No migration or schema file of the workspace makes this table. It is taken to exist, to hold rows, and to have more columns and indexes than are seen here.' }, rowsLine(database, table)];
}

function tableLines(subject: Subject): HoverLine[] {
  const { database, table } = subject;
  const lines: HoverLine[] = [madeBy(subject, table)];
  for (const place of changedBy(database, table)) lines.push({ text: 'Changed by', place });
  for (const index of table.indexes) lines.push({ text: code(renderIndex(database.dialect, table, index, {})), place: index.origin });
  const children = referencedBy(database, table);
  if (children.length > 0) lines.push({ text: `Referenced by ${children.map(code).join(', ')}` });
  lines.push(rowsLine(database, table));
  return lines;
}

function columnLines(subject: Subject, column: Column): HoverLine[] {
  const { database, table } = subject;
  const lines: HoverLine[] = [{ text: `Column of ${code(table.name)}, ${column.nullable ? 'may be null' : 'never null'}${table.primaryKey?.columns.includes(column.name) ? ', part of the primary key' : ''}` }];
  for (const unique of table.uniques) if (unique.columns.includes(column.name)) lines.push({ text: `Unique ${code(`(${unique.columns.join(', ')})`)}`, place: unique.origin });
  for (const key of table.foreignKeys) {
    if (!key.columns.includes(column.name)) continue;
    const target = `${key.references.table}(${key.references.columns.join(', ')})`;
    lines.push({ text: `References ${code(target)}, on delete ${key.onDelete}${key.validated ? '' : ', not validated'}`, place: key.origin });
  }
  const indexes = table.indexes.filter((index) => index.parts.some((part) => part.column === column.name));
  for (const index of indexes) lines.push({ text: `Index ${code(indexText(index))}`, place: index.origin });
  if (column.comment) lines.push({ text: column.comment });
  lines.push(madeBy(subject, column));
  lines.push(rowsLine(database, table));
  return lines;
}

function madeBy({ current }: Subject, { origin }: { readonly origin: Place }): HoverLine {
  return { text: current ? 'Made by' : 'No longer stands after all migrations; made by', place: origin };
}

/** Places of later statements that changed the table, the last three. */
function changedBy(database: DatabaseFacts, table: Table): Place[] {
  const key = objectKey(database.dialect, table.schema, table.name);
  const places = database.steps.flatMap((step) =>
    step.before.tables.get(key) === step.after.tables.get(key)
      ? []
      : step.entries
          .filter(({ before, after }) => before.tables.has(key) && before.tables.get(key) !== after.tables.get(key))
          .map(({ placed: { file, statement } }) => ({ file, range: { start: statement.start, end: statement.end } })),
  );
  return places.slice(-3);
}

function referencedBy(database: DatabaseFacts, table: Table): string[] {
  const names = [...database.catalog.tables.values()].flatMap((child) =>
    child.foreignKeys.filter(({ references }) => references.table === table.name && (references.schema ?? '') === (table.schema ?? '')).map((key) => `${child.name}(${key.columns.join(', ')})`),
  );
  return [...new Set(names)].slice(0, 8);
}

function rowsLine(database: DatabaseFacts, table: Table): HoverLine {
  const rows = database.rowsOf(table.name);
  return { text: rows === undefined ? `Rows: not stated (\`scale_targets.rows.${table.name}\` in database-expert.yaml)` : `Rows: about ${rows.toLocaleString('en')}, as database-expert.yaml states` };
}

function indexText(index: Index): string {
  const parts = index.parts.map((part) => `${part.column ?? part.expression ?? ''}${part.order === 'desc' ? ' desc' : ''}`);
  return `${index.name} (${parts.join(', ')})${index.unique ? ' unique' : ''}${index.where ? ` where ${index.where}` : ''}`;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', '')}\``;
}
