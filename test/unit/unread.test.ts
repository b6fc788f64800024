import { describe, expect, test } from 'vitest';
import { buildFacts } from '../../server/src/project/build.ts';

/** What is told of a script as not read: the text at the place, and the reason. */
function unreadIn(sql: string): readonly (readonly [string, string])[] {
  const facts = buildFacts({ files: [{ path: 'script.sql', text: sql }], applied: { kind: 'none' }, forcedDialect: 'postgresql', isolated: true });
  return facts.databases.flatMap(({ unread }) => unread.map(({ offset, reason }) => [sql.slice(offset, offset + 20), reason] as const));
}

describe('what is not read is counted with its place', () => {
  test('a statement', () => {
    expect(unreadIn('SELECT 1;\nFLY ME TO THE MOON;\n')).toEqual([['FLY ME TO THE MOON;\n', expect.stringContaining('FLY')]]);
  });

  test('a clause of a statement that is read', () => {
    const clause = (sql: string) => unreadIn(`CREATE TABLE t (a int);\n${sql};\n`).map(([text]) => text);
    expect(clause('CREATE INDEX i ON t (a) STORING (b)')).toEqual([expect.stringMatching(/^STORING/)]);
    expect(clause('ALTER TABLE t ADD b int, ALTER PRIMARY KEY USING COLUMNS (a), DROP c')).toEqual([expect.stringMatching(/^ALTER PRIMARY/)]);
    expect(clause('CREATE TABLE u (a int FLOATING, b int) GRACEFULLY')).toEqual([expect.stringMatching(/^GRACEFULLY/)]);
    expect(clause('DROP TABLE t AND MORE')).toEqual([expect.stringMatching(/^AND MORE/)]);
    expect(clause('ALTER DOMAIN d FORGET IT')).toEqual([expect.stringMatching(/^FORGET/)]);
    expect(clause('ALTER TABLE t ADD b int, DROP c')).toEqual([]);
    expect(unreadIn('CREATE INDEX i ON t (a) STORING (b), SHARDED;')[0]![1]).toMatch(/^a clause is not known: STORING \(and 1 more\)$/);
  });
});
