import { objectKey, type Catalog } from '../schema/catalog.ts';
import { applyStatement, emptyCatalog } from '../schema/apply.ts';
import type { Dialect } from '../source/dialect.ts';
import type { QualifiedName, StatementNode } from '../source/sql/ast.ts';
import type { FileRole, HistoryEntry, Migration, MigrationStep, PlacedStatement, TransactionMode } from './facts.ts';
import { transactionStates } from './transactions.ts';

/** Keys of tables that a script has made so far, moved on by one statement. Returns the same set when nothing changed. */
function trackNewTables(known: ReadonlySet<string>, node: StatementNode, before: Catalog): ReadonlySet<string> {
  const key = (name: QualifiedName) => objectKey(before.dialect, name.schema?.name, name.name.name);
  const renamed = (tables: ReadonlySet<string>, from: QualifiedName, to: QualifiedName): ReadonlySet<string> => {
    if (!tables.has(key(from))) return tables;
    const moved = new Set(tables);
    moved.delete(key(from));
    return moved.add(objectKey(before.dialect, (to.schema ?? from.schema)?.name, to.name.name));
  };
  switch (node.kind) {
    case 'createTable':
      return before.tables.has(key(node.name)) ? known : new Set(known).add(key(node.name));
    case 'alterTable': {
      const rename = node.actions.find((action) => action.kind === 'renameTable');
      return rename ? renamed(known, node.name, rename.to) : known;
    }
    case 'rename':
      return node.object === 'table' ? node.pairs.reduce((tables, { from, to }) => renamed(tables, from, to), known) : known;
    default:
      return known;
  }
}

/** How a script is run: by whom, as what, and under which transaction. */
export interface ScriptRun {
  readonly mode: TransactionMode;
  readonly role: FileRole;
  readonly migration?: Migration;
}

/** Runs placed statements over a catalog; each entry has the catalog before and after it. */
export function foldScript(start: Catalog, statements: readonly PlacedStatement[], run: ScriptRun): HistoryEntry[] {
  const states = transactionStates(start.dialect, run.mode, statements.map(({ node }) => node));
  let before = start;
  let newTables: ReadonlySet<string> = new Set();
  return statements.map((placed, index) => {
    const after = applyStatement(before, placed.node, { file: placed.file, statement: placed.statement });
    const entry: HistoryEntry = {
      placed,
      before,
      after,
      transaction: states[index]!,
      ...(run.migration === undefined ? {} : { migration: run.migration }),
      role: run.role,
      newTables,
    };
    newTables = trackNewTables(newTables, placed.node, before);
    before = after;
    return entry;
  });
}

const emptyCatalogs = new Map<Dialect, Catalog>();

/** The empty catalog of a dialect, always the same object, so that folds over it can be compared. */
export function startCatalog(dialect: Dialect): Catalog {
  const known = emptyCatalogs.get(dialect) ?? emptyCatalog(dialect);
  emptyCatalogs.set(dialect, known);
  return known;
}

const kept = new WeakMap<readonly PlacedStatement[], { readonly start: Catalog; readonly role: FileRole; readonly entries: HistoryEntry[] }[]>();

/**
 * `foldScript` for files that are no migrations, with the last results kept: the same statements (by identity) over the same catalog
 * give the same entries.
 */
export function foldLooseScript(start: Catalog, statements: readonly PlacedStatement[], role: FileRole): HistoryEntry[] {
  const known = kept.get(statements) ?? [];
  const found = known.find((one) => one.start === start && one.role === role);
  if (found) return found.entries;
  const entries = foldScript(start, statements, { mode: 'none', role });
  kept.set(statements, [{ start, role, entries }, ...known].slice(0, 2));
  return entries;
}

/** The catalog after entries; `start` when there are none. */
export function catalogAfter(entries: readonly HistoryEntry[], start: Catalog): Catalog {
  return entries.at(-1)?.after ?? start;
}

function sameMigration(a: Migration, b: Migration): boolean {
  return a.up === b.up && a.down === b.down && a.version === b.version && a.applied === b.applied && a.transaction === b.transaction;
}

/**
 * Folds migrations in order. Steps of an earlier fold are taken over as long as the migrations are the same ones (script
 * parts compare by identity), so that an edit costs the fold from the edited migration on.
 */
export function foldMigrations(start: Catalog, migrations: readonly Migration[], previous: readonly MigrationStep[] = []): MigrationStep[] {
  const steps: MigrationStep[] = [];
  let before = start;
  let reusable = true;
  for (const [index, migration] of migrations.entries()) {
    const old = previous[index];
    reusable &&= old !== undefined && old.before === before && sameMigration(old.migration, migration);
    if (reusable) {
      steps.push(old!);
    } else {
      const entries = foldScript(before, migration.up.statements, { mode: migration.transaction, role: 'migration', migration });
      steps.push({ migration, before, after: catalogAfter(entries, before), entries });
    }
    before = steps.at(-1)!.after;
  }
  return steps;
}
