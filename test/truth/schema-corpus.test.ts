import { describe, expect, test } from 'vitest';
import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import type { Catalog } from '../../server/src/schema/catalog.ts';
import { diffCatalogs } from '../../server/src/schema/diff.ts';
import { renderCatalog } from '../../server/src/schema/render.ts';
import { dialects, type Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { corpusSqlFiles, hasCorpora, type CorpusFile } from '../support/corpus.ts';

/** Applies every statement of the files to one catalog, whatever engine they were written for; gives what went wrong. */
function applyAll(dialect: Dialect, files: readonly { readonly path: string; readonly text: string }[]): { catalog: Catalog; failures: string[] } {
  const failures: string[] = [];
  let catalog = emptyCatalog(dialect);
  for (const { path, text } of files) {
    for (const statement of splitScript(text, dialect).statements) {
      const after = applyStatement({ ...catalog, uncertain: false, doubt: undefined }, readStatement(statement), { file: path, statement });
      if (after.doubt?.reason.startsWith('a statement could not be applied')) failures.push(`${path}: ${after.doubt.reason}: ${statement.text.slice(0, 100)}`);
      catalog = after;
    }
  }
  return { catalog, failures };
}

const present = hasCorpora('applying every statement of the corpora');

describe.skipIf(!present)('every statement of the corpora can be applied', () => {
  const projects = new Map<string, CorpusFile[]>();
  for (const file of present ? corpusSqlFiles() : []) {
    const project = file.path.split('/')[0]!;
    if (file.text.length < 200_000) projects.set(project, [...(projects.get(project) ?? []), file]);
  }

  /** Another dialect than the one a file is written in: the reader meets what it does not expect. */
  const foreign: Readonly<Record<Dialect, Dialect>> = { postgresql: 'mariadb', mysql: 'sqlite', mariadb: 'sqlite', sqlite: 'postgresql' };

  test.each([...projects])('%s, in path order, and backwards as another dialect', (_project, files) => {
    for (const dialect of dialects) {
      const own = files.filter((file) => file.dialect === dialect);
      for (const { catalog, failures } of [applyAll(dialect, own), applyAll(foreign[dialect], own.toReversed())]) {
        expect(failures).toEqual([]);
        renderCatalog(catalog);
        expect(diffCatalogs(catalog, { ...catalog, tables: catalog.tables.setAll([...catalog.tables].map(([key, table]) => [key, { ...table }])) })).toEqual([]);
      }
    }
  });
});
