import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../../server/src/rules/index.ts';
import type { Rule } from '../../server/src/rules/rule.ts';
import { checkFixture, fixFixture, showExpectations, showFindings } from '../support/checkFixture.ts';
import { readFixture } from '../support/fixture.ts';

const folder = join(import.meta.dirname, '../fixtures/rules');

function fixturesOf(rule: Rule): string[] {
  if (!existsSync(join(folder, rule.id))) return [];
  return readdirSync(join(folder, rule.id)).filter((name) => !name.endsWith('.fixed.txt')).sort();
}

const extension = { prisma: 'schema.prisma', redis: 'redis.conf' } as const;

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it.each(fixturesOf(rule))('finds what %s expects', (name) => {
    const fixture = readFixture(readFileSync(join(folder, id, name), 'utf8'), name);
    const result = checkFixture(fixture, { only: [id] });
    expect(showFindings(result)).toEqual(showExpectations(fixture));
    expect(result.log).toEqual([]);
  });

  it.each(fixturesOf(rule))('mends what it finds in %s', async (name) => {
    const fixture = readFixture(readFileSync(join(folder, id, name), 'utf8'), name);
    const report = fixFixture(fixture, id);
    expect(report.problems).toEqual([]);
    if (report.shown !== '') await expect(report.shown).toMatchFileSnapshot(join(folder, id, `${name}.fixed.txt`));
  });

  it.each(rule.examples.map((example, index) => [index + 1, example] as const))('example %i is true', (_, { dialect, bad, good }) => {
    const name = dialect === 'prisma' || dialect === 'redis' ? extension[dialect] : 'example.sql';
    const find = (text: string) => {
      const fixture = readFixture(text, name);
      const forced = dialect === 'prisma' || dialect === 'redis' ? fixture : { ...fixture, dialect: fixture.dialect ?? dialect };
      return checkFixture(forced, { only: [id] }).findings.map((finding) => finding.rule);
    };
    expect(find(bad)).toContain(id);
    expect(find(good)).not.toContain(id);
  });

  it('has a fixture', () => expect(fixturesOf(rule).length).toBeGreaterThan(0));

  it('speaks in whole sentences', () => {
    for (const text of [rule.summary, rule.why, rule.fix]) expect(text).toMatch(/^[A-Z`@].*[.]$/s);
    expect(rule.references.length).toBeGreaterThan(0);
    for (const { url } of rule.references) expect(url).toMatch(/^https:\/\//);
    expect(rule.examples.length).toBeGreaterThan(0);
  });
});

it('gives every rule an identifier of its own', () => {
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
});
