import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { restores, type DownResult } from './prismaDowns.ts';

const page = new URL('../../docs/downs.md', import.meta.url);
const title = '## Histories of Prisma Migrate';

const head = `${title}

No migration of these has a hand-written down. For each one the down that this program writes was run on PostgreSQL (PGlite), after all
earlier migrations as they are committed, with rows in the tables that the migration speaks of: up, down, up. Written by
\`DATABASE_EXPERT_WHOLE=1 npx vitest run test/truth/down-prisma\`.

Prisma's own diff is not compared here: it needs the schema before each migration, and the corpora hold the last one only.
\`test/unit/prisma-diff.test.ts\` compares both for repositories of its own.
`;

/** Writes the section of these histories anew and leaves the others. */
export function writePrismaDowns(results: readonly DownResult[]): void {
  const [first, ...sections] = (existsSync(page) ? readFileSync(page, 'utf8') : '# Downs\n').split(/^(?=## )/m);
  const others = sections.filter((section) => !section.startsWith(title));
  const own = `${[head.trimEnd(), verdicts(results), reasons(results), hindered(results), losses(results)].filter((part) => part !== '').join('\n\n')}\n`;
  writeFileSync(page, [first!, ...[...others, own].sort()].map((section) => `${section.trimEnd()}\n`).join('\n'));
}

const table = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function verdicts(results: readonly DownResult[]): string {
  const row = (name: string, list: readonly DownResult[]) => {
    const restored = list.filter(restores);
    const ordered = restored.filter(({ outcome }) => outcome.ran && outcome.detail.verdict === 'restored except column order');
    const times = list.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    return [
      name, list.length, restored.length - ordered.length, ordered.length, list.filter(({ standsInTheWay }) => standsInTheWay !== undefined).length, list.length - restored.length, list.filter(({ script }) => script.complete).length,
      list.filter((one) => one.script.complete && !restores(one)).length, list.filter(({ seededTables, rowless, standsInTheWay }) => seededTables > 0 && !rowless && standsInTheWay === undefined).length, Math.round(times[times.length >> 1] ?? 0),
    ];
  };
  const names = [...new Set(results.map(({ project, database }) => `${project}: ${database}`))];
  const rows = [...names.map((name) => row(name, results.filter(({ project, database }) => `${project}: ${database}` === name))), row('all', results)];
  return table(['history', 'migrations', 'restored', 'but for column order', 'of these only without rows that stand in the way', 'not restored', 'called complete', 'falsely', 'with rows', 'median ms'], rows);
}

/** Reasons why a schema did not come back, by what the engine said. */
function reasons(results: readonly DownResult[]): string {
  const lost = results.filter((one) => !restores(one));
  if (lost.length === 0) return 'Every one of them restores the schema.';
  const rows = lost.map(({ project, file, script, outcome }) => {
    const seen = !outcome.ran ? outcome.reason : (outcome.detail.error?.message ?? outcome.detail.schema.slice(0, 2).join('; '));
    return [project, file.split('/').at(-2)!, script.reason ?? '', seen].map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' '));
  });
  return `What was not restored:\n\n${table(['history', 'migration', 'what the down says of itself', 'what the engine said'], rows)}`;
}

/** Downs that rows can keep from running, which they say themselves. */
function hindered(results: readonly DownResult[]): string {
  const rows = results.flatMap(({ project, file, standsInTheWay }) => (standsInTheWay === undefined ? [] : [[project, file.split('/').at(-2)!, standsInTheWay]]));
  return rows.length === 0 ? '' : `Rows that stand in the way, as the down says above the statement that the engine refused:\n\n${table(['history', 'migration', 'what the engine said'], rows)}`;
}

/** Kinds of loss, by the words in which a down tells of them. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ['rows of a dropped table', /^the rows of .* \(dropped with/],
  ['values of a dropped column', /^the values of .* \(dropped with/],
  ['values that the migration did not carry over', /not carried over|did not carry/],
  ['values changed by a conversion of their type', /^what the conversion/],
  ['values overwritten by UPDATE', /overwritten by|old rows are not known/],
  ['rows deleted', /deleted by the migration|removed by TRUNCATE/],
  ['rows that were added stay', /^the rows added to/],
  ['a value of an enum that rows hold', /^value /],
];

function losses(results: readonly DownResult[]): string {
  const told = results.flatMap(({ file, script }) => script.lossy.map(({ what, why }) => ({ file, kind: kinds.find(([, pattern]) => pattern.test(`${what} (${why})`))?.[0] ?? 'other' })));
  const rows = [...kinds.map(([kind]) => kind), 'other'].map((kind) => told.filter((one) => one.kind === kind)).filter((list) => list.length > 0)
    .map((list) => [list[0]!.kind, list.length, new Set(list.map(({ file }) => file)).size]);
  const lossless = results.filter(({ script }) => script.lossy.length === 0).length;
  return `${lossless} of the ${results.length} lose nothing. What does not come back, as the downs tell above their statements:\n\n${table(['kind of loss', 'times', 'migrations'], rows)}`;
}
