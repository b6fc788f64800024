import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mistakeIn } from './updownRecords.ts';
import { changesSchema, ranUp, restoresSchema, unlikeRecord, type PairResult, type UpDownRecord, type UpDownRun } from './updown.ts';

const page = new URL('../../docs/downs.md', import.meta.url);
const titles = { postgresql: 'PostgreSQL', sqlite: 'SQLite' } as const;
const head = `# Downs

What round trips showed: up, down and up again on the embedded engines, for real migrations and their hand-written downs, and for the downs that this program writes for the same migrations. Written by \`DATABASE_EXPERT_WHOLE=1 npx vitest run test/truth/updown\`.

"Restored" says that the engine's own account of the schema is the same before the up and after the down; "but for column order" that only the order of columns differs, which no down can help where a column comes back. A down is called complete when folding it over the schema gives the schema from before; "falsely" counts those of them that the engine did not confirm.
`;

/** Writes the sections of one engine anew and leaves the other's. */
export function writeDownsSection(dialect: UpDownRecord['dialect'], runs: readonly UpDownRun[]): void {
  const old = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const others = old.split(/^(?=## )/m).slice(1).filter((section) => !section.startsWith(`## ${titles[dialect]}`));
  const own = [`## ${titles[dialect]}\n\n${[verdicts(runs), written(runs), reasons(runs), losses(runs)].join('\n\n')}\n`];
  writeFileSync(page, [head, ...[...others, ...own].sort().map((section) => section.trimEnd() + '\n')].join('\n'));
}

const table = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function verdicts(runs: readonly UpDownRun[]): string {
  const rows = runs.map((run) => {
    const recorded = run.results.filter((pair) => pair.recorded !== undefined);
    const times = run.results.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    return [run.record.id, recorded.length, recorded.length - unlikeRecord(run).length, unlikeRecord(run).length, Math.round(times[times.length >> 1] ?? 0)];
  });
  const mistaken = runs.flatMap((run) => unlikeRecord(run).map((pair) => `- ${run.record.id}, ${pair.name}: recorded ${pair.recorded!.cls}, is ${pair.ours}: ${mistakeIn(run.record, pair) ?? 'unexplained'}.`));
  const list = mistaken.length === 0 ? '' : `\n\nWhere the record is wrong:\n\n${mistaken.join('\n')}`;
  return `### Verdicts held against recorded ones\n\n${table(['history', 'recorded', 'equal', 'record wrong', 'median ms for a round trip'], rows)}${list}`;
}

function written(runs: readonly UpDownRun[]): string {
  const row = (name: string, pairs: readonly PairResult[]) => {
    const tried = pairs.filter((pair) => ranUp(pair) && changesSchema(pair));
    const people = tried.filter(({ step }) => (step.migration.down?.statements.length ?? 0) > 0);
    const exact = tried.filter(({ written: trip }) => trip.ran && (trip.detail.verdict === 'restored' || trip.detail.verdict === 'up again failed'));
    const all = tried.filter(restoresSchema);
    return [name, tried.length, exact.length, all.length - exact.length, tried.length - all.length, tried.filter(({ script }) => script.complete).length, tried.filter((pair) => pair.script.complete && !restoresSchema(pair)).length, people.length, people.filter(({ ours }) => ours === 'restored').length, people.filter(({ ours }) => ours === 'restored_except_column_order').length];
  };
  const rows = [...runs.map(({ record, results }) => row(record.id, results)), row('all', runs.flatMap(({ results }) => results))];
  return `### Downs written from the history\n\n${table(['history', 'migrations that change the schema', 'restored', 'but for column order', 'not restored', 'called complete', 'falsely', 'with a down that people wrote', 'of those restored', 'but for column order'], rows)}`;
}

function reasons(runs: readonly UpDownRun[]): string {
  const rows = runs.flatMap(({ record, results }) => results.filter((pair) => ranUp(pair) && !restoresSchema(pair)).map(({ name, script }) => [record.id, name, (script.reason ?? '').replaceAll('|', '\\|')]));
  return rows.length === 0 ? 'Every one of them restores the schema.' : `What could not be restored, as the down itself says above its statements:\n\n${table(['history', 'migration', 'reason'], rows)}`;
}

/** Kinds of loss, by the words in which a down tells of them. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ['rows of a dropped table', /^the rows of .* \(dropped with/],
  ['values of a dropped column', /^the values of .* \(dropped with/],
  ['numbers of rows', /numbered the rows anew|numbered anew/],
  ['values that the migration did not carry over', /not carried over|did not carry/],
  ['values changed by a conversion of their type', /^what the conversion/],
  ['values overwritten by UPDATE', /overwritten by|the old rows are not known/],
  ['rows deleted', /deleted by the migration|removed by TRUNCATE/],
  ['rows that were added stay', /^the rows added to/],
  ['a value of an enum that rows hold', /^value .* enum value|^value /],
  ['what a DO block changed in rows', /^what a DO block/],
  ['the position of a sequence', /^the current value of sequence/],
];

function losses(runs: readonly UpDownRun[]): string {
  const told = runs.flatMap(({ results }) => results.filter(ranUp).flatMap(({ name, script }) => script.lossy.map(({ what, why }) => ({ name, text: `${what} (${why})` }))));
  const kindOf = (text: string) => kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
  const rows = [...kinds.map(([kind]) => kind), 'other'].map((kind) => told.filter(({ text }) => kindOf(text) === kind)).filter((list) => list.length > 0)
    .map((list) => [kindOf(list[0]!.text), list.length, new Set(list.map(({ name }) => name)).size]);
  return `What no down brings back, as it is told above each statement:\n\n${table(['kind of loss', 'times', 'migrations'], rows)}`;
}
