/** Folder of a path, without a slash at the end; empty for a file at the root. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** Last segment of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Joins segments with `/`, leaving out empty ones. */
export function joinPath(...segments: readonly string[]): string {
  return segments.filter((segment) => segment !== '').join('/');
}

/** Whether `path` lies in `folder` or below it. Everything lies in the empty folder. */
export function isInside(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
