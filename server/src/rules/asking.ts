import { isCreation, type WorkspaceChange } from '../edits/change.ts';
import type { Config } from '../project/config.ts';
import type { DatabaseFacts, Facts, HistoryEntry, MigrationStep, RedisFacts } from '../project/facts.ts';
import { currentSchema } from '../schema/searchPath.ts';
import type { AlterAction, ColumnDefinition, StatementNode } from '../source/sql/ast.ts';
import type { PrismaModel } from '../source/prisma/ast.ts';
import type { TextRange } from '../text/range.ts';
import { appliesToPrisma, appliesToSql } from './applies.ts';
import { placeOf, type Finding, type Place, type Report, type Rule, type RuleContext, type Severity, type StatementContext } from './rule.ts';
import type { DesignTable } from './design.ts';
import { stackOf } from '../text/failure.ts';

/** A rule as the configuration has it. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly level?: Severity;
  readonly options: Readonly<Record<string, unknown>>;
  /** Set when a check threw: the rule is not asked again in this database. */
  broken: boolean;
}

/** A finding with what it speaks of, when two checks may see the same. */
export interface RawFinding {
  readonly finding: Finding;
  readonly subject?: string;
}

/** What is needed to ask rules, and what they said. */
export interface Round {
  readonly facts: Facts;
  readonly database?: DatabaseFacts;
  /** Paths of migrations that are applied. */
  readonly applied: ReadonlySet<string>;
  readonly log: (message: string) => void;
  readonly found: RawFinding[];
  /** How the fixes of a finding are come by later; built from the report itself when absent. */
  readonly fixesOf?: (finding: Finding) => readonly WorkspaceChange[];
}

/** The rules that are on, with their levels and options. `only` names the ones to run whatever the configuration says. */
export function activeRules(rules: readonly Rule[], config: Config, only: readonly string[] | undefined): ActiveRule[] {
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

type ByKind = ReadonlyMap<string, readonly ActiveRule[]>;

/** The active rules of one database by what they look at. */
export interface RulesByKind {
  readonly all: ByKind;
  /** Those about the design only, for migrations whose run is over. */
  readonly design: ByKind;
  readonly models: readonly ActiveRule[];
  readonly tables: readonly ActiveRule[];
  readonly databases: readonly ActiveRule[];
}

export function rulesByKind(active: readonly ActiveRule[], database: DatabaseFacts): RulesByKind {
  const sql = active.filter(({ rule }) => appliesToSql(rule, database));
  const prisma = active.filter(({ rule }) => appliesToPrisma(rule, database));
  const either = active.filter((one) => sql.includes(one) || prisma.includes(one));
  return {
    all: groupByKind(sql),
    design: groupByKind(sql.filter(({ rule }) => rule.about === 'design')),
    models: prisma.filter(({ rule }) => rule.check.model),
    tables: either.filter(({ rule }) => rule.check.table),
    databases: either.filter(({ rule }) => rule.check.database),
  };
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

type AnyCheck = (node: StatementNode, context: StatementContext) => void;

/** Asks about one statement of the history. */
export function askEntry(round: Round, entry: HistoryEntry, byKind: ByKind): void {
  const { node } = entry.placed;
  for (const one of byKind.get(node.kind) ?? []) {
    const check = (one.rule.check as Readonly<Record<string, AnyCheck | undefined>>)[node.kind]!;
    ask(round, one, () => check(node, statementContextOf(round, one, entry)));
  }
  if (node.kind !== 'createTable' && node.kind !== 'alterTable') return;
  const columns = node.kind === 'createTable' ? node.columns : node.actions.flatMap(definedColumn);
  for (const one of columns.length === 0 ? [] : (byKind.get('columnDefinition') ?? [])) {
    const context = statementContextOf(round, one, entry);
    ask(round, one, () => columns.forEach((column) => one.rule.check.columnDefinition!(column, context, node)));
  }
  if (node.kind === 'createTable') return;
  for (const one of byKind.get('alterAction') ?? []) {
    const context = statementContextOf(round, one, entry);
    ask(round, one, () => node.actions.forEach((action) => one.rule.check.alterAction!(action, context, node)));
  }
}

function definedColumn(action: AlterAction): readonly ColumnDefinition[] {
  return action.kind === 'addColumn' || action.kind === 'modifyColumn' || action.kind === 'changeColumn' ? [action.column] : [];
}

export function askStep(round: Round, step: MigrationStep, byKind: ByKind): void {
  for (const one of byKind.get('migration') ?? []) ask(round, one, () => one.rule.check.migration!(step, contextOf(round, one)));
}

export function askScript(round: Round, file: string, entries: readonly HistoryEntry[], byKind: ByKind): void {
  for (const one of byKind.get('script') ?? []) ask(round, one, () => one.rule.check.script!(file, entries, contextOf(round, one)));
}

export function askModel(round: Round, model: PrismaModel, file: string, { models }: RulesByKind): void {
  for (const one of models) ask(round, one, () => one.rule.check.model!(model, file, contextOf(round, one)));
}

export function askTable(round: Round, design: DesignTable, { tables }: RulesByKind): void {
  for (const one of tables) ask(round, one, () => one.rule.check.table!(design, contextOf(round, one)));
}

export function askDatabase(round: Round, { databases }: RulesByKind): void {
  for (const one of databases) ask(round, one, () => one.rule.check.database!(contextOf(round, one)));
}

export function askRedis(round: Round, redis: RedisFacts, active: readonly ActiveRule[]): void {
  for (const one of active) {
    if (!one.rule.check.redis || one.rule.dialects.redis === undefined) continue;
    const report = (given: Report) => add(round, one, given, placeIn(given.at, undefined, redis.file));
    ask(round, one, () => one.rule.check.redis!(redis, { facts: round.facts, options: one.options, report }));
  }
}

/** Calls one check. A rule that throws is told of once and left out for the rest of the database. */
function ask(round: Round, one: ActiveRule, check: () => void): void {
  if (one.broken) return;
  try {
    check();
  } catch (error) {
    one.broken = true;
    round.log(`rule ${one.rule.id} failed${round.database ? ` on ${round.database.name}` : ''}: ${stackOf(error)}`);
  }
}

function contextOf(round: Round, one: ActiveRule): RuleContext {
  return { facts: round.facts, database: round.database!, options: one.options, report: (given) => add(round, one, given, placeIn(given.at)) };
}

function statementContextOf(round: Round, one: ActiveRule, entry: HistoryEntry): StatementContext {
  return {
    facts: round.facts,
    database: round.database!,
    options: one.options,
    entry,
    place: (range) => placeOf(entry.placed, range),
    report: (given) => add(round, one, staysInFile(entry) ? withoutNewFiles(given) : given, placeIn(given.at, entry)),
  };
}

/** Whether the file has set a search_path, under which its bare names mean something else than in a file of their own. */
function staysInFile({ before, placed }: HistoryEntry): boolean {
  return currentSchema(before, placed.file) !== undefined;
}

function withoutNewFiles(report: Report): Report {
  return { ...report, fix: () => changesOf(report).filter(({ changes }) => !changes.some(isCreation)) };
}

function changesOf({ fix }: Report): readonly WorkspaceChange[] {
  const made = fix?.() ?? [];
  return 'changes' in made ? [made] : made;
}

function placeIn(at: Report['at'], entry?: HistoryEntry, file?: string): Place {
  if ('file' in at) return at;
  const range: TextRange = 'range' in at ? at.range : at;
  if (entry) return placeOf(entry.placed, range);
  if (file !== undefined) return { file, range };
  throw new TypeError('a report made outside a statement needs a place with its file');
}

function add(round: Round, one: ActiveRule, report: Report, at: Place): void {
  const { rule } = one;
  const finding: Finding = {
    rule: rule.id,
    severity: one.level ?? report.severity ?? rule.severity,
    ...(round.database && { database: round.database.name }),
    at,
    message: report.message,
    why: report.why ?? rule.why,
    help: report.help ?? rule.fix,
    related: report.related ?? [],
    applied: round.applied.has(at.file),
    ...(report.unsized !== undefined && { unsized: report.unsized }),
    ...(report.claim && { claim: report.claim }),
    fixes: () => (round.fixesOf ? round.fixesOf(finding) : reportedFixes(round, rule, report)),
  };
  round.found.push({ finding, ...(report.subject !== undefined && { subject: `${rule.id}\0${report.subject}` }) });
}

/** Builds the fixes of a report. One that would edit an applied migration is left out, whatever rule offered it. */
function reportedFixes({ applied, log }: Round, rule: Rule, report: Report): readonly WorkspaceChange[] {
  try {
    return changesOf(report).filter((change) => change.changes.length > 0 && change.changes.every((file) => isCreation(file) || !applied.has(file.file)));
  } catch (error) {
    log(`the fix of rule ${rule.id} failed: ${stackOf(error)}`);
    return [];
  }
}
