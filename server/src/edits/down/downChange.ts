import type { DatabaseFacts, Facts, MigrationStep, ScriptPart } from '../../project/facts.ts';
import { runnerById } from '../../project/runners/index.ts';
import type { Runner } from '../../project/runners/runner.ts';
import { lineEndingOf, withLineEnding } from '../layout.ts';
import type { FileChange, WorkspaceChange } from '../change.ts';
import { renderPieces, type DownScript } from './script.ts';
import { synthesizeDown } from './synthesize.ts';

/** A change with the script that it writes. */
export interface DownChange extends WorkspaceChange {
  readonly script: DownScript;
}

type Outcome = { readonly change: DownChange } | { readonly refusal: string };

/**
 * The change that writes the down migration of a step where its runner looks for it: the other file of the pair, a file
 * beside it, or a section of the same file. Undefined when there is one already, or the runner has no place for it;
 * `downRefusal` says which.
 * @param script the down; that of the history when left out
 */
export function downChange(facts: Facts, database: DatabaseFacts, step: MigrationStep, script?: DownScript): DownChange | undefined {
  const outcome = plan(facts, database, step, script);
  return 'change' in outcome ? outcome.change : undefined;
}

/** Why `downChange` gives nothing: one sentence. Undefined when it does give something. */
export function downRefusal(facts: Facts, database: DatabaseFacts, step: MigrationStep): string | undefined {
  const outcome = plan(facts, database, step);
  return 'refusal' in outcome ? outcome.refusal : undefined;
}

function plan(facts: Facts, database: DatabaseFacts, step: MigrationStep, given?: DownScript): Outcome {
  const { up, down } = step.migration;
  const runner = database.runner && runnerById(database.runner.id);
  if (!runner || runner.down === 'none') return { refusal: `${runner?.title ?? 'This folder'} has no place for down migrations.` };
  if (down && down.statements.length > 0) return { refusal: `${down.file} holds a down migration already.` };
  const script = given ?? synthesizeDown(database, step);
  if (script.statements.length === 0 && script.lossy.length === 0) return { refusal: script.reason === undefined ? `${up.file} changes nothing that could be undone.` : `Nothing of ${up.file} can be undone: ${script.reason}.` };
  const change = runner.down === 'section' ? section(facts, runner, step, script) : fileBeside(facts, runner, step, script);
  return 'refusal' in change ? change : { change: { title: titleOf(script), kind: 'suggestion', changes: [change], script } };
}

function titleOf(script: DownScript): string {
  const gone = [...new Set(script.lossy.map(({ what }) => what))];
  const more = gone.length > 2 ? ` and ${gone.length - 2} more` : '';
  const loss = gone.length === 0 ? '' : ` (does not come back: ${gone.slice(0, 2).join(', ')}${more})`;
  return `Write the down migration${script.complete ? '' : ' as far as it can be known'}${loss}`;
}

/** The file of the pair, or the file beside the migration, that the runner itself takes for the down of this version. */
function fileBeside(facts: Facts, runner: Runner, step: MigrationStep, script: DownScript): FileChange | { refusal: string } {
  const up = step.migration.up.file;
  const file = candidates(up).find((path) => {
    const placed = path === up ? undefined : runner.place(path);
    return placed?.part === 'down' && placed.version === step.migration.version;
  });
  if (file === undefined) return { refusal: `${runner.title} would not find a down migration for ${up}, as that file is named.` };
  const upText = facts.files.get(up)?.text ?? '';
  const mark = runner.id === 'sqlx' && upText.startsWith('-- no-transaction') ? '-- no-transaction\n' : '';
  const existing = facts.files.get(file);
  if (!existing) return { file, create: withLineEnding(mark + script.sql, lineEndingOf(upText)) };
  const text = (existing.text === '' || existing.text.endsWith('\n') ? '' : '\n') + script.sql;
  return { file, edits: [{ range: { start: existing.text.length, end: existing.text.length }, newText: withLineEnding(text, lineEndingOf(existing.text)) }] };
}

function candidates(up: string): string[] {
  return [
    up.replace(/\.up\.sql$/u, '.down.sql'),
    up.replace(/(^|\/)up\.sql$/u, '$1down.sql'),
    up.replace(/(^|\/)migration\.sql$/u, '$1down.sql'),
    up.replace(/(^|\/)V([^/]+)$/u, '$1U$2'),
    up.replace(/(^|\/)deploy\/([^/]+)$/u, '$1revert/$2'),
  ];
}

/** The line that opens the down section. */
const marks: Readonly<Record<string, string>> = {
  goose: '-- +goose Down',
  dbmate: '-- migrate:down',
  'node-pg-migrate': '-- Down Migration',
};

function section(facts: Facts, runner: Runner, step: MigrationStep, script: DownScript): FileChange | { refusal: string } {
  const { up, down, applied } = step.migration;
  const text = facts.files.get(up.file)?.text;
  if (text === undefined || applied) return { refusal: `${up.file} is applied, and an applied migration is not edited.` };
  const block = (statement: string) => (runner.id === 'goose' ? `-- +goose StatementBegin\n${statement}\n-- +goose StatementEnd` : statement);
  const sql = renderPieces(script.pieces, block);
  const ending = lineEndingOf(text);
  if (runner.id === 'liquibase') return rollbacks(up, text, sql);
  if (down) {
    const at = down.range.end;
    const head = text.slice(0, at).endsWith('\n') || at === down.range.start ? '' : '\n';
    return { file: up.file, edits: [{ range: { start: at, end: at }, newText: withLineEnding(head + sql, ending) }] };
  }
  const mark = marks[runner.id];
  if (mark === undefined) return { refusal: `${runner.title} keeps downs in a section that is not known here.` };
  const option = runner.id === 'dbmate' && step.migration.transaction !== 'file' ? ' transaction:false' : '';
  const head = text.endsWith('\n') ? '\n' : '\n\n';
  return { file: up.file, edits: [{ range: { start: text.length, end: text.length }, newText: withLineEnding(`${head}${mark}${option}\n${sql}`, ending) }] };
}

/** Liquibase keeps the way back in comments behind the statements of a changeset. */
function rollbacks({ file, range }: ScriptPart, text: string, sql: string): FileChange {
  const at = range.start + text.slice(range.start, range.end).trimEnd().length;
  const lines = sql.trimEnd().split('\n').filter((line) => line.trim() !== '').map((line) => `--rollback ${line}`);
  return { file, edits: [{ range: { start: at, end: at }, newText: withLineEnding(`\n${lines.join('\n')}`, lineEndingOf(text)) }] };
}
