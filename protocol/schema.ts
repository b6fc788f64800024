/** Output of `schema --format json`. Types are in the engine's own spelling. */
export interface SchemaReport {
  readonly version: 1;
  readonly databases: readonly SchemaDatabase[];
}

export interface SchemaDatabase {
  readonly name: string;
  readonly dialect: string;
  readonly tables: readonly SchemaTable[];
  readonly enums: readonly { readonly schema: string | null; readonly name: string; readonly values: readonly string[] }[];
  readonly views: readonly { readonly schema: string | null; readonly name: string; readonly materialized: boolean; readonly columns: readonly string[]; readonly query: string }[];
}

export interface SchemaTable {
  /** Null for the engine's default schema. */
  readonly schema: string | null;
  readonly name: string;
  readonly columns: readonly SchemaColumn[];
  readonly primaryKey: SchemaKey | null;
  readonly uniques: readonly SchemaKey[];
  readonly foreignKeys: readonly SchemaForeignKey[];
  readonly checks: readonly { readonly name: string | null; readonly expression: string; readonly validated: boolean }[];
  readonly indexes: readonly SchemaIndex[];
  readonly rowLevelSecurity?: { readonly enabled: boolean; readonly forced: boolean };
  readonly policies?: readonly { readonly name: string; readonly command: string; readonly permissive: boolean; readonly roles: readonly string[]; readonly using?: string; readonly check?: string }[];
}

export interface SchemaColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly generated?: { readonly expression: string; readonly stored: boolean };
  readonly identity?: 'always' | 'by default';
}

export interface SchemaKey {
  readonly name: string | null;
  readonly columns: readonly string[];
}

export interface SchemaForeignKey {
  readonly name: string | null;
  readonly columns: readonly string[];
  readonly references: { readonly table: string; readonly columns: readonly string[] };
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly validated: boolean;
}

export interface SchemaIndex {
  readonly name: string;
  readonly columns: readonly ({ readonly name: string; readonly order: string; readonly nulls: string | null } | { readonly expression: string; readonly order: string; readonly nulls: string | null })[];
  readonly unique: boolean;
  readonly method: string;
  readonly where?: string;
  readonly include?: readonly string[];
}
