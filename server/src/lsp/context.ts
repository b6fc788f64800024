import type { Connection } from 'vscode-languageserver/node';
import type { InitializationOptions } from '../../../protocol/requests.ts';
import type { Session } from '../session/session.ts';
import { noAbilities, type Abilities } from './abilities.ts';
import type { Documents } from './documents.ts';
import type { Folders } from './folders.ts';

/** Makes the session of a folder; `root` is a path of the file system, undefined for loose files. */
export type SessionFactory = (root: string | undefined, context: ServerContext) => Session;

/** What every handler works with. */
export interface ServerContext {
  readonly connection: Connection;
  readonly folders: Folders;
  readonly documents: Documents;
  readonly makeSession: SessionFactory;
  /** Set by `initialize`. */
  abilities: Abilities;
  options: InitializationOptions;
  trusted: boolean;
  /** Fulfilled when the client has said `initialized`, before which it may be asked for nothing. */
  readonly initialized: Promise<void>;
  markInitialized(): void;
  /** Fulfilled when the settings of the folders have been read for the first time, or could not be. */
  readonly configured: Promise<void>;
  markConfigured(): void;
  /** Requests are answered only between `initialize` and `shutdown`. */
  phase: 'new' | 'running' | 'ended';
  log(level: 'error' | 'warning' | 'info', message: string): void;
}

/** The context before `initialize`. */
export function newContext(connection: Connection, folders: Folders, documents: Documents, makeSession: SessionFactory): ServerContext {
  let markInitialized = (): void => undefined;
  const initialized = new Promise<void>((resolve) => (markInitialized = resolve));
  let markConfigured = (): void => undefined;
  const configured = new Promise<void>((resolve) => (markConfigured = resolve));
  return {
    initialized,
    markInitialized: () => markInitialized(),
    configured,
    markConfigured: () => markConfigured(),
    connection,
    folders,
    documents,
    makeSession,
    abilities: noAbilities,
    options: {},
    trusted: true,
    phase: 'new',
    log(level, message) {
      if (level === 'error') connection.console.error(message);
      else if (level === 'warning') connection.console.warn(message);
      else connection.console.info(message);
    },
  };
}
