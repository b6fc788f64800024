import type { DatabasePlan, Plan } from '../../../protocol/plan.ts';
import type { DatabaseFacts, Facts } from '../project/facts.ts';
import type { Proofs } from '../proofs/judge.ts';
import type { Finding } from '../rules/rule.ts';
import { evidenceChecklist, successCriteria } from './checklist.ts';
import { PlanContext } from './context.ts';
import { indexStrategy } from './indexStrategy.ts';
import { migrationPlan } from './migrationPlan.ts';
import { operationalPlan } from './operationalPlan.ts';
import { positionCard } from './positionCard.ts';
import { redactDeep } from './redact.ts';
import { schemaDesign } from './schemaDesign.ts';
import { transactionStrategy } from './transactionStrategy.ts';

export interface PlanOptions {
  /** Name of the database the plan leads with; the one with the most migrations and tables when left out. */
  readonly database?: string;
  /** What was proved; nothing when left out. */
  readonly proofs?: Proofs;
}

/**
 * The database plan of a workspace: one plan per database, the chosen one first and the rest under `others`.
 * Undefined when the workspace holds no database. Passwords are removed from every text.
 */
export function buildPlan(facts: Facts, findings: readonly Finding[], options: PlanOptions = {}): Plan | undefined {
  const weight = (database: DatabaseFacts) => database.steps.length + database.catalog.tables.size + database.workload.length;
  const databases = [...facts.databases].sort((a, b) => Number(b.name === options.database) - Number(a.name === options.database) || weight(b) - weight(a));
  const [first, ...rest] = databases.map((database) => planOf(facts, database, findings, options.proofs));
  if (!first) return undefined;
  const others = rest.filter((plan) => plan.database_plan.schema_design.tables.length > 0 || plan.database_plan.migration_plan.steps.length > 0);
  return redactDeep(others.length > 0 ? { ...first, others } : first);
}

function planOf(facts: Facts, database: DatabaseFacts, findings: readonly Finding[], proofs: Proofs | undefined): Plan {
  const context = new PlanContext(facts, database, findings.filter((finding) => finding.database === database.name), proofs);
  const plan: DatabasePlan = {
    schema_design: schemaDesign(context),
    index_strategy: indexStrategy(context),
    migration_plan: migrationPlan(context),
    transaction_strategy: transactionStrategy(context),
    operational_plan: operationalPlan(context),
  };
  return {
    version: 1,
    database: database.name,
    dialect: database.dialect,
    database_plan: plan,
    evidence_checklist: evidenceChecklist(context),
    success_criteria: successCriteria(context, plan.migration_plan.steps),
    position_card: positionCard(context, plan),
    assumptions: context.assumptions,
  };
}
