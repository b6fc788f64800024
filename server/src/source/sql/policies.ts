import type { PolicyStatement } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { readBracketedExpression } from './expressions.ts';
import { readIdentifier, readQualifiedName } from './names.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const commands: ReadonlySet<string> = new Set(['ALL', 'SELECT', 'INSERT', 'UPDATE', 'DELETE']);

/** Reads CREATE POLICY from after the word POLICY. */
export function readCreatePolicy(cursor: Cursor): PolicyStatement {
  return readPolicy(cursor, 'createPolicy');
}

/** Reads ALTER POLICY (other than RENAME) from after the word POLICY. */
export function readAlterPolicy(cursor: Cursor): PolicyStatement {
  return readPolicy(cursor, 'alterPolicy');
}

function readPolicy(cursor: Cursor, kind: PolicyStatement['kind']): PolicyStatement {
  const name = readIdentifier(cursor);
  cursor.expect('ON');
  const policy: Mutable<PolicyStatement> = { kind, name, table: readQualifiedName(cursor), permissive: true, command: 'all', roles: [] };
  while (!cursor.done) readClause(cursor, policy);
  return policy;
}

function readClause(cursor: Cursor, policy: Mutable<PolicyStatement>): void {
  if (cursor.accept('AS')) policy.permissive = cursor.next().upper !== 'RESTRICTIVE';
  else if (cursor.accept('FOR')) {
    const word = cursor.next().upper;
    if (!commands.has(word)) cursor.fail('expected a command');
    policy.command = word.toLowerCase() as PolicyStatement['command'];
  } else if (cursor.accept('TO')) policy.roles = cursor.list(() => readIdentifier(cursor).name);
  else if (cursor.accept('USING')) policy.using = readBracketedExpression(cursor);
  else if (cursor.accept('WITH', 'CHECK')) policy.check = readBracketedExpression(cursor);
  else cursor.fail('expected a clause of a policy');
}
