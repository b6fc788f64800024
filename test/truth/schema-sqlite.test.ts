import sqlite from 'node-sqlite3-wasm';
import { describe, expect, test } from 'vitest';
import { renderCatalog } from '../../server/src/schema/render.ts';
import { hasCorpora } from '../support/corpus.ts';
import { differenceOf } from '../support/introspectPostgres.ts';
import { introspectSqlite } from '../support/introspectSqlite.ts';
import { corpusScripts, sqliteHistories, type NamedScript } from '../support/schemaHistories.ts';
import { sqliteScenarios } from '../support/schemaScenarios.ts';
import { foldScripts } from '../support/schemaTruth.ts';

/** Runs scripts on one fresh database, what we read of them on another, and tells where the two differ. */
function compare(scripts: readonly NamedScript[]): { refused: string[]; unread: string[]; differences: string[]; uncertain: boolean } {
  const [engine, made] = [new sqlite.Database(':memory:'), new sqlite.Database(':memory:')];
  const ran: NamedScript[] = [];
  const refused: string[] = [];
  for (const script of scripts) {
    try {
      engine.exec(script.text);
      ran.push(script);
    } catch (error) {
      refused.push(`${script.file}: ${(error as Error).message}`);
    }
  }
  const { catalog, unread } = foldScripts('sqlite', ran);
  for (const sql of renderCatalog(catalog)) made.exec(sql);
  const differences = differenceOf(introspectSqlite(engine), introspectSqlite(made));
  engine.close();
  made.close();
  return { refused, unread, differences, uncertain: catalog.uncertain };
}

describe('the catalog of small histories makes the same schema on SQLite', () => {
  test.each(sqliteScenarios)('$name', ({ name, sql }) => {
    expect(compare([{ file: name, text: sql }])).toEqual({ refused: [], unread: [], differences: [], uncertain: false });
  });
});

describe.skipIf(!hasCorpora('schema on SQLite'))('the catalog of real histories makes the same schema on SQLite', () => {
  test.each(sqliteHistories)('$name', (history) => {
    const { refused, ...rest } = compare(corpusScripts(history));
    expect(refused.length, refused.join('\n')).toBeLessThanOrEqual(history.refused ?? 0);
    expect(rest).toEqual({ unread: [], differences: [], uncertain: false });
  });
});
