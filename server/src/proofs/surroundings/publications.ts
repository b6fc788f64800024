import type { MigrationStep } from '../../project/facts.ts';
import type { Catalog } from '../../schema/catalog.ts';

/** What may be done with a publication without knowing what is in it. */
const harmless: ReadonlySet<string> = new Set(['ADD', 'SET', 'OWNER']);

/**
 * Publications that a migration changes and does not make: a catalog does not hold those that earlier migrations made, and others are made by
 * the platform, as `supabase_realtime` is. PostgreSQL only.
 */
export function publicationsNamed(catalog: Catalog, step?: Pick<MigrationStep, 'entries'>): string[] {
  if (catalog.dialect !== 'postgresql') return [];
  const named = new Set<string>();
  const made = new Set<string>();
  for (const { placed: { statement: { tokens } } } of step?.entries ?? []) {
    const [verb, kind, name, action] = tokens;
    if (kind?.upper !== 'PUBLICATION' || !name) continue;
    const folded = name.kind === 'word' ? name.value.toLowerCase() : name.value;
    if (verb?.upper === 'CREATE') made.add(folded);
    if (verb?.upper === 'ALTER' && harmless.has(action?.upper ?? '') && !made.has(folded)) named.add(folded);
  }
  return [...named].filter((name) => !made.has(name)).sort();
}
