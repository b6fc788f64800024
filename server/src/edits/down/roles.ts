import type { HistoryEntry, MigrationStep } from '../../project/facts.ts';
import { objectKey } from '../../schema/catalog.ts';
import type { Statement } from '../../source/statement.ts';
import type { Token } from '../../source/token.ts';
import type { Work } from './work.ts';

/**
 * Takes back a role that a migration of PostgreSQL makes, and the rights that it gives to it: a role without rights elsewhere is dropped, and
 * before that loses what it was given on what stays. False where that is not what the statement did, or where more hangs on the role.
 */
export function undoRole(work: Work, entry: HistoryEntry): boolean {
  if (work.dialect !== 'postgresql') return false;
  const { statement } = entry.placed;
  const made = droppableRoles(work.step);
  const own = roleMadeBy(statement);
  if (own && made.has(own.value)) {
    work.add({ sql: `DROP ROLE ${own.text}`, notes: ['PostgreSQL refuses it while the role holds anything in another database'] });
    return true;
  }
  if (changesRole(statement, made)) return true;
  const { words, given, to } = grantIn(statement);
  if (words === undefined || given === undefined || !to.every(({ value }) => made.has(value))) return isMembership(statement, made);
  const { target } = entry.placed.node as { readonly target?: { readonly schema?: { readonly name: string }; readonly name: { readonly name: string } } };
  const goesAnyway = target && entry.newTables.has(objectKey(work.dialect, target.schema?.name, target.name.name)) && !given.slice(given.search(/\bON\b/iu)).includes(',');
  if (!goesAnyway) work.add({ sql: `${words}REVOKE${given}FROM ${to.map(({ text }) => text).join(', ')}` });
  return true;
}

/** The roles that a migration makes and does nothing with but what goes with them or is taken back. */
function droppableRoles({ entries }: MigrationStep): Set<string> {
  const made = new Set(entries.flatMap(({ placed: { statement } }) => roleMadeBy(statement)?.value ?? []));
  // Rights that one shares with a role which stays keep it as well.
  for (let size = -1; size !== made.size; ) {
    size = made.size;
    for (const role of made) if (entries.some((entry) => isNamed(entry, role) && !isFollowed(entry, made))) made.delete(role);
  }
  return made;
}

function roleMadeBy({ tokens }: Statement): Token | undefined {
  const [first, kind, name] = tokens;
  return first?.upper === 'CREATE' && /^(?:ROLE|USER|GROUP)$/u.test(kind?.upper ?? '') && name?.upper !== 'MAPPING' ? name : undefined;
}

function isName({ kind }: Token): boolean {
  return kind === 'word' || kind === 'quotedIdentifier';
}

function isNamed({ placed: { statement } }: HistoryEntry, role: string): boolean {
  const isCode = /^(?:DO|CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE))\b/iu.test(statement.text);
  return isCode ? statement.text.includes(role) : statement.tokens.some((token) => isName(token) && token.value === role);
}

/** Whether a statement that names a role leaves nothing behind that would keep it. */
function isFollowed({ placed: { statement, node } }: HistoryEntry, made: ReadonlySet<string>): boolean {
  if (node.kind === 'createPolicy' || roleMadeBy(statement) || changesRole(statement, made)) return true;
  const { given, to } = grantIn(statement);
  return given !== undefined ? to.every(({ value }) => made.has(value)) : isMembership(statement, made);
}

/** Whether a statement changes only such a role itself, which goes with it. */
function changesRole({ tokens }: Statement, made: ReadonlySet<string>): boolean {
  const words = tokens.slice(0, 3).map(({ upper }) => upper).join(' ');
  const name = /^ALTER (?:ROLE|USER|GROUP)\b/u.test(words) ? tokens[2] : words === 'COMMENT ON ROLE' ? tokens[3] : undefined;
  return name !== undefined && made.has(name.value) && !tokens.some(({ upper }) => upper === 'RENAME');
}

interface Grant {
  /** What stands before GRANT, as ALTER DEFAULT PRIVILEGES does. */
  readonly words?: string;
  /** Rights and objects, between GRANT and TO; undefined where it is no GRANT of rights on something. */
  readonly given?: string;
  readonly to: readonly Token[];
}

function grantIn({ tokens, text }: Statement): Grant {
  const at = tokens[0]?.upper === 'GRANT' ? 0 : tokens[0]?.upper === 'ALTER' && tokens[1]?.upper === 'DEFAULT' ? tokens.findIndex(({ upper }) => upper === 'GRANT') : -1;
  const last = tokens.findLastIndex(({ upper }) => upper === 'TO');
  if (at < 0 || last < at || tokens.slice(0, at).some(({ upper }) => upper === 'FOR')) return { to: [] };
  const to = listed(tokens.slice(last + 1));
  if (!tokens.slice(at, last).some(({ upper }) => upper === 'ON')) return { to };
  return { words: text.slice(0, tokens[at]!.start), given: text.slice(tokens[at]!.end, tokens[last]!.start), to };
}

/** The names of a list, up to the options behind it. */
function listed(tokens: readonly Token[]): Token[] {
  const end = tokens.findIndex(({ upper }) => upper === 'WITH' || upper === 'GRANTED');
  return tokens.slice(0, end < 0 ? undefined : end).filter((token) => isName(token) && token.upper !== 'GROUP');
}

/** Whether one of two roles becomes a member of the other and goes with it. */
function isMembership(statement: Statement, made: ReadonlySet<string>): boolean {
  const { tokens } = statement;
  const { given, to } = grantIn(statement);
  if (tokens[0]?.upper !== 'GRANT' || given !== undefined || to.length === 0) return false;
  const roles = listed(tokens.slice(1, tokens.findLastIndex(({ upper }) => upper === 'TO')));
  return [roles, to].some((those) => those.every(({ value }) => made.has(value)));
}
