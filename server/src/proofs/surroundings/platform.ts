import type { StandInFunction } from './standInFunction.ts';

/** Where PostgREST, Supabase and Neon put the claims of a token (https://docs.postgrest.org/en/stable/references/transactions.html#request-headers-cookies-and-jwt-claims). */
export const claimsSetting = 'request.jwt.claims';

const claims = `NULLIF(current_setting('${claimsSetting}', true), '')::jsonb`;
const claim = (name: string): string => `NULLIF(${claims} ->> '${name}', '')`;

function platform(schema: string, name: string, parameters: string, returns: string, body: string, volatility: 'STABLE' | 'VOLATILE' | 'IMMUTABLE' = 'STABLE'): StandInFunction & { readonly schema: string } {
  const signature = `${schema}.${name}(${parameters}) returns ${returns}`;
  return { schema, name, signature, sql: `CREATE FUNCTION ${schema}.${name}(${parameters}) RETURNS ${returns} LANGUAGE sql ${volatility} AS $$ SELECT ${body} $$` };
}

/** Roles of Supabase: https://supabase.com/docs/guides/database/postgres/roles. */
export const platformRoles: readonly string[] = ['anon', 'authenticated', 'service_role', 'authenticator', 'supabase_admin', 'supabase_auth_admin', 'supabase_storage_admin', 'dashboard_user'];

/** A table that a platform brings, with the columns that applications speak of; more are not needed. */
interface PlatformTable {
  readonly schema: string;
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
}

const times = { created_at: 'timestamp with time zone DEFAULT now()', updated_at: 'timestamp with time zone DEFAULT now()' };

/** Tables of Supabase: https://supabase.com/docs/guides/auth/managing-user-data and https://supabase.com/docs/guides/storage/schema/design. */
export const platformTables: readonly PlatformTable[] = [
  { schema: 'auth', name: 'users', primaryKey: ['id'], columns: { id: 'uuid', email: 'text', phone: 'text', role: 'text', raw_user_meta_data: 'jsonb', raw_app_meta_data: 'jsonb', last_sign_in_at: 'timestamp with time zone', ...times } },
  { schema: 'storage', name: 'buckets', primaryKey: ['id'], columns: { id: 'text', name: 'text', owner: 'uuid', public: 'boolean DEFAULT false', file_size_limit: 'bigint', allowed_mime_types: 'text[]', ...times } },
  { schema: 'storage', name: 'objects', primaryKey: ['id'], columns: { id: 'uuid DEFAULT gen_random_uuid()', bucket_id: 'text', name: 'text', owner: 'uuid', owner_id: 'text', metadata: 'jsonb', path_tokens: 'text[]', ...times } },
];

/**
 * Functions that platforms bring and that no history of an application makes.
 * Supabase: https://supabase.com/docs/guides/database/postgres/row-level-security#helper-functions and
 * https://supabase.com/docs/guides/storage/schema/helper-functions, extensions in a schema of that name, pg_cron and database webhooks;
 * Neon: https://neon.com/docs/extensions/pg_session_jwt.
 */
export const platformFunctions: readonly (StandInFunction & { readonly schema: string })[] = [
  platform('auth', 'uid', '', 'uuid', `${claim('sub')}::uuid`),
  platform('auth', 'role', '', 'text', claim('role')),
  platform('auth', 'email', '', 'text', claim('email')),
  platform('auth', 'jwt', '', 'jsonb', claims),
  platform('auth', 'user_id', '', 'text', claim('sub')),
  platform('auth', 'session', '', 'jsonb', claims),
  platform('storage', 'foldername', 'name text', 'text[]', "(string_to_array(name, '/'))[1:cardinality(string_to_array(name, '/')) - 1]"),
  platform('storage', 'filename', 'name text', 'text', "(string_to_array(name, '/'))[cardinality(string_to_array(name, '/'))]"),
  platform('storage', 'extension', 'name text', 'text', "reverse(split_part(reverse(name), '.', 1))"),
  platform('realtime', 'topic', '', 'text', "NULLIF(current_setting('realtime.topic', true), '')"),
  platform('extensions', 'uuid_generate_v4', '', 'uuid', 'gen_random_uuid()', 'VOLATILE'),
  platform('extensions', 'gen_random_uuid', '', 'uuid', 'pg_catalog.gen_random_uuid()', 'VOLATILE'),
  platform('cron', 'schedule', 'job_name text, schedule text, command text', 'bigint', '1::bigint', 'VOLATILE'),
  platform('cron', 'unschedule', 'job_name text', 'boolean', 'true', 'VOLATILE'),
  { schema: 'supabase_functions', name: 'http_request', signature: 'supabase_functions.http_request() returns trigger', sql: 'CREATE FUNCTION supabase_functions.http_request() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$' },
];
