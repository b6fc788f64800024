import type { HistoryEntry } from '../../project/facts.ts';
import { findColumn, findTable, type Catalog, type Table } from '../../schema/catalog.ts';
import { quoteIdentifier, quoteString, renderName } from '../../schema/quote.ts';
import { renderColumn } from '../../schema/render.ts';
import { isMySql } from '../../source/dialect.ts';
import type { AlterAction, AlterTable, AlterType, Rename } from '../../source/sql/ast.ts';
import { positionClause } from './mysqlColumns.ts';
import type { Work } from './work.ts';

/** Takes back the names that a statement gave. What else it did is found afterwards, by comparing catalogs under the old names. */
export function undoRenames(work: Work, entry: HistoryEntry): void {
  const { node } = entry.placed;
  if (node.kind === 'alterTable') undoAlter(work, entry, node);
  else if (node.kind === 'rename') undoRename(work, entry, node);
  else if (node.kind === 'alterType') undoTypeRename(work, entry, node);
}

/** The table that one statement moved to another name, with where it stood; undefined when it moved none, or several. */
export function movedTable({ before, after }: HistoryEntry): { from: Table; to: Table } | undefined {
  const gone = [...before.tables].filter(([key]) => !after.tables.has(key));
  const come = [...after.tables].filter(([key]) => !before.tables.has(key));
  return gone.length === 1 && come.length === 1 ? { from: gone[0]![1], to: come[0]![1] } : undefined;
}

function undoAlter(work: Work, entry: HistoryEntry, node: AlterTable): void {
  const move = node.actions.find((action) => action.kind === 'renameTable' || action.kind === 'setSchema');
  const moved = move ? movedTable(entry) : undefined;
  if (moved) moveBack(work, moved.from, moved.to);
  else if (move) moveBack(work, placeOf(node.name), { ...placeOf(node.name), ...(move.kind === 'renameTable' ? placeOf(move.to) : { schema: move.schema.name }) });
  const own = moved?.from ?? findTable(entry.before, node.name.schema?.name, node.name.name.name);
  const name = own ? renderName(work.dialect, own.schema, own.name) : nameOf(work, node.name);
  for (const action of [...node.actions].reverse()) undoAction(work, entry, own, name, action);
}

type Place = Pick<Table, 'schema' | 'name'>;

function placeOf(name: AlterTable['name']): Place {
  return { ...(name.schema && { schema: name.schema.name }), name: name.name.name };
}

function nameOf(work: Work, name: AlterTable['name']): string {
  return renderName(work.dialect, name.schema?.name, name.name.name);
}

function moveBack(work: Work, from: Place, to: Place): void {
  const { dialect } = work;
  if (isMySql(dialect)) {
    work.add({ sql: `RENAME TABLE ${renderName(dialect, to.schema, to.name)} TO ${renderName(dialect, from.schema, from.name)}` });
    return;
  }
  if (to.schema !== from.schema) work.add({ sql: `ALTER TABLE ${renderName(dialect, to.schema, to.name)} SET SCHEMA ${quoteIdentifier(dialect, from.schema ?? 'public')}` });
  if (to.name !== from.name) work.add({ sql: `ALTER TABLE ${renderName(dialect, from.schema, to.name)} RENAME TO ${quoteIdentifier(dialect, from.name)}` });
}

function undoAction(work: Work, entry: HistoryEntry, own: Table | undefined, name: string, action: AlterAction): void {
  const quote = (text: string) => quoteIdentifier(work.dialect, text);
  if (action.kind === 'renameColumn') {
    work.add({ sql: `ALTER TABLE ${name} RENAME COLUMN ${quote(action.to.name)} TO ${quote(action.from.name)}` });
  } else if (action.kind === 'renameConstraint') {
    work.add({ sql: `ALTER TABLE ${name} RENAME CONSTRAINT ${quote(action.to.name)} TO ${quote(action.from.name)}` });
  } else if (action.kind === 'renameIndex') {
    work.add({ sql: `ALTER TABLE ${name} RENAME INDEX ${quote(action.to.name)} TO ${quote(action.from.name)}` });
  } else if (action.kind === 'changeColumn' && own) {
    undoChange(work, entry, own, name, action);
  }
}

/** CHANGE names a column anew and defines it anew; its inverse does the same with the old name and definition. */
function undoChange(work: Work, entry: HistoryEntry, own: Table, name: string, action: Extract<AlterAction, { kind: 'changeColumn' }>): void {
  const { dialect } = work;
  const from = action.from.name;
  if (from.toLowerCase() === action.column.name.name.toLowerCase()) return;
  const old = findColumn(dialect, own, from);
  const now = quoteIdentifier(dialect, action.column.name.name);
  if (!old) {
    work.add({ sql: `ALTER TABLE ${name} RENAME COLUMN ${now} TO ${quoteIdentifier(dialect, from)}` });
    return;
  }
  const position = action.position ? positionClause(dialect, findTable(entry.before, own.schema, own.name)!, old) : '';
  work.add({ sql: `ALTER TABLE ${name} CHANGE COLUMN ${now} ${renderColumn(dialect, old)}${position}` });
}

const keywords: Partial<Record<Rename['object'], string>> = {
  table: 'TABLE', index: 'INDEX', view: 'VIEW', materializedView: 'MATERIALIZED VIEW', sequence: 'SEQUENCE', type: 'TYPE', domain: 'DOMAIN', schema: 'SCHEMA',
};

function undoRename(work: Work, entry: HistoryEntry, node: Rename): void {
  const { dialect } = work;
  if (node.object === 'table' && isMySql(dialect)) {
    const pairs = [...node.pairs].reverse().map(({ from, to }) => `${nameOf(work, to)} TO ${nameOf(work, from)}`);
    work.add({ sql: `RENAME TABLE ${pairs.join(', ')}` });
    return;
  }
  for (const { from, to } of [...node.pairs].reverse()) {
    const schema = to.schema?.name ?? from.schema?.name;
    const now = renderName(dialect, schema, to.name.name);
    const old = quoteIdentifier(dialect, from.name.name);
    const keyword = keywords[node.object];
    if (keyword) work.add({ sql: `ALTER ${keyword} ${now} RENAME TO ${old}` });
    else if (node.onTable && (node.object === 'policy' || node.object === 'trigger')) {
      work.add({ sql: `ALTER ${node.object.toUpperCase()} ${quoteIdentifier(dialect, to.name.name)} ON ${nameOf(work, node.onTable)} RENAME TO ${old}` });
    } else if (!renameRoutine(work, entry.after, to.name.name, schema, old)) {
      work.gap(`the name ${to.name.name}, given by ${entry.placed.statement.text.split('\n', 1)[0]!.trim()}`);
    }
  }
}

function renameRoutine(work: Work, catalog: Catalog, name: string, schema: string | undefined, old: string): boolean {
  const routines = [...catalog.routines.values()].filter((routine) => routine.name === name && routine.schema === schema);
  if (routines.length !== 1) return false;
  const kind = routines[0]!.procedure ? 'PROCEDURE' : 'FUNCTION';
  work.add({ sql: `ALTER ${kind} ${renderName(work.dialect, schema, name)} RENAME TO ${old}` });
  return true;
}

function undoTypeRename(work: Work, entry: HistoryEntry, node: AlterType): void {
  const { dialect } = work;
  const { action } = node;
  if (action.kind === 'renameValue') {
    work.add({ sql: `ALTER TYPE ${nameOf(work, node.name)} RENAME VALUE ${quoteString(dialect, action.to)} TO ${quoteString(dialect, action.from)}` });
  } else if (action.kind === 'setSchema') {
    const schema = node.name.schema?.name ?? 'public';
    work.add({ sql: `ALTER TYPE ${renderName(dialect, action.schema.name, node.name.name.name)} SET SCHEMA ${quoteIdentifier(dialect, schema)}` });
  } else if (action.kind === 'other') {
    work.gap(`what ${entry.placed.statement.text.split('\n', 1)[0]!.trim()} changed`);
  }
}
