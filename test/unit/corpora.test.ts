import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WorkspaceChange } from '../../server/src/edits/change.ts';
import { scanWorkspace } from '../../server/src/host/files.ts';
import { buildPlan } from '../../server/src/plan/build.ts';
import { renderMarkdown } from '../../server/src/plan/markdown.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { Facts, SourceFile } from '../../server/src/project/facts.ts';
import { checkWorkspace } from '../../server/src/rules/engine.ts';
import { rules } from '../../server/src/rules/index.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import { applyChange, checkFixture } from '../support/checkFixture.ts';
import { corporaFolder, hasCorpora } from '../support/corpus.ts';

/**
 * Most findings that a project of the corpora may give: all of them, and those of `warning` and worse. Nothing counts as applied there, so
 * each migration is judged as if it had yet to run. A change that makes the rules louder shows here; one that makes them quieter should lower the number.
 */
const noise: Readonly<Record<string, readonly [all: number, loud: number]>> = {
  amplication: [300, 60], atuin: [25, 10], authelia: [145, 50], benchbase: [60, 0], concourse: [195, 75], dexter: [3, 0], 'docs.rs': [40, 18], gitness: [360, 60],
  'graph-node': [130, 60], 'graphile-worker': [7, 5], hatchet: [275, 65], hydra: [455, 75], index_advisor: [7, 0], index_selection_evaluation: [0, 0], keystone: [3, 0],
  memos: [55, 45], openfga: [2, 0], pgmq: [3, 2], 'prisma-examples': [50, 0], 'redis-7.2.4': [0, 0], 'saas-starter-kit': [22, 0], semaphore: [18, 16], sqlc: [25, 5],
  squawk: [0, 0], 'supabase-auth': [105, 10], 'supabase-storage': [17, 4], svix: [12, 3], taxonomy: [3, 0], temporal: [100, 25], 'trigger.dev': [1560, 410], truth: [0, 0],
  uaa: [230, 40], 'umami-v2': [78, 28], umami: [70, 18], valkey: [0, 0], 'zero-to-production': [8, 6], zync: [0, 0],
};

interface Checked {
  readonly files: readonly SourceFile[];
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly log: readonly string[];
}

function check(files: readonly SourceFile[]): Checked {
  const log: string[] = [];
  const facts = buildFacts({ files, applied: { kind: 'none' } });
  return { files, facts, findings: checkWorkspace(facts, { all: true, log: (message) => log.push(message) }), log };
}

async function project(name: string): Promise<Checked> {
  return check((await scanWorkspace(join(corporaFolder, name))).files);
}

/** Rule, message and file of findings with how often each stands there; offsets move when a file is edited. */
function tally(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rule, message, at } of findings) counts.set(`${rule}: ${message} (${at.file})`, (counts.get(`${rule}: ${message} (${at.file})`) ?? 0) + 1);
  return counts;
}

function unread({ facts }: Checked): number {
  return facts.databases.reduce((sum, database) => sum + database.unread.length, 0);
}

/** What is wrong after a fix: the finding stays, something is new, or a statement is no longer read. */
function problemsOf(before: Checked, finding: Finding, change: WorkspaceChange): string[] {
  const after = check(applyChange(before.files, change));
  const [was, is] = [tally(before.findings), tally(after.findings)];
  const key = `${finding.rule}: ${finding.message} (${finding.at.file})`;
  const problems = (is.get(key) ?? 0) >= was.get(key)! ? [`stays: ${key}`] : [];
  for (const [found, times] of is) if (times > (was.get(found) ?? 0)) problems.push(`new: ${found}`);
  if (unread(after) > unread(before)) problems.push('a statement is no longer read');
  return [...problems, ...after.log].map((problem) => `${change.title}: ${problem}`);
}

/** Every n-th of a list, so that at most `most` are left. */
function sample<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(list.length / most));
  return list.filter((_, at) => at % step === 0);
}

/** Tries every safe fix instead of a few of each rule: minutes instead of seconds. */
const every = process.env['DATABASE_EXPERT_EVERY_FIX'] === '1';

const present = hasCorpora('findings on the corpora');
const projects = present ? readdirSync(corporaFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name) : [];

describe.skipIf(!present)('the corpora', () => {
  it.each(projects)('%s gives no more findings than it should, and no rule fails', async (name) => {
    const { findings, log } = await project(name);
    const [all, loud] = noise[name] ?? [0, 0];
    expect(log).toEqual([]);
    expect(findings.length).toBeLessThanOrEqual(all);
    expect(findings.filter(({ severity }) => severity === 'warning' || severity === 'error').length).toBeLessThanOrEqual(loud);
    for (const { message, help, at } of findings) {
      expect(message).toMatch(/[^.\s]$/);
      expect(help).toMatch(/\.$/);
      expect(at.range.end).toBeGreaterThan(at.range.start);
    }
  });

  it.each(['trigger.dev', 'concourse', 'hatchet'])('fixes mend what was found in %s and break nothing', async (name) => {
    const before = await project(name);
    const offered = before.findings.flatMap((finding) => sample(finding.fixes(), 2).map((change) => ({ finding, change })));
    const ofRule = new Map<string, typeof offered>();
    for (const one of offered) {
      const key = `${one.finding.rule} ${one.change.kind}`;
      ofRule.set(key, [...(ofRule.get(key) ?? []), one]);
    }
    const chosen = [...ofRule].flatMap(([key, list]) => (key.endsWith('safe') ? sample(list, every ? Infinity : 2) : sample(list, every ? 12 : 1)));
    expect(chosen.length).toBeGreaterThan(5);
    expect(chosen.flatMap(({ finding, change }) => problemsOf(before, finding, change))).toEqual([]);
  });

  it.each(['trigger.dev', 'concourse', 'hatchet'])('the plan of %s is whole and fits a reader', async (name) => {
    const { facts, findings } = await project(name);
    const plan = buildPlan(facts, findings)!;
    const text = renderMarkdown(plan);
    for (const claim of plan.position_card.claims) expect(claim.evidence.length, claim.text).toBeGreaterThan(0);
    for (const [, file] of text.matchAll(/\]\(([^)#]+)#L\d+\)/g)) expect(existsSync(join(corporaFolder, name, decodeURIComponent(file!))), file).toBe(true);
    const sections = text.split(/^#+ /m).map((section) => section.split('\n').length);
    expect(Math.max(...sections)).toBeLessThan(150);
  });
});

describe.skipIf(!present)("squawk's own cases", () => {
  interface Case { readonly rule: string; readonly case: string; readonly expect: 'ok' | 'error'; readonly assumeInTransaction: boolean; readonly pgVersion: string | null; readonly sql: string }
  const cases = present ? (JSON.parse(readFileSync(join(corporaFolder, 'squawk/cases.json'), 'utf8')) as Case[]) : [];
  /** Cases that we judge otherwise, each with the reason. */
  const disputed = new Set([
    'add_column_references_lock', // A column that is added with its reference holds NULL only: PostgreSQL looks nothing up.
    'serial_primary_key', // The column is new, and filling it rewrites the table: an index that is built before does not spare that.
    'add_foreign_key_constraint_not_valid_validate', // Right about the foreign key; that both run in one transaction another rule of theirs says, and the same one of ours.
  ]);
  const judged = cases.flatMap((one) => {
    const alias = one.rule.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    const ours = rules.filter(({ aliases }) => aliases.squawk?.includes(alias)).map(({ id }) => id);
    return ours.length > 0 ? [{ ...one, ours }] : [];
  });

  /** The version a case is for: stated, or told by its name. */
  const version = (stated: string | null, name: string) => {
    const found = /\d+/.exec(stated ?? /pg\d+/.exec(name)?.[0] ?? '')?.[0];
    return found === undefined ? undefined : Number(found);
  };

  it('are enough to say something', () => expect(judged.length).toBeGreaterThan(35));
  it.each(judged.map((one) => [one.rule, one.case, one] as const))('%s %s', (_, name, { ours, sql, assumeInTransaction, pgVersion, expect: expected }) => {
    const text = assumeInTransaction ? `BEGIN;\n${sql}\nCOMMIT;` : sql;
    const { findings } = checkFixture({ files: [{ path: 'case.sql', text }], expected: [], dialect: 'postgresql', isolated: true, all: true, engineVersion: version(pgVersion, name) });
    expect(findings.some(({ rule }) => ours.includes(rule))).toBe((expected === 'error') !== disputed.has(name));
  });
});
