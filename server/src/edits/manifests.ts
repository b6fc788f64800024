import { createHash } from 'node:crypto';
import type { Facts } from '../project/facts.ts';
import { baseName, folderOf, joinPath } from '../project/paths.ts';
import type { Runner } from '../project/runners/runner.ts';
import type { FileChange, FileCreation } from './change.ts';
import { lineEndingOf, withLineEnding } from './layout.ts';

type Outcome = { readonly changes: FileChange[] } | { readonly refusal: string };

/** The runners whose manifest can be written without their own tool. */
const writers: Readonly<Record<string, (folder: string, text: string, facts: Facts, files: readonly FileCreation[]) => string | undefined>> = {
  atlas: (folder, text, facts, files) => atlasSum(folder, text, facts, files),
  drizzle: (_folder, text, _facts, files) => drizzleJournal(text, files),
};

/**
 * The change that adds new migrations to the runner's own index of them.
 * Refuses when the index is not there, is not in step with the files as they are, or can only be written by the runner's tool.
 */
export function updateManifest(facts: Facts, folder: string, runner: Runner, files: readonly FileCreation[]): Outcome {
  const path = joinPath(folder, runner.manifest!);
  const text = facts.files.get(path)?.text;
  const write = writers[runner.id];
  if (!write) return { refusal: `${runner.title} lists its migrations in ${path}, which only its own tool can write.` };
  const next = text === undefined ? undefined : write(folder, text, facts, files);
  if (text === undefined || next === undefined) return { refusal: `${path} is not in step with the migrations beside it, so it cannot be brought up to date.` };
  return { changes: [{ file: path, edits: [{ range: { start: 0, end: text.length }, newText: next }] }] };
}

/** atlas.sum over all files of the folder and the new ones; undefined when the present text is not what its files give. */
function atlasSum(folder: string, text: string, facts: Facts, files: readonly FileCreation[]): string | undefined {
  const present = [...facts.files.values()].filter(({ path }) => folderOf(path) === folder && path.endsWith('.sql')).map((file) => ({ name: baseName(file.path), text: file.text }));
  if (renderSum(present) !== text.replaceAll('\r\n', '\n')) return undefined;
  return withLineEnding(renderSum([...present, ...files.map(({ file, create }) => ({ name: baseName(file), text: create }))]), lineEndingOf(text));
}

/**
 * The text of atlas.sum: for every file, in the order of names, the SHA-256 of all names and texts up to it; above them the
 * hash of those lines (https://atlasgo.io/concepts/migration-directory-integrity).
 */
function renderSum(files: readonly { readonly name: string; readonly text: string }[]): string {
  const running = createHash('sha256');
  const total = createHash('sha256');
  const lines: string[] = [];
  for (const { name, text } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    running.update(name);
    if (/^--[ \t]*atlas:sum[ \t]+ignore\b/m.test(text)) continue;
    running.update(text);
    const hash = running.copy().digest('base64');
    total.update(name + hash);
    lines.push(`${name} h1:${hash}\n`);
  }
  return `h1:${total.digest('base64')}\n${lines.join('')}`;
}

interface Journal {
  readonly entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[];
}

/** Drizzle's journal with an entry for the new file. Drizzle runs what is younger than the last one it ran, hence `when` grows by one. */
function drizzleJournal(text: string, files: readonly FileCreation[]): string | undefined {
  let journal: Journal;
  try {
    journal = JSON.parse(text) as Journal;
  } catch {
    return undefined;
  }
  if (!Array.isArray(journal.entries)) return undefined;
  const last = journal.entries.at(-1);
  if (!last || typeof last.idx !== 'number' || typeof last.when !== 'number') return undefined;
  const tag = baseName(files[0]!.file).replace(/\.sql$/, '');
  const entry = { ...last, idx: last.idx + 1, when: last.when + 1, tag };
  const next = JSON.stringify({ ...journal, entries: [...journal.entries, entry] }, null, /\n\t/.test(text) ? '\t' : 2);
  return withLineEnding(next + (text.endsWith('\n') ? '\n' : ''), lineEndingOf(text));
}
