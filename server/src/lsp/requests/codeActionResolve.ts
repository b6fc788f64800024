import type { CodeAction } from 'vscode-languageserver/node';
import { commands } from '../../../../protocol/requests.ts';
import { isCreation, type FileChange } from '../../edits/change.ts';
import { actionOf, fixAll } from '../../features/actions.ts';
import { findingKey } from '../../features/findings.ts';
import type { Snapshot } from '../../session/analysis.ts';
import type { ServerContext } from '../context.ts';
import type { Location } from '../folders.ts';
import { outOfDate, staleError, workspaceEditOf } from '../workspaceEdit.ts';
import type { ActionData } from './codeAction.ts';

/**
 * codeAction/resolve: builds the edits when the user picks an action, from the facts of that moment, so that a new migration takes
 * a number that is free then. When the disk has moved on, the folder is read again, once, before giving up.
 */
export async function resolveCodeAction(context: ServerContext, action: CodeAction): Promise<CodeAction> {
  const data = action.data as ActionData | undefined;
  const location = data && context.folders.locate(data.uri);
  if (!data || !location) return action;
  const { session } = location.folder;
  let snapshot = await session.latest(true);
  let changes = changesOf(snapshot, location, data);
  const stale = changes && (await outOfDate(location.folder, snapshot, changes));
  if (stale !== undefined) {
    await session.rescan();
    snapshot = await session.latest(true);
    changes = changesOf(snapshot, location, data);
    const still = changes && (await outOfDate(location.folder, snapshot, changes));
    if (still !== undefined) throw staleError(still);
  }
  if (!changes) throw staleError('the finding is no longer there');
  return { ...action, edit: workspaceEditOf(context, location.folder, snapshot, changes), ...followUp(context, location, changes) };
}

function changesOf(snapshot: Snapshot, { path }: Location, data: ActionData): readonly FileChange[] | undefined {
  const findings = snapshot.byFile.get(path) ?? [];
  if (data.action === 'fix-all') return fixAll(snapshot.facts, findings, path)?.action.changes?.();
  const finding = findings.find((one) => findingKey(one) === data.key);
  return finding && actionOf(snapshot.facts, finding, data.action)?.changes?.();
}

/** Where the client can, it saves and shows the files that were made. */
function followUp(context: ServerContext, { folder }: Location, changes: readonly FileChange[]): Pick<CodeAction, 'command'> {
  const made = changes.filter(isCreation).map((change) => context.folders.uriOf(folder, change.file));
  if (made.length === 0 || !context.options.clientCommands?.includes(commands.openCreated)) return {};
  return { command: { title: 'Show the new file', command: commands.openCreated, arguments: [made] } };
}
