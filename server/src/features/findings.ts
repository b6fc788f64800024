import type { Finding, Severity } from '../rules/rule.ts';
import { checksum } from '../text/hash.ts';

/** Severities, worst first. */
export const severities: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** Findings that an editor shows of one file at most. */
export const shownPerFile = 500;

/** What is shown of a file: at most `shownPerFile` findings, worst first and then by place, and how many are left out. */
export function shownFindings(findings: readonly Finding[], limit: number = shownPerFile): { readonly shown: readonly Finding[]; readonly left: number } {
  const rank = (finding: Finding): number => severities.indexOf(finding.severity);
  const sorted = findings.map((finding, index) => ({ finding, index })).sort((a, b) => rank(a.finding) - rank(b.finding) || a.index - b.index);
  return { shown: sorted.slice(0, limit).map(({ finding }) => finding), left: Math.max(0, findings.length - limit) };
}

/** A key by which a finding is found again in its file after the facts were made anew. */
export function findingKey(finding: Finding): string {
  const { start, end } = finding.at.range;
  return `${finding.rule} ${start}-${end} ${checksum(finding.message).toString(36)}`;
}

/** The findings counted by severity. */
export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, information: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}
