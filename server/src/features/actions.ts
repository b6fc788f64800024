import { isCreation, type FileChange, type WorkspaceChange } from '../edits/change.ts';
import type { Facts } from '../project/facts.ts';
import { configFileName } from '../project/fileKinds.ts';
import { ruleById } from '../rules/index.ts';
import type { Finding } from '../rules/rule.ts';
import { editsConflict, type TextEdit } from '../text/edits.ts';
import type { TextRange } from '../text/range.ts';
import { mergeConfig, turnRuleOff } from './configEdit.ts';
import { disableFile, disableLine } from './suppress.ts';

/** What a user can do about a finding. `changes` builds the edits when they are asked for. */
export interface Action {
  /** Tells actions of one finding apart when one of them is built again. */
  readonly id: string;
  readonly title: string;
  readonly kind: 'fix' | 'fix-all' | 'state' | 'suppress' | 'explain';
  readonly finding: Finding;
  readonly preferred: boolean;
  /** Undefined for actions that change nothing. */
  readonly changes?: () => readonly FileChange[];
  readonly creates?: boolean;
}

/** The actions for the findings whose place touches `range` of `file`: fixes first, then what silences, then the explanation. */
export function actionsAt(facts: Facts, findings: readonly Finding[], file: string, range: TextRange): Action[] {
  const here = findings.filter(({ at }) => at.file === file && at.range.start <= range.end && range.start <= at.range.end);
  const fixes = here.flatMap((finding) => fixActions(finding));
  const all = fixes.length > 0 ? fixAll(facts, findings, file) : undefined;
  const seen = new Set<string>();
  const rest = here.flatMap((finding) => {
    if (seen.has(finding.rule)) return [];
    seen.add(finding.rule);
    return [...sizeActions(facts, finding), ...suppressActions(facts, finding), ...explainActions(finding)];
  });
  return [...fixes, ...(all && all.count > 1 ? [all.action] : []), ...rest];
}

/** The action of a finding that has this `id`, built from the facts as they are now. */
export function actionOf(facts: Facts, finding: Finding, id: string): Action | undefined {
  return [...fixActions(finding), ...sizeActions(facts, finding), ...suppressActions(facts, finding), ...explainActions(finding)].find((action) => action.id === id);
}

function fixActions(finding: Finding): Action[] {
  const fixes = finding.fixes();
  return fixes.map((fix, index) => ({
    id: `fix:${fix.title}`,
    title: fix.shown ? `${fix.title} (${shorten(fix.shown.brief)})` : fix.title,
    kind: 'fix',
    finding,
    preferred: fix.kind === 'safe' && index === fixes.findIndex((one) => one.kind === 'safe'),
    changes: () => fix.changes,
    creates: fix.changes.some(isCreation),
  }));
}

/** A menu has room for a line; the whole is in the hover. */
function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}

/** All safe fixes of one file that touch nothing but it and do not stand in each other's way. */
export function fixAll(facts: Facts, findings: readonly Finding[], file: string): { readonly action: Action; readonly count: number } | undefined {
  const edits: TextEdit[] = [];
  let count = 0;
  let first: Finding | undefined;
  for (const finding of findings) {
    if (finding.at.file !== file || finding.applied) continue;
    const fix = finding.fixes().find((one) => one.kind === 'safe' && staysIn(one, file));
    const wanted = fix?.changes.flatMap((change) => ('edits' in change ? change.edits : [])) ?? [];
    if (!fix || editsConflict(edits, wanted)) continue;
    edits.push(...wanted);
    first ??= finding;
    count++;
  }
  if (!first) return undefined;
  const changes = [{ file, edits }];
  return { count, action: { id: 'fix-all', title: `Apply all ${count} safe fixes in this file`, kind: 'fix-all', finding: first, preferred: false, changes: () => changes } };
}

function staysIn(fix: WorkspaceChange, file: string): boolean {
  return fix.changes.every((change) => !isCreation(change) && change.file === file);
}

/**
 * What silences a finding. An applied migration is never edited, a comment included: runners keep checksums of what ran. There, and
 * where a file has no comments of ours, the rule is turned off in the configuration.
 */
function suppressActions(facts: Facts, finding: Finding): Action[] {
  const { rule, at } = finding;
  const text = facts.files.get(at.file)?.text;
  const actions: Action[] = [];
  const action = (id: string, title: string, changes: () => readonly FileChange[]): Action => ({ id, title, kind: 'suppress', finding, preferred: false, changes });
  if (!finding.applied && text !== undefined) {
    actions.push(
      action('disable-line', `Disable ${rule} for this line`, () => [{ file: at.file, edits: [disableLine(text, at.file, at.range.start, rule)] }]),
      action('disable-file', `Disable ${rule} for this file`, () => [{ file: at.file, edits: [disableFile(text, at.file, rule)] }]),
    );
  }
  if (finding.applied && ruleById(rule)) actions.push(action('turn-off', `Turn ${rule} off in ${configFileName}`, () => [turnOff(facts, rule)]));
  return actions;
}

/** Rows that stand for a table without traffic, and for one on which waiting hurts; whoever chooses corrects the number. */
const sizes = [
  { word: 'small', rows: 1_000 },
  { word: 'large', rows: 1_000_000 },
] as const;

/** Where the severity rests on a size that nobody stated: the lines of the configuration that state it. */
function sizeActions(facts: Facts, finding: Finding): Action[] {
  const { unsized } = finding;
  const database = facts.databases.find((one) => one.name === finding.database);
  if (unsized === undefined || !database) return [];
  const target = { name: database.name, root: database.root, several: facts.databases.length > 1 };
  return sizes.map(({ word, rows }) => ({
    id: `size:${unsized}:${word}`,
    title: `State that ${unsized} is ${word} (${rows.toLocaleString('en')} rows) in ${configFileName}`,
    kind: 'state',
    finding,
    preferred: false,
    changes: () => {
      const before = facts.files.get(configFileName)?.text;
      const { text } = mergeConfig(before ?? '', JSON.stringify({ scale_targets: { rows: { [unsized]: rows } } }), target);
      return [before === undefined ? { file: configFileName, create: text } : { file: configFileName, edits: [{ range: { start: 0, end: before.length }, newText: text }] }];
    },
    creates: facts.files.get(configFileName) === undefined,
  }));
}

function turnOff(facts: Facts, rule: string): FileChange {
  const before = facts.files.get(configFileName)?.text;
  const { text } = turnRuleOff(before ?? '', rule);
  return before === undefined ? { file: configFileName, create: text } : { file: configFileName, edits: [{ range: { start: 0, end: before.length }, newText: text }] };
}

function explainActions(finding: Finding): Action[] {
  if (!ruleById(finding.rule)) return [];
  return [{ id: 'explain', title: `Explain ${finding.rule}`, kind: 'explain', finding, preferred: false }];
}
