import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceFile } from '../../server/src/project/facts.ts';
import { layOut } from '../../server/src/proofs/bench.ts';
import type { EngineSession } from '../../server/src/proofs/engine.ts';
import { openPglite } from '../../server/src/proofs/engines/pglite.ts';
import { openSqlite } from '../../server/src/proofs/engines/sqlite.ts';
import { proveRows } from '../../server/src/proofs/experiments/rows/prove.ts';
import type { RowsDetail } from '../../server/src/proofs/outcome.ts';
import { seed } from '../../server/src/proofs/seeds/seed.ts';
import { applyChange, checkFixture } from '../support/checkFixture.ts';
import type { Fixture } from '../support/fixture.ts';
import { rowCases, type RowCase } from '../support/rowCases.ts';
import { emptied } from '../support/rowHistories.ts';

let postgres: EngineSession;
beforeAll(async () => void (postgres = await openPglite()));
afterAll(() => postgres.close());

/** Gives work an empty engine of a dialect. */
async function onEngine<T>(dialect: RowCase['dialect'], work: (session: EngineSession) => Promise<T>): Promise<T> {
  if (dialect === 'postgresql') {
    await emptied(postgres);
    return work(postgres);
  }
  const session = await openSqlite();
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function fixtureOf({ dialect, schema, change }: Pick<RowCase, 'dialect' | 'schema' | 'change'>): Fixture {
  const files: SourceFile[] = [
    { path: 'migrations/0001_schema.up.sql', text: `${schema};\n` },
    { path: 'migrations/0001_schema.down.sql', text: 'SELECT 1;\n' },
    { path: 'migrations/0002_change.up.sql', text: `${change};\n` },
    { path: 'migrations/0002_change.down.sql', text: 'SELECT 1;\n' },
  ];
  return { files, expected: [], dialect, all: true, isolated: false };
}

/** Proves every migration behind the first, each on rows of its own point of history; a table that got none is an error. */
async function proved(fixture: Fixture): Promise<RowsDetail[]> {
  const { facts } = checkFixture(fixture, { only: [] });
  const details: RowsDetail[] = [];
  for (const step of facts.databases[0]!.steps.slice(1)) {
    details.push(await onEngine(fixture.dialect as RowCase['dialect'], async (session) => {
      const bench = await layOut(session, step.before);
      const seeds = await seed(bench);
      expect([bench.notLaid, seeds.unseeded.filter(({ reason }) => reason !== 'it has no partition')]).toEqual([[], []]);
      const outcome = await proveRows(bench, step, seeds);
      if (!outcome.ran) throw new Error(outcome.reason);
      return outcome.detail;
    }));
  }
  return details;
}

const troubles = (details: readonly RowsDetail[]): string[] => details.flatMap(({ failures, undecided, broken }) => [...failures, ...undecided, ...broken].map(({ message, sql }) => `${message}: ${sql}`));

describe('changes that depend on the rows', () => {
  test.each(rowCases)('$dialect: $change', async (one) => {
    const [detail] = await proved(fixtureOf(one));
    expect(detail!.broken).toEqual([]);
    const [failure] = detail!.failures;
    expect(failure && `${failure.code} ${failure.message}`).toContain(one.says);
    expect(detail!.failures).toHaveLength(1);
    // An index on a domain and an exclusion constraint name no row; everything else does.
    if (!/DOMAIN|EXCLUDE/.test(one.change)) expect(failure!.row).toMatch(/ = /);
  });
});

describe('the same, mended', () => {
  const byHand = rowCases.flatMap((one) => ('sql' in one.mended ? [{ ...one, safe: one.mended.sql }] : []));
  const byRule = rowCases.flatMap((one) => ('rule' in one.mended ? [{ ...one, rule: one.mended.rule }] : []));

  test.each(byHand)('$dialect, by hand: $change', async (one) => {
    expect(troubles(await proved(fixtureOf({ ...one, change: one.safe })))).toEqual([]);
  });

  test.each(byRule)('$dialect, by $rule: $change', async (one) => {
    const fixture = fixtureOf(one);
    const fixes = checkFixture(fixture, { only: [one.rule] }).findings.flatMap((finding) => [...finding.fixes()]);
    expect(fixes.length).toBeGreaterThan(0);
    for (const fix of fixes) expect([fix.title, ...troubles(await proved({ ...fixture, files: applyChange(fixture.files, fix) }))]).toEqual([fix.title]);
  });

  afterAll(() => console.log(`existing rows: ${rowCases.length} changes (${rowCases.filter(({ dialect }) => dialect === 'sqlite').length} of SQLite) fail on rows; mended by rules: ${byRule.length}, by hand: ${byHand.length}`));
});
