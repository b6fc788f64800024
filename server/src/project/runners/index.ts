import { atlas } from './atlas.ts';
import { dbmate } from './dbmate.ts';
import { diesel } from './diesel.ts';
import { drizzle } from './drizzle.ts';
import { extensionScripts } from './extensionScripts.ts';
import { flyway } from './flyway.ts';
import { golangMigrate } from './golangMigrate.ts';
import { goose } from './goose.ts';
import { liquibase } from './liquibase.ts';
import { nodePgMigrate } from './nodePgMigrate.ts';
import { numberedFiles } from './numberedFiles.ts';
import { numberedPairs } from './numberedPairs.ts';
import { pop } from './pop.ts';
import { prismaMigrate } from './prismaMigrate.ts';
import type { Runner } from './runner.ts';
import { sqitch } from './sqitch.ts';
import { sqlx } from './sqlx.ts';
import { supabase } from './supabase.ts';
import { versionFolders } from './versionFolders.ts';

/** Every runner that is known. A new one is one file and one line here. */
export const runners: readonly Runner[] = [
  prismaMigrate,
  golangMigrate,
  sqlx,
  diesel,
  dbmate,
  goose,
  flyway,
  liquibase,
  drizzle,
  supabase,
  atlas,
  sqitch,
  pop,
  nodePgMigrate,
  extensionScripts,
  versionFolders,
  numberedPairs,
  numberedFiles,
];

/** A runner by the id that configuration and facts use; undefined for an unknown one. */
export function runnerById(id: string): Runner | undefined {
  return runners.find((runner) => runner.id === id);
}
