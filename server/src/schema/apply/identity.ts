import type { TableOption } from '../../source/sql/ast.ts';
import type { Column, Table } from '../catalog.ts';
import type { Draft } from './draft.ts';
import { postgresRelationName } from '../names.ts';
import { mapOwnedSequences } from './references.ts';

/** Clauses of a sequence that are no schema (where it stands, who owns it) or take another back. */
const notKept = new Set([
  'RESTART',
  'RESTART WITH',
  'OWNER TO',
  'SET SCHEMA',
  'SET LOGGED',
  'SET UNLOGGED',
  'OWNED BY',
  'SEQUENCE NAME',
  'NO MINVALUE',
  'NO MAXVALUE',
  'NO CYCLE',
]);

/** What a sequence does when nothing is said. */
const usualOptions = [['INCREMENT BY', '1'], ['START WITH', '1'], ['CACHE', '1'], ['AS', 'bigint']] as const;

/** Options that say how a sequence counts, those that are usual left out. */
export function sequenceOptions(before: string, added: readonly TableOption[]): string {
  const options = new Map<string, string>();
  if (before !== '') for (const match of before.matchAll(/(AS|INCREMENT BY|MINVALUE|MAXVALUE|START WITH|CACHE|CYCLE)(?: (\S+))?/g)) options.set(match[1]!, match[2] ?? '');
  for (const { name, value } of added) {
    const canonical = name === 'INCREMENT' ? 'INCREMENT BY' : name === 'START' ? 'START WITH' : name;
    if (notKept.has(name)) options.delete(canonical.replace(/^NO /, ''));
    else options.set(canonical, value.trim());
  }
  for (const [name, usual] of usualOptions) if (options.get(name) === usual) options.delete(name);
  let text = '';
  for (const [name, value] of options) text += `${text === '' ? '' : ' '}${name}${value === '' ? '' : ` ${value}`}`;
  return text;
}

/** How an identity column counts, after options were set: `START WITH 10 INCREMENT BY 2`; undefined when it counts as usual. */
export function identityText(before: string | undefined, added: readonly TableOption[]): string | undefined {
  return sequenceOptions(before ?? '', added) || undefined;
}

/** Gives an identity column the sequence that counts it, which keeps its name when the table or the column gets another one. */
export function addIdentitySequence(draft: Draft, table: Table, column: Pick<Column, 'name' | 'origin'>, options: readonly TableOption[] = []): void {
  const given = options.find((option) => option.name === 'SEQUENCE NAME')?.value.split('.').at(-1);
  const name = given === undefined ? postgresRelationName(draft.catalog, table, [column.name], 'seq') : unquoted(given);
  const { key } = draft.targetOf(table.schema, name);
  const ownedBy = { schema: table.schema, table: table.name, column: column.name };
  draft.set('sequences', key, { schema: table.schema, name, options: '', ownedBy, identity: true, origin: column.origin });
}

function unquoted(name: string): string {
  const bare = name.trim();
  return bare.startsWith('"') ? bare.slice(1, -1).replaceAll('""', '"') : bare.toLowerCase();
}

/** Takes away the sequence of a column that is no identity any more. */
export function dropIdentitySequence(draft: Draft, table: Table, column: string): void {
  mapOwnedSequences(draft, table, (sequence, owner) => (sequence.identity && owner === column ? undefined : sequence));
}
