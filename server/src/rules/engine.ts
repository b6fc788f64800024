import type { DatabaseFacts, Facts, RedisFacts } from '../project/facts.ts';
import { activeRules, askRedis, type ActiveRule, type RawFinding } from './asking.ts';
import { rules as registered } from './index.ts';
import { DatabaseFindings } from './keeper.ts';
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
  const log = options.log ?? (() => undefined);
  const raw = new Map<string, Finding[]>();
  for (const database of facts.databases) {
    const asked = { facts, database, all: options.all ?? false, log };
    const known = kept.databases.get(identityOf(database));
    const findings = known ?? new DatabaseFindings(kept.active, asked);
    kept.databases.set(identityOf(database), findings);
    group(raw, onePerSubject(findings.update(asked)));
  }
  for (const redis of facts.redis) group(raw, onePerSubject(redisFindings(facts, redis, kept.active, log)));
  const result = new Map<string, readonly Finding[]>();
  for (const [file, found] of raw) {
    const finished = finish(facts, file, found, kept.files.get(file), rules);
    kept.files.set(file, finished);
    if (finished.findings.length > 0) result.set(file, finished.findings);
  }
  for (const [file, before] of kept.files) if (before.raw.length > 0 && !raw.has(file)) kept.files.set(file, { ...before, raw: [], findings: [] });
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
  const kept: Kept = { key, active: activeRules(rules, facts.config, options.only), databases: new WeakMap(), files: new Map() };
  keptBy.set(identity, kept);
  return kept;
}

function redisFindings(facts: Facts, redis: RedisFacts, active: readonly ActiveRule[], log: (message: string) => void): RawFinding[] {
  const found: RawFinding[] = [];
  askRedis({ facts, applied: new Set(), log, found }, redis, active);
  return found;
}

function group(files: Map<string, Finding[]>, found: readonly RawFinding[]): void {
  for (const { finding } of found) {
    const list = files.get(finding.at.file);
    if (list) list.push(finding);
    else files.set(finding.at.file, [finding]);
  }
}

/** Orders the findings of a file and leaves out what is said twice or switched off. */
function finish(facts: Facts, file: string, raw: readonly Finding[], before: KeptFile | undefined, rules: readonly Rule[]): KeptFile {
  const text = facts.files.get(file)?.text ?? '';
  const marked = before?.text === text ? before.marked : mayBeSuppressed(before && !before.marked ? aroundChange(before.text, text) : text);
  const same = before?.raw.length === raw.length && before.raw.every((finding, index) => finding === raw[index]);
  if (same && (!marked || before.text === text)) return { ...before, text };
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

/** A subject seen on a Prisma model and in a migration is reported on the model; among equals the first stays. */
function onePerSubject(found: readonly RawFinding[]): readonly RawFinding[] {
  const best = new Map<string, RawFinding>();
  let repeated = false;
  for (const raw of found) {
    if (raw.subject === undefined) continue;
    const other = best.get(raw.subject);
    repeated ||= other !== undefined;
    if (!other || (onPrisma(raw) && !onPrisma(other))) best.set(raw.subject, raw);
  }
  return repeated ? found.filter((raw) => raw.subject === undefined || best.get(raw.subject) === raw) : found;
}

function onPrisma(raw: RawFinding): boolean {
  return raw.finding.at.file.endsWith('.prisma');
}
