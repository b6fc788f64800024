import type { DatabaseFacts, Facts, RedisFacts } from '../project/facts.ts';
import { activeRules, askRedis, type ActiveRule, type RawFinding } from './asking.ts';
import { rules as registered } from './index.ts';
import { DatabaseFindings } from './keeper.ts';
import { byFile, sameElements } from './rawFindings.ts';
import type { Finding, Rule } from './rule.ts';
import { longestMark, mayBeSuppressed, withoutSuppressed } from './suppressions.ts';
import { changeBetween } from '../text/change.ts';

export interface CheckOptions {
  /** Identifiers of the rules to run; all that the configuration leaves on when absent. */
  readonly only?: readonly string[];
  /** Shows findings about how a migration runs on applied migrations too. */
  readonly all?: boolean;
  /** Where a failing rule is told of; silent when absent. */
  readonly log?: (message: string) => void;
  /** The rules to choose from; the registry when absent. */
  readonly rules?: readonly Rule[];
}

/** What was said of a workspace last, for the next question about what became of it. */
interface Kept {
  readonly key: string;
  readonly active: readonly ActiveRule[];
  readonly databases: WeakMap<object, DatabaseFindings>;
  readonly files: Map<string, KeptFile>;
  /** What the last answer was put together of. */
  parts: readonly (DatabaseFindings | RedisFacts)[];
  texts: Facts['files'] | undefined;
  result: ReadonlyMap<string, readonly Finding[]>;
}

interface KeptFile {
  readonly raw: readonly Finding[];
  readonly text: string;
  /** Whether a comment of the text may switch something off. */
  readonly marked: boolean;
  readonly findings: readonly Finding[];
}

const keptBy = new WeakMap<object, Kept>();

/**
 * Asks every rule about every database and redis configuration of the workspace.
 * Returns findings ordered by file, offset and rule, without duplicates and without those that a comment switches off.
 */
export function checkWorkspace(facts: Facts, options: CheckOptions = {}): Finding[] {
  const files = checkFiles(facts, options);
  return [...files.keys()].sort(compare).flatMap((file) => files.get(file)!);
}

/**
 * `checkWorkspace` by file. On facts that came of those of an earlier call, what the rules read and did not change is not asked
 * again, and a file whose findings are the same keeps its very list.
 */
export function checkFiles(facts: Facts, options: CheckOptions = {}): ReadonlyMap<string, readonly Finding[]> {
  const rules = options.rules ?? registered;
  const kept = keptFor(facts, options, rules);
  const { texts } = kept;
  // Whatever fails on the way, the next call goes through all files.
  kept.texts = undefined;
  const log = options.log ?? (() => undefined);
  const changed = new Set<string>();
  const databases = facts.databases.map((database) => {
    const asked = { facts, database, all: options.all ?? false, log };
    const findings = kept.databases.get(identityOf(database)) ?? new DatabaseFindings(kept.active, asked);
    kept.databases.set(identityOf(database), findings);
    for (const file of findings.update(asked)) changed.add(file);
    return findings;
  });
  const parts = [...databases, ...facts.redis];
  if (texts !== facts.files || !sameElements(parts, kept.parts)) {
    for (const file of kept.files.keys()) changed.add(file);
    for (const { files } of databases) for (const file of files) changed.add(file);
  }
  const redis = byFile(facts.redis.flatMap((one) => redisFindings(facts, one, kept.active, log)));
  for (const file of redis.keys()) changed.add(file);
  const rawOf = (file: string) => {
    const raw = (redis.get(file) ?? []).map(({ finding }) => finding);
    for (const findings of databases) findings.addTo(raw, file);
    return raw;
  };
  const result = finished(facts, kept, changed, rawOf, rules);
  Object.assign(kept, { parts, texts: facts.files, result });
  return result;
}

/** The last answer with what is new in the changed files. */
function finished(facts: Facts, kept: Kept, changed: ReadonlySet<string>, rawOf: (file: string) => readonly Finding[], rules: readonly Rule[]): Kept['result'] {
  const result = new Map(kept.result);
  for (const file of changed) {
    const raw = rawOf(file);
    const before = kept.files.get(file);
    result.delete(file);
    if (raw.length === 0) {
      if (before) kept.files.set(file, { ...before, raw, findings: [] });
      continue;
    }
    const now = finish(facts, file, raw, before, rules);
    kept.files.set(file, now);
    if (now.findings.length > 0) result.set(file, now.findings);
  }
  return result;
}

/** What stays the same from one set of facts to those that came of it. */
function identityOf(database: DatabaseFacts): object {
  return database.changes ?? database;
}

function keptFor(facts: Facts, options: CheckOptions, rules: readonly Rule[]): Kept {
  const key = JSON.stringify([options.only, options.all ?? false, facts.config.rules, rules.map((rule) => rule.id)]);
  const identity = facts.databases[0] ? identityOf(facts.databases[0]) : facts;
  const known = keptBy.get(identity);
  if (known?.key === key) return known;
  const kept: Kept = { key, active: activeRules(rules, facts.config, options.only), databases: new WeakMap(), files: new Map(), parts: [], texts: undefined, result: new Map() };
  keptBy.set(identity, kept);
  return kept;
}

function redisFindings(facts: Facts, redis: RedisFacts, active: readonly ActiveRule[], log: (message: string) => void): RawFinding[] {
  const found: RawFinding[] = [];
  askRedis({ facts, applied: new Set(), log, found }, redis, active);
  return found;
}

/** Orders the findings of a file and leaves out what is said twice or switched off. */
function finish(facts: Facts, file: string, raw: readonly Finding[], before: KeptFile | undefined, rules: readonly Rule[]): KeptFile {
  const text = facts.files.get(file)?.text ?? '';
  const marked = before?.text === text ? before.marked : mayBeSuppressed(before && !before.marked ? aroundChange(before.text, text) : text);
  if (before && sameElements(before.raw, raw) && (before.text === text || (!marked && !before.marked))) return { ...before, text };
  const sorted = withoutDuplicates(raw);
  return { raw, text, marked, findings: marked ? withoutSuppressed(facts, sorted, rules) : sorted };
}

/** What an edit put in, with enough around it for a word to be seen that the edit completed. */
function aroundChange(before: string, after: string): string {
  const { start, newEnd } = changeBetween(before, after);
  return after.slice(Math.max(0, start - longestMark), newEnd + longestMark);
}

/** Orders findings by file, offset and rule. */
export function byPlace(a: Finding, b: Finding): number {
  return compare(a.at.file, b.at.file) || a.at.range.start - b.at.range.start || compare(a.rule, b.rule) || a.at.range.end - b.at.range.end;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The findings of one file in order, each once. */
function withoutDuplicates(findings: readonly Finding[]): Finding[] {
  const placed = findings.map((finding) => ({ finding, ...finding.at.range })).sort((a, b) => a.start - b.start || compare(a.finding.rule, b.finding.rule) || a.end - b.end);
  const isRepeated = (index: number): boolean => {
    const { start, end, finding } = placed[index]!;
    for (let at = index - 1; at >= 0; at--) {
      const other = placed[at]!;
      if (other.start !== start || other.end !== end || other.finding.rule !== finding.rule) return false;
      if (other.finding.message === finding.message) return true;
    }
    return false;
  };
  return placed.flatMap(({ finding }, index) => (isRepeated(index) ? [] : [finding]));
}
