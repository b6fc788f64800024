import type { FileChange } from '../edits/change.ts';
import { newMigrationSeries } from '../edits/newMigration.ts';
import type { DatabaseFacts, Facts } from '../project/facts.ts';
import { quoteIdentifier, renderName } from '../schema/quote.ts';
import type { QualifiedName } from '../source/sql/ast.ts';

/** The statements that make a PostgreSQL column NOT NULL without reading the table under a strong lock. */
export interface NotNullSteps {
  readonly addCheck: string;
  readonly dropCheck: string;
  readonly validate: string;
  readonly setNotNull: string;
  readonly dropNotNull: string;
}

/**
 * CHECK (c IS NOT NULL) NOT VALID takes a short lock, VALIDATE reads the table while writes go on, and SET NOT NULL then trusts the
 * check (PostgreSQL 12 and later; manual, ALTER TABLE, SET NOT NULL).
 */
export function notNullSteps(name: QualifiedName, column: string): NotNullSteps {
  const table = renderName('postgresql', name.schema?.name, name.name.name);
  const constraint = quoteIdentifier('postgresql', `${name.name.name}_${column}_not_null`);
  const quoted = quoteIdentifier('postgresql', column);
  return {
    addCheck: `ALTER TABLE ${table} ADD CONSTRAINT ${constraint} CHECK (${quoted} IS NOT NULL) NOT VALID;`,
    dropCheck: `ALTER TABLE ${table} DROP CONSTRAINT ${constraint};`,
    validate: `ALTER TABLE ${table} VALIDATE CONSTRAINT ${constraint};`,
    setNotNull: `ALTER TABLE ${table} ALTER COLUMN ${quoted} SET NOT NULL;`,
    dropNotNull: `ALTER TABLE ${table} ALTER COLUMN ${quoted} DROP NOT NULL;`,
  };
}

/**
 * The migrations that take an existing column from nullable to NOT NULL: one that prepares (`before` and the unvalidated check), one that
 * validates and concludes. Undefined where the runner cannot hold them.
 */
export function notNullMigrations(facts: Facts, database: DatabaseFacts, name: QualifiedName, column: string, before?: string): FileChange[] | undefined {
  const steps = notNullSteps(name, column);
  const slug = `${name.name.name}_${column}`;
  return newMigrationSeries(facts, database, [
    { slug: `prepare_${slug}_not_null`, up: before === undefined ? steps.addCheck : `${before}\n${steps.addCheck}`, down: steps.dropCheck },
    { slug: `require_${slug}`, up: `${steps.validate}\n${steps.setNotNull}\n${steps.dropCheck}`, down: `${steps.addCheck}\n${steps.dropNotNull}` },
  ]);
}
