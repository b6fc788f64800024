import type { DatabaseFacts, Facts, MigrationStep, PlacedStatement, ScriptPart } from '../../project/facts.ts';
import type { StatementNode } from '../../source/sql/ast.ts';
import type { TextRange } from '../../text/range.ts';
import { lineEndingOf, withLineEnding } from '../layout.ts';
import type { DownChange } from './downChange.ts';
import { renderPieces, type DownScript } from './script.ts';
import { synthesizeDown } from './synthesize.ts';

const writing: ReadonlySet<StatementNode['kind']> = new Set(['insert', 'update', 'delete', 'merge', 'truncate']);

/**
 * The change that puts the down that the history gives in the place of one that does not bring the schema back. Undefined where that
 * down is not complete, the migration is applied, or the one that is there moves rows, which the history may not know how to.
 */
export function correctedDown(facts: Facts, database: DatabaseFacts, step: MigrationStep): DownChange | undefined {
  const { down, applied } = step.migration;
  const text = down && facts.files.get(down.file)?.text;
  if (!down || applied || text === undefined || database.runner?.id === 'liquibase' || down.statements.some(({ node }) => writing.has(node.kind))) return undefined;
  const script = synthesizeDown(database, step);
  const place = script.complete && script.statements.length > 0 ? placeOf(down, text, script) : undefined;
  if (!place) return undefined;
  const newText = withLineEnding(place.marked ? `${renderPieces(script.pieces, block)}` : renderPieces(script.pieces).trimEnd(), lineEndingOf(text));
  return { title: 'Replace the down by one that brings the schema back', kind: 'suggestion', changes: [{ file: down.file, edits: [{ range: place.range, newText }] }], script };
}

/** goose sets statements that hold semicolons apart by these marks. */
const block = (statement: string): string => `-- +goose StatementBegin\n${statement}\n-- +goose StatementEnd`;

/** Where the statements of the down stand: from the first to the last, a transaction of its own around them left as it is. */
function placeOf(down: ScriptPart, text: string, script: DownScript): { readonly range: TextRange; readonly marked: boolean } | undefined {
  const { start, end } = down.range;
  if (/^[ \t]*--[ \t]*\+goose[ \t]+StatementBegin/imu.test(text.slice(start, end))) return { range: { start, end }, marked: true };
  const own = down.statements.filter((placed) => !isControl(placed));
  const [first, last] = [own[0]?.statement, own.at(-1)?.statement];
  const controls = down.statements.length - own.length;
  if (!first || !last || (controls > 0 && script.statements.some((sql) => /^\w+(?: UNIQUE)? INDEX CONCURRENTLY\b/u.test(sql)))) return undefined;
  const within = down.statements.filter(({ statement }) => statement.start >= first.start && statement.start <= last.start);
  return within.length === own.length ? { range: { start: first.start, end: last.terminatorEnd }, marked: false } : undefined;
}

function isControl({ node }: PlacedStatement): boolean {
  return node.kind === 'transaction';
}
