import type { Dialect } from '../../server/src/source/dialect.ts';
import type { SourceFile } from '../../server/src/project/facts.ts';
import { LineIndex } from '../../server/src/text/lineIndex.ts';
import type { TextRange } from '../../server/src/text/range.ts';

/** A finding that a fixture expects, written under its line. Columns are zero-based; `end` stops at the end of the line. */
export interface Expectation {
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly bulb: boolean;
  readonly severity: string;
  readonly rule: string;
}

export interface Fixture {
  readonly files: readonly SourceFile[];
  readonly expected: readonly Expectation[];
  readonly dialect?: Dialect;
  readonly engineVersion?: number;
  /** Findings on applied migrations are wanted too. */
  readonly all: boolean;
  readonly isolated: boolean;
}

const optionsLine = /^(?:--|\/\/|#) fixture:(.*)$/;
const fileLine = /^(?:--|\/\/|#) file: (\S+)$/;
const expectation = /^(\s*)(--|\/\/|#)(\s*)(\^+)\s*(💡)?\s*(error|warning|information|hint) ([a-z-]+)$/u;

/**
 * Reads a fixture. `-- file: path` begins a file, `-- fixture: dialect=mysql version=8 all isolated` holds options, and a line such as
 * `--   ^^^^ 💡 hint prefer-identity` expects a finding at these columns of the line above, with a fix where the bulb stands.
 * Carets that touch the comment mark begin where the mark begins, or behind it when the line above is indented. `//` and `#` serve as marks too.
 */
export function readFixture(text: string, name: string): Fixture {
  let options = '';
  let file = name;
  let lines: string[] = [];
  const files: SourceFile[] = [];
  const expected: Expectation[] = [];
  const flush = () => {
    if (lines.some((line) => line.trim() !== '')) files.push({ path: file, text: `${lines.join('\n').replace(/\n+$/, '')}\n` });
    lines = [];
  };
  for (const line of text.split('\n')) {
    const given = optionsLine.exec(line);
    const begun = fileLine.exec(line);
    const wanted = expectation.exec(line);
    if (given) options += given[1];
    else if (begun) {
      flush();
      file = begun[1]!;
    } else if (wanted) {
      const [, indent = '', mark = '', gap = '', carets = '', bulb, severity = '', rule = ''] = wanted;
      const above = lines.at(-1) ?? '';
      const touching = gap === '' && above.slice(indent.length, indent.length + mark.length).trim() !== '';
      const end = indent.length + mark.length + gap.length + carets.length;
      expected.push({ file, line: lines.length - 1, start: touching ? indent.length : end - carets.length, end, bulb: bulb !== undefined, severity, rule });
    } else lines.push(line);
  }
  flush();
  const value = (key: string) => new RegExp(`\\b${key}=(\\S+)`).exec(options)?.[1];
  return {
    files,
    expected,
    dialect: value('dialect') as Dialect | undefined,
    engineVersion: value('version') === undefined ? undefined : Number(value('version')),
    all: /\ball\b/.test(options),
    isolated: /\bisolated\b/.test(options),
  };
}

/** Shows a place the way a fixture writes it: its first line with the carets under it. */
export function showPlace(text: string, range: TextRange, note: string, mark: string): string {
  const index = new LineIndex(text);
  const start = index.position(range.start);
  const end = index.position(range.end);
  const line = text.split('\n')[start.line] ?? '';
  const stop = end.line > start.line ? line.trimEnd().length : end.column;
  const width = Math.max(1, stop - start.column);
  const carets = start.column < mark.length ? `${mark}${'^'.repeat(Math.max(1, width - (mark.length - start.column)))}` : `${mark}${' '.repeat(start.column - mark.length)}${'^'.repeat(width)}`;
  return `${line}\n${carets} ${note}`;
}

/** The comment mark of a file's language. */
export function markOf(file: string): string {
  return file.endsWith('.prisma') ? '//' : file.endsWith('.conf') ? '#' : '--';
}
