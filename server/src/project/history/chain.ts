import type { Catalog } from '../../schema/catalog.ts';
import type { HistoryEntry } from '../facts.ts';
import { noNewTables, Overlay } from './overlay.ts';
import { Run, type Differences, type RunSpec } from './run.ts';

/** Many chains begin with the same catalog: the difference is found once. */
const lastBetween = new WeakMap<Catalog, { readonly to: Catalog; readonly overlay: Overlay }>();

function betweenCatalogs(before: Catalog, after: Catalog): Overlay {
  return Overlay.between({ catalog: before, newTables: noNewTables }, { catalog: after, newTables: noNewTables });
}

/** Scripts that run one after the other. It lives on while its files change; what a change does not reach is kept. */
export class Chain {
  readonly #recorded: boolean;
  #start: Catalog;
  #runs: readonly Run[] = [];
  /** How the runs were asked for last, one for each. */
  #specs: readonly RunSpec[] = [];

  /** `recorded`: note what each statement reads, so that later updates are cheap. */
  constructor(start: Catalog, recorded: boolean) {
    this.#start = start;
    this.#recorded = recorded;
  }

  get runs(): readonly Run[] {
    return this.#runs;
  }

  /** The catalog after all scripts. */
  get end(): Catalog {
    return this.#runs.at(-1)?.after ?? this.#start;
  }

  get entries(): readonly HistoryEntry[] {
    return this.#runs.length === 1 ? this.#runs[0]!.entries : this.#runs.flatMap(({ entries }) => entries);
  }

  /** Brings the chain to these scripts over this catalog. Gives what differs at its end. */
  update(start: Catalog, specs: readonly RunSpec[], differences: Differences): Overlay {
    const old = this.#runs;
    const asked = this.#specs;
    const same = (run: number, spec: number) => asked[run] === specs[spec] || old[run]!.isFor(specs[spec]!);
    this.#specs = specs;
    const overlay = this.#startOverlay(start);
    let head = 0;
    while (head < old.length && head < specs.length && same(head, head)) head++;
    let tail = 0;
    while (tail < old.length - head && tail < specs.length - head && same(old.length - 1 - tail, specs.length - 1 - tail)) tail++;
    const removed = old.slice(head, old.length - tail);
    const wanted = specs.slice(head, specs.length - tail);
    const kept = old.slice(old.length - tail);
    let current = advanced(old.slice(0, head), overlay, differences);
    if (removed.length === 1 && wanted.length === 1 && removed[0]!.file === wanted[0]!.file) {
      current = removed[0]!.edit(wanted[0]!, current, differences);
      this.#start = start;
      return advanced(kept, current, differences);
    }
    if (removed.length === 0 && wanted.length === 0) {
      this.#start = start;
      return current;
    }
    // The states before and after the removed runs are read before anything behind them is told of the difference.
    const before = removed[0]?.before ?? kept[0]?.before ?? (head === 0 ? this.#start : undefined);
    const after = removed.at(-1)?.after ?? before;
    const from = head === 0 ? start : old[head - 1]!.after;
    const added = this.#runAll(from, wanted, differences);
    for (const run of removed) forget(run, differences);
    const end = added.at(-1)?.after ?? from;
    this.#runs = [...old.slice(0, head), ...added, ...kept];
    this.#start = start;
    if (old.length === 0) {
      differences.everything = true;
      return Overlay.none;
    }
    current = after === undefined ? Overlay.none : betweenCatalogs(after, end);
    if (!current.isEmpty) differences.overlays.add(current);
    return advanced(kept, current, differences);
  }

  #startOverlay(start: Catalog): Overlay {
    if (start === this.#start || this.#runs.length === 0) return Overlay.none;
    const known = lastBetween.get(this.#start);
    if (known?.to === start) return known.overlay;
    const overlay = betweenCatalogs(this.#start, start);
    lastBetween.set(this.#start, { to: start, overlay });
    return overlay;
  }

  #runAll(start: Catalog, specs: readonly RunSpec[], differences: Differences): Run[] {
    let catalog = start;
    return specs.map((spec) => {
      const run = new Run(catalog, spec, this.#recorded);
      for (const entry of run.entries) differences.added.push(entry);
      differences.files.add(spec.file);
      catalog = run.after;
      return run;
    });
  }
}

/** Passes a difference on through runs, as far as there is one. Gives the one after them. */
function advanced(runs: readonly Run[], overlay: Overlay, differences: Differences): Overlay {
  let current = overlay;
  for (let at = 0; at < runs.length && !current.isEmpty; at++) current = runs[at]!.advance(current, differences);
  return current;
}

/** Notes that the statements of a run are no longer part of the history. */
export function forget(run: Run, differences: Differences): void {
  for (const entry of run.entries) differences.removed.push(entry);
  differences.files.add(run.file);
}
