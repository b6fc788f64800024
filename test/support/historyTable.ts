import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CorpusDatabase } from './corpusDatabases.ts';
import { refusals } from './historySurroundings.ts';
import type { HistoryOutcome } from './historyTruth.ts';

/** One history and what came of it. */
export interface HistoryRow {
  readonly database: CorpusDatabase;
  readonly outcome: HistoryOutcome;
}

const file = join(import.meta.dirname, '../../docs/coverage.md');

/** The tables of the section, each written by a file of tests, and their headings. */
const tables = {
  postgresql: 'PostgreSQL (PGlite)',
  'postgresql, long': 'PostgreSQL (PGlite), long histories',
  sqlite: 'SQLite (node-sqlite3-wasm)',
  mariadb: 'MariaDB, for the files of MySQL',
} as const;

export type HistoryTable = keyof typeof tables;

const intro = `## History

After every migration our catalog, written out as SQL and run on an empty engine, is compared with what the engine says that ran the
migrations: columns in order with type, nullability, default, identity, collation and comment, keys, checks, indexes, partitions, enums,
domains, sequences, views, routines, triggers, policies, extensions and comments. \`excluded\` are steps that differ only in what is named;
refused statements are left out on both sides. Written by \`DATABASE_EXPERT_WHOLE=1 npx vitest run test/truth/schema-\`.
`;

/** Writes one table into its place in docs/coverage.md. */
export function writeHistoryTable(table: HistoryTable, rows: readonly HistoryRow[]): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Coverage\n';
  const marks = (name: HistoryTable) => [`<!-- history: ${name} -->`, `<!-- history: ${name}, end -->`] as const;
  const [start, end] = marks(table);
  const known = text.includes(start) ? text : `${text.trimEnd()}\n\n${intro}\n${(Object.keys(tables) as HistoryTable[]).map((name) => marks(name).join('\n')).join('\n\n')}\n`;
  const [before = '', rest = ''] = known.split(start);
  const after = rest.slice(rest.indexOf(end));
  writeFileSync(file, `${before}${start}\n\n${tableOf(table, rows)}\n\n${after}`);
}

function tableOf(table: HistoryTable, rows: readonly HistoryRow[]): string {
  const sum = (of: (outcome: HistoryOutcome) => number) => rows.reduce((total, { outcome }) => total + of(outcome), 0);
  const lines = rows.map(({ database: { name, runner }, outcome }) => {
    const [count, reason] = refusals[name] ?? [0, ''];
    const notes = [...outcome.reasons, ...(count > 0 ? [`refused: ${count}, ${reason}`] : []), ...(outcome.uncertain === undefined ? [] : [`uncertain: ${outcome.uncertain}`])];
    return `| ${[name, runner ?? 'schema files', outcome.compared, outcome.equal, outcome.excluded, outcome.different, notes.join('; ')].join(' | ')} |`;
  });
  const total = `| **all ${rows.length}** | | ${[sum((one) => one.compared), sum((one) => one.equal), sum((one) => one.excluded), sum((one) => one.different)].join(' | ')} | |`;
  return [`### ${tables[table]}`, '', '| database | runner | steps | equal | excluded | different | notes |', '| --- | --- | --- | --- | --- | --- | --- |', ...lines, total].join('\n');
}
