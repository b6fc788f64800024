import { quoteString } from '../../../schema/quote.ts';
import type { EngineSession } from '../../engine.ts';
import { keep, numberIn } from './asking.ts';
import type { TenantRows } from './rows.ts';
import type { TenantsSubject } from './subject.ts';

/** A view or function that may give rows of others, and the query that asks it. */
export interface Source {
  readonly kind: 'view' | 'materialized view' | 'function';
  /** As regclass or regprocedure prints it. */
  readonly name: string;
  readonly sql: string;
}

/** What can not be asked, and why. */
export interface Unasked {
  readonly name: string;
  readonly reason: string;
}

const ours = (schema: string) => `${schema} !~ '^pg_' AND ${schema} NOT IN ('information_schema', 'auth')`;
const free = (oid: string) => `NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e')`;

/** The views of the schema; a materialized view is refreshed as its owner would, with no tenant set. */
export async function viewsOf(session: EngineSession, unasked: Unasked[]): Promise<Source[]> {
  const [result] = await session.run(`SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm') AND ${ours('n.nspname')} AND ${free('c.oid')} ORDER BY 1`);
  const sources: Source[] = [];
  for (const row of result?.rows ?? []) {
    const name = row['name']!;
    const source: Source = { kind: row['kind'] === 'm' ? 'materialized view' : 'view', name, sql: `SELECT * FROM ${name}` };
    if (source.kind === 'view' || (await isFilled(session, name))) sources.push(source);
    else unasked.push({ name, reason: 'as its owner sees it with no tenant set, it is empty or can not be refreshed' });
  }
  return sources;
}

async function isFilled(session: EngineSession, name: string): Promise<boolean> {
  if (!(await keep(session, `REFRESH MATERIALIZED VIEW ${name}`))) return false;
  const [result] = await session.run(`SELECT count(*) FROM ${name}`);
  return numberIn(result?.rows ?? []) > 0;
}

/**
 * Functions with the rights of their owner that can be called without knowing more: with no argument, or with the key of the other tenant
 * where that is all they take.
 */
export async function functionsOf(session: EngineSession, { key }: TenantsSubject, { values }: TenantRows, unasked: Unasked[]): Promise<Source[]> {
  const [result] = await session.run(`SELECT p.oid::regproc AS name, p.oid::regprocedure AS signature, p.pronargs - p.pronargdefaults AS required, p.proargnames[1] AS argument, p.proargtypes[0]::regtype AS type
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND p.prokind = 'f' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype) AND ${ours('n.nspname')} AND ${free('p.oid')} ORDER BY 2`);
  const sources: Source[] = [];
  for (const { name, signature, required, argument, type } of result?.rows ?? []) {
    const known = required === '1' && isNamedAfter(argument ?? '', key);
    if (required !== '0' && !known) unasked.push({ name: signature!, reason: 'what to call it with is not known' });
    else sources.push({ kind: 'function', name: signature!, sql: `SELECT * FROM ${name}(${known ? `${quoteString('postgresql', values[1])}::${type}` : ''})` });
  }
  return sources;
}

/** `p_tenant_id`, `_tenant_id`, `tenant` where the key is `tenant_id`. */
function isNamedAfter(argument: string, key: string): boolean {
  const bare = (name: string) => name.toLowerCase().replace(/^(?:p|in|arg|v)?_+/, '').replace(/_?(?:id|uuid|key)$/, '');
  return bare(argument) !== '' && bare(argument) === bare(key);
}
