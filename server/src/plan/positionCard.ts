import type { Claim, DatabasePlan, MigrationStepPlan, Plan } from '../../../protocol/plan.ts';
import type { EvidenceLevel } from '../../../protocol/evidence.ts';
import type { Finding } from '../rules/rule.ts';
import { firstSentence, type PlanContext } from './context.ts';
import { tenantRisks } from './provedTenants.ts';

/** How much a claim with evidence counts towards confidence; a claim without evidence counts nothing. */
const weights: Readonly<Record<EvidenceLevel, number>> = { proved: 1, modelled: 0.8, assumed: 0.4, refuted: 0 };

function allClaims(plan: DatabasePlan): Claim[] {
  return [plan.schema_design, plan.index_strategy, plan.migration_plan, plan.transaction_strategy, plan.operational_plan].flatMap((section) => section.claims);
}

/**
 * Share of claims that carry evidence, weighed by how they were come by, over the claims and the assumptions together:
 * a plan that had to assume much is believed less. Between 0 and 1, two decimals.
 */
export function confidence(claims: readonly Claim[], assumptions: number): number {
  const total = claims.length + assumptions / 2;
  if (total === 0) return 0;
  const sum = claims.reduce((result, claim) => result + (claim.evidence.length > 0 ? weights[claim.level] : 0), 0);
  return Math.round((sum / total) * 100) / 100;
}

/** The card in the form of the brief: claims, what to do, evidence, risks, and three judgements that are computed. */
export function positionCard(context: PlanContext, plan: DatabasePlan): Plan['position_card'] {
  const claims = allClaims(plan);
  const todo = actions(context);
  const risks = plan.migration_plan.steps.filter((step) => step.risk !== 'low' || step.reversibility !== 'reversible').map((step, at) => ({ step, at })).sort((a, b) => severity.indexOf(a.step.risk) - severity.indexOf(b.step.risk) || b.at - a.at).map(({ step }) => risk(step));
  const evidence = [...new Set(claims.flatMap((claim) => claim.evidence.flatMap((one) => ('file' in one ? [one.file] : [`${one.experiment} on ${one.engine} ${one.version}`]))))].sort();
  return { role: 'Database Expert', claims, plan: [...new Set(todo)].slice(0, 12), evidence: evidence.slice(0, 20), risks: [...new Set([...tenantRisks(context), ...risks])].slice(0, 12), confidence: confidence(claims, context.assumptions.length), cost: cost(plan, todo.length), reversibility: reversibility(plan) };
}

const severity: readonly MigrationStepPlan['risk'][] = ['high', 'medium', 'low'];

/** A pending step as a risk: what it does to others, and where it stands. */
function risk(step: MigrationStepPlan): string {
  const harm = [step.lock && `${step.lock.startsWith('the ') ? 'locks' : 'takes the'} ${step.lock.replace(' on ', ' lock on ')}`, step.rewrite && 'rewrites the table', step.reversibility === 'loses data' && 'loses data', step.reversibility === 'irreversible' && 'cannot be taken back'].filter(Boolean);
  return `${shorten(step.statement, 80)}${harm.length > 0 ? ` ${enumerate(harm)}` : ''} (${step.file}:${step.line})`;
}

function enumerate(parts: readonly unknown[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${String(parts.at(-1))}`;
}

/** Cuts a text at a word, so that at most `length` characters are left. */
function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  return `${cut.slice(0, cut.lastIndexOf(' ')).replace(/[\s(,]+$/, '')}…`;
}

/** What each rule's findings ask for comes in this order on the card; rules that are not named come last. */
const order = ['missing-composite-index', 'not-null-without-default', 'concurrently-in-transaction', 'multi-write-without-transaction', 'tenant-key-missing', 'row-level-security-missing', 'missing-down-migration', 'index-blocks-writes', 'unbounded-log-table', 'missing-primary-key'];

/**
 * The findings as things to do: the title of the first fix, else what the help says, with what was found and where. The most telling rules
 * first, of each the newest few.
 */
function actions(context: PlanContext): string[] {
  const rank = (rule: string) => (order.includes(rule) ? order.indexOf(rule) : order.length);
  const files = new Map(context.database.steps.map(({ migration }, at) => [migration.up.file, at]));
  const age = ({ at }: Finding) => files.get(at.file) ?? files.size;
  const seen = new Map<string, number>();
  const result: string[] = [];
  for (const finding of [...context.findings].sort((a, b) => rank(a.rule) - rank(b.rule) || age(b) - age(a))) {
    const times = seen.get(finding.rule) ?? 0;
    seen.set(finding.rule, times + 1);
    if (times >= 3 || finding.severity === 'hint') continue;
    const { file, line } = context.place(finding.at);
    const title = finding.fixes()[0]?.title;
    result.push(`${title ?? firstSentence(finding.help)[0]}: ${finding.message} (${file}:${line})`);
  }
  return result;
}

/** High when a pending statement rewrites or scans a large table, medium when there is much to do, low otherwise. */
function cost(plan: DatabasePlan, todo: number): Plan['position_card']['cost'] {
  if (plan.migration_plan.steps.some((step) => step.risk === 'high')) return 'High';
  return todo > 3 || plan.migration_plan.steps.some((step) => step.risk === 'medium') ? 'Medium' : 'Low';
}

/** Low when a pending statement cannot be taken back at all, medium when one loses data or has no down, high otherwise. */
function reversibility(plan: DatabasePlan): Plan['position_card']['reversibility'] {
  const { steps, items } = plan.migration_plan;
  if (steps.some((step) => step.reversibility === 'irreversible')) return 'Low';
  return steps.some((step) => step.reversibility === 'loses data') || items.some((item) => item.risk !== 'low') ? 'Medium' : 'High';
}
