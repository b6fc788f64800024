import { describe, expect, test } from 'vitest';
import { applyStatement, emptyCatalog } from '../../server/src/schema/apply.ts';
import type { Catalog, Origin } from '../../server/src/schema/catalog.ts';
import { sameObject } from '../../server/src/schema/same.ts';
import { resplitScript } from '../../server/src/source/resplit.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import type { Statement } from '../../server/src/source/statement.ts';

function applied(statements: readonly Statement[]): Catalog {
  return statements.reduce((catalog, statement) => applyStatement(catalog, readStatement(statement), { file: 'a.sql', statement }), emptyCatalog('postgresql'));
}

const block = 'DO $$ BEGIN\n  CREATE INDEX i ON t (a);\nEND $$';
const text = `CREATE TABLE t (a int, CHECK (a > 0));\n${block};\nALTER TABLE t ADD COLUMN b text;\n`;

/** Every origin of the table, by the words it points at. */
function pointed(catalog: Catalog, source: string): Record<string, string> {
  const table = catalog.tables.get('t')!;
  const origins: Record<string, Origin> = { t: table.origin, a: table.columns[0]!.origin, b: table.columns[1]!.origin, i: table.indexes[0]!.origin, check: table.checks[0]!.origin };
  return Object.fromEntries(Object.entries(origins).map(([name, { range }]) => [name, source.slice(range.start, range.end)]));
}

describe('origins', () => {
  const words = { t: 't', a: 'a', b: 'b', i: 'i', check: 'CHECK (a > 0)' };

  test('follow their statements when the file is edited above, also out of a block', () => {
    const script = splitScript(text, 'postgresql');
    const catalog = applied(script.statements);
    expect(pointed(catalog, text)).toEqual(words);
    const edited = `-- a comment\n${text}`;
    resplitScript(script, edited);
    expect(pointed(catalog, edited)).toEqual(words);
    expect(JSON.parse(JSON.stringify(catalog.tables.get('t')!.origin))).toEqual({ file: 'a.sql', range: { start: edited.indexOf('t ('), end: edited.indexOf('t (') + 1 } });
  });

  test('are the same when they are the same range of the same statement, wherever that stands', () => {
    const { statements } = splitScript(text, 'postgresql');
    const [once, again] = [applied(statements).tables.get('t')!, applied(statements).tables.get('t')!];
    expect(once).not.toBe(again);
    expect(sameObject(once, again)).toBe(true);
    const copy = applied(splitScript(text, 'postgresql').statements).tables.get('t')!;
    expect(sameObject(once, copy)).toBe(false);
    expect(sameObject({ ...once, origin: 0 }, { ...copy, origin: 0 })).toBe(false);
  });
});

describe('sameObject', () => {
  test.each([
    [{ a: 1 }, { a: 1, b: undefined }, true],
    [{ a: 1, b: undefined }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
    [{ a: [1, 2] }, { a: [1] }, false],
    [[1], { 0: 1 }, false],
    [{ a: null }, { a: {} }, false],
    [undefined, undefined, true],
    [undefined, {}, false],
  ])('%j and %j: %s', (a, b, same) => {
    expect(sameObject(a, b)).toBe(same);
  });
});
