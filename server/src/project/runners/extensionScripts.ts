import { baseName, folderOf } from '../paths.ts';
import type { Placement, Runner } from './runner.ts';
import { compareText, compareVersions } from './versions.ts';

interface ScriptName {
  readonly extension: string;
  /** The version that the script updates; undefined when it makes the extension. */
  readonly from?: string;
  readonly to: string;
}

/** Reads `name--1.0.sql`, which makes the extension, and `name--1.0--1.1.sql`, which updates it. */
function scriptName(path: string): ScriptName | undefined {
  if (!path.endsWith('.sql')) return undefined;
  const [extension = '', first = '', second, ...more] = baseName(path).slice(0, -'.sql'.length).split('--');
  const to = second ?? first;
  if (more.length > 0 || !/^[A-Za-z_][\w-]*$/.test(extension) || !/^\d/.test(to)) return undefined;
  return second === undefined ? { extension, to } : { extension, from: first, to };
}

/** The scripts that lead from the first version to the last: one that makes the extension where there is one, then the updates. */
function chain(placements: readonly Placement[]): readonly Placement[] {
  const scripts = placements.filter(({ part }) => part === 'up').map((placement) => ({ placement, ...scriptName(placement.file)! }));
  const order = (a: { readonly to: string }, b: { readonly to: string }) => compareVersions(a.to, b.to);
  const updates = scripts.filter(({ from }) => from !== undefined).sort(order);
  const first = scripts.filter(({ from }) => from === undefined).sort(order)[0];
  const chosen = first ? [first.placement] : [];
  let version = first?.to;
  for (const update of updates) {
    // Of several ways to a version the one in the smallest steps is taken.
    if (version !== undefined && update.from !== version) continue;
    chosen.push(update.placement);
    version = update.to;
  }
  return [...chosen, ...placements.filter(({ part }) => part === 'down')];
}

/**
 * Scripts of a PostgreSQL extension. CREATE EXTENSION and ALTER EXTENSION UPDATE run each inside the transaction of the command.
 * A script that makes a later version at once tells the same again and is no part of the history.
 */
export const extensionScripts: Runner = {
  id: 'extension-scripts',
  title: 'extension scripts',
  dialect: 'postgresql',
  transaction: 'file',
  down: 'none',
  reference: 'https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-UPDATES',
  mayRead: ({ files }) => files.some((file) => file.includes('--')),
  place: (path) => {
    const script = scriptName(path);
    if (!script) return undefined;
    const { extension, from, to } = script;
    const back = from !== undefined && compareVersions(from, to) > 0;
    return { file: path, root: folderOf(path), version: back ? from : to, name: extension, part: back ? 'down' : 'up' };
  },
  choose: (placements) => {
    const names = new Map<string, Placement[]>();
    for (const placement of placements) names.set(placement.name, [...(names.get(placement.name) ?? []), placement]);
    const [largest] = [...names.values()].sort((a, b) => b.length - a.length);
    return largest ? chain(largest) : [];
  },
  confidence: (root) => (root.placements.some(({ part }) => part === 'up') ? 0.9 : 0),
  compare: (a, b) => compareVersions(a.version, b.version) || compareText(a.file, b.file),
  transactionOf: () => 'file',
  create: () => undefined,
};
