import { Uri, window, workspace } from 'vscode';

/** The workspace folder that holds a document, else that of the active editor, else the first. */
export function folderOf(uri?: Uri): Uri | undefined {
  const near = uri ?? window.activeTextEditor?.document.uri;
  return ((near && workspace.getWorkspaceFolder(near)) ?? workspace.workspaceFolders?.[0])?.uri;
}

/** Whether a URI is that of an open workspace folder. */
export function isOpenFolder(folder: string): boolean {
  return workspace.workspaceFolders?.some((one) => one.uri.toString() === Uri.parse(folder).toString()) ?? false;
}

/**
 * Turns a path relative to a workspace folder into its URI.
 * Gives undefined when the folder is none of the open ones or the path leaves it, so that nothing outside is ever opened.
 */
export function insideFolder(folder: string, path: string): Uri | undefined {
  const root = workspace.workspaceFolders?.find((one) => one.uri.toString() === Uri.parse(folder).toString())?.uri;
  if (!root || path.startsWith('/') || path.includes('\\') || /^[a-zA-Z]:/.test(path) || path.split('/').includes('..')) return undefined;
  const uri = Uri.joinPath(root, path);
  const prefix = root.path.endsWith('/') ? root.path : `${root.path}/`;
  return uri.path.startsWith(prefix) ? uri : undefined;
}
