import { isCreation, type WorkspaceChange } from '../edits/change.ts';
import type { Config } from '../project/config.ts';
import type { DatabaseFacts, Facts, HistoryEntry } from '../project/facts.ts';
import type { ColumnDefinition, StatementNode } from '../source/sql/ast.ts';
import type { TextRange } from '../text/range.ts';
import { appliesToPrisma, appliesToSql } from './applies.ts';
import { designKeys, designTable } from './design.ts';
import { rules as registered } from './index.ts';
import { placeOf, type Finding, type Place, type Report, type Rule, type RuleContext, type Severity, type StatementContext } from './rule.ts';
import { withoutSuppressed } from './suppressions.ts';

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

/** A rule as the configuration has it, with what it found so far in one database. */
interface ActiveRule {
  readonly rule: Rule;
  readonly level?: Severity;
  readonly options: Readonly<Record<string, unknown>>;
  /** Set when a check threw: the rule is not asked again in this database. */
  broken: boolean;
}

interface RawFinding {
  readonly finding: Finding;
  readonly subject?: string;
}

/** What one walk over a database needs. */
interface Walk {
  readonly facts: Facts;
  readonly database?: DatabaseFacts;
  readonly applied: ReadonlySet<string>;
  readonly all: boolean;
  readonly log: (message: string) => void;
  readonly found: RawFinding[];
}

const memo = new WeakMap<DatabaseFacts, { readonly key: string; readonly found: readonly RawFinding[] }>();

/**
 * Asks every rule about every database and redis configuration of the workspace.
 * Returns findings ordered by file, offset and rule, without duplicates and without those that a comment switches off.
 * A database whose facts are the very same object as before is not walked again.
 */
export function checkWorkspace(facts: Facts, options: CheckOptions = {}): Finding[] {
  const rules = options.rules ?? registered;
  const log = options.log ?? (() => undefined);
  const key = JSON.stringify([options.only, options.all ?? false, facts.config.rules, rules.map((rule) => rule.id)]);
  const findings: Finding[] = [];
  for (const database of facts.databases) {
    let kept = memo.get(database);
    if (kept?.key !== key) {
      const walk: Walk = { facts, database, applied: appliedFiles(database), all: options.all ?? false, log, found: [] };
      walkDatabase(walk, database, activeRules(rules, facts.config, options.only));
      kept = { key, found: walk.found };
      memo.set(database, kept);
    }
    findings.push(...onePerSubject(kept.found));
  }
  findings.push(...walkRedis(facts, activeRules(rules, facts.config, options.only), log));
  return withoutSuppressed(facts, withoutDuplicates(findings.sort(byPlace)), rules);
}

/** Orders findings by file, offset and rule. */
export function byPlace(a: Finding, b: Finding): number {
  return compare(a.at.file, b.at.file) || a.at.range.start - b.at.range.start || compare(a.rule, b.rule) || a.at.range.end - b.at.range.end;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function withoutDuplicates(sorted: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return sorted.filter(({ rule, at, message }) => {
    const key = `${rule}\0${at.file}\0${at.range.start}\0${at.range.end}\0${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** A subject seen on a Prisma model and in a migration is reported on the model; among equals the first stays. */
function onePerSubject(found: readonly RawFinding[]): Finding[] {
  const best = new Map<string, RawFinding>();
  for (const raw of found) {
    if (raw.subject === undefined) continue;
    const key = `${raw.finding.rule}\0${raw.subject}`;
    const other = best.get(key);
    if (!other || (onPrisma(raw) && !onPrisma(other))) best.set(key, raw);
  }
  return found.filter((raw) => raw.subject === undefined || best.get(`${raw.finding.rule}\0${raw.subject}`) === raw).map((raw) => raw.finding);
}

function onPrisma(raw: RawFinding): boolean {
  return raw.finding.at.file.endsWith('.prisma');
}

function activeRules(rules: readonly Rule[], config: Config, only: readonly string[] | undefined): ActiveRule[] {
  const active: ActiveRule[] = [];
  for (const rule of rules) {
    const setting = config.rules[rule.id];
    const { level, ...given } = typeof setting === 'object' ? setting : { level: setting };
    if (only ? !only.includes(rule.id) : level === 'off' || (rule.status === 'nursery' && level === undefined)) continue;
    const defaults = Object.fromEntries(Object.entries(rule.options ?? {}).map(([name, option]) => [name, option.default]));
    active.push({ rule, level: level === 'off' ? undefined : level, options: { ...defaults, ...given }, broken: false });
  }
  return active;
}

function appliedFiles(database: DatabaseFacts): Set<string> {
  return new Set(database.steps.filter((step) => step.migration.applied).map((step) => step.migration.up.file));
}

function walkDatabase(walk: Walk, database: DatabaseFacts, active: readonly ActiveRule[]): void {
  const sql = active.filter(({ rule }) => appliesToSql(rule, database));
  const byKind = groupByKind(sql);
  const runless = groupByKind(sql.filter(({ rule }) => rule.about === 'design'));
  for (const step of database.steps) {
    const hidden = step.migration.applied && !walk.all;
    for (const entry of step.entries) walkEntry(walk, database, entry, hidden ? runless : byKind);
    for (const one of hidden ? runless.get('migration') ?? [] : byKind.get('migration') ?? []) {
      ask(walk, one, () => one.rule.check.migration!(step, contextOf(walk, database, one)));
    }
  }
  const scripts = new Map<string, HistoryEntry[]>();
  for (const entry of database.otherEntries) {
    if (entry.role === 'down') continue;
    walkEntry(walk, database, entry, byKind);
    const entries = scripts.get(entry.placed.file);
    if (entries) entries.push(entry);
    else scripts.set(entry.placed.file, [entry]);
  }
  for (const [file, entries] of scripts) {
    for (const one of byKind.get('script') ?? []) ask(walk, one, () => one.rule.check.script!(file, entries, contextOf(walk, database, one)));
  }
  walkPrisma(walk, database, active);
  const asked = active.filter((one) => sql.includes(one) || appliesToPrisma(one.rule, database));
  const byTable = asked.filter(({ rule }) => rule.check.table);
  for (const key of designKeys(database)) {
    const design = designTable(database, key)!;
    for (const one of byTable) ask(walk, one, () => one.rule.check.table!(design, contextOf(walk, database, one)));
  }
  for (const one of asked) {
    if (one.rule.check.database) ask(walk, one, () => one.rule.check.database!(contextOf(walk, database, one)));
  }
}

function groupByKind(active: readonly ActiveRule[]): Map<string, ActiveRule[]> {
  const groups = new Map<string, ActiveRule[]>();
  for (const one of active) {
    for (const kind of Object.keys(one.rule.check)) {
      const group = groups.get(kind);
      if (group) group.push(one);
      else groups.set(kind, [one]);
    }
  }
  return groups;
}

function walkPrisma(walk: Walk, database: DatabaseFacts, active: readonly ActiveRule[]): void {
  const asked = active.filter(({ rule }) => rule.check.model && appliesToPrisma(rule, database));
  for (const { path, document } of database.prisma?.files ?? []) {
    for (const block of document.blocks) {
      if (block.kind !== 'model') continue;
      for (const one of asked) ask(walk, one, () => one.rule.check.model!(block, path, contextOf(walk, database, one)));
    }
  }
}

function walkRedis(facts: Facts, active: readonly ActiveRule[], log: (message: string) => void): Finding[] {
  const walk: Walk = { facts, applied: new Set(), all: false, log, found: [] };
  for (const redis of facts.redis) {
    for (const one of active) {
      if (!one.rule.check.redis || one.rule.dialects.redis === undefined) continue;
      const report = (given: Report) => add(walk, one, given, placeIn(given.at, undefined, redis.file));
      ask(walk, one, () => one.rule.check.redis!(redis, { facts, options: one.options, report }));
    }
  }
  return onePerSubject(walk.found);
}

type AnyCheck = (node: StatementNode, context: StatementContext) => void;

function walkEntry(walk: Walk, database: DatabaseFacts, entry: HistoryEntry, byKind: ReadonlyMap<string, readonly ActiveRule[]>): void {
  const { node } = entry.placed;
  for (const one of byKind.get(node.kind) ?? []) {
    const check = (one.rule.check as Readonly<Record<string, AnyCheck | undefined>>)[node.kind]!;
    ask(walk, one, () => check(node, statementContextOf(walk, database, one, entry)));
  }
  const columnRules = byKind.get('columnDefinition') ?? [];
  const askColumn = (column: ColumnDefinition) => {
    for (const one of columnRules) {
      ask(walk, one, () => one.rule.check.columnDefinition!(column, statementContextOf(walk, database, one, entry), node));
    }
  };
  if (node.kind === 'createTable') node.columns.forEach(askColumn);
  if (node.kind !== 'alterTable') return;
  for (const action of node.actions) {
    if (action.kind === 'addColumn' || action.kind === 'modifyColumn' || action.kind === 'changeColumn') askColumn(action.column);
    for (const one of byKind.get('alterAction') ?? []) {
      ask(walk, one, () => one.rule.check.alterAction!(action, statementContextOf(walk, database, one, entry), node));
    }
  }
}

/** Calls one check. A rule that throws is told of once and left out for the rest of the database. */
function ask(walk: Walk, one: ActiveRule, check: () => void): void {
  if (one.broken) return;
  try {
    check();
  } catch (error) {
    one.broken = true;
    walk.log(`rule ${one.rule.id} failed${walk.database ? ` on ${walk.database.name}` : ''}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

function contextOf(walk: Walk, database: DatabaseFacts, one: ActiveRule): RuleContext {
  return { facts: walk.facts, database, options: one.options, report: (given) => add(walk, one, given, placeIn(given.at)) };
}

function statementContextOf(walk: Walk, database: DatabaseFacts, one: ActiveRule, entry: HistoryEntry): StatementContext {
  return {
    facts: walk.facts,
    database,
    options: one.options,
    entry,
    place: (range) => placeOf(entry.placed, range),
    report: (given) => add(walk, one, given, placeIn(given.at, entry)),
  };
}

function placeIn(at: Report['at'], entry?: HistoryEntry, file?: string): Place {
  if ('file' in at) return at;
  const range: TextRange = 'range' in at ? at.range : at;
  if (entry) return placeOf(entry.placed, range);
  if (file !== undefined) return { file, range };
  throw new TypeError('a report made outside a statement needs a place with its file');
}

function add(walk: Walk, one: ActiveRule, report: Report, at: Place): void {
  const { rule } = one;
  const finding: Finding = {
    rule: rule.id,
    severity: one.level ?? report.severity ?? rule.severity,
    ...(walk.database && { database: walk.database.name }),
    at: { file: at.file, range: { start: at.range.start, end: at.range.end } },
    message: report.message,
    why: report.why ?? rule.why,
    help: report.help ?? rule.fix,
    related: report.related ?? [],
    applied: walk.applied.has(at.file),
    ...(report.unsized !== undefined && { unsized: report.unsized }),
    fixes: () => fixesOf(walk, rule, report),
  };
  walk.found.push({ finding, ...(report.subject !== undefined && { subject: report.subject }) });
}

/** Builds the fixes of a report. One that would edit an applied migration is left out, whatever rule offered it. */
function fixesOf(walk: Walk, rule: Rule, report: Report): readonly WorkspaceChange[] {
  try {
    const made = report.fix?.() ?? [];
    const changes = 'changes' in made ? [made] : made;
    return changes.filter((change) => change.changes.length > 0 && change.changes.every((file) => isCreation(file) || !walk.applied.has(file.file)));
  } catch (error) {
    walk.log(`the fix of rule ${rule.id} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return [];
  }
}
