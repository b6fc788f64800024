import type { HistoryEntry } from '../../project/facts.ts';
import { objectKey, type Catalog, type Routine } from '../../schema/catalog.ts';
import { maskSecrets } from '../../source/secrets.ts';
import type { AlterAction, StatementNode } from '../../source/sql/ast.ts';
import { undoRole } from './roles.ts';
import type { Work } from './work.ts';

/** Statements that leave nothing behind in the schema. */
const harmless = new Set([
  'VACUUM', 'ANALYZE', 'EXPLAIN', 'LOCK', 'LOCK TABLE', 'LOCK TABLES', 'UNLOCK TABLES', 'USE', 'CHECKPOINT', 'REINDEX', 'REFRESH MATERIALIZED VIEW', 'CLUSTER', 'NOTIFY', 'LISTEN',
  'COMMENT ON', 'CREATE EXTENSION', 'CREATE SCHEMA', 'OPTIMIZE TABLE', 'SHOW', 'DESCRIBE', 'DISCARD', 'RESET', 'ATTACH', 'DETACH',
]);

/**
 * Notes what a statement did beyond the catalog: privileges, owners, procedural blocks, clauses that are not followed.
 * `changed` says whether the statement changed the catalog at all.
 */
export function noteUntracked(work: Work, entry: HistoryEntry, changed: boolean): void {
  const { node, statement } = entry.placed;
  const text = maskSecrets(statement.text.replace(/\s+/gu, ' ').trim());
  const short = text.length > 70 ? `${text.slice(0, 69)}…` : text;
  if (runsDynamicSchema(entry)) work.gap(`what ${short} made or changed at run time`);
  else if (node.kind === 'unread') work.gap(`a statement that could not be read: ${short}`);
  else if (node.kind === 'other') {
    if (undoRole(work, entry)) return;
    if (changed && node.verb === 'DO' && /\b(?:UPDATE|INSERT|DELETE)\b/iu.test(text)) work.lose({ what: 'what a DO block changed in rows', why: short });
    if (node.target && entry.newTables.has(objectKey(work.dialect, node.target.schema?.name, node.target.name.name))) return;
    if (!changed && !harmless.has(node.verb.toUpperCase()) && !/^(?:COMMENT|ANALYZE|VACUUM|LOCK|REFRESH)\b/u.test(node.verb)) work.gap(short);
    else if (!changed && /^COMMENT\b/u.test(node.verb) && !/^COMMENT\s+ON\s+(?:TABLE|COLUMN)\b/iu.test(text)) work.add({ notes: [`not undone: ${short}`] });
  } else if (node.kind === 'drop') noteDrop(work, entry, node, changed, short);
  else if (node.kind === 'alterTable') {
    for (const action of node.actions) if (untrackedActions.has(action.kind) || movesPartition(action)) work.gap(short);
  } else if (!changed && (node.kind === 'alterDomain' || node.kind === 'alterSequence')) work.gap(short);
}

const schemaText = /\b(?:create|alter|drop)\s+(?!role\b|user\b)/iu;

/**
 * Whether a statement runs text that is put together at run time and changes the schema: in a block of its own, or in a routine
 * that it calls. Partitions of a table that the same migration made go with the table.
 */
function runsDynamicSchema({ placed: { node, statement }, before, newTables }: HistoryEntry): boolean {
  if (node.kind !== 'select' && !(node.kind === 'other' && (node.verb === 'DO' || node.verb === 'CALL'))) return false;
  const literals = statement.tokens.flatMap(({ kind, value }) => (kind === 'string' ? [value.toLowerCase()] : []));
  if (literals.some((value) => newTables.has(value))) return false;
  return isDynamic(before, statement.text, node.kind !== 'select', 3);
}

function isDynamic(catalog: Catalog, text: string, isBody: boolean, depth: number): boolean {
  if (isBody && /\bexecute\b/iu.test(text) && schemaText.test(text)) return true;
  if (depth === 0 || catalog.routines.size === 0) return false;
  const called = new Set([...text.matchAll(/\b(\w+)\s*\(/gu)].map(([, name]) => name!.toLowerCase()));
  return [...catalog.routines.values()].some((routine) => called.has(routine.name.toLowerCase()) && isDynamic(catalog, bodyOf(routine), true, depth - 1));
}

/** The text of a routine without its head, in which its own name stands like a call. */
function bodyOf({ text, name }: Routine): string {
  return text.slice(text.indexOf(name) + name.length);
}

const untrackedActions: ReadonlySet<string> = new Set(['opaque', 'owner', 'columnOption', 'alterConstraint']);

/** Whether rows of a partition leave the table or come into it. */
function movesPartition(action: AlterAction): boolean {
  return action.kind === 'options' && action.setting?.kind === 'partitions' && /^(?:EXCHANGE|DISCARD|IMPORT)$/.test(action.setting.verb);
}

/** A DROP of something the history does not know cannot be taken back; with IF EXISTS there was most likely nothing. */
function noteDrop(work: Work, entry: HistoryEntry, node: Extract<StatementNode, { kind: 'drop' }>, changed: boolean, short: string): void {
  if (changed || node.ifExists || entry.before.uncertain) return;
  work.gap(`${short}: its definition is not in the history`);
}
