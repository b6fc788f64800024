import type { CancellationToken, ExecuteCommandParams } from 'vscode-languageserver/node';
import { commands } from '../../../../protocol/requests.ts';
import type { ServerContext } from '../context.ts';
import { summaryOf } from '../../features/proofs.ts';
import type { Prover } from '../prover.ts';
import { explainRule } from './explainRule.ts';
import { prove } from './prove.ts';

/** Commands that the server carries out where the client has none of its own. */
export function serverCommands(context: ServerContext): string[] {
  return [commands.explainRule, commands.proveMigration, commands.proveWorkspace].filter((command) => !context.options.clientCommands?.includes(command));
}

/** workspace/executeCommand: shows the page of a rule, and proves migrations, in editors that know nothing of ours. */
export async function executeCommand(context: ServerContext, prover: Prover, { command, arguments: given }: ExecuteCommandParams, token: CancellationToken): Promise<null> {
  const [first, second]: unknown[] = given ?? [];
  if (command === commands.proveWorkspace || (command === commands.proveMigration && typeof first === 'string')) {
    const params = command === commands.proveWorkspace ? null : { uri: first as string, ...(typeof second === 'string' && { version: second }) };
    context.connection.window.showInformationMessage(summaryOf(await prove(context, prover, params, token)));
  }
  if (command === commands.explainRule && typeof first === 'string') await showPage(context, first);
  return null;
}

async function showPage(context: ServerContext, rule: string): Promise<void> {
  const page = explainRule(context, { rule });
  if (page && context.abilities.showDocument) await context.connection.window.showDocument({ uri: page.uri, takeFocus: true });
}
