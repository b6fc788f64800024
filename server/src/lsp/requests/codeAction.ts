import { CodeActionKind, type CodeAction, type CodeActionParams, type Diagnostic } from 'vscode-languageserver/node';
import { commands } from '../../../../protocol/requests.ts';
import { actionsAt, fixAll, type Action } from '../../features/actions.ts';
import { findingKey } from '../../features/findings.ts';
import type { Snapshot } from '../../session/analysis.ts';
import type { ServerContext } from '../context.ts';
import { Converter } from '../convert.ts';
import { diagnosticOf } from '../diagnostics.ts';
import type { Location } from '../folders.ts';
import { canApply, workspaceEditOf } from '../workspaceEdit.ts';

/** Kind of the action that applies every safe fix of a file; editors may run it on save. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.databaseExpert`;

/** By what an action is found again when the user picks it. */
export interface ActionData {
  readonly uri: string;
  readonly key: string;
  readonly action: string;
}

/** textDocument/codeAction: what can be done about the findings in a range. */
export async function codeActions(context: ServerContext, params: CodeActionParams): Promise<CodeAction[]> {
  const { uri } = params.textDocument;
  const location = context.folders.locate(uri);
  if (!location || !context.abilities.codeActionLiterals) return [];
  const snapshot = await location.folder.session.latest(true);
  const { facts } = snapshot;
  const findings = snapshot.byFile.get(location.path) ?? [];
  const only = params.context.only;
  const wanted = (kind: string): boolean => only === undefined || only.some((one) => kind === one || kind.startsWith(`${one}.`));
  const actions: CodeAction[] = [];
  if (wanted(CodeActionKind.QuickFix)) {
    const range = new Converter(snapshot, location.path).offsets(params.range);
    const offered = actionsAt(facts, findings, location.path, range).filter((action) => canApply(context, action.creates ?? false));
    actions.push(...offered.map((action) => toCodeAction(context, location, snapshot, action, CodeActionKind.QuickFix, uri)));
  }
  if (only !== undefined && wanted(fixAllKind)) {
    const all = fixAll(facts, findings, location.path);
    if (all) actions.push(toCodeAction(context, location, snapshot, all.action, fixAllKind, uri));
  }
  return actions;
}

function toCodeAction(context: ServerContext, { folder, path }: Location, snapshot: Snapshot, action: Action, kind: string, uri: string): CodeAction {
  const diagnostics: Diagnostic[] = action.kind === 'fix-all' ? [] : [diagnosticOf(context, folder, snapshot, new Converter(snapshot, path), action.finding)];
  const made: CodeAction = { title: action.title, kind, ...(diagnostics.length > 0 && { diagnostics }), ...(action.preferred && { isPreferred: true }) };
  if (action.kind === 'explain') return { ...made, command: { title: action.title, command: commands.explainRule, arguments: [action.finding.rule] } };
  if (!context.abilities.resolvesEdits) return { ...made, edit: workspaceEditOf(context, folder, snapshot, action.changes?.() ?? []) };
  const data: ActionData = { uri, key: findingKey(action.finding), action: action.id };
  return { ...made, data };
}

