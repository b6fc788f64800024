import { isCreation, type FileChange, type WorkspaceChange } from '../edits/change.ts';
import { changedScript, changedSteps } from '../project/changedSteps.ts';
import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import type { Finding } from '../rules/rule.ts';
import { applyEdits } from '../text/edits.ts';
import { fingerprint } from '../text/hash.ts';
import { fixSubjectOf, type FixSubject } from './experiments/fix/subject.ts';
import type { FixDetail, Outcome } from './outcome.ts';
import { copyOfStep } from './subject.ts';

/** Fixes of one migration that are run at most: each takes two runs of what it changes. */
const mostFixes = 8;
/** Migrations that a fix may have to be run through at most. */
const mostSteps = 12;

/** Findings whose fixes are built at most, and characters that are read again for a fix at most: it is done where the editor's questions are answered. */
const mostFindings = 50;
const mostText = 100_000;

/** Which fix of which finding. */
export interface FixKey {
  readonly rule: string;
  readonly title: string;
  /** Where the finding stands, counted from the beginning of its migration. */
  readonly at: number;
  /** Tells the edits. */
  readonly edits: string;
}

/** A fix that is to be run, as it was when it was asked; the reason where it can not be. */
export interface FixTrial extends FixKey {
  readonly subject: FixSubject | string;
}

/** What was shown of a fix. */
export interface FixProof extends FixKey {
  readonly outcome: Outcome<FixDetail>;
}

/** The findings about a migration, or about a script that runs by itself. */
export function concerns({ migration: { up } }: MigrationStep, { at }: Finding): boolean {
  return at.file === up.file && up.range.start <= at.range.start && at.range.start <= up.range.end;
}

export function keyOfFix(step: MigrationStep, finding: Finding, { title, changes }: WorkspaceChange): FixKey {
  return { rule: finding.rule, title, at: finding.at.range.start - step.migration.up.range.start, edits: fingerprint(JSON.stringify(changes)) };
}

/**
 * The fixes of the findings about a migration with what each changes in what runs; safe ones first, at most eight to be run. Those that
 * change nothing that runs, such as a down that is written, are left out.
 */
export function fixTrialsOf(facts: Facts, database: DatabaseFacts, step: MigrationStep, findings: readonly Finding[]): FixTrial[] {
  const about = findings.filter((finding) => finding.database === database.name && !finding.applied && concerns(step, finding)).slice(0, mostFindings);
  const offered = about.flatMap((finding) => finding.fixes().map((fix) => ({ fix, key: keyOfFix(step, finding, fix) })));
  const distinct = [...new Map(offered.map((one) => [JSON.stringify(one.key), one])).values()].sort((a, b) => Number(b.fix.kind === 'safe') - Number(a.fix.kind === 'safe'));
  const trials: FixTrial[] = [];
  for (const { fix, key } of distinct) {
    const subject = trials.length < mostFixes ? fixSubject(facts, database, step, fix.changes) : `Only ${mostFixes} fixes of a migration are run.`;
    if (subject !== undefined) trials.push({ ...key, subject });
  }
  return trials;
}

/** A copy of what a fix changes: facts must not be read once there are newer ones. */
function fixSubject(facts: Facts, database: DatabaseFacts, step: MigrationStep, changes: readonly FileChange[]): FixSubject | string | undefined {
  const texts = new Map(changes.map((change) => [change.file, isCreation(change) ? change.create : applyEdits(facts.files.get(change.file)?.text ?? '', change.edits)]));
  if ([...texts.values()].reduce((sum, text) => sum + text.length, 0) > mostText) return 'The migration is too long for its fixes to be run.';
  const changed = database.steps.includes(step) ? changedSteps(facts, database, texts, mostSteps) : changedScript(step, texts);
  if (changed === undefined || typeof changed === 'string') return changed;
  const { before, after } = changed;
  const subject = fixSubjectOf({ steps: before, scripts: [] }, { steps: after, scripts: [] });
  return subject && { ...subject, original: subject.original.map(copyOfStep) };
}
