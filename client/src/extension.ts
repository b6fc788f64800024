import { window, workspace, type ExtensionContext } from 'vscode';
import { State, type LanguageClient } from 'vscode-languageclient/node';
import { changedNotification } from '../../protocol/requests.ts';
import { registerCommands, type CommandTargets } from './commands.ts';
import { PlanView, planViewId } from './planView.ts';
import { createClient, watchTrust } from './server.ts';
import { StatusItem, onEditorChange } from './status.ts';

let client: LanguageClient | undefined;

/** Called by the workbench when the first file of ours is opened; starts the language server and puts up the views. */
export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel('Database Expert', { log: true });
  const current = (): LanguageClient | undefined => client;
  const status = new StatusItem(current);
  const plan = new PlanView(context, current);
  const refresh = debounce(() => Promise.all([status.refresh(), plan.refresh()]), 300);

  async function start(): Promise<void> {
    const made = createClient(context, log);
    client = made;
    status.showServer('starting');
    made.onNotification(changedNotification, refresh);
    made.onDidChangeState(({ newState }) => {
      if (client !== made) return;
      if (newState === State.Running) refresh();
      if (newState === State.Stopped) status.showServer('stopped');
    });
    try {
      await made.start();
    } catch (error) {
      log.error(`the language server did not start: ${String(error)}`);
      status.showServer('stopped');
    }
  }

  async function restart(): Promise<void> {
    const old = client;
    client = undefined;
    await old?.dispose().catch((error: unknown) => log.warn(`the old server did not stop in time: ${String(error)}`));
    await start();
  }

  context.subscriptions.push(
    log,
    status,
    onEditorChange(() => void status.refresh()),
    window.registerWebviewViewProvider(planViewId, plan),
    workspace.onDidChangeWorkspaceFolders(refresh),
    ...registerCommands({ client: current, restart, log, plan, status, manifest: context.extension.packageJSON as CommandTargets['manifest'] }),
  );
  watchTrust(context, current);
  await start();
}

/** Called by the workbench when the window closes. */
export async function deactivate(): Promise<void> {
  await client?.dispose();
}

function debounce(work: () => Promise<unknown>, delay: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => void work().catch(() => undefined), delay);
  };
}
