import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModule, parseSync } from 'libpg-query';
import { parse } from 'sqlite3-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadAuthorities } from '../../server/src/host/authorities.ts';
import { buildFacts } from '../../server/src/project/build.ts';
import { syntaxFindings, type Authorities } from '../../server/src/rules/syntax.ts';
import { lex } from '../../server/src/source/lexer.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { corporaFolder, corpusSqlFiles, hasCorpora } from '../support/corpus.ts';
import { writeCoverageSection } from '../support/coverageSection.ts';
import { randomNumbers } from '../support/randomEdits.ts';

/** Whether many times as many damaged files are compared, and docs/coverage.md told of it. */
const whole = process.env['DATABASE_EXPERT_WHOLE'] === '1';

type Engine = 'postgresql' | 'sqlite';

const lines: string[] = [];
let authorities: Authorities;
beforeAll(async () => {
  await loadModule();
  authorities = await loadAuthorities();
});

/** Where the engine's own parser gives up in a whole script (UTF-16), or undefined when it accepts all of it. */
function engineOffset(dialect: Engine, text: string): number | undefined {
  if (dialect === 'sqlite') {
    const result = parse(text) as { status: string; errors?: readonly { span: { offset: number } }[] };
    return result.status === 'ok' ? undefined : result.errors![0]!.span.offset;
  }
  try {
    parseSync(text);
    return undefined;
  } catch (error) {
    const { message, sqlDetails } = error as { message: string; sqlDetails?: { cursorPosition: number } };
    if (message === 'Query cannot be empty') return undefined;
    return Array.from(text).slice(0, sqlDetails!.cursorPosition).join('').length;
  }
}

/** Where the syntax errors begin that are published of a script. */
function published(dialect: Engine, text: string): number[] {
  const facts = buildFacts({ files: [{ path: 'script.sql', text }], applied: { kind: 'none' }, forcedDialect: dialect, isolated: true });
  return syntaxFindings(facts, authorities).map(({ at }) => at.range.start).toSorted((a, b) => a - b);
}

/** Every script of the corpora in a dialect, and squawk's cases. */
function scriptsFor(dialect: Engine): { readonly path: string; readonly text: string }[] {
  const scripts = corpusSqlFiles().filter((file) => file.dialect === dialect);
  if (dialect === 'sqlite') return scripts;
  const cases = JSON.parse(readFileSync(join(corporaFolder, 'squawk/cases.json'), 'utf8')) as { case: string; sql: string }[];
  return [...scripts, ...cases.map(({ case: path, sql: text }) => ({ path, text }))];
}

/** Scripts of which the engine sees something else than the script: templates, blocks and queries that a runner cuts out, parameters and commands of a client. */
function isPrepared(dialect: Engine, text: string): boolean {
  return splitScript(text, dialect).statements.some(({ hasHole }) => hasHole) || /^-- *(?:\+\w+ |name:)|> statement-breakpoint/m.test(text) || /[?@]|;[ \t]*\\[a-z]/.test(text);
}

/** Where a text ends too early, the blanks and comments at its end do not count. */
function isSamePlace(first: number | undefined, offset: number | undefined, text: string): boolean {
  return first === offset || (first !== undefined && offset === text.length && text.slice(first).replaceAll(/--.*|\/\*[^]*?\*\//g, '').trim() === '');
}

/** A token taken out, doubled, or a bracket put before it. */
function damaged(text: string, dialect: Engine, random: (below: number) => number): string | undefined {
  const { tokens } = lex(text, dialect);
  const token = tokens[random(Math.max(1, tokens.length))];
  if (!token) return undefined;
  const put = ['', `${token.text} ${token.text}`, `( ${token.text}`][random(3)]!;
  return text.slice(0, token.start) + put + text.slice(token.end);
}

describe.skipIf(!hasCorpora('syntax errors'))('published syntax errors', () => {
  const scriptsOf = (dialect: Engine) => scriptsFor(dialect).filter((_script, at) => whole || at % 4 === 0);

  test.each(['postgresql', 'sqlite'] as const)('%s: none in what the engine accepts, the first where the engine gives up', (dialect) => {
    const wrong: string[] = [];
    let accepted = 0;
    let refused = 0;
    for (const { path, text } of scriptsOf(dialect)) {
      const offset = engineOffset(dialect, text);
      const [first] = published(dialect, text);
      if (offset === undefined) accepted++;
      // A file that is written for another engine is left alone as a whole.
      else if (isPrepared(dialect, text) || /azure-functions/.test(path)) continue;
      else refused++;
      if (!isSamePlace(first, offset, text)) wrong.push(`${path}: the engine gives up at ${offset}, published ${first}`);
    }
    expect(wrong).toEqual([]);
    expect(accepted).toBeGreaterThan(dialect === 'sqlite' ? 50 : 600);
    lines.push(`| ${dialect}: scripts that the engine accepts, and errors published | ${accepted} | 0 |`, `| ${dialect}: scripts that it refuses, and errors elsewhere than its own | ${refused} | 0 |`);
  });

  test.each(['postgresql', 'sqlite'] as const)('%s: the same of damaged scripts', (dialect) => {
    const sound = scriptsOf(dialect).filter(({ text }) => text.length < 20_000 && !isPrepared(dialect, text) && engineOffset(dialect, text) === undefined);
    const random = randomNumbers(7);
    const below = (limit: number) => Math.floor(random() * limit);
    const wrong: string[] = [];
    let refused = 0;
    const rounds = whole ? 30_000 : 800;
    for (let round = 0; round < rounds; round++) {
      const text = damaged(sound[below(sound.length)]!.text, dialect, below);
      if (text === undefined) continue;
      const offset = engineOffset(dialect, text);
      const [first] = published(dialect, text);
      if (offset !== undefined) refused++;
      if (!isSamePlace(first, offset, text)) wrong.push(`${offset} ${first} ${text.slice(Math.max(0, (offset ?? first!) - 60), (offset ?? first!) + 60)}`);
    }
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(rounds / 3);
    lines.push(`| ${dialect}: damaged scripts that it refuses, and errors elsewhere | ${refused} | 0 |`);
  }, 1_200_000);
});

afterAll(() => {
  if (whole && lines.length === 6) writeCoverageSection('Syntax errors', ['| scripts of the corpora | scripts | wrong |', '| --- | ---: | ---: |', ...lines]);
});
