import type { Claim, PlanItem } from '../../../protocol/plan.ts';
import type { Outcome, TenantLeak, TenantsDetail } from '../proofs/outcome.ts';
import { evidenceOfLeak, originOfLeak } from '../proofs/problems.ts';
import { claim, count, item, places, some, type PlanContext } from './context.ts';

type Ran = Extract<Outcome<TenantsDetail>, { ran: true }>;

/** The experiment where it ran; nothing is claimed of one that did not. */
export function tenantsShown({ tenants }: PlanContext): Ran | undefined {
  return tenants?.ran && (tenants.detail.leaks.length > 0 || tenants.detail.tried.length > 0) ? tenants : undefined;
}

/** What was shown of tenants in a shared schema: that none got at rows of another, or by how many ways one did. */
export function tenantsClaims(context: PlanContext): Claim[] {
  const shown = tenantsShown(context);
  if (!shown) return [];
  const { engine, evidence, detail: { leaks, tried, untried, assumptions } } = shown;
  const rest = [...(untried.length > 0 ? [`Not tried: ${some(untried.map(({ name, reason }) => `${name} (${reason})`), 3, '; ')}.`] : []), ...assumptions].map((text) => ` ${text}`).join('');
  if (leaks.length > 0) return [claim(`Tenants reach rows of each other in ${count(leaks.length, 'way')}, shown on ${engine.name} ${engine.version}.${rest}`, 'proved', [...evidence, ...placesOf(context, leaks)])];
  const made = tried.flatMap((key) => context.database.catalog.tables.get(key)?.policies[0]?.origin ?? []);
  return [claim(`No tenant got at rows of another in ${count(tried.length, 'table')}, shown on ${engine.name} ${engine.version}.${rest}`, 'proved', [...evidence, ...places(context, made, 4)])];
}

/** Each way to rows of another tenant as a sentence, and where it opens. */
export function tenantRisks(context: PlanContext): string[] {
  return (tenantsShown(context)?.detail.leaks ?? []).map((leak) => {
    const [place] = placesOf(context, [leak]);
    return `${leak.observed}${place ? ` (${place.file}:${place.line})` : ''}`;
  });
}

/** What closes a way to rows of another tenant. */
const closing: Readonly<Record<TenantLeak['kind'], string>> = {
  'row-level security off': 'Enable row-level security, and write a policy on the tenant key',
  'child table': 'Enable row-level security, and write a policy that asks the table above it',
  policy: 'Bind the policy to the tenant key',
  setting: 'Let a role past the tenant key, and no setting that every client may change',
  'tenant not set': 'Let the policy match nothing where no tenant is set',
  owner: 'Force row-level security on the owner of the table',
  partition: 'Enable row-level security on the partitions as well',
  view: 'Give the view the rights of whoever asks (security_invoker)',
  'materialized view': 'Take the rights on the materialized view from the roles of tenants',
  function: 'Give the function the rights of whoever calls it, or check the tenant in it',
};

/** The ways that no finding tells of, as things to do. */
export function tenantItems(context: PlanContext): PlanItem[] {
  const shown = tenantsShown(context);
  const told = new Set(context.findings.flatMap(({ evidence = [] }) => evidence.map(({ observed }) => observed)));
  const open = (shown?.detail.leaks ?? []).filter(({ observed }) => !told.has(observed));
  return open.map((leak) => item(closing[leak.kind], leak.observed, { risk: 'high', evidence: [evidenceOfLeak(leak, shown!.engine), ...placesOf(context, [leak])] }));
}

function placesOf(context: PlanContext, leaks: readonly TenantLeak[]) {
  return places(context, leaks.flatMap((leak) => originOfLeak(context.database.catalog, leak) ?? []), 6);
}
