import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStmt } from 'sqlite3-parser';
import type { Dialect } from '../../server/src/source/dialect.ts';
import type { Statement } from '../../server/src/source/statement.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { readStatement } from '../../server/src/source/sql/read.ts';
import { corporaFolder, corpusSqlFiles } from './corpus.ts';
import { treeOf, withoutLocations, type Tree } from './postgresTree.ts';
import { everyday, samples } from './readerCases.ts';
import { renderStatement } from './renderStatement/index.ts';

// Whether SQL that is rendered from a node alone has the tree that its source has, by the engine's own parser.

/** How statements of one kind fared. */
export interface RenderRow {
  readonly kind: string;
  compared: number;
  same: number;
  /** Of those that differ: the source and what was rendered. */
  readonly examples: (readonly [source: string, rendered: string])[];
}

type ParsedKind = { readonly kind: string; readonly tree: Tree };

const postgresKinds: ReadonlySet<string> = new Set([
  'CreateStmt', 'CreateForeignTableStmt', 'AlterTableStmt', 'IndexStmt', 'DropStmt', 'RenameStmt', 'AlterObjectSchemaStmt', 'AlterOwnerStmt', 'CreateEnumStmt', 'AlterEnumStmt',
  'CompositeTypeStmt', 'CreateRangeStmt', 'DefineStmt', 'CreateDomainStmt', 'AlterDomainStmt', 'CreateSeqStmt', 'AlterSeqStmt', 'ViewStmt', 'CreateTableAsStmt', 'CreatePolicyStmt',
  'AlterPolicyStmt', 'TruncateStmt', 'AlterTypeStmt', 'AlterObjectDependsStmt', 'AlterTableMoveAllStmt',
]);

const sqliteKinds: ReadonlySet<string> = new Set([
  'CreateTableStmt', 'AlterTableStmt', 'CreateIndexStmt', 'DropTableStmt', 'DropIndexStmt', 'CreateViewStmt', 'DropViewStmt', 'CreateVirtualTableStmt',
]);

/** Objects of which every clause is read; of functions, triggers and roles only the name is. */
const modelled = /^OBJECT_(TABLE|FOREIGN_TABLE|INDEX|VIEW|MATVIEW|SEQUENCE|TYPE|DOMAIN|POLICY|COLUMN|TABCONSTRAINT|DOMCONSTRAINT|ATTRIBUTE)$/;

function postgresKind(sql: string): ParsedKind | undefined {
  const parsed = treeOf(sql);
  if (!parsed || !postgresKinds.has(parsed.type)) return undefined;
  const { removeType, renameType, objectType, kind } = parsed.tree;
  const object = removeType ?? renameType ?? objectType ?? (parsed.type === 'DefineStmt' ? kind : undefined);
  if (object !== undefined && !modelled.test(object)) return undefined;
  return { kind: [parsed.type, object?.replace('OBJECT_', '')].filter(Boolean).join(' '), tree: withoutLocations(parsed) };
}

function sqliteKind(sql: string): ParsedKind | undefined {
  const result = parseStmt(sql) as Tree;
  const tree = result.status !== 'ok' ? undefined : result.root.type === 'CmdList' ? result.root.cmds[0] : result.root;
  return tree && sqliteKinds.has(tree.type) ? { kind: tree.type, tree: withoutSpans(tree) } : undefined;
}

function withoutSpans(tree: Tree): Tree {
  if (Array.isArray(tree)) return tree.map(withoutSpans);
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return tree;
  return Object.fromEntries(Object.entries(tree).flatMap(([key, value]) => (key === 'span' ? [] : [[key, withoutSpans(value)]])));
}

/** Renders every schema statement that the engine's parser accepts, and compares the two trees. A statement is compared once. */
export function compareRendered(dialect: 'postgresql' | 'sqlite', statements: Iterable<Statement>): RenderRow[] {
  const parse = dialect === 'sqlite' ? sqliteKind : postgresKind;
  const rows = new Map<string, RenderRow>();
  const seen = new Set<string>();
  for (const statement of statements) {
    const { text } = statement;
    if (seen.has(text) || statement.hasHole) continue;
    seen.add(text);
    const source = parse(text);
    if (!source) continue;
    const rendered = renderStatement(dialect, readStatement(statement)) ?? '';
    count(rows, source.kind, JSON.stringify(parse(rendered)?.tree) === JSON.stringify(source.tree), [text, rendered]);
  }
  return [...rows.values()].toSorted((a, b) => a.kind.localeCompare(b.kind));
}

/** Adds one comparison to the row of its kind. */
export function count(rows: Map<string, RenderRow>, kind: string, same: boolean, example: readonly [string, string]): void {
  const row = rows.get(kind) ?? { kind, compared: 0, same: 0, examples: [] };
  rows.set(kind, row);
  row.compared++;
  if (same) row.same++;
  else row.examples.push(example);
}

/** The statements of a fixture folder's file for the dialect. */
export function fixtureStatements(name: string, dialect: Dialect): readonly Statement[] {
  return splitScript(readFileSync(new URL(`../fixtures/render/${name}.sql`, import.meta.url), 'utf8'), dialect).statements;
}

/** The reader's own cases of a dialect. */
export function caseStatements(dialect: Dialect): readonly Statement[] {
  return [...samples, ...everyday].flatMap(([of, text]) => (of === dialect ? splitScript(text, dialect).statements : []));
}

/** Every statement of the corpora in a dialect, squawk's cases among PostgreSQL's. */
export function* corpusStatements(dialect: Dialect): Generator<Statement> {
  for (const file of corpusSqlFiles()) if (file.dialect === dialect) yield* splitScript(file.text, dialect).statements;
  if (dialect !== 'postgresql') return;
  const cases = JSON.parse(readFileSync(join(corporaFolder, 'squawk/cases.json'), 'utf8')) as { sql: string }[];
  for (const { sql } of cases) yield* splitScript(sql, dialect).statements;
}
