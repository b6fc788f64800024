import type { QualifiedName } from '../source/sql/ast.ts';
import { objectKey, type Catalog } from './catalog.ts';
import { noteRead, type ReadKey } from './reads.ts';

/** What is read by whoever asks for the search_path. */
export const searchPathRead: ReadKey = 'catalog:searchPath';

/** The schema a name without one is made in: the file's own search_path, else the default (undefined). */
export function currentSchema({ searchPath }: Catalog, file: string): string | undefined {
  noteRead(searchPathRead);
  return searchPath?.file === file ? searchPath.schema : undefined;
}

/** The key of the table or view that a statement of a file means by a name: a bare one falls back from the search_path to the default schema. */
export function relationKeyIn(catalog: Catalog, file: string, name: QualifiedName): string {
  const bare = objectKey(catalog.dialect, name.schema?.name, name.name.name);
  const schema = name.schema ? undefined : currentSchema(catalog, file);
  if (schema === undefined) return bare;
  const own = objectKey(catalog.dialect, schema, name.name.name);
  const stands = (key: string) => catalog.tables.has(key) || catalog.views.has(key);
  return stands(own) || !stands(bare) ? own : bare;
}
