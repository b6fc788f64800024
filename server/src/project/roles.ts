import type { Script } from '../source/statement.ts';
import type { FileRole, PlacedStatement } from './facts.ts';
import { baseName, folderOf } from './paths.ts';

const queryName = /^(?:--|#|\/\*)\s*:?name:?\s+:?([\w.-]+)/;

/** The name that sqlc, aiosql and their kin read from a comment: `-- name: GetUser :one`. */
export function nameInComment(comment: string): string | undefined {
  return queryName.exec(comment)?.[1];
}

/** Names of queries by the index of the statement they stand above. */
export function queryNames(script: Script): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  let next = 0;
  for (const comment of script.comments) {
    const name = nameInComment(comment.text);
    if (name === undefined) continue;
    while (next < script.statements.length && script.statements[next]!.end <= comment.start) next++;
    const statement = script.statements[next];
    if (statement) names.set(statement.index, name);
  }
  return names;
}

const dataKinds: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'values', 'transaction', 'set', 'truncate']);

/**
 * What a `.sql` file that is no migration is: named queries, a schema, or a script. `statements` are the file's, read.
 */
export function roleOfLooseFile(path: string, script: Script, statements: readonly PlacedStatement[]): FileRole {
  const data = statements.every(({ node }) => dataKinds.has(node.kind) || node.kind === 'unread' || node.kind === 'other');
  const names = queryNames(script).size;
  if (names > 0 && names * 2 >= statements.length) return 'queries';
  if (path.endsWith('.json') || path.endsWith('.prisma')) return 'queries';
  const folder = baseName(folderOf(path));
  const beside = baseName(folderOf(folderOf(path)));
  if (data && (/^(?:queries|query)$/i.test(folder) || (folder === 'sql' && beside === 'prisma'))) return 'queries';
  return statements.some(({ node }) => node.kind === 'createTable') ? 'schema' : 'script';
}
