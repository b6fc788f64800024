import type { DatabaseSummary, FileStatus } from '../../../protocol/requests.ts';
import { fileKind } from '../project/fileKinds.ts';
import type { DatabaseFacts, DialectSource, Facts } from '../project/facts.ts';
import { sameFamily } from '../project/loose.ts';
import type { Finding } from '../rules/rule.ts';
import { detectDialect } from '../source/detect.ts';
import { countBySeverity } from './findings.ts';

/** How a file is read, and what was found in it. The URI is put in by whoever knows it. */
export function statusOf(facts: Facts, findings: readonly Finding[], file: string): Omit<FileStatus, 'uri'> {
  const role = facts.roleOf.get(file);
  const database = role && facts.databases[role.database];
  const kind = fileKind(file);
  return {
    dialectFrom: database && kind === 'sql' ? (database.dialectFrom ?? toldByFile(facts, database, file)) : null,
    dialect: kind === 'redis' ? 'redis' : (database?.dialect ?? null),
    database: database?.name ?? null,
    role: kind === 'config' ? 'configuration' : kind === 'redis' ? 'redis' : (role?.role ?? null),
    runner: role?.role === 'migration' || role?.role === 'down' ? (database?.runner?.title ?? null) : null,
    statements: facts.scripts.get(file)?.statements.length ?? 0,
    unread: database?.unread.filter((one) => one.file === file).length ?? 0,
    findings: countBySeverity(findings.filter((finding) => finding.at.file === file)),
    appliedNote: database?.appliedNote ?? null,
    gap: database?.gap?.reason ?? null,
    leftAlone: facts.leftAlone.find((one) => one.file === file)?.reason ?? null,
  };
}

/** What tells the dialect of a file that neither migrations nor Prisma nor the configuration tell. */
function toldByFile(facts: Facts, { dialect }: DatabaseFacts, file: string): DialectSource {
  const told = detectDialect('', file).dialect ? 'name' : 'content';
  const found = detectDialect(facts.files.get(file)?.text ?? '', file).dialect;
  return found && sameFamily(found, dialect) ? told : found ? 'neighbours' : 'default';
}

/** The databases of a folder, in one line each. */
export function databaseSummaries(facts: Facts, folder: string): DatabaseSummary[] {
  return facts.databases.map((database) => ({
    folder,
    name: database.name,
    dialect: database.dialect,
    root: database.root,
    tables: database.catalog.tables.size,
    pending: database.steps.filter((step) => !step.migration.applied).length,
  }));
}
