import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatabaseFacts, Facts } from '../../server/src/project/facts.ts';
import { activeRules, askEntry, askTable, rulesByKind, type Round } from '../../server/src/rules/asking.ts';
import { designKeys, designTable } from '../../server/src/rules/design.ts';
import { rules } from '../../server/src/rules/index.ts';
import { recordReads } from '../../server/src/schema/reads.ts';
import { checkFixture } from '../support/checkFixture.ts';
import { readFixture } from '../support/fixture.ts';

const folder = join(import.meta.dirname, '../fixtures/rules');

/** Reads of whole collections, which would have a check asked again whenever any table changes. What is read of a Prisma schema is noted as a whole. */
function wide(facts: Facts, database: DatabaseFacts): string[] {
  const kinds = rulesByKind(activeRules(rules, facts.config, undefined), database);
  const round: Round = { facts, database, applied: new Set(), log: (message) => { throw new Error(message); }, found: [] };
  const found = new Set<string>();
  const record = (what: string, run: () => void) => {
    for (const key of recordReads(run).reads) if (/^(?!tenancy|prisma)\w+:\*$/.test(key)) found.add(`${what} reads ${key}`);
  };
  for (const key of designKeys(database)) record('a table', () => askTable(round, designTable(database, key)!, kinds));
  for (const entry of [...database.steps.flatMap((step) => step.entries), ...database.otherEntries]) record(entry.placed.node.kind, () => askEntry(round, entry, kinds.all));
  return [...found].sort();
}

describe('checks of statements and tables read the catalog by name', () => {
  const fixtures = rules.flatMap(({ id }) => (existsSync(join(folder, id)) ? readdirSync(join(folder, id)).filter((name) => !name.endsWith('.fixed.txt')).map((name) => [id, name] as const) : []));
  it.each(fixtures)('%s/%s', (id, name) => {
    const { facts } = checkFixture(readFixture(readFileSync(join(folder, id, name), 'utf8'), name));
    expect(facts.databases.flatMap((database) => wide(facts, database))).toEqual([]);
  });
});
