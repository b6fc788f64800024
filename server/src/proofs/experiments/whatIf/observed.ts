import type { EngineInfo } from '../../engine.ts';
import { grouped } from '../../statistics/statistics.ts';
import type { PlanSeen, WhatIfCandidate, WhatIfDetail } from './detail.ts';

/** How many assumptions evidence names; the detail has all. */
const named = 3;

/** What is told of one candidate, in sentences that name their numbers; undefined for one that the engine would not make. */
export function observed(detail: WhatIfDetail, candidate: WhatIfCandidate, engine: EngineInfo, stated: number | undefined): string | undefined {
  return candidate.plan && [told(detail, candidate, candidate.plan, engine, stated), ...footnotes(detail, candidate)].join(' ');
}

function told(detail: WhatIfDetail, { verdict }: WhatIfCandidate, plan: PlanSeen, engine: EngineInfo, stated: number | undefined): string {
  const who = `Under ${listed(detail.under)}, the planner of ${engine.name} ${engine.version}`;
  const from = planText(detail.before);
  switch (verdict) {
    case 'helps':
      return `${who} goes from ${from} to ${planText(plan)}.`;
    case 'no cheaper':
      return `${who} uses the index, but the cost stays above 95 % of what it was: from ${from} to ${planText(plan)}.`;
    case 'only since 18':
      return `${who} has a use for the index only by skipping over its first column, which PostgreSQL does since version 18; ${stated === undefined ? 'no engine_version is stated' : `engine_version is ${stated}`}, so this counts for nothing. Without it: ${from}.`;
    default:
      return `${who} does not use the index: ${from}.`;
  }
}

function footnotes(detail: WhatIfDetail, { index, verdict, size, write }: WhatIfCandidate): string[] {
  const { assumptions, hidden, best } = detail;
  const more = assumptions.length > named ? ` and ${assumptions.length - named} more` : '';
  const cheaper = best !== undefined && best !== index ? detail.candidates.find((one) => one.index === best)?.plan : undefined;
  return [
    ...(verdict === 'helps' && size ? [`The index takes about ${bytes(size.bytes)}${write ? `, and each insert logs about ${grouped(write.walBytes)} bytes more` : ''}.`] : []),
    ...(cheaper ? [`Better among ${detail.candidates.length} that were compared: ${best} (${planText(cheaper)}).`] : []),
    ...(hidden.length > 0 ? [`Both plans are without ${listed(hidden)}, which only PostgreSQL 18 can use here.`] : []),
    ...(assumptions.length > 0 ? [`Assumed: ${assumptions.slice(0, named).join('; ')}${more}.`] : []),
  ];
}

function planText({ shape, cost }: PlanSeen): string {
  return cost === undefined ? shape : `${shape} (cost ${cost.toLocaleString('en-US', { maximumFractionDigits: 2 })})`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** `30 MB`. */
function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, count)) / 10));
  return `${grouped(count / 1024 ** power)} ${units[power]}`;
}
