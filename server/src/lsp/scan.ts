import { URI } from 'vscode-uri';
import { scanWorkspace, type Scan, type ScanSlice } from '../host/files.ts';
import type { ServerContext } from './context.ts';
import type { Progress } from './progress.ts';

/** Reads a folder; `onSlice` is told of each piece as soon as it is read. */
export type FolderScan = (onSlice?: (slice: ScanSlice) => void) => Promise<Scan>;

/**
 * Reads a folder while the client shows how far it has come. When the user stops it, what has been read is kept.
 * @param first files whose surroundings are read before the rest, asked again before each slice
 */
export async function scanShown(root: string, progress: Progress, first: () => readonly string[], onSlice?: (slice: ScanSlice) => void): Promise<Scan> {
  const read: ScanSlice[] = [];
  const take = (slice: ScanSlice): void => {
    read.push(slice);
    progress.report(slice.done, slice.total);
    onSlice?.(slice);
  };
  try {
    return await scanWorkspace(root, { signal: progress.signal, first }, take);
  } catch (error) {
    if (!progress.signal.aborted) throw error;
    const { done = 0, total = 0 } = read.at(-1) ?? {};
    const stopped = { file: '.', reason: `Reading the folder was stopped after ${done} of ${total} files.` };
    return { files: read.flatMap(({ files }) => files), leftAlone: [stopped, ...read.flatMap(({ leftAlone }) => leftAlone)], unreadable: new Set() };
  } finally {
    progress.end();
  }
}

/** Files of a folder that are open, the one opened last first. */
export function openPaths({ documents, folders }: ServerContext, root: string): string[] {
  const located = [...documents.all].reverse().flatMap(({ uri, languageId }) => folders.locate(uri, languageId) ?? []);
  return located.filter(({ folder }) => !folder.loose && URI.parse(folder.uri).fsPath === root).map(({ path }) => path);
}
