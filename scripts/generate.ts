import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rules } from '../server/src/rules/index.ts';
import { rulePage, rulesIndex } from '../server/src/rules/page.ts';

/** A file that is made from the sources. */
export interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Folders that hold generated files and nothing else; what is not generated any more is deleted. */
const owned = ['docs/rules'];

/** Everything that is generated, as it should stand on disk. */
export function generatedFiles(): GeneratedFile[] {
  return [
    { path: 'docs/rules/README.md', text: rulesIndex(rules) },
    ...rules.map((rule) => ({ path: `docs/rules/${rule.id}.md`, text: rulePage(rule) })),
  ];
}

/** Paths of the generated files that differ from what stands on disk, or should not be there; sorted. */
export function staleFiles(root: string): string[] {
  const files = generatedFiles();
  const stale = files.filter(({ path, text }) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text).map(({ path }) => path);
  const wanted = new Set(files.map(({ path }) => path));
  const left = owned.flatMap((folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [])).filter((path) => !wanted.has(path));
  return [...stale, ...left].sort();
}

/** Brings the generated files up to date and returns the paths that were written or deleted. */
export function writeGenerated(root: string): string[] {
  const stale = staleFiles(root);
  const texts = new Map(generatedFiles().map(({ path, text }) => [path, text]));
  for (const path of stale) {
    const text = texts.get(path);
    if (text === undefined) rmSync(join(root, path));
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  }
  return stale;
}
