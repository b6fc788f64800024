import type { Catalog } from '../schema/catalog.ts';
import { applyStatement } from '../schema/apply.ts';
import type { Migration, MigrationStep, PlacedStatement } from './facts.ts';
import { Chain } from './history/chain.ts';
import { differences } from './history/run.ts';

const kept = new WeakMap<readonly PlacedStatement[], { readonly start: Catalog; readonly end: Catalog }>();

/** The catalog after statements; the last result for the same statements (by identity) over the same catalog is kept. */
export function catalogAfter(start: Catalog, statements: readonly PlacedStatement[]): Catalog {
  const known = kept.get(statements);
  if (known?.start === start) return known.end;
  const end = statements.reduce((catalog, { node, file, statement }) => applyStatement(catalog, node, { file, statement }), start);
  kept.set(statements, { start, end });
  return end;
}

/** Folds migrations in order, once and for all. */
export function foldMigrations(start: Catalog, migrations: readonly Migration[]): readonly MigrationStep[] {
  const chain = new Chain(start, false);
  chain.update(start, migrations.map((migration) => ({ file: migration.up.file, statements: migration.up.statements, mode: migration.transaction, role: 'migration', migration })), differences());
  return chain.runs;
}
