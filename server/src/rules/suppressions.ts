import type { Facts } from '../project/facts.ts';
import type { Script } from '../source/statement.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type { TextRange } from '../text/range.ts';
import type { Finding, Rule } from './rule.ts';

/** A stretch of a file in which the named rules are silent; every rule when none is named. */
export interface Suppression {
  readonly range: TextRange;
  /** Our identifiers; undefined means all. */
  readonly rules?: ReadonlySet<string>;
}

interface PlainComment extends TextRange {
  readonly text: string;
}

type Scope = 'line' | 'next-line' | 'next-statement' | 'file' | 'start' | 'end';

interface Directive {
  readonly scope: Scope;
  /** Names as written; empty means all. */
  readonly names: readonly string[];
  readonly dictionary: 'own' | keyof Rule['aliases'];
}

const own = /\bdatabase-expert-disable-(line|next-line|file)\b([^\n\r]*)/;
const peers: readonly { readonly pattern: RegExp; readonly dictionary: keyof Rule['aliases'] }[] = [
  { pattern: /^\s*squawk-ignore(-file)?\b([^\n\r]*)/, dictionary: 'squawk' },
  { pattern: /^\s*(?:pgls|pgt)-ignore(-all|-file|-start|-end)?\b([^\n\r]*)/, dictionary: 'pgls' },
  { pattern: /^\s*pgfence-ignore(-file)?\b([^\n\r]*)/, dictionary: 'pgfence' },
  { pattern: /^\s*atlas:nolint()\b([^\n\r]*)/, dictionary: 'atlas' },
];

/** Analyzers of Atlas and the codes that they give. */
const atlasAnalyzers: Readonly<Record<string, string>> = {
  destructive: 'DS',
  data_depend: 'MF',
  incompatible: 'BC',
  concurrent_index: 'PG1',
  constraint: 'CD',
  nestedtx: 'TX',
};

/**
 * Leaves out the findings that a comment in their file switches off: our own directives, and those of squawk,
 * Postgres Language Server, pgfence and Atlas, whose names are translated through the aliases of `rules`.
 */
export function withoutSuppressed(facts: Facts, findings: readonly Finding[], rules: readonly Rule[]): Finding[] {
  const byFile = new Map<string, readonly Suppression[]>();
  return findings.filter((finding) => {
    let suppressions = byFile.get(finding.at.file);
    if (!suppressions) {
      suppressions = suppressionsOf(facts, finding.at.file, rules);
      byFile.set(finding.at.file, suppressions);
    }
    const { start } = finding.at.range;
    return !suppressions.some(({ range, rules: named }) => start >= range.start && start <= range.end && (named === undefined || named.has(finding.rule)));
  });
}

const marks = ['database-expert-disable', 'squawk-ignore', 'pgls-ignore', 'pgt-ignore', 'pgfence-ignore', 'atlas:nolint'];

/** Length of the longest word by which such a comment is known, UTF-16 units. */
export const longestMark = Math.max(...marks.map((mark) => mark.length));

/** Whether a text may hold a comment that switches something off. */
export function mayBeSuppressed(text: string): boolean {
  return marks.some((mark) => text.includes(mark));
}

/** Every suppression that the comments of a file ask for, as file offsets. */
export function suppressionsOf(facts: Facts, file: string, rules: readonly Rule[]): Suppression[] {
  const text = facts.files.get(file)?.text;
  if (text === undefined || !mayBeSuppressed(text)) return [];
  const script = facts.scripts.get(file);
  const comments = script?.comments ?? commentLines(file, text);
  const lines = new LineIndex(text);
  const found: Suppression[] = [];
  const open: { readonly start: number; readonly names?: ReadonlySet<string>; readonly key: string }[] = [];
  for (const comment of comments) {
    const directive = readDirective(comment.text);
    if (!directive) continue;
    const names = translate(directive, rules);
    const key = directive.names.join(',');
    if (directive.scope === 'start') open.push({ start: comment.start, names, key });
    else if (directive.scope === 'end') {
      const index = open.findLastIndex((one) => one.key === key);
      if (index < 0) continue;
      const [begun] = open.splice(index, 1);
      found.push({ range: { start: begun!.start, end: comment.end }, rules: begun!.names });
    } else {
      const scope = directive.dictionary === 'atlas' && headsFile(text, comment) ? 'file' : directive.scope;
      for (const range of rangesOf(scope, comment, text, lines, script)) found.push({ range, rules: names });
    }
  }
  for (const begun of open) found.push({ range: { start: begun.start, end: text.length }, rules: begun.names });
  return found;
}

/** Whole-line comments of the languages that are not split into statements: `//` in Prisma, `#` elsewhere. */
function commentLines(file: string, text: string): PlainComment[] {
  const pattern = file.endsWith('.prisma') ? /\/\/[^\n\r]*/g : /#[^\n\r]*/g;
  return [...text.matchAll(pattern)].map((match) => ({ text: match[0], start: match.index, end: match.index + match[0].length }));
}

function readDirective(comment: string): Directive | undefined {
  const body = comment.replace(/^(?:--|\/\/|#|\/\*)+/, '').replace(/\*\/$/, '');
  const mine = own.exec(body);
  if (mine) return { scope: mine[1] as Scope, names: namesIn(mine[2]!), dictionary: 'own' };
  for (const { pattern, dictionary } of peers) {
    const match = pattern.exec(body);
    if (!match) continue;
    const suffix = match[1] ?? '';
    const scope: Scope = suffix === '-start' ? 'start' : suffix === '-end' ? 'end' : suffix ? 'file' : 'next-statement';
    return { scope, names: namesIn(match[2]!), dictionary };
  }
  return undefined;
}

/** Names up to the reason, which begins after a colon that follows a name; pgfence also writes a colon before the names. */
function namesIn(text: string): string[] {
  const [names = ''] = text.trim().replace(/^:\s*/, '').split(/:(?:\s|$)|\s--\s/);
  return names.split(/[\s,]+/).filter(Boolean);
}

function translate({ names, dictionary }: Directive, rules: readonly Rule[]): ReadonlySet<string> | undefined {
  if (names.length === 0) return undefined;
  const wanted = names.map((name) => name.split('/').at(-1)!);
  if (dictionary === 'own') return new Set(wanted);
  // `lint` and `lint/safety` stand for every rule of Postgres Language Server and for those of a group.
  const group = dictionary === 'pgls' && names.some((name) => /^lint(\/[^/]+)?$/.test(name));
  const matches = (alias: string) =>
    group || wanted.some((name) => alias === name || (dictionary === 'atlas' && atlasAnalyzers[name] !== undefined && alias.startsWith(atlasAnalyzers[name])));
  return new Set(rules.filter((rule) => rule.id === wanted[0] || rule.aliases[dictionary]?.some(matches)).map((rule) => rule.id));
}

/** Atlas takes a directive for the whole file when only comments precede it and an empty line follows. */
function headsFile(text: string, comment: PlainComment): boolean {
  const before = text.slice(0, comment.start);
  return before.split(/\r\n?|\n/).every((line) => line.trim() === '' || line.trim().startsWith('--')) && /^[^\S\n\r]*(?:\r\n?|\n)[^\S\n\r]*(?:\r\n?|\n|$)/.test(text.slice(comment.end));
}

function rangesOf(scope: Scope, comment: PlainComment, text: string, lines: LineIndex, script: Script | undefined): TextRange[] {
  if (scope === 'file') return [{ start: 0, end: text.length }];
  const first = lines.position(comment.start).line;
  const last = lines.position(comment.end).line;
  const wholeLine = (line: number): TextRange => ({ start: lines.lineStart(line), end: Math.max(lines.lineStart(line), lines.lineStart(line + 1) - 1) });
  if (scope === 'line') return [wholeLine(first)];
  if (scope === 'next-line') return [wholeLine(last + 1)];
  const codeBefore = text.slice(lines.lineStart(first), comment.start).trim() !== '';
  const ranges = [wholeLine(codeBefore ? first : last + 1)];
  const next = script?.statements.find((statement) => statement.start >= comment.end);
  if (next && !codeBefore) ranges.push({ start: next.start, end: next.end });
  return ranges;
}
