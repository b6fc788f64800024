import { default as ignore } from 'ignore';

/** Whether a path is meant by any of the patterns, which are written as in .gitignore. */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const matcher = ignore({ allowRelativePaths: true }).add([...patterns]);
  return (path) => path !== '' && matcher.ignores(path);
}
