import { evidenceOf, sampleOf, type Evidence } from '../source/detect/content.ts';
import { engineOfPath } from '../source/detect/names.ts';
import { judgeDialect, type Detection } from '../source/detect.ts';
import type { SourceFile } from './facts.ts';
import { isForeignStep } from './fileKinds.ts';
import { folderOf, joinPath } from './paths.ts';

/** What was found out of some inputs; it holds as long as the inputs are the very same. */
interface Remembered {
  readonly inputs: readonly unknown[];
  readonly value: unknown;
}

/** What one build of facts found out and the next may take over, by name. */
export type Detections = Map<string, Remembered>;

/** What the content of one file says, and the verdict over content and path. */
interface FileDetection {
  readonly evidence: Evidence;
  readonly detection: Detection;
}

/** Files of which the content is asked when a folder is judged: more would cost much and say the same. */
const judgesOfFolder = 400;

/** At most `count` of the values, evenly spaced over all of them, the first and the last among them. */
export function sampled<T>(values: readonly T[], count: number): readonly T[] {
  if (values.length <= count) return values;
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * (values.length - 1)) / (count - 1))]!);
}

/** The files of a workspace by path. */
export class Workspace {
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Files that look like steps of a history in another language. */
  readonly foreignSteps: readonly string[];
  readonly #folders: ReadonlySet<string>;
  readonly #memory: Detections;

  /** @param memory what an earlier workspace found out; it is added to */
  constructor(files: readonly SourceFile[], memory: Detections = new Map()) {
    this.#memory = memory;
    if (memory.size > 8 * files.length + 1000) memory.clear();
    this.files = new Map(files.map((file) => [file.path, file]));
    this.foreignSteps = files.flatMap(({ path }) => (!path.endsWith('.sql') && isForeignStep(path) ? [path] : []));
    const folders = new Set<string>(['']);
    let last = '';
    for (const { path } of files) {
      let folder = folderOf(path);
      if (folder === last) continue;
      last = folder;
      for (; !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
    }
    this.#folders = folders;
  }

  /** A value made of `inputs` alone: the one from before while they are the same. */
  remember<T>(name: string, inputs: readonly unknown[], make: () => T): T {
    const known = this.#memory.get(name);
    if (known && known.inputs.length === inputs.length && known.inputs.every((input, i) => input === inputs[i])) return known.value as T;
    const value = make();
    this.#memory.set(name, { inputs, value });
    return value;
  }

  /** Text of a file, undefined when the workspace has none at this path. */
  text(path: string): string | undefined {
    return this.files.get(path)?.text;
  }

  #detected(path: string): FileDetection {
    const sample = sampleOf(this.text(path) ?? '');
    const known = this.#memory.get(path);
    if (known?.inputs[0] === sample) return known.value as FileDetection;
    const evidence = evidenceOf(sample);
    const value = { evidence, detection: judgeDialect([evidence], path) };
    this.#memory.set(path, { inputs: [sample], value });
    return value;
  }

  /** What the content and the path of a file say of its dialect. */
  detect(path: string): Detection {
    return this.#detected(path).detection;
  }

  /** What the path of a file alone says. */
  detectPath(path: string): Pick<Detection, 'dialect'> {
    const { dialect } = engineOfPath(path);
    return dialect ? { dialect } : {};
  }

  /** What the content of several files says when it is taken together; paths do not count. */
  detectTogether(paths: readonly string[]): Detection {
    return judgeDialect(sampled(paths, judgesOfFolder).map((path) => this.#detected(path).evidence), 'x.sql');
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
}
