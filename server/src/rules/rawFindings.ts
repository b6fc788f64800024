import type { RawFinding } from './asking.ts';
import type { Finding } from './rule.ts';

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

/** Findings that stand together, one list among others. */
export interface FindingList {
  /** The place of the list among the others. */
  order: number;
  found: ReadonlyMap<string, readonly RawFinding[]>;
  /** Those that another list may have too. */
  shared: readonly RawFinding[];
}

/** The findings of several lists by file. A change costs what differs: no list of all files is gone through. */
export class FoundFiles {
  readonly #lists = new Map<string, Set<FindingList>>();
  readonly #sharing = new Set<FindingList>();
  readonly #changed = new Set<string>();
  #outdone: ReadonlySet<RawFinding> = new Set();
  #compared = true;

  /** The files in which something was found. */
  get files(): Iterable<string> {
    return this.#lists.keys();
  }

  /** Adds to `findings` what was found in a file, in the order of the lists. */
  addTo(findings: Finding[], file: string): void {
    for (const list of [...(this.#lists.get(file) ?? [])].sort((a, b) => a.order - b.order)) {
      for (const raw of list.found.get(file)!) if (!this.#outdone.has(raw)) findings.push(raw.finding);
    }
  }

  /** Puts these findings in the place of those that a list has. */
  put(list: FindingList, found: readonly RawFinding[]): void {
    const { found: before, shared } = list;
    list.found = byFile(found);
    list.shared = found.filter(({ subject }) => subject !== undefined);
    this.#compared &&= sameElements(shared, list.shared);
    if (list.shared.length > 0) this.#sharing.add(list);
    else this.#sharing.delete(list);
    for (const [file, own] of list.found) {
      const old = before.get(file);
      if (old && sameElements(old, own)) continue;
      this.#changed.add(file);
      const lists = this.#lists.get(file);
      if (lists) lists.add(list);
      else this.#lists.set(file, new Set([list]));
    }
    for (const file of before.keys()) if (!list.found.has(file)) this.#takeOut(list, file);
  }

  /** Forgets all lists. */
  clear(): void {
    for (const file of this.files) this.#changed.add(file);
    this.#lists.clear();
    this.#sharing.clear();
    this.#outdone = new Set();
  }

  /** The files in which something else is found than when this was asked last. */
  takeChanged(): Set<string> {
    if (!this.#compared) this.#compareShared();
    const changed = new Set(this.#changed);
    this.#changed.clear();
    return changed;
  }

  #takeOut(list: FindingList, file: string): void {
    const lists = this.#lists.get(file)!;
    this.#changed.add(file);
    lists.delete(list);
    if (lists.size === 0) this.#lists.delete(file);
  }

  /** Finds out which findings are told by others. */
  #compareShared(): void {
    const before = this.#outdone;
    this.#outdone = outdone([...this.#sharing].sort((a, b) => a.order - b.order).flatMap(({ shared }) => shared));
    for (const raw of [...before, ...this.#outdone]) if (before.has(raw) !== this.#outdone.has(raw)) this.#changed.add(raw.finding.at.file);
    this.#compared = true;
  }
}

/** The findings whose subject another one tells of: one seen on a Prisma model and in a migration is reported on the model; among equals the first stays. */
function outdone(found: readonly RawFinding[]): ReadonlySet<RawFinding> {
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
