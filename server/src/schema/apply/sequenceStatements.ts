import type { SequenceStatement } from '../../source/sql/ast.ts';
import type { Column, Sequence } from '../catalog.ts';
import { changeColumn } from './columns.ts';
import type { Draft } from './draft.ts';
import { identityText, sequenceOptions } from './identity.ts';
import { ownedSequenceDefault } from '../sequences.ts';

/** CREATE SEQUENCE and ALTER SEQUENCE. */
export function applySequence(draft: Draft, node: SequenceStatement): void {
  const target = node.kind === 'createSequence' ? draft.target(node.name) : draft.lookup('sequences', node.name);
  const existing = draft.catalog.sequences.get(target.key);
  if (node.kind === 'createSequence' ? existing && node.ifNotExists : !existing) return;
  const schemaChange = node.options.find((option) => option.name === 'SET SCHEMA');
  const owner = node.ownedBy && draft.lookup('tables', node.ownedBy.table);
  const free = node.options.some((option) => option.name === 'OWNED BY');
  const { schema, name } = target;
  const base: Sequence = existing ?? { schema, name, options: '', ...(node.temporary && { temporary: true }), origin: draft.origin(node.name.name.range) };
  const ownedBy = owner ? { schema: owner.schema, table: owner.name, column: node.ownedBy!.column.name } : free ? undefined : base.ownedBy;
  const moved = schemaChange ? draft.targetOf(schemaChange.value.replaceAll('"', ''), base.name) : target;
  const sequence: Sequence = { ...base, schema: moved.schema, ownedBy, options: sequenceOptions(base.options, node.options) };
  if (schemaChange) draft.remove('sequences', target.key);
  draft.set('sequences', moved.key, sequence);
  if (owner) markAutoIncrement(draft, sequence);
  if (sequence.identity) changeOwner(draft, sequence, (column) => ({ ...column, identityOptions: identityText(column.identityOptions, node.options) }));
}

/** Changes the column that owns a sequence. */
function changeOwner(draft: Draft, { ownedBy }: Sequence, change: (column: Column) => Column): void {
  const table = ownedBy && draft.catalog.tables.get(draft.targetOf(ownedBy.schema, ownedBy.table).key);
  if (table) draft.put(changeColumn(draft, table, ownedBy.column, change));
}

function markAutoIncrement(draft: Draft, sequence: Sequence): void {
  const owner = sequence.ownedBy!;
  const table = draft.catalog.tables.get(draft.targetOf(owner.schema, owner.table).key);
  if (!table) return;
  const owned = (text: string | undefined) => text !== undefined && ownedSequenceDefault(draft.catalog, table, owner.column, text);
  draft.put(changeColumn(draft, table, owner.column, (column) => (owned(column.default) ? { ...column, autoIncrement: true } : column)));
}
