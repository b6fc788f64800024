import { describe, expect, test } from 'vitest';
import type { Statement } from '../../server/src/source/statement.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { corpusSqlFiles, hasCorpora } from '../support/corpus.ts';

interface Count {
  statements: number;
  unread: number;
  opaque: number;
}

const dataKinds: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values', 'set', 'transaction', 'other']);

describe.skipIf(!hasCorpora('schema statements of the corpora'))('the corpora', () => {
  test('hardly a statement is unread, hardly a schema clause opaque', () => {
    const counts = new Map<string, Count>();
    const misses: string[] = [];
    let schemaStatements = 0;
    let statements = 0;
    for (const file of corpusSqlFiles()) {
      for (const statement of splitScript(file.text, file.dialect).statements) {
        const miss = countStatement(statement, counts);
        statements++;
        if (miss.schema) schemaStatements++;
        for (const piece of miss.pieces) misses.push(`${file.path}:${lineOf(file.text, statement.start)} ${piece.replaceAll(/\s+/g, ' ').slice(0, 150)}`);
      }
    }
    const total = (field: 'unread' | 'opaque') => [...counts.values()].reduce((sum, count) => sum + count[field], 0);
    console.log(`${statements} statements, ${total('unread')} unread; ${schemaStatements} of them change a schema, ${total('opaque')} with an opaque piece`);
    if (process.env['DATABASE_EXPERT_VERBOSE']) printDetails(counts, misses);
    expect(statements).toBeGreaterThan(10_000);
    expect(total('unread') / statements).toBeLessThan(0.01);
    expect(total('opaque') / schemaStatements).toBeLessThan(0.01);
  });
});

function countStatement(statement: Statement, counts: Map<string, Count>): { schema: boolean; pieces: string[] } {
  const node = readStatement(statement);
  const key = `${statement.dialect} ${node.kind}`;
  const count = counts.get(key) ?? { statements: 0, unread: 0, opaque: 0 };
  counts.set(key, count);
  count.statements++;
  if (node.kind === 'unread') {
    count.unread++;
    return { schema: false, pieces: [`UNREAD ${node.reason}: ${statement.text}`] };
  }
  const pieces = (node.unknown ?? []).map((piece) => piece.text);
  if (pieces.length > 0) count.opaque++;
  return { schema: !dataKinds.has(node.kind), pieces: pieces.map((piece) => `OPAQUE ${piece}`) };
}

/** The counts by dialect and kind, and every miss with its place: for the one who widens the reader. */
function printDetails(counts: ReadonlyMap<string, Count>, misses: readonly string[]): void {
  console.table(Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b))));
  console.log(misses.join('\n'));
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
