import type { Dialect } from '../source/dialect.ts';
import type { TextRange } from '../text/range.ts';

export type TenancyModel = 'none' | 'shared' | 'schema-per-tenant' | 'db-per-tenant';
export type RuleLevel = 'off' | 'hint' | 'information' | 'warning' | 'error';

export interface AccessPattern {
  readonly name?: string;
  /** SQL text, or words when no SQL is known. */
  readonly query?: string;
  readonly reads_per_second?: number;
  readonly writes_per_second?: number;
}

/** Plan inputs of the brief, as database-expert.yaml gives them. All are optional: what is missing becomes an assumption. */
export interface PlanInputs {
  readonly database_type?: Dialect;
  readonly engine_version?: string;
  readonly data_model?: string;
  readonly access_patterns?: readonly AccessPattern[];
  readonly scale_targets?: {
    readonly qps?: number;
    /** Rows believed per table: `orders: 5000000`. */
    readonly rows?: Readonly<Record<string, number>>;
    readonly data_volume?: string;
    readonly retention?: string;
    readonly p95_ms?: number;
  };
  readonly tenancy_model?: TenancyModel;
  readonly tenant_key?: string;
  readonly compliance_requirements?: readonly string[];
  readonly migration_constraints?: readonly string[];
  readonly operations?: {
    readonly application_instances?: number;
    readonly pool_size?: number;
    readonly pooler?: string;
    readonly backup?: string;
    readonly rpo?: string;
    readonly rto?: string;
    readonly restore_tested?: string;
    readonly monitoring?: string;
  };
}

export interface DatabaseConfig extends PlanInputs {
  readonly name?: string;
  /** Folder of the database, relative to the configuration file. */
  readonly path?: string;
  readonly dialect?: Dialect;
  readonly migrations?: {
    readonly path?: string;
    readonly runner?: string;
    /** `git`, `none`, or a version up to and including which all is applied. */
    readonly applied?: string;
  };
  readonly queries?: readonly string[];
  /** File of statistics of the running database, relative to the configuration file. */
  readonly statistics?: string;
}

/** database-expert.yaml after reading; where the file is absent, `defaultConfig`. */
export interface Config extends DatabaseConfig {
  readonly databases: readonly DatabaseConfig[];
  readonly rules: Readonly<Record<string, RuleLevel | { readonly level?: RuleLevel; readonly [option: string]: unknown }>>;
  readonly exclude: readonly string[];
  /** Rows from which on a table counts as large. */
  readonly largeTableRows: number;
  /** Path of the file, relative to the workspace, when there is one. */
  readonly file?: string;
  /** Where a value stands in the file (offsets of it), by key path: `tenancy_model`, `databases[0].access_patterns[1].query`. */
  readonly places?: ReadonlyMap<string, TextRange>;
}

export interface ConfigProblem {
  readonly message: string;
  readonly range: TextRange;
}

export const defaultConfig: Config = { databases: [], rules: {}, exclude: [], largeTableRows: 100_000 };
