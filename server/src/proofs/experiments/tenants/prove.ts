import type { ExperimentEvidence } from '../../../../../protocol/evidence.ts';
import type { DatabaseFacts } from '../../../project/facts.ts';
import { trial, type Bench } from '../../bench.ts';
import type { EngineInfo } from '../../engine.ts';
import type { Outcome, TenantLeak, TenantNote, TenantsDetail } from '../../outcome.ts';
import { variableName, variablesOf } from './context.ts';
import { tryDerived } from './derived.ts';
import { tryOwner, tryTables } from './direct.ts';
import { tryExistence } from './existence.ts';
import { becomeTenant, type Probe } from './identity.ts';
import { probesOf } from './probes.ts';
import { seedTenants, type TenantRows } from './rows.ts';
import { tenantsSubjectOf, type TenantsSubject } from './subject.ts';
import { switchesOf } from './switches.ts';
import { surround } from './surroundings.ts';

type Asked = Parameters<typeof tenantsSubjectOf>[0];

/**
 * Tries as one tenant to get at the rows of another, by every way that a schema of PostgreSQL may leave open, and takes everything back.
 * @param bench the final schema of the database, without rows
 * @param asked the database, or what was copied of it before
 * @throws EngineStopped when the engine had to be ended
 */
export async function proveTenants(bench: Bench, asked: TenantsSubject | Asked | DatabaseFacts): Promise<Outcome<TenantsDetail>> {
  const subject = 'keyed' in asked ? asked : tenantsSubjectOf(asked);
  if (typeof subject === 'string') return { experiment: 'tenant isolation', ran: false, reason: subject };
  const { session } = bench;
  const detail = await trial(session, () => detailOf(bench, subject));
  if (typeof detail === 'string') return { experiment: 'tenant isolation', ran: false, reason: detail };
  return { experiment: 'tenant isolation', ran: true, engine: session.info, detail, evidence: evidenceOf(detail, session.info) };
}

/** What was found, or why nothing could be tried. */
async function detailOf(bench: Bench, subject: TenantsSubject): Promise<TenantsDetail | string> {
  const { session } = bench;
  const around = await surround(bench, subject.rights);
  const rows = await seedTenants(session, subject);
  const switches = switchesOf(subject.catalog);
  const { roles, assumptions, stated } = await probesOf(session, subject, switches);
  const variables = variablesOf(subject.catalog);
  const probes: Probe[] = [];
  for (const role of roles) {
    const probe = await becomeTenant(session, subject, rows, role, variables, switches);
    if (probe.sees.size > 0) probes.push(probe);
  }
  if (probes.length === 0) return reasonOf(subject, rows, variables.map(variableName));
  const leaks: TenantLeak[] = [];
  const shared = new Map<string, TenantNote>();
  const tried = new Set<string>();
  const untried = new Map<string, string>(rows.unseeded.map(({ name, reason }) => [name, `it got no rows: ${reason}`]));
  for (const probe of probes) {
    const direct = await tryTables(session, subject, rows, probe, variables, switches);
    const derived = await tryDerived(session, subject, rows, probe);
    leaks.push(...direct.leaks, ...derived.leaks);
    for (const note of direct.notes) shared.set(note.table, note);
    for (const key of direct.tried) tried.add(key);
    for (const { name, reason } of [...direct.untried, ...derived.untried]) untried.set(name, reason);
  }
  const notes = await tryExistence(session, subject, rows, probes[0]!);
  const owner = await tryOwner(session, subject, rows, probes[0]!);
  return {
    key: subject.key,
    probes: probes.map(({ role, setting }) => ({ role, identity: setting ?? '' })),
    leaks: [...distinct(leaks), ...(stated ? [] : owner)],
    notes: [...shared.values(), ...notes, ...(stated ? owner.map(({ through, observed, ran }): TenantNote => ({ kind: 'owner', table: through, observed, ran })) : [])],
    tried: [...tried],
    untried: [...untried].map(([name, reason]) => ({ name, reason })),
    assumptions: [...assumptions, ...around],
  };
}

function reasonOf({ key, keyed, children }: TenantsSubject, { pairs, unseeded }: TenantRows, variables: readonly string[]): string {
  const guarded = [...keyed, ...children].filter(({ table }) => table.rowSecurity?.enabled);
  if (!guarded.some((one) => pairs.has(one.key))) return `No table with row-level security took rows${unseeded[0] ? `: ${unseeded[0].name}: ${unseeded[0].reason}` : ''}.`;
  if (guarded.every(({ table }) => table.policies.length === 0)) return 'Row-level security is on without any policy: none but the owners of the tables get at rows, and the database does not tell tenants apart.';
  if (variables.length === 0) return 'The policies show a tenant no row of its own, and ask for no setting or claim that would tell who it is.';
  return `The policies show a tenant no row of its own, whichever value of ${key} or of its rows stands in ${variables.join(' and ')}.`;
}

/** One leak per kind and object: several roles find the same. */
function distinct(leaks: readonly TenantLeak[]): TenantLeak[] {
  return [...new Map(leaks.toReversed().map((leak) => [`${leak.kind} ${leak.through}`, leak])).values()].toReversed();
}

/** How many leaks are told one by one. */
const most = 20;

function evidenceOf({ leaks, tried, key, probes }: TenantsDetail, { name, version }: EngineInfo): ExperimentEvidence[] {
  const of = (observed: string, ran: string): ExperimentEvidence => ({ level: 'proved', experiment: 'tenant isolation', engine: name, version, observed, ran });
  if (leaks.length > 0) return [...leaks.slice(0, most).map(({ observed, ran }) => of(observed, ran)), ...(leaks.length > most ? [of(`Rows of other tenants are reached through ${leaks.length - most} more: ${leaks.slice(most).map(({ through }) => through).join(', ')}.`, leaks[most]!.ran)] : [])];
  return tried.length === 0 ? [] : [of(`${tried.length} tables keep the rows of two tenants apart by ${key}: as ${probes.map(({ role }) => role).join(' and ')}, the first one could neither read, change, delete nor write rows of the other.`, probes[0]!.identity)];
}
