import type { ExperimentEvidence } from '../../../protocol/evidence.ts';
import type { WorkspaceChange } from '../edits/change.ts';
import type { DatabaseFacts, Facts, HistoryEntry, MigrationStep, PlacedStatement, RedisFacts } from '../project/facts.ts';
import type { Dialect } from '../source/dialect.ts';
import { livePlace } from '../source/place.ts';
import type { PrismaModel } from '../source/prisma/ast.ts';
import type { AlterAction, ColumnDefinition, StatementNode } from '../source/sql/ast.ts';
import type { TextRange } from '../text/range.ts';
import type { Claim } from './claim.ts';
import type { DesignTable } from './design.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

export type Concern = 'index' | 'migration' | 'schema' | 'transaction' | 'tenancy' | 'operations';

/** A place in a file; offsets of the file. */
export interface Place {
  readonly file: string;
  readonly range: TextRange;
}

/** What a rule has to say about one place. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Name of the database; undefined for redis. */
  readonly database?: string;
  readonly at: Place;
  /** What is wrong. One sentence, no full stop at the end of names. */
  readonly message: string;
  /** Why it matters. Falls back to the rule's. */
  readonly why: string;
  /** What to do. */
  readonly help: string;
  readonly related: readonly (Place & { readonly message: string })[];
  /** Whether the place lies in an applied migration; such findings have no fix that edits it. */
  readonly applied: boolean;
  /** Table whose unknown size decides on the severity; stating it is offered as an action. */
  readonly unsized?: string;
  /** What an engine would do if the finding is right; an experiment can look. */
  readonly claim?: Claim;
  /** What experiments showed of the claim; put in when they have run. */
  readonly evidence?: readonly ExperimentEvidence[];
  /** What experiments showed of the fixes; each has its own in `shown`. */
  readonly fixEvidence?: readonly ExperimentEvidence[];
  /** Lazily built; each call gives the changes for the facts the finding was made from. */
  readonly fixes: () => readonly WorkspaceChange[];
}

/** What a check hands in; `at` is statement-relative where the check is called for a statement, else a Place. */
export interface Report {
  readonly at: TextRange | { readonly range: TextRange } | Place;
  readonly message: string;
  /**
   * What the finding speaks of, when two checks may see the same problem: `objectKey` of the table plus a detail,
   * `orders(customer_id)`. One finding per rule, database and subject is kept, the one on a Prisma model first.
   */
  readonly subject?: string;
  readonly severity?: Severity;
  readonly why?: string;
  readonly help?: string;
  readonly related?: readonly (Place & { readonly message: string })[];
  /** Table whose size is not known although the severity depends on it (`blockingSeverity`). */
  readonly unsized?: string;
  readonly claim?: Claim;
  readonly fix?: () => WorkspaceChange | readonly WorkspaceChange[] | undefined;
}

export interface RuleContext {
  readonly facts: Facts;
  readonly database: DatabaseFacts;
  /** Options of this rule from the configuration. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly report: (report: Report) => void;
}

/** For checks that look at a statement: the statement in its place. Ranges given to `report` are relative to it. */
export interface StatementContext extends RuleContext {
  readonly entry: HistoryEntry;
  /** Turns a statement-relative range into a place. */
  readonly place: (range: TextRange) => Place;
}

type NodeOf<K extends StatementNode['kind']> = Extract<StatementNode, { kind: K }>;

/** Which pieces a rule looks at. One walk over the facts serves all rules. */
export type Checks = {
  readonly [K in Exclude<StatementNode['kind'], 'alterTable'>]?: (node: NodeOf<K>, context: StatementContext) => void;
} & {
  readonly alterTable?: (node: NodeOf<'alterTable'>, context: StatementContext) => void;
  /** Columns of CREATE TABLE, ADD COLUMN, MODIFY and CHANGE. */
  readonly columnDefinition?: (column: ColumnDefinition, context: StatementContext, parent: StatementNode) => void;
  readonly alterAction?: (action: AlterAction, context: StatementContext, parent: NodeOf<'alterTable'>) => void;
  /** A whole migration, in order. */
  readonly migration?: (step: MigrationStep, context: RuleContext) => void;
  /** A file that is no migration (script, queries, schema), with its statements. */
  readonly script?: (file: string, entries: readonly HistoryEntry[], context: RuleContext) => void;
  readonly model?: (model: PrismaModel, file: string, context: RuleContext) => void;
  /** A table of the schema as it stands, of the history or of the Prisma schema. */
  readonly table?: (design: DesignTable, context: RuleContext) => void;
  /** The database as it stands, for what only all tables together tell; `table` costs less while somebody types. */
  readonly database?: (context: RuleContext) => void;
  readonly redis?: (redis: RedisFacts, context: Omit<RuleContext, 'database'>) => void;
};

export interface RuleMetadata {
  readonly id: string;
  /** Engines it is true for, with the versions: `{ postgresql: '>=10' }`; `true` for all versions. `prisma` and `redis` name the other languages. */
  readonly dialects: Partial<Record<Dialect | 'prisma' | 'redis', true | string>>;
  readonly severity: Severity;
  readonly concern: Concern;
  /** `design` findings show also in applied files; `run` findings (how a migration runs) on pending ones only. */
  readonly about: 'design' | 'run';
  readonly status: 'stable' | 'nursery';
  /** One sentence in the imperative. */
  readonly summary: string;
  readonly why: string;
  /** What the fix does, or what to do by hand. */
  readonly fix: string;
  /** `safe`, `suggestion`, or none. */
  readonly fixKind?: 'safe' | 'suggestion';
  /** Executed by a test: `bad` gives this finding, `good` does not. `files` holds a fixture when one statement is not enough. */
  readonly examples: readonly { readonly dialect: Dialect | 'prisma' | 'redis'; readonly bad: string; readonly good: string; readonly note?: string }[];
  /** Manual pages that say so. */
  readonly references: readonly { readonly title: string; readonly url: string }[];
  readonly aliases: Partial<Record<'squawk' | 'pgls' | 'pgfence' | 'eugene' | 'atlas' | 'strong_migrations' | 'bytebase' | 'splinter' | 'prisma-lint', readonly string[]>>;
  /** Options with their defaults and a sentence each, for the configuration schema. */
  readonly options?: Readonly<Record<string, { readonly default: unknown; readonly description: string }>>;
}

export interface Rule extends RuleMetadata {
  readonly check: Checks;
}

/** Declares a rule. The registry lists them; documentation, settings and schemas are generated from them. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** Where in the text of a file a placed statement's relative range lies; the place moves with the statement. */
export function placeOf({ file, statement }: PlacedStatement, { start, end }: TextRange): Place {
  return livePlace(statement, file, { start, end });
}
