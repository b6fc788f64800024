import type { DatabaseFacts } from '../project/facts.ts';
import type { Rule } from './rule.ts';

const comparison = /^(>=|<=|>|<|=)?\s*(\d+)/;

/**
 * Whether an engine version meets a condition such as `>=10`; several conditions are separated by blanks and must all hold.
 * A version that is not known meets every condition: current engines are assumed.
 */
export function versionMeets(condition: true | string, version: number | undefined): boolean {
  if (condition === true || version === undefined) return true;
  return condition.split(/\s+(?=[<>=\d])/).every((part) => {
    const match = comparison.exec(part.trim());
    if (!match) return true;
    const wanted = Number(match[2]);
    switch (match[1] ?? '=') {
      case '>=':
        return version >= wanted;
      case '<=':
        return version <= wanted;
      case '>':
        return version > wanted;
      case '<':
        return version < wanted;
      default:
        return version === wanted;
    }
  });
}

/** Whether a rule speaks of the SQL of this database: its dialect and its engine version. */
export function appliesToSql(rule: Rule, database: DatabaseFacts): boolean {
  const condition = rule.dialects[database.dialect];
  return condition !== undefined && versionMeets(condition, database.engineVersion);
}

/** Whether a rule speaks of the Prisma schema of this database. */
export function appliesToPrisma(rule: Rule, database: DatabaseFacts): boolean {
  return database.prisma !== undefined && rule.dialects.prisma !== undefined;
}
