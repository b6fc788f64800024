import { afterAll, describe, expect, test } from 'vitest';
import { renderScript } from '../../server/src/schema/render.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { hasCorpora } from '../support/corpus.ts';
import { differenceOf } from '../support/introspectPostgres.ts';
import { dropMariaDb, freshMariaDb, hasMariaDb, introspectMariaDb, runMariaDb } from '../support/mariaDb.ts';
import { corpusScripts, mariaHistories, type NamedScript } from '../support/schemaHistories.ts';
import { mariaScenarios } from '../support/schemaScenarios.ts';
import { foldScripts } from '../support/schemaTruth.ts';

const engine = `database_expert_engine_${process.pid}`;
const made = `database_expert_made_${process.pid}`;
const present = hasMariaDb('schema on MariaDB');

afterAll(() => {
  if (!present) return;
  dropMariaDb(engine);
  dropMariaDb(made);
});

/** Runs scripts in one database, what we read of them in another, and tells where the two differ. */
function compare(scripts: readonly NamedScript[]) {
  freshMariaDb(engine);
  freshMariaDb(made);
  for (const { text } of scripts) {
    const statements = splitScript(text, 'mariadb').statements.map((statement) => statement.text);
    runMariaDb(engine, `DELIMITER //\n${statements.join('//\n')}//\n`);
  }
  const { catalog, unread } = foldScripts('mariadb', scripts);
  runMariaDb(made, renderScript(catalog));
  return { unread, differences: differenceOf(introspectMariaDb(engine), introspectMariaDb(made)), uncertain: catalog.uncertain };
}

describe.skipIf(!present)('the catalog of small histories makes the same schema on MariaDB', () => {
  test.each(mariaScenarios)('$name', ({ name, sql }) => {
    expect(compare([{ file: name, text: sql }])).toEqual({ unread: [], differences: [], uncertain: false });
  });
});

describe.skipIf(!present || !hasCorpora('schema on MariaDB'))('the catalog of real histories makes the same schema on MariaDB', () => {
  test.each(mariaHistories)('$name', (history) => {
    expect(compare(corpusScripts(history))).toEqual({ unread: [], differences: [], uncertain: false });
  });
});
