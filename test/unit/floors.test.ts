import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Folder to floor; an import may stay on its floor or go down. The longest matching folder counts. */
const floors: Readonly<Record<string, number>> = {
  protocol: 0,
  'server/src/text': 0,
  'server/src/source': 1,
  'server/src/schema': 2,
  'server/src/project': 3,
  'server/src/indexes': 4,
  'server/src/edits': 4,
  'server/src/rules': 5,
  'server/src/proofs': 6,
  'server/src/plan': 7,
  'server/src/session': 8,
  'server/src/features': 8,
  'server/src/host': 9,
  'server/src/lsp': 9,
  'server/src/cli': 9,
};

/** What a floor may not import besides what lies above it: packages and Node modules, by folder. */
const forbidden: readonly { readonly folder: RegExp; readonly imports: RegExp; readonly why: string }[] = [
  { folder: /^server\/src\/(?!lsp|cli|host)/, imports: /^vscode-language/, why: 'only lsp/ knows the protocol' },
  { folder: /^server\/src\/(source|schema|project|indexes|edits|rules|plan|features|session)\//, imports: /^node:(fs|child_process|net|http|https|dns|worker_threads)|^libpg-query|^sqlite3-parser|^@prisma/, why: 'files, processes and parser binaries come in through ports' },
  { folder: /^client\//, imports: /server\//, why: 'the client knows protocol/ alone' },
  { folder: /^server\//, imports: /client\/|^vscode$/, why: 'the server knows no editor' },
  { folder: /^protocol\//, imports: /^(?!\.\/)/, why: 'protocol/ imports nothing but itself' },
];

interface Import {
  readonly from: string;
  readonly to: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

const files = ['protocol', 'server/src', 'client'].flatMap(sources);

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(root, from), 'utf8');
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g);
  return [...found].map((match) => ({ from, to: (match[1] ?? match[2] ?? match[3])! }));
});

function target({ from, to }: Import): string {
  return to.startsWith('.') ? relative(root, resolve(root, dirname(from), to)).replaceAll('\\', '/') : to;
}

function floorOf(file: string): number | undefined {
  const folder = Object.keys(floors)
    .filter((candidate) => file.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length)[0];
  return folder === undefined ? undefined : floors[folder];
}

describe('floors', () => {
  it('has a floor for every source folder of the server', () => {
    expect(files.filter((file) => file.startsWith('server/') && floorOf(file) === undefined)).toEqual([]);
  });

  it('imports only on the same floor or down', () => {
    const climbing = imports.filter((one) => (floorOf(target(one)) ?? 0) > (floorOf(one.from) ?? 99));
    expect(climbing.map((one) => `${one.from} -> ${target(one)}`)).toEqual([]);
  });

  it('imports nothing that its folder must not know', () => {
    const wrong = imports.flatMap((one) =>
      forbidden
        .filter((rule) => rule.folder.test(one.from) && rule.imports.test(one.to.startsWith('.') && !one.from.startsWith('protocol/') ? target(one) : one.to))
        .map((rule) => `${one.from} -> ${one.to}: ${rule.why}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no cycles', () => {
    const graph = new Map<string, string[]>();
    for (const one of imports) {
      if (one.to.startsWith('.')) graph.set(one.from, [...(graph.get(one.from) ?? []), target(one)]);
    }
    const cycles: string[] = [];
    const state = new Map<string, 'open' | 'done'>();
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
