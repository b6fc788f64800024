import { beforeAll, describe, expect, test } from 'vitest';
import { selectionSteps } from '../../server/src/features/selection.ts';
import type { Dialect } from '../../server/src/source/dialect.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { loadSyntaxTrees } from '../../server/src/source/syntaxTree.ts';

let parser: Awaited<ReturnType<typeof loadSyntaxTrees>>;
beforeAll(async () => {
  parser = await loadSyntaxTrees();
});

/** What a selection grows to at the mark `|`, as texts. */
function steps(marked: string, dialect: Dialect = 'postgresql'): string[] {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  return selectionSteps(parser, splitScript(text, dialect), offset).map(({ start, end }) => text.slice(start, end));
}

describe('a selection grows', () => {
  test('from a name over its condition to the clause and the statement', () => {
    expect(steps('SELECT 1;\nSELECT id FROM orders o WHERE o.sta|te = $1 AND o.paid;')).toEqual([
      'state',
      'o.state',
      'o.state = $1',
      'o.state = $1 AND o.paid',
      'WHERE o.state = $1 AND o.paid',
      'SELECT id FROM orders o WHERE o.state = $1 AND o.paid',
      'SELECT id FROM orders o WHERE o.state = $1 AND o.paid;',
      'SELECT 1;\nSELECT id FROM orders o WHERE o.state = $1 AND o.paid;',
    ]);
  });

  test('by brackets where the statement cannot be parsed', () => {
    expect(steps('ALTER TABLE t FROBNICATE (a, (b| , c));')).toEqual(['b', 'b , c', '(b , c)', 'a, (b , c)', '(a, (b , c))', 'ALTER TABLE t FROBNICATE (a, (b , c))', 'ALTER TABLE t FROBNICATE (a, (b , c));']);
  });

  test('to the file where there is no statement', () => {
    expect(steps('SELECT 1;\n\n|\n-- end\n')).toEqual(['SELECT 1;\n\n\n-- end\n']);
    expect(steps('|')).toEqual([]);
  });

  test.each(['mysql', 'mariadb', 'sqlite'] as const)('in %s', (dialect) => {
    expect(steps('UPDATE t SET a = a + 1, b = (c |* 2) WHERE id = ?', dialect)).toContain('b = (c * 2)');
  });
});
