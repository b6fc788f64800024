import { isCreation, type WorkspaceChange } from '../../server/src/edits/change.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import type { Facts, SourceFile } from '../../server/src/project/facts.ts';
import { checkWorkspace, type CheckOptions } from '../../server/src/rules/engine.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import { applyEdits } from '../../server/src/text/edits.ts';
import { LineIndex } from '../../server/src/text/lineIndex.ts';
import { markOf, showPlace, type Fixture } from './fixture.ts';

/** What the rules say of a fixture. */
export interface CheckedFixture {
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly log: readonly string[];
}

/** Builds the facts of a fixture and asks the rules. */
export function checkFixture(fixture: Fixture, options: CheckOptions = {}): CheckedFixture {
  const log: string[] = [];
  const facts = factsOf(fixture, fixture.files);
  const findings = checkWorkspace(facts, { all: fixture.all, log: (message) => log.push(message), ...options });
  return { facts, findings, log };
}

function factsOf(fixture: Fixture, files: readonly SourceFile[]): Facts {
  return buildFacts({
    files: [...files],
    applied: { kind: 'none' },
    ...(fixture.dialect && { forcedDialect: fixture.dialect }),
    ...(fixture.engineVersion !== undefined && { engineVersion: fixture.engineVersion }),
    ...(fixture.isolated && { isolated: true }),
  });
}

/** Findings as a fixture writes them, one text each, to compare with `showExpectations`. */
export function showFindings({ facts, findings }: CheckedFixture): string[] {
  return findings.map((finding) => {
    const note = `${finding.fixes().length > 0 ? '💡 ' : ''}${finding.severity} ${finding.rule}`;
    return `${finding.at.file}\n${showPlace(facts.files.get(finding.at.file)!.text, finding.at.range, note, markOf(finding.at.file))}`;
  }).sort();
}

/** The expectations of a fixture, written as `showFindings` writes findings. */
export function showExpectations(fixture: Fixture): string[] {
  return fixture.expected.map(({ file, line, start, end, bulb, severity, rule }) => {
    const { text } = fixture.files.find(({ path }) => path === file)!;
    const from = new LineIndex(text).lineStart(line);
    return `${file}\n${showPlace(text, { start: from + start, end: from + end }, `${bulb ? '💡 ' : ''}${severity} ${rule}`, markOf(file))}`;
  }).sort();
}

/**
 * Applies every fix of the rule's findings, each to the fixture as it stands, reads and checks the result, and tells what is wrong: the finding
 * is still there, another rule has something new to say, or a statement can no longer be read. `shown` is the result for a reader.
 */
export function fixFixture(fixture: Fixture, rule: string): { readonly problems: string[]; readonly shown: string } {
  const before = checkFixture(fixture);
  const problems: string[] = [];
  const shown: string[] = [];
  for (const finding of before.findings) {
    if (finding.rule !== rule) continue;
    for (const change of finding.fixes()) {
      const files = applyChange(fixture.files, change);
      const after = checkFixture({ ...fixture, files });
      const complain = (text: string) => problems.push(`${change.title}: ${text}`);
      if ((count(after).get(keyOf(finding)) ?? 0) >= count(before).get(keyOf(finding))!) complain('the finding is still there');
      for (const [key, times] of count(after)) if (times > (count(before).get(key) ?? 0)) complain(`adds ${key}`);
      if (unread(after.facts) > unread(before.facts)) complain('leaves a statement that cannot be read');
      for (const message of after.log) complain(message);
      shown.push(showChange(change, files, finding.message));
    }
  }
  return { problems, shown: shown.join('\n') };
}

function keyOf(finding: Finding): string {
  return `${finding.rule}: ${finding.message} (${finding.at.file})`;
}

function count({ findings }: CheckedFixture): Map<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1);
  return counts;
}

function unread(facts: Facts): number {
  return facts.databases.reduce((sum, database) => sum + database.unread.length, 0);
}

/** Applies a workspace change to files in memory; a creation over an existing file is an error. */
export function applyChange(files: readonly SourceFile[], change: WorkspaceChange): SourceFile[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  for (const one of change.changes) {
    const text = texts.get(one.file);
    if (isCreation(one)) {
      if (text !== undefined) throw new Error(`${one.file} exists`);
      texts.set(one.file, one.create);
    } else {
      if (text === undefined) throw new Error(`${one.file} does not exist`);
      texts.set(one.file, applyEdits(text, one.edits));
    }
  }
  return [...texts].map(([path, text]) => ({ path, text }));
}

function showChange(change: WorkspaceChange, files: readonly SourceFile[], message: string): string {
  const changed = change.changes.map(({ file }) => `--- ${file}\n${files.find(({ path }) => path === file)!.text}`);
  return `=== ${message}\n=> ${change.title} (${change.kind})\n${changed.join('')}`;
}
