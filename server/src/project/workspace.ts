import { detectDialect, type Detection } from '../source/detect.ts';
import type { SourceFile } from './facts.ts';
import { folderOf, joinPath } from './paths.ts';

/** Keeps what was detected by path and text; a build hands it on to the next. */
export type Detections = Map<string, { readonly text: string; readonly detection: Detection }>;

/** The files of a workspace by path. */
export class Workspace {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly #folders: ReadonlySet<string>;

  readonly #detections: Detections;

  constructor(files: readonly SourceFile[], detections: Detections = new Map()) {
    this.#detections = detections;
    this.files = new Map(files.map((file) => [file.path, file]));
    const folders = new Set<string>(['']);
    for (const { path } of files) {
      for (let folder = folderOf(path); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
    }
    this.#folders = folders;
  }

  /** Text of a file, undefined when the workspace has none at this path. */
  text(path: string): string | undefined {
    return this.files.get(path)?.text;
  }

  /** What the content and the path of a file say of its dialect. */
  detect(path: string): Detection {
    const text = this.text(path) ?? '';
    const known = this.#detections.get(path);
    if (known?.text === text) return known.detection;
    const detection = detectDialect(text, path);
    this.#detections.set(path, { text, detection });
    return detection;
  }

  /** What the path of a file alone says. */
  detectPath(path: string): Detection {
    return detectDialect('', path);
  }

  /** What the content of several files says when it is read as one text; paths do not count. */
  detectTogether(folder: string, paths: readonly string[]): Detection {
    const text = paths.map((path) => this.text(path) ?? '').join('\n').slice(0, 1_000_000);
    const key = `together ${folder}`;
    const known = this.#detections.get(key);
    if (known?.text === text) return known.detection;
    const detection = detectDialect(text, 'x.sql');
    this.#detections.set(key, { text, detection });
    return detection;
  }

  hasFolder(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /** Whether a file or folder of this name stands in `folder` or in one above it. */
  above(folder: string, name: string): boolean {
    for (let at = folder; ; at = folderOf(at)) {
      const path = joinPath(at, name);
      if (this.files.has(path) || this.#folders.has(path)) return true;
      if (at === '') return false;
    }
  }

  /** Paths that end with `extension`, in order. */
  withExtension(extension: string): string[] {
    return [...this.files.keys()].filter((path) => path.endsWith(extension)).sort();
  }
}
