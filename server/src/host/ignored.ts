import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { default as ignore, type Ignore } from 'ignore';
import { joinPath } from '../project/paths.ts';

/** The patterns of one .gitignore and the folder they are relative to. */
export interface IgnoreRules {
  /** Relative to the workspace, empty for the workspace itself; absolute when it lies above. */
  readonly folder: string;
  readonly rules: Ignore;
}

/** The rules of patterns that are relative to the workspace, written as in .gitignore. */
export function rulesOf(patterns: readonly string[]): IgnoreRules {
  return { folder: '', rules: ignore().add([...patterns]) };
}

/** Reads the .gitignore of a folder, or another file of such patterns; undefined when there is none that can be read. */
export function readIgnoreRules(root: string, folder: string, file = '.gitignore'): IgnoreRules | undefined {
  try {
    return { folder, rules: ignore().add(readFileSync(path.join(path.isAbsolute(folder) ? folder : path.join(root, folder), file), 'utf8')) };
  } catch {
    return undefined;
  }
}

/** The root of the repository that a folder lies in; undefined when it lies in none. */
export function repositoryAround(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/**
 * The rules that hold for a folder of the workspace before its own .gitignore is read: those of the folders above it, up to
 * the root of the repository, and what the repository itself leaves out; outside a repository those of the workspace only. A workspace that is itself ignored was opened
 * on purpose, so what ignores it does not count.
 * @param below relative to the root, empty for the root itself
 */
export function rulesAbove(root: string, below: string): IgnoreRules[] {
  const repository = repositoryAround(root);
  const chain: IgnoreRules[] = [];
  for (let at = root; repository !== undefined && at !== repository; ) {
    at = path.dirname(at);
    const rules = readIgnoreRules(root, at);
    if (rules) chain.unshift(rules);
  }
  const personal = repository === undefined ? undefined : readIgnoreRules(root, repository === root ? '' : repository, '.git/info/exclude');
  if (personal) chain.unshift(personal);
  if (repository !== root && isIgnored(root, chain, '')) chain.length = 0;
  const segments = below === '' ? [] : below.split('/');
  for (let depth = 0; depth < segments.length; depth++) {
    const rules = readIgnoreRules(root, segments.slice(0, depth).join('/'));
    if (rules) chain.push(rules);
  }
  return chain;
}

/** Whether the nearest .gitignore with an opinion ignores `relative`; folders end with a slash, and the root is empty. */
export function isIgnored(root: string, chain: readonly IgnoreRules[], relative: string): boolean {
  for (const { folder, rules } of chain.toReversed()) {
    const inside = path.isAbsolute(folder) ? joinPath(path.relative(folder, root).split(path.sep).join('/'), relative) : relative.slice(folder === '' ? 0 : folder.length + 1);
    const verdict = rules.test(relative === '' ? `${inside}/` : inside);
    if (verdict.ignored || verdict.unignored) return verdict.ignored;
  }
  return false;
}
