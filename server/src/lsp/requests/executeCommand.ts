import type { ExecuteCommandParams } from 'vscode-languageserver/node';
import { commands } from '../../../../protocol/requests.ts';
import type { ServerContext } from '../context.ts';
import { explainRule } from './explainRule.ts';

/** Commands that the server carries out where the client has none of its own. */
export function serverCommands(context: ServerContext): string[] {
  return context.options.clientCommands?.includes(commands.explainRule) ? [] : [commands.explainRule];
}

/** workspace/executeCommand: shows the page of a rule in editors that know nothing of ours. */
export async function executeCommand(context: ServerContext, { command, arguments: given }: ExecuteCommandParams): Promise<null> {
  const rule: unknown = given?.[0];
  if (command !== commands.explainRule || typeof rule !== 'string') return null;
  const page = explainRule(context, { rule });
  if (page && context.abilities.showDocument) await context.connection.window.showDocument({ uri: page.uri, takeFocus: true });
  return null;
}
