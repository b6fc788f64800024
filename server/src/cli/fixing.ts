import { guardApplied } from '../edits/guard.ts';
import { isCreation, type FileChange, type WorkspaceChange } from '../edits/change.ts';
import { applyChanges } from '../host/write.ts';
import { buildFacts } from '../project/build.ts';
import type { Facts, SourceFile } from '../project/facts.ts';
import { applyEdits, editsConflict } from '../text/edits.ts';
import { findingsOf, shownPath, undisturbedFacts, type Loaded } from './load.ts';

/** A fix may make another one possible; more rounds than this beyond the fixes of the first would mean that two fixes undo each other. */
const moreRounds = 10;

export interface FixOutcome {
  /** Changes in the order they were made, each with the workspace that its offsets refer to. */
  readonly applied: readonly { readonly change: WorkspaceChange; readonly facts: Facts }[];
  /** The workspace after them. */
  readonly loaded: Loaded;
}

/**
 * Applies the safe fixes of pending files, round after round, in memory; then writes all files at once unless `dryRun`.
 * A migration that is applied is never edited, not even when its file is named or looked at alone.
 * Fixes that touch the same text, or would both take the next free number of a migration, wait for the next round.
 */
export async function fixAll(loaded: Loaded, options: { readonly rules?: readonly string[]; readonly dryRun: boolean; readonly log: (message: string) => void }): Promise<FixOutcome> {
  const applied: FixOutcome['applied'][number][] = [];
  const undisturbed = await undisturbedFacts(loaded);
  let current = loaded;
  let mostRounds = moreRounds;
  for (let round = 0; round < mostRounds; round++) {
    const findings = await findingsOf(current, { ...(options.rules && { rules: options.rules }), log: options.log });
    const safe = findings.filter((finding) => !finding.applied).flatMap((finding) => finding.fixes().filter((fix) => fix.kind === 'safe').slice(0, 1));
    if (round === 0) for (const file of withheld(safe, undisturbed)) options.log(`database-expert: ${shownPath(loaded.target, file)} is an applied migration and is never edited`);
    const chosen = compatible(safe, undisturbed);
    if (chosen.length === 0) break;
    if (round === 0) mostRounds += findings.length;
    for (const change of chosen) applied.push({ change, facts: current.facts });
    current = withChanges(current, chosen.flatMap((change) => change.changes));
  }
  if (!options.dryRun && applied.length > 0) await write(loaded, current, undisturbed);
  return { applied, loaded: current };
}

/** Applied migrations that fixes would edit. */
function withheld(fixes: readonly WorkspaceChange[], undisturbed: Facts): Set<string> {
  return new Set(fixes.flatMap(({ changes }) => changes.filter((change) => guardApplied(undisturbed, change) !== undefined).map(({ file }) => file)));
}

function compatible(fixes: readonly WorkspaceChange[], undisturbed: Facts): WorkspaceChange[] {
  const chosen: WorkspaceChange[] = [];
  for (const fix of fixes) {
    if (fix.changes.some((change) => guardApplied(undisturbed, change) !== undefined)) continue;
    if (!chosen.some((other) => clash(fix, other))) chosen.push(fix);
  }
  return chosen;
}

function clash(fix: WorkspaceChange, other: WorkspaceChange): boolean {
  return other.changes.some((theirs) => fix.changes.some((ours) => (isCreation(ours) ? isCreation(theirs) : !isCreation(theirs) && ours.file === theirs.file && editsConflict(ours.edits, theirs.edits))));
}

function withChanges(loaded: Loaded, changes: readonly FileChange[]): Loaded {
  const files = new Map(loaded.input.files.map((file) => [file.path, file]));
  const edits = new Map<string, { start: number; end: number; newText: string }[]>();
  for (const change of changes) {
    if (isCreation(change)) files.set(change.file, { path: change.file, text: change.create });
    else edits.set(change.file, [...(edits.get(change.file) ?? []), ...change.edits.map(({ range, newText }) => ({ ...range, newText }))]);
  }
  for (const [path, list] of edits) {
    const text = applyEdits(files.get(path)?.text ?? '', list.map(({ start, end, newText }) => ({ range: { start, end }, newText })));
    files.set(path, { path, text });
  }
  const input = { ...loaded.input, files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) };
  return { ...loaded, input, facts: buildFacts(input, loaded.facts) };
}

/** Writes every file whose text changed, and the new ones, as one change that is guarded by the texts it was made from. */
async function write(before: Loaded, after: Loaded, undisturbed: Facts): Promise<void> {
  const old = new Map<string, SourceFile>(before.input.files.map((file) => [file.path, file]));
  const changes = after.input.files.flatMap((file): FileChange[] => {
    const known = old.get(file.path);
    if (known === undefined) return [{ file: file.path, create: file.text }];
    return known.text === file.text ? [] : [{ file: file.path, edits: [{ range: { start: 0, end: known.text.length }, newText: file.text }] }];
  });
  await applyChanges(before.target.root, changes, { base: (file) => old.get(file)?.text, refuse: (change) => guardApplied(undisturbed, change) });
}
