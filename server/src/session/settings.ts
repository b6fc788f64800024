import { ruleLevels } from '../project/configSchema.ts';
import { usualSeconds } from '../proofs/limit.ts';
import type { Severity } from '../rules/rule.ts';
import { isDialect, type Dialect } from '../source/dialect.ts';

/** What the user may set in an editor, under `databaseExpert.`; the workspace's own statements stand in database-expert.yaml. */
export interface Settings {
  readonly enable: boolean;
  /** `openFiles`, or `workspace` for every file that was read. */
  readonly scope: 'openFiles' | 'workspace';
  readonly showApplied: boolean;
  /** Milliseconds of rest after a keystroke before anything is computed. */
  readonly delay: number;
  readonly hover: boolean;
  readonly proofs: ProofSettings;
  /** Dialect of loose files, and of those that tell nothing. */
  readonly dialect?: Dialect;
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
}

/** How experiments on embedded engines are run. */
export interface ProofSettings {
  /** Whether pending migrations that are open are proved again when nobody types. */
  readonly background: boolean;
  /** Whether pending migrations have a line above them that proves them and says what came of it. */
  readonly codeLens: boolean;
  /** Whether a PostgreSQL found on this machine may run them, where the workspace states its major version. */
  readonly installedPostgresql: boolean;
  /** URL of a MySQL or MariaDB server that is asked how it changes tables; empty where there is none. */
  readonly mysqlServer: string;
  /** Seconds for one run. */
  readonly timeout: number;
}

interface Declaration {
  readonly type: 'boolean' | 'string' | 'number' | 'object';
  readonly default: unknown;
  readonly description: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly scope?: 'window' | 'resource' | 'machine' | 'machine-overridable';
}

/** Every setting except the levels of the rules, as the settings editor shows it. The one place where settings are declared. */
export const settingDeclarations: Readonly<Record<string, Declaration>> = {
  enable: { type: 'boolean', default: true, description: 'Look for what will hurt in production.', scope: 'resource' },
  'diagnostics.scope': {
    type: 'string',
    default: 'openFiles',
    enum: ['openFiles', 'workspace'],
    enumDescriptions: ['Problems of the files that are open.', 'Problems of every file that was read.'],
    description: 'Of which files problems are shown.',
    scope: 'resource',
  },
  'diagnostics.showApplied': { type: 'boolean', default: false, description: 'Also show how migrations run that are already applied.', scope: 'resource' },
  'diagnostics.delay': { type: 'number', default: 150, minimum: 0, maximum: 5000, description: 'Milliseconds of rest after a keystroke before problems are looked for.', scope: 'resource' },
  'hover.enable': { type: 'boolean', default: true, description: 'Show the definition of a table or column under the mouse.', scope: 'resource' },
  dialect: {
    type: 'string',
    default: 'auto',
    enum: ['auto', 'postgresql', 'mysql', 'mariadb', 'sqlite'],
    description: 'Dialect of SQL files outside a workspace folder. Within one, database-expert.yaml states it.',
    scope: 'resource',
  },
  'proofs.background': {
    type: 'boolean',
    default: true,
    description: 'Prove pending migrations that are open again when nothing was typed for some seconds. The engines are part of the extension and run in a process of their own, without files and network; it is closed when it is not needed.',
    scope: 'resource',
  },
  'proofs.codeLens': { type: 'boolean', default: true, description: 'Show above each pending migration what was proved of it.', scope: 'resource' },
  'proofs.installedPostgresql': {
    type: 'boolean',
    default: false,
    description: 'Let a PostgreSQL installation of this machine run proofs where database-expert.yaml states its major version: as a throwaway server with an empty database. Your own databases are never touched.',
    scope: 'machine',
  },
  'proofs.mysqlServer': {
    type: 'string',
    default: '',
    description: 'URL of a MySQL or MariaDB server (mysql://user:password@127.0.0.1:3306) that is asked which ALGORITHM and LOCK it takes for changes of tables: only when you ask for a proof, in an empty database of its own that is dropped afterwards. A database in the URL lends its character set and is not touched. The user needs the right to create and drop databases.',
    scope: 'machine',
  },
  'proofs.timeout': { type: 'number', default: usualSeconds, minimum: 1, maximum: 86_400, description: 'Seconds after which a run of proofs ends. What was not run by then is said, with that reason.', scope: 'resource' },
  'trace.server': { type: 'string', default: 'off', enum: ['off', 'messages', 'verbose'], description: 'Write what the editor and the language server tell each other to the log.', scope: 'window' },
};

export const defaultSettings: Settings = { enable: true, scope: 'openFiles', showApplied: false, delay: 150, hover: true, proofs: { background: true, codeLens: true, installedPostgresql: false, mysqlServer: '', timeout: usualSeconds }, rules: {} };

/** Reads the section `databaseExpert` as an editor gives it. Whatever has the wrong type counts as not given. */
export function readSettings(section: unknown): Settings {
  const given = (key: string): unknown => key.split('.').reduce<unknown>((value, part) => (isRecord(value) ? value[part] : undefined), section);
  const value = <T>(key: string, accepts: (value: unknown) => value is T, otherwise: T): T => {
    const found = given(key);
    return accepts(found) ? found : otherwise;
  };
  const isBoolean = (one: unknown): one is boolean => typeof one === 'boolean';
  const isText = (one: unknown): one is string => typeof one === 'string';
  const isDelay = (one: unknown): one is number => typeof one === 'number' && one >= 0 && one <= 5000;
  const isTime = (one: unknown): one is number => typeof one === 'number' && one >= 1 && one <= 86_400;
  const dialect = given('dialect');
  const rules = given('rules');
  return {
    enable: value('enable', isBoolean, defaultSettings.enable),
    scope: given('diagnostics.scope') === 'workspace' ? 'workspace' : 'openFiles',
    showApplied: value('diagnostics.showApplied', isBoolean, defaultSettings.showApplied),
    delay: value('diagnostics.delay', isDelay, defaultSettings.delay),
    hover: value('hover.enable', isBoolean, defaultSettings.hover),
    proofs: {
      background: value('proofs.background', isBoolean, defaultSettings.proofs.background),
      codeLens: value('proofs.codeLens', isBoolean, defaultSettings.proofs.codeLens),
      installedPostgresql: value('proofs.installedPostgresql', isBoolean, defaultSettings.proofs.installedPostgresql),
      mysqlServer: value('proofs.mysqlServer', isText, defaultSettings.proofs.mysqlServer),
      timeout: value('proofs.timeout', isTime, defaultSettings.proofs.timeout),
    },
    ...(isDialect(dialect) && { dialect }),
    rules: isRecord(rules) ? (Object.fromEntries(Object.entries(rules).filter(([, level]) => (ruleLevels as readonly unknown[]).includes(level))) as Settings['rules']) : {},
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
