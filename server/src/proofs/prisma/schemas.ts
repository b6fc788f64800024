import type { AppliedSource } from '../../project/applied.ts';
import type { DatabaseFacts, MigrationStep } from '../../project/facts.ts';
import { groupPrismaFiles } from '../../project/prismaSchemas.ts';
import { readPrisma } from '../../source/prisma/read.ts';
import type { SchemaPair, SchemaText } from './diff.ts';

/**
 * Why Prisma's schemas do not tell what a migration changed; undefined when they do. There are two: that of the workspace, and that of the
 * commit where its branch left the default branch. They stand around one migration only when it is the one that came since; of several only
 * the sum is known, and none of them can be undone by that.
 * @param applied what of the workspace is as it was in that commit
 */
export function whyNotFromSchemas({ steps, prisma, config }: Pick<DatabaseFacts, 'steps' | 'prisma' | 'config'>, step: MigrationStep, applied: AppliedSource): string | undefined {
  if (!prisma) return 'The database has no Prisma schema.';
  const stated = config.migrations?.applied;
  if (applied.kind !== 'git' || (stated !== undefined && stated !== 'git')) return 'The Prisma schema from before the migration is known only where git tells which migrations are applied.';
  const pending = steps.filter(({ migration }) => !applied.unchanged.has(migration.up.file));
  const isPending = pending.some(({ migration }) => migration.up.file === step.migration.up.file);
  if (!isPending) return 'The migration is on the default branch already, and the Prisma schema from before it is not known.';
  if (pending.length > 1) return `${pending.length} migrations are pending, and the Prisma schemas on both sides are known only of all of them together.`;
  return steps.at(-1)?.migration.up.file === step.migration.up.file ? undefined : 'Migrations on the default branch come after this one.';
}

/**
 * The two schemas around the only pending migration.
 * @param earlier the texts of the workspace's Prisma files where its branch left the default branch, by path
 * @returns the schemas, or in one sentence why there are none
 */
export function schemaPair({ dialect, prisma }: Pick<DatabaseFacts, 'dialect' | 'prisma'>, earlier: ReadonlyMap<string, string>): SchemaPair | { readonly refusal: string } {
  const after: readonly SchemaText[] = (prisma?.files ?? []).map(({ path, text }) => ({ path, text }));
  const groups = groupPrismaFiles([...earlier].map(([path, text]) => ({ path, text, document: readPrisma(text) })));
  const before = groups.find(({ files }) => files.some(({ path }) => after.some((file) => file.path === path)));
  if (!before) return { refusal: 'The Prisma schema is new: the default branch has none at its place.' };
  return { dialect, before: before.files.map(({ path, text }) => ({ path, text })), after };
}
