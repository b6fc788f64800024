import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unresolved } from '../support/unresolved.ts';
import { readSqlxQuery } from '../../server/src/project/sqlxQuery.ts';
import type { Catalog } from '../../server/src/schema/catalog.ts';
import { isQuery, readQuery } from '../../server/src/source/query/read.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { corporaFolder, corpusFiles, hasCorpora } from '../support/corpus.ts';
import { corpusScripts } from '../support/schemaHistories.ts';
import { foldScripts } from '../support/schemaTruth.ts';

interface Project {
  readonly name: string;
  readonly catalog: () => Catalog;
  readonly queries: () => Statement[];
  /** At least so many. */
  readonly count: number;
  /** How many are not found for which reason. */
  readonly but: Readonly<Record<string, number>>;
}

const projects: readonly Project[] = [
  {
    name: 'hatchet',
    catalog: () =>
      foldScripts('postgresql', [
        ...corpusScripts({ name: 'hatchet', folder: 'hatchet/cmd/hatchet-migrate/migrate/migrations', files: /\.sql$/, goose: true }),
        // A table that the application makes for a while, told to sqlc in a file of its own.
        ...corpusScripts({ name: 'hatchet, beside', folder: 'hatchet/pkg/repository/sqlcv1', files: /additional-tables\.sql$/ }),
      ]).catalog,
    queries: () => corpusFiles('hatchet/pkg/repository/sqlcv1', '.sql').flatMap((path) => splitScript(readFileSync(join(corporaFolder, path), 'utf8'), 'postgresql').statements).filter(isQuery),
    count: 495,
    // The last one is a slip of the project: the second of two statements uses a common table expression of the first.
    but: { "PostgreSQL's own catalogs, which no history makes": 8, 'table locked_trs': 1 },
  },
  {
    name: 'docs.rs',
    catalog: () => foldScripts('postgresql', corpusScripts({ name: 'docs.rs', folder: 'docs.rs', files: /up\.sql$/ })).catalog,
    queries: () =>
      corpusFiles('docs.rs', '.json')
        .filter((path) => path.includes('.sqlx/query-'))
        .flatMap((path) => splitScript(readSqlxQuery(readFileSync(join(corporaFolder, path), 'utf8'))!.text, 'postgresql').statements)
        .filter(isQuery),
    count: 157,
    but: { "PostgreSQL's own catalogs, which no history makes": 1 },
  },
];

/** Why a query was not read, or what of it the catalog does not have; undefined when all is well. */
function complaint(catalog: Catalog, statement: Statement): string | undefined {
  const result = readQuery(statement);
  if ('unread' in result) return result.unread;
  const missing = unresolved(catalog, result.query);
  if (missing.length === 0) return undefined;
  const tables = missing.filter(({ what }) => what === 'table').map(({ name }) => name);
  const system = tables.length > 0 && tables.every((name) => /^(?:pg_catalog\.)?pg_/.test(name));
  return system ? "PostgreSQL's own catalogs, which no history makes" : missing.map(({ what, name }) => `${what} ${name}`).join(', ');
}

/** The queries that complain, counted by reason. */
function complaints(catalog: Catalog, statements: readonly Statement[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const statement of statements) {
    const reason = complaint(catalog, statement);
    if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

describe.skipIf(!hasCorpora('queries'))('queries are read with every table and column found in the catalog', () => {
  test.each(projects)('$name', ({ catalog, queries, count, but }) => {
    const statements = queries();
    expect(statements.length).toBeGreaterThanOrEqual(count);
    const found = complaints(catalog(), statements);
    expect(found).toEqual(but);
    const lost = Object.values(found).reduce((sum, one) => sum + one, 0);
    expect(lost / statements.length).toBeLessThanOrEqual(0.02);
  });

  test('and are not, where the catalog lacks one of them', () => {
    const [project] = projects;
    const statements = project!.queries();
    const whole = project!.catalog();
    const key = 'v1_task_runtime';
    const table = whole.tables.get(key)!;
    const without = { ...whole, tables: whole.tables.set(key, { ...table, columns: table.columns.filter(({ name }) => name !== 'timeout_at') }) };
    const using = statements.filter(({ text }) => /\bv1_task_runtime\b[^]*\btimeout_at\b/.test(text));
    expect(using.length).toBeGreaterThan(2);
    const missed = using.filter((statement) => /timeout_at/.test(complaint(without, statement) ?? ''));
    expect(missed.length).toBeGreaterThan(2);
    expect(complaint({ ...whole, tables: whole.tables.delete(key) }, using[0]!)).toContain(`table ${key}`);
  });
});
