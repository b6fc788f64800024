import type { EngineInfo } from '../../engine.ts';
import { grouped } from '../../statistics/statistics.ts';
import type { PlanSeen, WhatIfCandidate, WhatIfDetail } from './detail.ts';

/** What is told of one candidate, in sentences that name their numbers; undefined for one that the engine would not make. */
export function observed(detail: WhatIfDetail, candidate: WhatIfCandidate, engine: EngineInfo, stated: number | undefined): string | undefined {
  const { verdict, plan } = candidate;
  if (!plan) return undefined;
  const who = `Under ${listed(detail.under)}, the planner of ${engine.name} ${engine.version}`;
  const from = planText(detail.before);
  const hidden = detail.hidden.length === 0 ? '' : ` Left out of both plans: ${listed(detail.hidden)}, which only PostgreSQL 18 can use for this query.`;
  const size = candidate.size ? ` The index takes about ${bytes(candidate.size.bytes)}, and each insert writes ${grouped(candidate.write?.walBytes ?? 0)} bytes more to the log.` : '';
  switch (verdict) {
    case 'helps':
      return `${who} goes from ${from} to ${planText(plan)}.${size}${hidden}`;
    case 'no cheaper':
      return `${who} uses the index, but the cost stays above 95 % of what it was: from ${from} to ${planText(plan)}.${hidden}`;
    case 'not used':
      return `${who} does not use the index: ${from}.${hidden}`;
    case 'only since 18':
      return `${who} could use the index only by skipping over its first column, which PostgreSQL can do since 18; ${stated === undefined ? 'no engine_version is stated' : `engine_version is ${stated}`}, so this counts for nothing. Without that: ${from}.${hidden}`;
    case 'refused':
      return undefined;
  }
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
