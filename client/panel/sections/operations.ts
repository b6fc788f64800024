import type { DatabasePlan } from '../../../protocol/plan.ts';
import type { Child } from '../dom.ts';
import { claims, group, items, type Send } from '../pieces.ts';

/** Transaction strategy: isolation and locking. */
export function transactionStrategy(strategy: DatabasePlan['transaction_strategy'], send: Send): Child {
  return [
    claims(strategy.claims, send),
    group('Isolation', items(strategy.isolation, send)),
    group('Locking', items(strategy.locking, send)),
    group('To do', items(strategy.items, send)),
  ];
}

/** Operational plan: pool, timeouts, backups, recovery, monitoring, retention, cache. */
export function operationalPlan(plan: DatabasePlan['operational_plan'], send: Send): Child {
  return [
    claims(plan.claims, send),
    group('Connection pool', items(plan.pool, send)),
    group('Timeouts', items(plan.timeouts, send)),
    group('Backups', items(plan.backups, send)),
    group('Recovery', items(plan.recovery, send)),
    group('Monitoring', items(plan.monitoring, send)),
    group('Retention', items(plan.retention, send)),
    group('Cache', items(plan.cache, send)),
  ];
}
