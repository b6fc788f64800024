import { describe, expect, test } from 'vitest';
import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import type { Catalog, Table } from '../../server/src/schema/catalog.ts';
import { diffCatalogs } from '../../server/src/schema/diff.ts';
import { renderCatalog, renderColumn } from '../../server/src/schema/render.ts';
import { dialects, type Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { standInTables } from '../support/standInTables.ts';
import { corpusDatabases } from '../support/corpusDatabases.ts';
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

/** The catalog after statements in their places. */
function foldPlaced(dialect: Dialect, placed: readonly { readonly file: string; readonly statement: Statement }[]): Catalog {
  return placed.reduce((catalog, at) => applyStatement(catalog, readStatement(at.statement), at), emptyCatalog(dialect));
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

describe.skipIf(!present)('a history that begins midway', () => {
  test.each(['memos: store (postgresql)', 'memos: store (mysql)', 'memos: store (sqlite)'])('says of tables it does not make only what is so: %s', async (name) => {
    const foldOf = async (before: Readonly<Record<string, string>>) => {
      const database = (await corpusDatabases('memos', { before })).find((one) => one.name === name)!;
      return foldPlaced(database.dialect, database.steps.flatMap(({ file, statements }) => statements.map((statement) => ({ file, statement }))));
    };
    const [partial, whole] = [await foldOf({}), await foldOf(standInTables)];
    expect([...partial.tables.keys()].filter((key) => !whole.tables.has(key))).toEqual([]);
    for (const [key, table] of partial.tables) {
      const other = whole.tables.get(key)!;
      const shown = (columns: Table['columns']) => new Map(columns.map((column) => [column.name, renderColumn(partial.dialect, column)]));
      const [said, real] = [shown(table.columns), shown(other.columns)];
      expect([...said].filter(([column, text]) => real.get(column) !== text)).toEqual([]);
      expect(table.knowledge === 'known' ? [...real.keys()] : []).toEqual(table.knowledge === 'known' ? [...said.keys()] : []);
    }
  });
});
