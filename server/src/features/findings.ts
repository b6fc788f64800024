import type { Finding, Severity } from '../rules/rule.ts';
import { checksum } from '../text/hash.ts';

/** Severities, worst first. */
export const severities: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** Findings that an editor shows of one file at most. */
export const shownPerFile = 500;

/** What is shown of a file: at most `shownPerFile` findings, worst first and then by place, and how many are left out. */
export function shownFindings(findings: readonly Finding[], limit: number = shownPerFile): { readonly shown: readonly Finding[]; readonly left: number } {
  const left = Math.max(0, findings.length - limit);
  const bySeverity: Record<Severity, Finding[]> = { error: [], warning: [], information: [], hint: [] };
  for (const finding of findings) bySeverity[finding.severity].push(finding);
  const sorted = severities.flatMap((severity) => bySeverity[severity]);
  return { shown: left > 0 ? sorted.slice(0, limit) : sorted, left };
}

const checksums = new WeakMap<Finding, string>();

/** A key by which a finding is found again in its file after the facts were made anew. */
export function findingKey(finding: Finding): string {
  const { start, end } = finding.at.range;
  let message = checksums.get(finding);
  if (message === undefined) checksums.set(finding, (message = checksum(finding.message).toString(36)));
  return `${finding.rule} ${start}-${end} ${message}`;
}

/** The findings counted by severity. */
export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, information: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}
