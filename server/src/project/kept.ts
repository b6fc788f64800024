import type { DatabaseParts } from './databaseFacts.ts';
import type { DatabaseFacts, Facts } from './facts.ts';
import type { Scripts, Timeline } from './history/timeline.ts';
import type { Sources } from './sources.ts';
import type { Detections } from './workspace.ts';

/** One database as the last facts have it, with what is needed to make it anew. */
export interface DatabaseState {
  readonly parts: DatabaseParts;
  readonly timeline: Timeline;
  readonly scripts: Scripts;
  readonly facts: DatabaseFacts;
}

/** What stands behind facts and lives on in the next ones. */
export interface Kept {
  readonly sources: Sources;
  readonly detections: Detections;
  readonly timelines: ReadonlyMap<string, Timeline>;
  /** In the order of `Facts.databases`. */
  readonly databases: readonly DatabaseState[];
}

const keptBy = new WeakMap<Facts, Kept>();

/** Notes what stands behind facts. */
export function keep(facts: Facts, kept: Kept): void {
  keptBy.set(facts, kept);
}

/** What stands behind facts; undefined for facts that were not built. */
export function keptOf(facts: Facts): Kept | undefined {
  return keptBy.get(facts);
}
