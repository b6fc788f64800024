import type { AppliedSource } from '../project/applied.ts';
import type { DatabaseFacts, MigrationStep } from '../project/facts.ts';
import type { DownCandidate } from '../proofs/experiments/roundTrip/provedDown.ts';
import { prismaDown, type PrismaDiffer, type PrismaDown } from '../proofs/prisma/diff.ts';
import { schemaPair, whyNotFromSchemas } from '../proofs/prisma/schemas.ts';
import { textsAtFork, type GitOptions } from './git.ts';
import { prismaDiffer } from './prismaDiff.ts';

/** What the down of a migration is made of. */
export interface PrismaDownRequest {
  readonly database: Pick<DatabaseFacts, 'dialect' | 'steps' | 'prisma' | 'config' | 'runner'>;
  readonly step: MigrationStep;
  /** Folder of the workspace. */
  readonly root: string;
  readonly trusted: boolean;
  /** What of the workspace is as it was where its branch left the default branch. */
  readonly applied: AppliedSource;
}

/**
 * The down of the only pending migration as Prisma's engine derives it from the schema of the workspace and the one of the default branch.
 * A candidate: only a round trip shows whether it restores the schema.
 * @returns the script, or in one sentence why there is none
 */
export async function prismaDownOf({ database, step, root, trusted, applied }: PrismaDownRequest, options: GitOptions = {}, differ: PrismaDiffer = prismaDiffer()): Promise<PrismaDown> {
  const hindrance = whyNotFromSchemas(database, step, applied);
  if (hindrance !== undefined) return { refusal: hindrance };
  const earlier = await textsAtFork(root, trusted, (file) => file.endsWith('.prisma'), options);
  if (typeof earlier === 'string') return { refusal: `${earlier}.` };
  const pair = schemaPair(database, earlier);
  return 'refusal' in pair ? pair : await prismaDown(differ, pair, options.signal);
}

/** What others than the history propose as the down of a migration: for one of Prisma the difference of its schemas, where it can be had. */
export async function proposedDowns(request: PrismaDownRequest, options: GitOptions = {}, differ?: PrismaDiffer): Promise<DownCandidate[]> {
  const prisma = request.database.runner?.id === 'prisma' ? await prismaDownOf(request, options, differ) : undefined;
  return prisma && 'sql' in prisma ? [{ source: 'the difference of the two Prisma schemas', sql: prisma.sql }] : [];
}
