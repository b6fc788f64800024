import type { DatabaseConfig } from './config.ts';
import type { Placement, Runner, MigrationRoot } from './runners/runner.ts';

/** From where it is known which migrations have run. */
export type AppliedSource =
  /** Files that are the same as on the default branch, by workspace path. */
  | { readonly kind: 'git'; readonly unchanged: ReadonlySet<string> }
  /** Everything up to and including this version. */
  | { readonly kind: 'version'; readonly version: string }
  /** Nothing; `note` says why in a sentence for the user. */
  | { readonly kind: 'none'; readonly note?: string };

/** What holds for one database: its configuration, else what the workspace says. */
export function appliedSourceOf(config: DatabaseConfig, workspace: AppliedSource): AppliedSource {
  const stated = config.migrations?.applied;
  if (stated === undefined || stated === 'git') return workspace;
  return stated === 'none' ? { kind: 'none' } : { kind: 'version', version: stated };
}

/** The index of the last applied migration of an ordered list under `version`; -1 when the version is not among them. */
export function appliedThrough(ordered: readonly Placement[], version: string): number {
  const exact = ordered.findLastIndex((one) => one.version === version || `${one.version}_${one.name}` === version);
  if (exact >= 0) return exact;
  const bare = (text: string) => text.replace(/^[vV]?0*/, '').replaceAll('-', '');
  return ordered.findLastIndex((one) => bare(one.version) === bare(version));
}

/** Tells for each migration, in runner order, whether it is applied. `note` says why nothing is, when that is so. */
export function markApplied(
  source: AppliedSource,
  ordered: readonly Placement[],
  pendingFiles: ReadonlySet<string>,
): { readonly applied: readonly boolean[]; readonly note?: string } {
  const pending = (one: Placement) => pendingFiles.has(one.file);
  if (source.kind === 'none') return { applied: ordered.map(() => false), ...(source.note === undefined ? {} : { note: source.note }) };
  if (source.kind === 'git') return { applied: ordered.map((one) => source.unchanged.has(one.file) && !pending(one)) };
  const last = appliedThrough(ordered, source.version);
  const note = `The version ${source.version}, up to which migrations are said to be applied, is not among them; nothing counts as applied.`;
  return { applied: ordered.map((one, index) => index <= last && !pending(one)), ...(last < 0 && ordered.length > 0 ? { note } : {}) };
}

/** Sorts the up parts of a root as its runner runs them. */
export function inRunnerOrder(runner: Runner, root: MigrationRoot): Placement[] {
  return root.placements.filter(({ part }) => part !== 'down').sort((a, b) => runner.compare(a, b, root));
}
