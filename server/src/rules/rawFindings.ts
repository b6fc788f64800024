import type { RawFinding } from './asking.ts';

/** Whether two lists hold the very same things in the same order. */
export function sameElements(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** Findings by their file, in their order. */
export function byFile(found: readonly RawFinding[]): Map<string, RawFinding[]> {
  const files = new Map<string, RawFinding[]>();
  for (const raw of found) {
    const { file } = raw.finding.at;
    const list = files.get(file);
    if (list) list.push(raw);
    else files.set(file, [raw]);
  }
  return files;
}

/** The findings whose subject another one tells of: one seen on a Prisma model and in a migration is reported on the model; among equals the first stays. */
export function outdone(found: readonly RawFinding[]): ReadonlySet<RawFinding> {
  const best = new Map<string, RawFinding>();
  const worse = new Set<RawFinding>();
  for (const raw of found) {
    if (raw.subject === undefined) continue;
    const other = best.get(raw.subject);
    const better = !other || (onPrisma(raw) && !onPrisma(other));
    if (better) best.set(raw.subject, raw);
    if (other) worse.add(better ? other : raw);
  }
  return worse;
}

function onPrisma(raw: RawFinding): boolean {
  return raw.finding.at.file.endsWith('.prisma');
}
