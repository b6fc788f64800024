import type { CheckReport, WireFinding } from '../../../protocol/finding.ts';
import { maskSecrets } from '../source/secrets.ts';
import { LineIndex } from '../text/lineIndex.ts';

const codes = { error: 31, warning: 33, information: 36, hint: 35, bold: 1, dim: 2 } as const;

/** Colours a text for a terminal, or leaves it as it is. */
export function painter(colour: boolean): (style: keyof typeof codes, text: string) => string {
  return (style, text) => (colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text);
}

export interface ReportStyle {
  readonly colour: boolean;
  /** What holds for the whole report: one sentence each. */
  readonly notes?: readonly string[];
}

/** Findings for people: place, severity, rule, message, the line with carets under it, why, and what to do. */
export function renderReport(report: CheckReport, text: (file: string) => string | undefined, { colour, notes = [] }: ReportStyle): string {
  const paint = painter(colour);
  const lineOf = linesOf(text);
  const blocks = report.findings.map((finding) => renderFinding(finding, lineOf(finding), paint));
  return [...blocks, summary(report, paint) + notes.map((note) => `  ${paint('dim', 'note:')} ${note}\n`).join('')].join('\n');
}

/** Gives the line that a finding stands in, secrets masked. The lines of each file are counted once, and a line that holds many findings is masked once. */
function linesOf(textOf: (file: string) => string | undefined): (finding: WireFinding) => string | undefined {
  const files = new Map<string, { readonly text: string; readonly lines: LineIndex } | undefined>();
  let last: { readonly file: string; readonly line: number; readonly masked: string | undefined } | undefined;
  const lineAt = ({ file, line }: WireFinding): string | undefined => {
    if (!files.has(file)) {
      const text = textOf(file);
      files.set(file, text === undefined ? undefined : { text, lines: new LineIndex(text) });
    }
    const known = files.get(file);
    return known && line <= known.lines.lineCount ? known.text.slice(known.lines.lineStart(line - 1), known.lines.lineStart(line)).replace(/[\r\n]+$/, '') : undefined;
  };
  return (finding) => {
    const { file, line } = finding;
    if (last?.file !== file || last.line !== line) {
      const written = lineAt(finding);
      last = { file, line, masked: written === undefined ? undefined : maskSecrets(written) };
    }
    return last.masked;
  };
}

type Paint = ReturnType<typeof painter>;

function renderFinding(finding: WireFinding, written: string | undefined, paint: Paint): string {
  const { file, line, column, severity, rule, message, why, help, related, fixes, applied, evidence = [] } = finding;
  const head = `${paint('bold', `${file}:${line}:${column}`)} ${paint(severity, severity)} ${message} ${paint('dim', `(${rule})`)}`;
  const lines = [head, ...frame(finding, written, paint)];
  lines.push(`  ${paint('dim', 'why:')}  ${why}`, `  ${paint('dim', 'help:')} ${help}`);
  for (const other of related.slice(0, 3)) lines.push(`  ${paint('dim', 'see:')}  ${other.file}:${other.line} ${other.message}`);
  for (const { level, engine, version, observed } of evidence) lines.push(`  ${paint('dim', `${level}${engine === 'none' ? '' : ` on ${`${engine} ${version}`.trim()}`}:`)} ${observed}`);
  for (const fix of fixes) lines.push(`  ${paint('dim', 'fix:')}  ${fix.title}${fix.kind === 'safe' ? ' (--fix)' : ''}${fix.evidence?.every(({ level }) => level === 'proved') ? ` ${paint('dim', `proved on ${fix.evidence[0]!.engine} ${fix.evidence[0]!.version}`)}` : ''}`);
  if (applied) lines.push(`  ${paint('dim', 'note:')} this migration is applied; mend it in a new one`);
  return `${lines.join('\n')}\n`;
}

/** The line of the finding with carets under what is meant. Tabs stay tabs, so that the carets stand right. */
function frame({ line, column, endLine, endColumn, severity }: WireFinding, source: string | undefined, paint: Paint): string[] {
  if (source === undefined) return [];
  const shown = source.length > 160 ? `${source.slice(0, 159)}…` : source;
  const end = Math.min(endLine === line ? endColumn - 1 : source.trimEnd().length, shown.length);
  const blank = shown.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const number = String(line);
  const margin = ' '.repeat(number.length);
  return [`  ${paint('dim', `${number} |`)} ${shown}`, `  ${paint('dim', `${margin} |`)} ${blank}${paint(severity, '^'.repeat(Math.max(1, end - column + 1)))}`];
}

function summary({ files, statements, unread, findings }: CheckReport, paint: Paint): string {
  const count = (severity: WireFinding['severity']) => findings.filter((finding) => finding.severity === severity).length;
  const parts = (['error', 'warning', 'information', 'hint'] as const).flatMap((severity) => {
    const number = count(severity);
    const name = severity === 'information' ? severity : `${severity}${number === 1 ? '' : 's'}`;
    return number > 0 ? [paint(severity, `${number} ${name}`)] : [];
  });
  const read = `${files} ${files === 1 ? 'file' : 'files'}, ${statements} ${statements === 1 ? 'statement' : 'statements'}`;
  const gaps = unread.slice(0, 5).map((one) => `  not read: ${one.file}:${one.line} ${one.reason}`);
  if (unread.length > 5) gaps.push(`  and ${unread.length - 5} more that were not read (--format json lists them)`);
  return `${[`${parts.length === 0 ? 'Nothing found' : parts.join(', ')} in ${read}.`, ...gaps].join('\n')}\n`;
}
