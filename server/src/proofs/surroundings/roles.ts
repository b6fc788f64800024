import type { MigrationStep } from '../../project/facts.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Token } from '../../source/token.ts';
import { platformRoles } from './platform.ts';

/** Words that stand where a role may and name none. */
const noRole: ReadonlySet<string> = new Set(['PUBLIC', 'CURRENT_USER', 'CURRENT_ROLE', 'SESSION_USER', 'NONE', 'DEFAULT', 'GROUP']);

/** Words after which a role is named, wherever in a statement they stand. */
const before: readonly (readonly [string, ...string[]])[] = [['OWNER', 'TO'], ['AUTHORIZATION'], ['SET', 'ROLE'], ['LOCAL', 'ROLE'], ['SESSION', 'ROLE'], ['FOR', 'ROLE'], ['FOR', 'USER'], ['ON', 'ROLE'], ['GRANTED', 'BY']];

/**
 * Roles that a schema and the migration after it name and that are not made by that migration. Roles belong to the server and not to the
 * database, so that no history tells of all of them; PostgreSQL only.
 */
export function rolesNamed(catalog: Catalog, step?: Pick<MigrationStep, 'entries'>): string[] {
  if (catalog.dialect !== 'postgresql') return [];
  const named = new Set([...catalog.tables.values()].flatMap(({ policies }) => policies.flatMap(({ roles }) => roles)));
  const made = new Set<string>();
  for (const { placed: { statement, node } } of step?.entries ?? []) {
    const { tokens } = statement;
    if (node.kind === 'createPolicy' || node.kind === 'alterPolicy') for (const role of node.roles) named.add(role);
    if (tokens[0]?.upper === 'CREATE' && /^(?:ROLE|USER|GROUP)$/.test(tokens[1]?.upper ?? '') && tokens[2]) made.add(nameOf(tokens[2]));
    for (const role of rolesIn(tokens)) named.add(role);
    for (const role of platformRolesIn(statement.text)) named.add(role);
  }
  return [...named].filter((role) => role !== '' && !noRole.has(role.toUpperCase()) && !made.has(role) && role !== 'postgres' && !role.startsWith('pg_')).sort();
}

/** Roles of Supabase that a block names in a text that it runs, where no token tells of them, and does not make itself. */
function platformRolesIn(text: string): readonly string[] {
  if (!/^\s*do\b/iu.test(text)) return [];
  return platformRoles.filter((role) => new RegExp(`\\b${role}\\b`, 'iu').test(text) && !new RegExp(`\\bcreate\\s+(?:role|user)\\s+"?${role}\\b`, 'iu').test(text));
}

function rolesIn(tokens: readonly Token[]): string[] {
  const single = tokens.flatMap((_, at) => before.flatMap((words) => (words.every((word, index) => tokens[at + index]?.upper === word) ? listAt(tokens, at + words.length, 1) : [])));
  const verb = tokens[0]?.upper;
  const last = verb === 'GRANT' ? 'TO' : verb === 'REVOKE' ? 'FROM' : undefined;
  const privileges = last !== undefined ? tokens.findLastIndex(({ upper }) => upper === last) : -1;
  const defaults = verb === 'ALTER' && tokens[1]?.upper === 'DEFAULT' ? tokens.findLastIndex(({ upper }) => upper === 'TO' || upper === 'FROM') : -1;
  const at = Math.max(privileges, defaults);
  return at < 0 ? single : [...single, ...listAt(tokens, at + 1, Infinity)];
}

/** Names from a place on, parted by commas. */
function listAt(tokens: readonly Token[], from: number, most: number): string[] {
  const names: string[] = [];
  for (let at = from; at < tokens.length && names.length < most; at++) {
    if (tokens[at]!.upper === 'GROUP') continue;
    names.push(nameOf(tokens[at]!));
    if (tokens[++at]?.text !== ',') break;
  }
  return names;
}

/** The role that a token names; empty when it is no name. */
function nameOf(token: Token): string {
  return token.kind === 'word' || token.kind === 'quotedIdentifier' ? token.value : '';
}
