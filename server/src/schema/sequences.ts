import { objectKey, type Catalog, type Table } from './catalog.ts';

/** The sequence that a default counts with, when it is nextval('...'). */
export function sequenceOfDefault(text: string): { readonly schema?: string; readonly name: string } | undefined {
  const match = /^\(?\s*(?:pg_catalog\s*\.\s*)?nextval\s*\(\s*\(?\s*'((?:[^']|'')*)'/i.exec(text);
  if (!match) return undefined;
  const parts = [...match[1]!.matchAll(/"((?:[^"]|"")*)"|([^".]+)/g)].map((part) => part[1]?.replaceAll('""', '"') ?? part[2]!.toLowerCase());
  const name = parts.at(-1);
  if (name === undefined) return undefined;
  const schema = parts.length > 1 ? parts.at(-2) : undefined;
  return schema === undefined ? { name } : { schema, name };
}

/** Whether the default takes its numbers from a sequence that the column owns: then the column is what SERIAL makes. */
export function ownedSequenceDefault(catalog: Catalog, table: Table, column: string, text: string): boolean {
  const wanted = sequenceOfDefault(text);
  if (!wanted) return false;
  const found = (schema: string | undefined) => catalog.sequences.get(objectKey(catalog.dialect, schema, wanted.name));
  const sequence = found(wanted.schema) ?? found(table.schema);
  const owner = sequence?.ownedBy;
  return owner !== undefined && owner.table === table.name && owner.schema === table.schema && owner.column === column;
}
