import { joinPath } from '../paths.ts';
import { asFile, fileSlug, placeNumbered, sentWhole, versionsOf } from './helpers.ts';
import type { Runner } from './runner.ts';
import { compareText, nextVersion } from './versions.ts';

function isSupabase(folder: string): boolean {
  return /(?:^|\/)supabase\/migrations$/.test(folder);
}

/** Supabase: timestamped files in supabase/migrations; a file is sent as one batch, which PostgreSQL makes one transaction. */
export const supabase: Runner = {
  id: 'supabase',
  title: 'Supabase',
  dialect: 'postgresql',
  transaction: 'implicit',
  down: 'none',
  reference: 'https://supabase.com/docs/guides/deployment/database-migrations',
  numbered: true,
  mayRead: ({ folder }) => isSupabase(folder),
  place: (path) => placeNumbered(path, '_', 'up'),
  confidence: (root) => (isSupabase(root.folder) ? 0.95 : 0),
  compare: (a, b) => compareText(a.file, b.file),
  transactionOf: (_text, dialect) => sentWhole(dialect),
  create: ({ folder, existing, slug, up, down, now }) => {
    if (down !== undefined) return undefined;
    const version = nextVersion(versionsOf(existing), 'timestamp', now);
    const name = fileSlug(slug);
    return { version, name, files: [{ path: joinPath(folder, `${version}_${name}.sql`), text: asFile(up) }] };
  },
};
