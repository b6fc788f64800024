import { DidChangeConfigurationNotification } from 'vscode-languageserver/node';
import { readSettings } from '../../session/settings.ts';
import type { ServerContext } from '../context.ts';

/** The section that holds our settings. */
const section = 'databaseExpert';

/** Asks to be told when settings change. */
export async function watchConfiguration(context: ServerContext): Promise<void> {
  if (context.abilities.configuration) await context.connection.client.register(DidChangeConfigurationNotification.type, { section });
}

/** Reads the settings of every folder anew. `pushed` is what clients that cannot be asked send along. */
export async function refreshSettings(context: ServerContext, pushed?: unknown): Promise<void> {
  for (const { session, uri, loose } of context.folders.all) {
    if (context.abilities.configuration) session.configure(readSettings(await context.connection.workspace.getConfiguration(loose ? { section } : { scopeUri: uri, section })));
    else if (typeof pushed === 'object' && pushed !== null) session.configure(readSettings((pushed as Record<string, unknown>)[section]));
  }
}
