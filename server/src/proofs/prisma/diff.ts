import type { Dialect } from '../../source/dialect.ts';
import { splitScript } from '../../source/splitter.ts';

/** A file of a Prisma schema. */
export interface SchemaText {
  readonly path: string;
  readonly text: string;
}

/** The providers that the engine knows without a database behind it. Asked for MySQL it panics: `Unsupported adapter provider`. */
export type PrismaProvider = 'postgresql' | 'sqlite';

export interface PrismaDiffRequest {
  readonly provider: PrismaProvider;
  readonly from: readonly SchemaText[];
  readonly to: readonly SchemaText[];
}

/** The port to Prisma's schema engine. */
export interface PrismaDiffer {
  /**
   * The SQL that turns a database of one schema into one of another.
   * @throws Error with the engine's message when a schema is not valid, or when the engine ended before it answered
   */
  diff(request: PrismaDiffRequest, signal?: AbortSignal): Promise<string>;
}

export type PrismaDown = { readonly sql: string } | { readonly refusal: string };

/** The two schemas that a migration stands between. */
export interface SchemaPair {
  readonly dialect: Dialect;
  readonly before: readonly SchemaText[];
  readonly after: readonly SchemaText[];
}

/**
 * The down of a migration as Prisma's engine writes it: from the schema after it to the schema before it. What Prisma's schemas
 * do not tell of (functions, triggers, rows) it leaves as it is, so that only a round trip shows whether it restores the schema.
 * Compared with a database the engine also writes what did not change (indexes with an operator class that it does not know); between two
 * schemas it does not: of 125 schemas compared with themselves, none gave a statement.
 * @returns the script, or in one sentence why there is none
 */
export async function prismaDown(differ: PrismaDiffer, { dialect, before, after }: SchemaPair, signal?: AbortSignal): Promise<PrismaDown> {
  if (dialect !== 'postgresql' && dialect !== 'sqlite') return { refusal: 'Prisma’s schema engine compares schemas of MySQL only with a database at hand.' };
  try {
    const sql = await differ.diff({ provider: dialect, from: after, to: before }, signal);
    // Where nothing differs, the engine says so in a comment.
    return splitScript(sql, dialect).statements.length === 0 ? { refusal: 'Prisma’s schema is the same before and after the migration.' } : { sql };
  } catch (error) {
    signal?.throwIfAborted();
    return { refusal: `Prisma’s schema engine could not compare the schemas: ${error instanceof Error ? error.message.split('\n', 1)[0]! : String(error)}` };
  }
}
