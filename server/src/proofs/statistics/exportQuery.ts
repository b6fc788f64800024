/** One SELECT that a user runs on a server to take its statistics along, as one JSON document. `values`: whether samples of column values are in it. */
export function exportQuery(values: boolean): string {
  const samples = values
    ? `,
      'most_common_vals', s.most_common_vals::text, 'most_common_freqs', s.most_common_freqs::text,
      'histogram_bounds', s.histogram_bounds::text`
    : '';
  return `SELECT jsonb_pretty(jsonb_build_object(
  'server_version', current_setting('server_version'),
  'relations', (SELECT jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
      'rows', c.reltuples, 'pages', c.relpages, 'all_visible', c.relallvisible) ORDER BY n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm', 'i', 'I') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'),
  'columns', (SELECT jsonb_agg(jsonb_build_object('schema', s.schemaname, 'table', s.tablename, 'column', s.attname, 'inherited', s.inherited,
      'null_frac', s.null_frac, 'avg_width', s.avg_width, 'n_distinct', s.n_distinct, 'correlation', s.correlation${samples}) ORDER BY s.schemaname, s.tablename, s.attname)
    FROM pg_stats s
    WHERE s.schemaname <> 'information_schema' AND s.schemaname NOT LIKE 'pg\\_%')));`;
}

/** What writes the statistics of a SQLite database: a command of its shell. */
export const sqliteExport = 'sqlite3 -json app.db "SELECT tbl, idx, stat FROM sqlite_stat1" > statistics.json';
