import type { Plan } from './plan.ts';

// Methods are plain constants: neither side needs the other's libraries to name a request.

/** What a file is to the server, for the status item. */
export interface FileStatus {
  readonly uri: string;
  /** The dialect the file is read as; null where it is not SQL or nothing could be told. */
  readonly dialect: string | null;
  /** From where the dialect is known: `command line`, `configuration`, `provider`, `runner`, `name`, `content`, `neighbours`; `default` when nothing tells it. */
  readonly dialectFrom: string | null;
  /** Name of the database the file belongs to. */
  readonly database: string | null;
  /** `migration`, `down`, `schema`, `queries`, `script`, `prisma`, `redis`, `configuration`. */
  readonly role: string | null;
  /** The runner as people write it, when there is one. */
  readonly runner: string | null;
  readonly statements: number;
  /** Statements of this file that could not be read. */
  readonly unread: number;
  readonly findings: { readonly error: number; readonly warning: number; readonly information: number; readonly hint: number };
  /** Why nothing counts as applied, when that is so. */
  readonly appliedNote: string | null;
  /** What of the history of the file's database is not known, because it is not SQL. */
  readonly gap: string | null;
  /** Why the file is left alone, when it is. */
  readonly leftAlone: string | null;
}

export const statusRequest = 'databaseExpert/status';
export interface StatusParams {
  readonly uri: string;
}
/** Null when the file belongs to no folder that is open and is not open itself. */
export type StatusAnswer = FileStatus | null;

export interface DatabaseSummary {
  /** URI of the workspace folder. */
  readonly folder: string;
  readonly name: string;
  readonly dialect: string;
  readonly root: string;
  readonly tables: number;
  readonly pending: number;
}

export const databasesRequest = 'databaseExpert/databases';
export type DatabasesAnswer = readonly DatabaseSummary[];

export const planRequest = 'databaseExpert/plan';
export interface PlanParams {
  /** URI of the workspace folder; the first one when left out. */
  readonly folder?: string;
  /** Name of the database; the first one when left out. */
  readonly database?: string;
}
export interface PlanAnswer {
  readonly folder: string;
  readonly databases: readonly DatabaseSummary[];
  /** Null when the folder holds no database; `reason` then says what was looked for. */
  readonly plan: Plan | null;
  readonly reason?: string;
  /** Making the plan failed, which is a fault of the program; `reason` says where to look. */
  readonly failed?: true;
}

export const renderPlanRequest = 'databaseExpert/renderPlan';
export interface RenderPlanParams extends PlanParams {
  readonly format: 'yaml' | 'markdown';
}
/** Null when there is no database to plan for. */
export type RenderPlanAnswer = { readonly text: string } | null;

export const explainRuleRequest = 'databaseExpert/explainRule';
export interface ExplainRuleParams {
  readonly rule: string;
}
/** Where the rule's page lies; null when there is no such rule. */
export type ExplainRuleAnswer = { readonly uri: string; readonly title: string } | null;

/** Asks for the edits that put a setting into database-expert.yaml. Nothing is written: the client applies the edits. */
export const configurationEditRequest = 'databaseExpert/configurationEdit';
export interface ConfigurationEditParams {
  /** URI of a workspace folder, or of a file in it. */
  readonly uri: string;
  /** The database the setting is for; where the file lists databases, the setting goes to its entry. */
  readonly database?: string;
  /** YAML to merge into the file, nested as it stands there: `scale_targets:\n  qps: 200`. */
  readonly yaml?: string;
  /** Instead of `yaml`: the dialect of the database that holds the file `uri`. */
  readonly dialect?: string;
}
export interface ConfigurationEditAnswer {
  readonly uri: string;
  readonly create: boolean;
  /** The whole text after the change. */
  readonly text: string;
  /** Zero-based line on which the change begins. */
  readonly line: number;
}

/** Asks for proofs: of the migration that a file holds, or of all pending ones of a folder. Takes seconds; progress is shown and can be stopped. */
export const proveRequest = 'databaseExpert/prove';
export interface ProveParams {
  /** The file of a migration or of its down. */
  readonly uri?: string;
  /** Where a file holds several migrations: which. */
  readonly version?: string;
  /** URI of a workspace folder, when no file is given; the first one when left out. */
  readonly folder?: string;
}
export interface ProveAnswer {
  /** How many migrations were looked at. */
  readonly migrations: number;
  /** `PostgreSQL 18.6`, what ran. */
  readonly engines: readonly string[];
  /** What goes wrong, in order. Lines are zero-based. */
  readonly problems: readonly { readonly uri: string; readonly line: number; readonly message: string }[];
  /** Experiments that did not run, each reason once. */
  readonly notRun: readonly string[];
  /** Why nothing was looked at. */
  readonly reason?: string;
}

/** From the server, after each revision: what is on screen may be out of date. */
export const changedNotification = 'databaseExpert/changed';
export interface ChangedParams {
  readonly folder: string;
  readonly revision: number;
}

/** Given by the client with `initialize`. All optional, so that any editor can start the server with nothing. */
export interface InitializationOptions {
  /** False: the workspace is not trusted, and git is not run. */
  readonly trusted?: boolean;
  /** Commands that the client carries out itself. The server offers `explainRule` only where it is not among them. */
  readonly clientCommands?: readonly string[];
  /** Whether Prisma's own extension is at work, so that what it answers is not answered twice. */
  readonly prismaExtension?: boolean;
  /** Path of the folder that holds the pages of the rules, where the server cannot find it by itself. */
  readonly documentation?: string;
  /** Path of a folder outside the workspace in which proofs are kept from one session to the next; they are not kept when left out. */
  readonly storage?: string;
}

/** Sent by the client when the user trusts the workspace after start. */
export const trustedNotification = 'databaseExpert/trusted';

export const commands = {
  generatePlan: 'databaseExpert.generatePlan',
  exportPlanYaml: 'databaseExpert.exportPlanYaml',
  exportPlanMarkdown: 'databaseExpert.exportPlanMarkdown',
  explainRule: 'databaseExpert.explainRule',
  openConfiguration: 'databaseExpert.openConfiguration',
  chooseDialect: 'databaseExpert.chooseDialect',
  proveMigration: 'databaseExpert.proveMigration',
  proveWorkspace: 'databaseExpert.proveWorkspace',
  restart: 'databaseExpert.restart',
  showLog: 'databaseExpert.showLog',
  showMenu: 'databaseExpert.showMenu',
  refreshPlan: 'databaseExpert.refreshPlan',
  /** Runs after a fix that makes files: saves them and shows the first. */
  openCreated: 'databaseExpert.openCreated',
} as const;
