import type { DatabaseFacts, Facts, MigrationStep } from '../project/facts.ts';
import type { Catalog } from '../schema/catalog.ts';

/** What a proof was made of. It holds for a migration as long as all of this is the very same. */
export interface Basis {
  readonly before: Catalog;
  readonly transaction: string;
  readonly engineVersion: number | undefined;
  readonly upText: string | undefined;
  readonly downFile: string | undefined;
  readonly downText: string | undefined;
}

/** Where a migration stands: a file may hold several. */
export function placeOf(database: string, file: string, version: string): string {
  return `${database}\0${file}\0${version}`;
}

/** What of a migration a proof is made of, now. */
export function basisOf({ files }: Facts, { engineVersion }: DatabaseFacts, { migration, before }: MigrationStep): Basis {
  const { up, down, transaction } = migration;
  return { before, transaction, engineVersion, upText: files.get(up.file)?.text, downFile: down?.file, downText: down && files.get(down.file)?.text };
}

export function isSame(a: Basis, b: Basis): boolean {
  return a.upText === b.upText && a.downFile === b.downFile && a.downText === b.downText && a.transaction === b.transaction && a.engineVersion === b.engineVersion && a.before === b.before;
}
