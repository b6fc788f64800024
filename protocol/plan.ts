import type { Evidence, EvidenceLevel } from './evidence.ts';

// `import type` from a neighbour in protocol/ is the only import this floor has.

/** A sentence of the plan with what it rests on. */
export interface Claim {
  readonly text: string;
  readonly level: EvidenceLevel;
  readonly evidence: readonly Evidence[];
}

/** Something to do, with the place it concerns and, where there is SQL for it, the SQL. */
export interface PlanItem {
  readonly title: string;
  readonly detail: string;
  readonly sql?: string;
  readonly risk?: 'low' | 'medium' | 'high';
  readonly evidence: readonly Evidence[];
}

export interface PlanTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean; readonly default?: string }[];
  readonly primary_key: readonly string[];
  readonly foreign_keys: readonly { readonly columns: readonly string[]; readonly references: string; readonly on_delete: string }[];
  readonly uniques: readonly (readonly string[])[];
  readonly checks: readonly string[];
  readonly tenant_key: string | null;
  readonly evidence: readonly Evidence[];
}

export interface MigrationStepPlan {
  readonly version: string;
  readonly file: string;
  readonly line: number;
  readonly statement: string;
  /** Lock mode in the engine's own words, or null when nothing is locked that matters: as an engine showed it where `level` is `proved`, else what is known of such statements. */
  readonly lock: string | null;
  readonly rewrite: boolean;
  /** What a second connection had to wait with while its transaction was open, and on which engine; only where one was tried. */
  readonly waits?: string;
  /** How lock and rewrite are known. */
  readonly level: EvidenceLevel;
  /** What experiments showed of the statement. */
  readonly evidence: readonly Evidence[];
  readonly reversibility: 'reversible' | 'loses data' | 'irreversible';
  readonly risk: 'low' | 'medium' | 'high';
  readonly safe_sequence: readonly string[];
}

export interface DatabasePlan {
  readonly schema_design: { readonly claims: readonly Claim[]; readonly tables: readonly PlanTable[]; readonly items: readonly PlanItem[] };
  readonly index_strategy: {
    readonly claims: readonly Claim[];
    readonly existing: readonly { readonly table: string; readonly name: string; readonly columns: readonly string[]; readonly unique: boolean; readonly evidence: readonly Evidence[] }[];
    readonly primary: readonly PlanItem[];
    readonly secondary: readonly PlanItem[];
    readonly composite: readonly PlanItem[];
  };
  readonly migration_plan: { readonly claims: readonly Claim[]; readonly steps: readonly MigrationStepPlan[]; readonly items: readonly PlanItem[] };
  readonly transaction_strategy: { readonly claims: readonly Claim[]; readonly isolation: readonly PlanItem[]; readonly locking: readonly PlanItem[]; readonly items: readonly PlanItem[] };
  readonly operational_plan: {
    readonly claims: readonly Claim[];
    readonly pool: readonly PlanItem[];
    readonly timeouts: readonly PlanItem[];
    readonly backups: readonly PlanItem[];
    readonly recovery: readonly PlanItem[];
    readonly monitoring: readonly PlanItem[];
    readonly retention: readonly PlanItem[];
    readonly cache: readonly PlanItem[];
  };
}

export interface ChecklistEntry {
  readonly text: string;
  readonly state: 'met' | 'not met' | 'unknown';
  readonly detail: string;
  readonly evidence: readonly Evidence[];
}

export interface Assumption {
  readonly text: string;
  /** Key path in database-expert.yaml that settles it. */
  readonly key: string;
  /** The line (or lines) to put there. */
  readonly yaml: string;
}

/** Output of `plan --format json`. One plan speaks of one database; a workspace of several has several. */
export interface Plan {
  readonly version: 1;
  readonly database: string;
  readonly dialect: string;
  readonly database_plan: DatabasePlan;
  readonly evidence_checklist: readonly ChecklistEntry[];
  readonly success_criteria: readonly ChecklistEntry[];
  readonly position_card: {
    readonly role: 'Database Expert';
    readonly claims: readonly Claim[];
    readonly plan: readonly string[];
    readonly evidence: readonly string[];
    readonly risks: readonly string[];
    /** 0 to 1, two decimals: the share of claims that carry evidence, weighed by level. */
    readonly confidence: number;
    readonly cost: 'Low' | 'Medium' | 'High';
    readonly reversibility: 'Low' | 'Medium' | 'High';
  };
  readonly assumptions: readonly Assumption[];
  /** Plans of the other databases of the workspace; this one is the first or the one asked for. */
  readonly others?: readonly Plan[];
}
