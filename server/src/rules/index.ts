import { constraintBuildsIndex } from './index/constraint-builds-index.ts';
import { foreignKeyWithoutIndex } from './index/foreign-key-without-index.ts';
import { indexBlocksWrites } from './index/index-blocks-writes.ts';
import { lowSelectivityIndex } from './index/low-selectivity-index.ts';
import { missingCompositeIndex } from './index/missing-composite-index.ts';
import { changeWithoutWhere } from './migration/change-without-where.ts';
import { constraintScansTable } from './migration/constraint-scans-table.ts';
import { downDoesNotRestore } from './migration/down-does-not-restore.ts';
import { dropColumn } from './migration/drop-column.ts';
import { dropTable } from './migration/drop-table.ts';
import { notNullWithoutDefault } from './migration/not-null-without-default.ts';
import { renameBreaksClients } from './migration/rename-breaks-clients.ts';
import { setNotNullScans } from './migration/set-not-null-scans.ts';
import { redisEviction } from './operations/redis-eviction.ts';
import { missingDownMigration } from './migration/missing-down-migration.ts';
import type { Rule } from './rule.ts';
import { missingPrimaryKey } from './schema/missing-primary-key.ts';
import { preferIdentity } from './schema/prefer-identity.ts';
import { unboundedLogTable } from './schema/unbounded-log-table.ts';
import { rowLevelSecurityMissing } from './tenancy/row-level-security-missing.ts';
import { tenantKeyMissing } from './tenancy/tenant-key-missing.ts';
import { concurrentlyInTransaction } from './transaction/concurrently-in-transaction.ts';
import { multiWriteWithoutTransaction } from './transaction/multi-write-without-transaction.ts';

/**
 * How to add a rule. Write `rules/<concern>/<rule-id>.ts` that exports `defineRule({ ... })`, add it to the list below, and add a fixture
 * `test/fixtures/rules/<rule-id>/<case>.sql` (`.prisma`, `.conf`) with what you expect written under the line; then run
 * `npx vitest run test/unit/rules.test.ts` and `node scripts/generate.mjs` for the documentation. The metadata examples are run as well:
 * `bad` must give the finding, `good` must not; both may hold several files (`-- file: path`) and options (`-- fixture: all`).
 *
 * What a rule may look at is named by the keys of `check` (rule.ts); helpers are in support.ts: `blockingSeverity` for whatever blocks a
 * table, `isNewTable`, `tableBefore`, `everyDialect`; the check `table` is for rules about the schema as it stands. A rule decides nothing
 * about levels, suppression, applied migrations or duplicates: the engine does. `about: 'run'` rules are asked about pending migrations only;
 * `about: 'design'` rules report what still stands in `database.catalog`, at the origin of the object, and carry a `subject` so that a problem
 * seen in the history and in Prisma is shown once. A fix is built when it is asked for, from the builders of `edits/`.
 *
 * Findings are kept until something changes that the check read. So a check looks up what it needs by name (`catalog.tables.get`,
 * `entriesAbout` and its kin in project/lookups.ts, `queriesNaming`) and walks over no collection; places come from origins, `placeOf` and
 * `relatedAt`, and are not copied, since they move while somebody types; the same facts give the same report.
 */
export const rules: readonly Rule[] = [
  missingCompositeIndex,
  foreignKeyWithoutIndex,
  lowSelectivityIndex,
  indexBlocksWrites,
  constraintBuildsIndex,
  concurrentlyInTransaction,
  multiWriteWithoutTransaction,
  missingDownMigration,
  downDoesNotRestore,
  notNullWithoutDefault,
  setNotNullScans,
  constraintScansTable,
  dropColumn,
  dropTable,
  renameBreaksClients,
  changeWithoutWhere,
  preferIdentity,
  missingPrimaryKey,
  unboundedLogTable,
  tenantKeyMissing,
  rowLevelSecurityMissing,
  redisEviction,
];

/** A rule by its identifier. */
export function ruleById(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}
