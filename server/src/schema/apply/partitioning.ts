import type { PartitionBy, PartitionChange, PartitionDefinition } from '../../source/sql/ast.ts';
import type { Table } from '../catalogObjects.ts';

type Partitioning = NonNullable<Table['partitionBy']>;
type Listed = NonNullable<Partitioning['listed']>;

/** What a PARTITION BY clause says of its table. */
export function partitioningOf({ text, columns, partitions }: PartitionBy): Partitioning {
  const named = columns.flatMap((part) => (part.column ? [part.column.name] : []));
  const first = partitions?.[0];
  if (!first) return { text: text.trim(), columns: named };
  const scheme = text.slice(0, text.indexOf(first.text)).replace(/\(\s*$/, '').trim();
  return { text: text.trim(), columns: named, listed: { scheme, partitions: partitions.map(entryOf) } };
}

function entryOf({ name, text }: PartitionDefinition): Listed['partitions'][number] {
  return { name: name.name, text };
}

/** The partitions of a MySQL table after ALTER TABLE ADD, DROP, REORGANIZE or COALESCE PARTITION; the other verbs work on rows. */
export function changePartitions(old: Partitioning, { verb, names, definitions = [], count }: PartitionChange): Partitioning {
  const { listed } = old;
  if (!listed) return count === undefined ? old : counted(old, verb === 'COALESCE' ? -Number(count) : Number(count));
  const isNamed = ({ name }: { readonly name: string }) => names?.some((other) => other.name.toLowerCase() === name.toLowerCase()) ?? false;
  const kept = listed.partitions.filter((partition) => !isNamed(partition));
  const added = definitions.map(entryOf);
  if (verb === 'ADD') return relisted(old, listed, [...listed.partitions, ...added]);
  if (verb === 'COALESCE') return relisted(old, listed, listed.partitions.slice(0, -Number(count)));
  if (verb === 'DROP') return relisted(old, listed, kept);
  const at = listed.partitions.findIndex(isNamed);
  return verb === 'REORGANIZE' && at >= 0 ? relisted(old, listed, kept.toSpliced(at, 0, ...added)) : old;
}

function relisted(old: Partitioning, { scheme }: Listed, partitions: Listed['partitions']): Partitioning {
  return { ...old, text: `${scheme} (${partitions.map(({ text }) => text).join(', ')})`, listed: { scheme, partitions } };
}

/** Partitions that are only counted are one unless PARTITIONS says how many. */
function counted(old: Partitioning, more: number): Partitioning {
  const written = /^(PARTITION\s[^]*\bPARTITIONS\s+)(\d+)/i.exec(old.text);
  if (!written) return { ...old, text: `${old.text} PARTITIONS ${1 + more}` };
  return { ...old, text: `${written[1]}${Number(written[2]) + more}${old.text.slice(written[0].length)}` };
}
