import type { HistoryEntry, MigrationStep } from '../../../project/facts.ts';
import { findTable, objectKey, type Table } from '../../../schema/catalog.ts';
import { identifiersIn } from '../../../schema/expressions.ts';
import type { QualifiedName, StatementNode } from '../../../source/sql/ast.ts';
import { hasDefaultPartition, type ComingPartition } from '../../seeds/bounds.ts';

/** A statement of a migration as the experiment runs it. */
export interface Trying {
  readonly entry: HistoryEntry;
  readonly sql: string;
  /**
   * `schema`: it changes the schema, and what it does to rows follows from that. `copy`: it fills the table that takes the place of another
   * one, as SQLite's manual has it where ALTER TABLE cannot do it. `data`: it reads or writes rows.
   */
  readonly kind: 'schema' | 'copy' | 'data';
  /** The table whose rows it meets. */
  readonly table?: Table;
  /** Columns of it that the migration itself made and filled by a default that is never the same: told, the proof would be another one each time. */
  readonly random: ReadonlySet<string>;
}

/** What runs of a migration, in order: transactions are the experiment's own, and what a client does or fills in is left out. */
export function statementsOf(step: MigrationStep): Trying[] {
  return step.entries.flatMap((entry) => {
    const { node, statement } = entry.placed;
    if (node.kind === 'transaction' || statement.hasHole || isClientCommand(node, statement.text)) return [];
    const table = tableOf(step, entry);
    return [{ entry, sql: withoutConcurrently(entry), kind: kindOf(step, entry), ...(table && { table }), random: randomColumns(step, entry, table) }];
  });
}

/** What a default gives another time each run. */
const changing = /\b(?:now|random|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|gen_random_uuid|uuid_generate_v\d\w*|uuidv[47]|uuid|randomblob|current_(?:timestamp|date|time)|localtime(?:stamp)?)\b/i;

/** The default may be gone by the time of a statement, and its values stay. */
function randomColumns({ entries }: MigrationStep, entry: HistoryEntry, table: Table | undefined): Set<string> {
  if (!table) return new Set();
  const earlier = entries.slice(0, entries.indexOf(entry)).map(({ after }) => findTable(after, table.schema, table.name));
  return new Set(earlier.flatMap((one) => one?.columns ?? []).flatMap(({ name, origin, default: given = '' }) => (origin.file === entry.placed.file && changing.test(given) ? [name] : [])));
}

function isClientCommand(node: StatementNode, text: string): boolean {
  return (node.kind === 'other' && node.verb === 'COPY' && /\bFROM\s+STDIN\b/i.test(text)) || text.startsWith('\\');
}

function kindOf(step: MigrationStep, { placed: { node }, newTables, before }: HistoryEntry): Trying['kind'] {
  if (node.kind === 'insert' && node.table && newTables.has(objectKey(before.dialect, node.table.schema?.name, node.table.name.name)) && replaced(step, node.table)) return 'copy';
  if (['insert', 'update', 'delete', 'merge', 'select', 'values'].includes(node.kind)) return 'data';
  if (node.kind === 'createTable' && node.asQuery) return 'data';
  if (node.kind === 'createView' && node.materialized) return 'data';
  if (node.kind === 'unread') return 'data';
  return node.kind === 'other' && /^(?:DO|CALL|COPY|EXECUTE|REFRESH|WITH|LOAD|IMPORT)/.test(node.verb) ? 'data' : 'schema';
}

/** The table whose place a new one takes later in the migration, on SQLite. */
function replaced(step: MigrationStep, made: QualifiedName): Table | undefined {
  const { dialect } = step.before;
  if (dialect !== 'sqlite') return undefined;
  for (const { placed: { node } } of step.entries) {
    const pairs = node.kind === 'rename' ? node.pairs : node.kind === 'alterTable' ? node.actions.flatMap((action) => (action.kind === 'renameTable' ? [{ from: node.name, to: action.to }] : [])) : [];
    const pair = pairs.find(({ from }) => objectKey(dialect, from.schema?.name, from.name.name) === objectKey(dialect, made.schema?.name, made.name.name));
    if (pair) return findTable(step.before, undefined, pair.to.name.name);
  }
  return undefined;
}

/** The table whose rows a statement meets, as it is then; one that the migration made has none. */
function tableOf(step: MigrationStep, { placed: { node }, before, newTables }: HistoryEntry): Table | undefined {
  const attached = node.kind === 'alterTable' ? node.actions.find((action) => action.kind === 'attachPartition')?.partition : undefined;
  const name = attached ?? (node.kind === 'alterTable' ? node.name : node.kind === 'createIndex' ? node.table : undefined);
  if (name) return newTables.has(objectKey(before.dialect, name.schema?.name, name.name.name)) ? undefined : findTable(before, name.schema?.name, name.name.name);
  const parent = node.kind === 'createTable' ? node.partitionOf?.parent : undefined;
  const divided = parent && findTable(before, parent.schema?.name, parent.name.name);
  // Only of a default partition are rows read when another is made.
  if (divided && hasDefaultPartition(before, objectKey(before.dialect, divided.schema, divided.name))) return divided;
  return node.kind === 'insert' && node.table ? replaced(step, node.table) : undefined;
}

/** The partitions that a migration makes or attaches. */
export function comingPartitions({ entries }: MigrationStep): ComingPartition[] {
  return entries.flatMap(({ placed: { node }, before }) => {
    const made = node.kind === 'createTable' ? [node.partitionOf ?? []].flat() : [];
    const attached = node.kind === 'alterTable' ? node.actions.flatMap((action) => (action.kind === 'attachPartition' ? [{ parent: node.name, bound: action.bound }] : [])) : [];
    return [...made, ...attached].flatMap(({ parent, bound }) => {
      const table = findTable(before, parent.schema?.name, parent.name.name);
      return table ? [{ parent: objectKey(before.dialect, table.schema, table.name), bound }] : [];
    });
  });
}

/** The statement as it runs inside a transaction: without CONCURRENTLY it makes the same of the same rows. */
function withoutConcurrently({ placed: { node, statement }, transaction }: HistoryEntry): string {
  const { text, tokens } = statement;
  const word = tokens.find((token) => token.upper === 'CONCURRENTLY');
  const isConcurrent = ('concurrently' in node && node.concurrently === true) || (node.kind === 'alterTable' && word !== undefined);
  if (!word || !isConcurrent || transaction !== 'none') return text;
  return text.slice(0, word.start) + text.slice(word.end);
}

/** The names that a statement speaks of, those in bodies of code included. */
export function namesIn({ entry: { placed: { statement } } }: Trying): Set<string> {
  const names = identifiersIn(statement.dialect, statement.text);
  for (const token of statement.tokens) if (token.kind === 'string') for (const name of identifiersIn(statement.dialect, token.value)) names.add(name);
  return names;
}

/** Values that a migration adds to an enum and uses itself, which PostgreSQL allows only once they are committed; as statements. */
export function addedValues(step: MigrationStep): string[] {
  const { entries } = step;
  return entries.flatMap(({ placed: { node, statement }, transaction }, i) => {
    if (node.kind !== 'alterType' || node.action.kind !== 'addValue' || transaction !== 'none') return [];
    const { value } = node.action;
    return entries.slice(i + 1).some((later) => later.placed.statement.text.includes(`'${value}'`)) ? [statement.text] : [];
  });
}

const counting = /\b(?:generate_series|repeat|recursive|loop|[lr]pad|zeroblob|randomblob)\b/i;

/** Whether a migration makes as much of something as a number says, which for the largest numbers never ends. */
export function countsByNumbers(step: MigrationStep): boolean {
  return step.entries.some(({ placed: { statement } }) => counting.test(statement.text));
}
