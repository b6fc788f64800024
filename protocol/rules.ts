/** Output of `rules --format json`. */
export interface RulesReport {
  readonly version: 1;
  readonly rules: readonly {
    readonly id: string;
    /** Engine to version condition; `*` for every version. */
    readonly dialects: Readonly<Record<string, string | undefined>>;
    readonly concern: string;
    readonly severity: string;
    readonly status: string;
    readonly summary: string;
    readonly why: string;
    readonly fix: string;
    /** What other tools call it. */
    readonly aliases: Readonly<Record<string, readonly string[]>>;
    /** Page of the rule, relative to the package. */
    readonly docs: string;
  }[];
}
