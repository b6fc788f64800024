import type { CheckReport, WireEdit, WireFinding, WireFix } from '../../../protocol/finding.ts';
import { isCreation, type WorkspaceChange } from '../edits/change.ts';
import type { Facts } from '../project/facts.ts';
import { fileKind } from '../project/fileKinds.ts';
import type { Finding } from '../rules/rule.ts';
import { LineIndex } from '../text/lineIndex.ts';
import { isAsked, shownPath, type Loaded, type Target } from './load.ts';

/**
 * Turns offsets into 1-based lines and columns, keeping one line index per file. A byte-order mark takes no column, as in an
 * editor.
 */
export class Lines {
  readonly #facts: Facts;
  readonly #indexes = new Map<string, { readonly index: LineIndex; readonly mark: number }>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** 1-based line and column (UTF-16) of an offset. */
  at(file: string, offset: number): { readonly line: number; readonly column: number } {
    let known = this.#indexes.get(file);
    if (!known) {
      const text = this.#facts.files.get(file)?.text ?? '';
      known = { index: new LineIndex(text), mark: text.startsWith('\uFEFF') ? 1 : 0 };
      this.#indexes.set(file, known);
    }
    const { line, column } = known.index.position(offset);
    return { line: line + 1, column: line === 0 ? Math.max(0, column - known.mark) + 1 : column + 1 };
  }
}

export function wireFinding(finding: Finding, target: Target, lines: Lines): WireFinding {
  const { file, range } = finding.at;
  const start = lines.at(file, range.start);
  const end = lines.at(file, range.end);
  return {
    database: finding.database ?? null,
    file: shownPath(target, file),
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    why: finding.why,
    help: finding.help,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    applied: finding.applied,
    related: finding.related.map((one) => ({ file: shownPath(target, one.file), line: lines.at(one.file, one.range.start).line, message: one.message })),
    ...(finding.evidence && { evidence: finding.evidence }),
    fixes: finding.fixes().map((fix) => wireFix(fix, target, lines)),
  };
}

export function wireFix({ title, kind, changes, shown }: WorkspaceChange, target: Target, lines: Lines): WireFix {
  const edits = changes.flatMap((change): WireEdit[] => {
    const file = shownPath(target, change.file);
    if (isCreation(change)) return [{ file, create: true, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1, newText: change.create }];
    return change.edits.map(({ range, newText }) => {
      const start = lines.at(change.file, range.start);
      const end = lines.at(change.file, range.end);
      return { file, startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column, newText };
    });
  });
  return { title, kind, ...(shown && { evidence: shown.evidence }), edits };
}

/** Everything that was not read, with its place and reason: statements, gaps of the history, and whole files. */
export function unreadOf({ facts, target }: Loaded, lines: Lines): CheckReport['unread'] {
  const statements = facts.databases.flatMap((database) => database.unread.map(({ file, offset, reason }) => ({ file, line: lines.at(file, offset).line, reason })));
  const files = facts.leftAlone.map(({ file, reason }) => ({ file, line: 1, reason }));
  return [...statements, ...files].filter(({ file }) => isAsked(target, file)).map((one) => ({ ...one, file: shownPath(target, one.file) }));
}

/** The report of one or several workspaces as one value. */
export function report(parts: readonly { readonly loaded: Loaded; readonly findings: readonly Finding[] }[]): CheckReport {
  const unread: CheckReport['unread'][number][] = [];
  const findings: WireFinding[] = [];
  let files = 0;
  let statements = 0;
  for (const { loaded, findings: found } of parts) {
    const lines = new Lines(loaded.facts);
    const asked = [...loaded.facts.files.keys()].filter((file) => fileKind(file) !== undefined && isAsked(loaded.target, file));
    files += asked.length;
    statements += asked.reduce((sum, file) => sum + (loaded.facts.scripts.get(file)?.statements.length ?? 0), 0);
    unread.push(...unreadOf(loaded, lines));
    findings.push(...found.map((finding) => wireFinding(finding, loaded.target, lines)));
  }
  const order = (a: WireFinding, b: WireFinding) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.rule, b.rule);
  return { version: 1, files, statements, unread: unread.sort((a, b) => compare(a.file, b.file) || a.line - b.line), findings: findings.sort(order) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
