import { emptyCatalog, applyStatement } from '../../server/src/schema/apply.ts';
import type { Catalog } from '../../server/src/schema/catalog.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';

/** The catalog after scripts that run one after the other; `unread` lists what the reader could not make sense of. */
export function foldScripts(dialect: Dialect, scripts: readonly { readonly file: string; readonly text: string }[]): { catalog: Catalog; unread: string[] } {
  let catalog = emptyCatalog(dialect);
  const unread: string[] = [];
  for (const { file, text } of scripts) {
    for (const statement of splitScript(text, dialect).statements) {
      const node = readStatement(statement);
      if (node.kind === 'unread') unread.push(`${file}: ${node.reason}: ${statement.text.slice(0, 80)}`);
      catalog = applyStatement(catalog, node, { file, statement });
    }
  }
  return { catalog, unread };
}

/** The catalog after one script. */
export function fold(dialect: Dialect, text: string): Catalog {
  return foldScripts(dialect, [{ file: 'schema.sql', text }]).catalog;
}
