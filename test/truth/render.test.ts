import { loadModule } from 'libpg-query';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Statement } from '../../server/src/source/statement.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import type { StatementNode } from '../../server/src/source/sql/ast.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { hasCorpora } from '../support/corpus.ts';
import { percent, summaryOf, writeCoverageSection } from '../support/coverageSection.ts';
import { hasMariaDb } from '../support/mariaDb.ts';
import { mariaHistories, rendered, type HistoryStatement } from '../support/mariaRender.ts';
import { otherDifference, sqliteOtherDifference } from '../support/otherTrees.ts';
import { treeOf } from '../support/postgresTree.ts';
import { renderStatement } from '../support/renderStatement/index.ts';
import { compareOnMariaDb, type Verdict } from '../support/renderStatement/onMariaDb.ts';
import { caseStatements, compareRendered, corpusStatements, count, fixtureStatements, type RenderRow } from '../support/renderTruth.ts';

/** Whether all of the corpora is compared, and docs/coverage.md told of it, instead of every n-th statement. */
const whole = process.env['DATABASE_EXPERT_WHOLE'] === '1';

/** What goes to docs/coverage.md: a line for each dialect, and the kinds that differ. */
const lines: string[] = [];
const rest: string[] = [];

function report(dialect: string, rows: readonly RenderRow[], note = ''): ReturnType<typeof summaryOf> {
  const summary = summaryOf(rows);
  lines.push(`| ${dialect} | ${summary.compared} | ${summary.same} | ${percent(summary.same, summary.compared)} | ${note} |`);
  rest.push(...summary.rest);
  return summary;
}

function* everyNth(statements: Iterable<Statement>, nth: number): Generator<Statement> {
  let at = 0;
  for (const statement of statements) if (at++ % nth === 0) yield statement;
}

beforeAll(async () => {
  await loadModule();
});

describe('what is rendered from the node has the tree of the source', () => {
  test.each(['postgresql', 'sqlite'] as const)('%s, every clause', (dialect) => {
    const rows = compareRendered(dialect, [...fixtureStatements(dialect, dialect), ...caseStatements(dialect)]);
    expect(rows.flatMap(({ examples }) => examples)).toEqual([]);
    expect(summaryOf(rows).compared).toBeGreaterThan(dialect === 'sqlite' ? 50 : 250);
  });

  test.each(['postgresql', 'sqlite', 'mysql'] as const)('%s: no fixture has an opaque piece, and every one is rendered', (dialect) => {
    for (const statement of fixtureStatements(dialect, dialect)) {
      const node = readStatement(statement);
      expect([statement.text, node.unknown]).toEqual([statement.text, undefined]);
      expect([statement.text, renderStatement(dialect, node) === undefined]).toEqual([statement.text, false]);
    }
  });

  describe.skipIf(!hasCorpora('rendered statements'))('over the corpora', () => {
    test.each(['postgresql', 'sqlite'] as const)('%s', (dialect) => {
      const rows = compareRendered(dialect, everyNth(corpusStatements(dialect), whole ? 1 : 5));
      const { compared, same } = report(dialect, rows);
      console.log(`${dialect}: ${same} of ${compared} rendered statements have the tree of their source\n${summaryOf(rows).rest.join('\n')}`);
      expect(same / compared).toBeGreaterThanOrEqual(0.995);
      expect(compared).toBeGreaterThan(dialect === 'sqlite' ? 150 : 1500);
    });
  });
});

const isExpression = (node: object): boolean => Object.keys(node).toSorted().join() === 'range,text';

/** The node without places and spellings, for which MySQL has no parser to ask. */
function meaning(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(meaning);
  if (typeof node !== 'object' || node === null) return node;
  // Where a setting is read, the options hold it once more as text.
  const left = new Set(['range', 'keyword', 'quoted', 'setting' in node && node.setting !== undefined ? 'options' : '']);
  if (!('kind' in node && node.kind === 'comment') && !isExpression(node)) left.add('text');
  return Object.fromEntries(Object.entries(node).flatMap(([key, value]) => (left.has(key) ? [] : [[key, meaning(value)]])));
}

describe('what only MySQL 8 takes', () => {
  test.each(fixtureStatements('mysql8', 'mysql').map((statement) => [statement.text, statement] as const))('%s reads the same when it is rendered', (_text, statement) => {
    const node = readStatement(statement);
    expect(node.unknown).toBeUndefined();
    const [again] = splitScript(renderStatement('mysql', node)!, 'mysql').statements;
    expect(meaning(readStatement(again!))).toEqual(meaning(node));
  });
});

const database = `database_expert_render_${process.pid}`;

/** Rows of what MariaDB takes, and how many it refuses for their grammar, or cannot prepare. */
function mariaRows(verdicts: readonly Verdict[]): { readonly rows: RenderRow[]; readonly refused: number; readonly unprepared: number; readonly stateless: number } {
  const rows = new Map<string, RenderRow>();
  const modelled = verdicts.filter(({ statement }) => (statement as HistoryStatement).modelled);
  const outcome = (wanted: Verdict['outcome']) => modelled.filter((verdict) => verdict.outcome === wanted).length;
  for (const verdict of modelled) {
    if (verdict.outcome === 'grammar' || verdict.outcome === 'protocol') continue;
    count(rows, verdict.statement.node.kind, verdict.outcome !== 'differs', [verdict.statement.source, verdict.statement.rendered]);
  }
  return { rows: [...rows.values()], refused: outcome('grammar'), unprepared: outcome('protocol'), stateless: outcome('state') };
}

describe.skipIf(!hasMariaDb('rendered statements'))('what is rendered makes the same table on MariaDB', () => {
  test('every clause', async () => {
    const verdicts = await compareOnMariaDb(database, fixtureStatements('mysql', 'mysql').map((statement) => rendered(statement)));
    expect(verdicts.filter(({ outcome }) => outcome !== 'same')).toEqual([]);
    expect(verdicts.length).toBeGreaterThan(90);
  });

  test.skipIf(!hasCorpora('rendered statements on MariaDB'))('histories of the corpora', async () => {
    const histories = mariaHistories();
    const verdicts: Verdict[] = [];
    for (const history of histories.filter((_history, at) => whole || at % 6 === 2)) verdicts.push(...(await compareOnMariaDb(database, history)));
    const { rows, refused, unprepared, stateless } = mariaRows(verdicts);
    const note = `refused by MariaDB's grammar: ${refused}; not to be prepared (1295): ${unprepared}; refused for the state of the tables, both ways alike: ${stateless}`;
    const { compared, same } = report('mysql', rows, note);
    console.log(`mysql: ${same} of ${compared} rendered statements do the same; ${note}\n${summaryOf(rows).rest.join('\n')}`);
    expect(same / compared).toBeGreaterThanOrEqual(0.98);
    expect(stateless / compared).toBeLessThan(0.02);
    expect(compared).toBeGreaterThan(whole ? 1500 : 40);
  }, 1_200_000);
});

function differenceOf(dialect: 'postgresql' | 'sqlite', { text, hasHole }: Statement, node: StatementNode): string | undefined {
  if (hasHole) return undefined;
  if (dialect === 'sqlite') return sqliteOtherDifference(text, node);
  const parsed = treeOf(text);
  return parsed && otherDifference(parsed.type, parsed.tree, node);
}

describe('of other statements kind and name are read', () => {
  test.each(['postgresql', 'sqlite'] as const)('as the parser of %s reads them', (dialect) => {
    const statements = hasCorpora('kinds and names') ? [...corpusStatements(dialect)] : [];
    const differences: string[] = [];
    let compared = 0;
    for (const statement of [...caseStatements(dialect), ...everyNth(statements, whole ? 1 : 5)]) {
      const difference = differenceOf(dialect, statement, readStatement(statement));
      if (difference) compared++;
      if (difference && difference !== 'same') differences.push(`${difference}: ${statement.text.slice(0, 100)}`);
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(dialect === 'sqlite' ? 20 : 100);
    if (whole) lines.push(`| ${dialect}, other statements: kind and name | ${compared} | ${compared - differences.length} | ${percent(compared - differences.length, compared)} | |`);
  });
});

afterAll(() => {
  if (!whole || lines.length === 0) return;
  const opaque = (['postgresql', 'sqlite', 'mysql'] as const).map((dialect) => {
    const pieces = [...corpusStatements(dialect)].map((statement) => readStatement(statement).unknown?.length ?? 0);
    return `${dialect} ${pieces.reduce((sum, one) => sum + one, 0)}`;
  });
  writeCoverageSection('Reading', [
    'Each schema statement that the engine accepts is rendered from its node alone. PostgreSQL and SQLite: the engine\'s own parser gives the same tree for both, locations aside. MySQL: on MariaDB both make the same `SHOW CREATE TABLE` of the same state.',
    '',
    '| dialect | statements | same | share | |',
    '| --- | ---: | ---: | ---: | --- |',
    ...lines,
    '',
    rest.length === 0 ? 'No statement differs.' : 'What differs:',
    ...(rest.length === 0 ? [] : ['', '| kind | statements | example |', '| --- | ---: | --- |', ...rest]),
    '',
    `Clauses that are kept as opaque pieces: ${opaque.join(', ')}.`,
  ]);
});
