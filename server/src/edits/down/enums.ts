import type { HistoryEntry } from '../../project/facts.ts';
import type { Column, EnumType, Routine, Table } from '../../schema/catalog.ts';
import { identifiersIn, mentionsColumn } from '../../schema/expressions.ts';
import { quoteIdentifier, renderName } from '../../schema/quote.ts';
import { renderCheck, renderIndex } from '../../schema/render.ts';
import { findEnum } from '../../schema/types.ts';
import { altered, creationOf, dropRoutine, hasPartition, viewsOver, withoutViews } from './objects.ts';
import type { Work } from './work.ts';

/**
 * Gives enums their old values back. PostgreSQL can add a value and rename one but never drop one, so the type is made anew
 * and every column that has it is converted.
 */
export function restoreEnums(work: Work, entry: HistoryEntry): void {
  for (const key of altered(work, entry, 'enums')) rebuildEnum(work, key, entry.before.enums.get(key)!, work.current.enums.get(key)!);
}

interface EnumColumn {
  readonly table: Table;
  readonly column: Column;
}

function rebuildEnum(work: Work, key: string, old: EnumType, current: EnumType): void {
  const { dialect } = work;
  const users: EnumColumn[] = [...work.current.tables.values()].flatMap((table) =>
    table.columns.filter((column) => !column.inherited && findEnum(work.current, column.type) === current).map((column) => ({ table, column })),
  );
  const partitioned = users.find(({ table, column }) => table.partitionBy?.columns.includes(column.name));
  if (partitioned) {
    work.gap(`the values of ${old.name}, because ${partitioned.table.name} is partitioned by ${partitioned.column.name}, and a partition key cannot be converted`);
    return;
  }
  const open = users.find(({ table }) => table.partitionBy && !hasPartition(work.current, table));
  if (open) work.doubt(`${open.table.name} has partitions that the history does not make, and they may stand in the way of the conversion`);
  const gone = current.values.filter((value) => !old.values.includes(value));
  const places = users.map(({ table, column }) => `${table.name}.${column.name}`).join(', ');
  const losses = gone.map((value) => ({
    what: `value '${value}' of ${old.name}${places === '' ? '' : `, where ${places} holds it`}`,
    why: 'PostgreSQL cannot drop an enum value; the type is made anew, which fails while a row holds it',
  }));
  const spare = `${old.name}__old`;
  const routines = [...work.current.routines.values()].filter((routine) => identifiersIn(dialect, signatureOf(routine)).has(old.name));
  for (const routine of routines) work.add({ sql: dropRoutine(dialect, routine) });
  withoutViews(work, viewsOver(work.current, users.map(({ table }) => table.name)), () => {
    withoutDependents(work, users, () => {
      work.add({ sql: `ALTER TYPE ${renderName(dialect, old.schema, old.name)} RENAME TO ${quoteIdentifier(dialect, spare)}`, losses });
      for (const sql of creationOf(dialect, { enums: new Map([[key, old]]) })) work.add({ sql });
      for (const user of users) convert(work, user);
      work.add({ sql: `DROP TYPE ${renderName(dialect, old.schema, spare)}` });
    });
  });
  for (const routine of routines) work.add({ sql: routine.text });
}

/** The head of a routine: its arguments and what it returns. The body names the type only when it runs. */
function signatureOf({ argumentsText, text }: Routine): string {
  const at = text.indexOf(argumentsText);
  const head = text.slice(Math.max(0, at));
  return head.slice(0, /\b(?:AS|LANGUAGE)\b|\$/iu.exec(head)?.index ?? head.length);
}

function convert(work: Work, { table, column }: EnumColumn): void {
  const name = quoteIdentifier(work.dialect, column.name);
  const text = column.type.endsWith('[]') ? 'text[]' : 'text';
  const actions = [`ALTER COLUMN ${name} TYPE ${column.type} USING ${name}::${text}::${column.type}`];
  if (column.default !== undefined) {
    actions.unshift(`ALTER COLUMN ${name} DROP DEFAULT`);
    actions.push(`ALTER COLUMN ${name} SET DEFAULT ${column.default}`);
  }
  work.add({ sql: `ALTER TABLE ${renderName(work.dialect, table.schema, table.name)} ${actions.join(', ')}` });
}

/** Checks and partial or expression indexes that compare the column with a value of the old type stand in the way of the conversion. */
function withoutDependents(work: Work, users: readonly EnumColumn[], change: () => void): void {
  const { dialect } = work;
  const back: string[] = [];
  for (const table of new Set(users.map((user) => user.table))) {
    const own = users.filter((user) => user.table === table).map(({ column }) => column.name);
    const mentions = (text: string | undefined) => own.some((column) => mentionsColumn(dialect, text, table.name, column));
    const name = renderName(dialect, table.schema, table.name);
    for (const check of table.checks) {
      if (check.inherited || check.name === undefined || !mentions(check.expression)) continue;
      work.add({ sql: `ALTER TABLE ${name} DROP CONSTRAINT ${quoteIdentifier(dialect, check.name)}` });
      back.push(`ALTER TABLE ${name} ADD ${renderCheck(dialect, check)}`);
    }
    for (const index of table.indexes) {
      if (index.inherited || !(mentions(index.where) || index.parts.some((part) => mentions(part.expression)))) continue;
      work.add({ sql: `DROP INDEX ${renderName(dialect, table.schema, index.name)}` });
      back.push(renderIndex(dialect, table, index));
    }
  }
  change();
  for (const sql of back) work.add({ sql: sql.replace(/;$/u, '') });
}
