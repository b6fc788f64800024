import { Range, window, workspace, type LogOutputChannel } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { proveRequest, type ProveAnswer, type ProveParams } from '../../protocol/requests.ts';
import { fromServer } from './status.ts';

/** Asks the server for proofs, which shows its progress itself, and tells what came of it. */
export async function showProofs(client: LanguageClient, log: LogOutputChannel, params: ProveParams): Promise<void> {
  const answer = await client.sendRequest<ProveAnswer>(proveRequest, params).catch((error: unknown): ProveAnswer => ({ migrations: 0, engines: [], problems: [], notRun: [], reason: error instanceof Error ? error.message : String(error) }));
  for (const reason of answer.notRun) log.info(`not run: ${reason}`);
  for (const { uri, line, message } of answer.problems) log.warn(`${workspace.asRelativePath(fromServer(client, uri))}:${line + 1} ${message}`);
  // The proof is over, whether or not somebody answers the message.
  void tell(client, log, answer);
}

async function tell(client: LanguageClient, log: LogOutputChannel, answer: ProveAnswer): Promise<void> {
  const [problem] = answer.problems;
  if (!problem) {
    const open = answer.notRun.length > 0 ? ['Show Log'] : [];
    const choice = await window.showInformationMessage(sentence(answer), ...open);
    if (choice === 'Show Log') log.show();
    return;
  }
  const choice = await window.showWarningMessage(sentence(answer), 'Show', ...(answer.problems.length > 1 ? ['Show Log'] : []));
  if (choice === 'Show Log') log.show();
  if (choice === 'Show') await window.showTextDocument(fromServer(client, problem.uri), { selection: new Range(problem.line, 0, problem.line, 0) });
}

function sentence({ migrations, engines, problems, notRun, reason }: ProveAnswer): string {
  if (reason !== undefined) return reason;
  const what = migrations === 0 ? 'The schema' : `${migrations} ${migrations === 1 ? 'migration' : 'migrations'}`;
  if (engines.length === 0) return `Nothing could be proved of ${what}: ${notRun[0] ?? 'no engine ran'}`;
  const on = engines.join(', ');
  const skipped = notRun.length > 0 ? ' Some experiments did not run; the log says why.' : '';
  if (problems.length === 0) return `${what} proved on ${on}: no problem seen.${skipped}`;
  return `${what} run on ${on}: ${problems.length === 1 ? 'a problem was' : `${problems.length} problems were`} seen. ${problems[0]!.message}${skipped}`;
}
