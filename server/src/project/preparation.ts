import type { SourceFile } from './facts.ts';
import { fileKind } from './fileKinds.ts';
import { Sources } from './sources.ts';
import { Workspace, type Detections } from './workspace.ts';

/**
 * What can be read of files before all of them are known: their statements, in the dialect that each speaks by itself. Made piece by
 * piece, so that the first build of a large workspace does not keep everybody waiting.
 */
export class Preparation {
  readonly sources = new Sources();
  readonly detections: Detections = new Map();

  add(files: readonly SourceFile[]): void {
    const workspace = new Workspace(files, this.detections);
    for (const { path, text } of files) {
      const kind = fileKind(path);
      if (kind === 'prisma') this.sources.prisma(path, text);
      if (kind !== 'sql') continue;
      const { dialect, foreign } = workspace.detect(path);
      if (foreign === undefined) this.sources.part(path, text, dialect ?? 'postgresql');
    }
  }
}
