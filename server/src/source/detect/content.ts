import type { Dialect } from '../dialect.ts';

/** How much of a file is looked at, UTF-16 units; the rest is more of the same. */
const SAMPLE = 200_000;

/** A mark of an engine; 4 settles it almost alone, 1 only tips the balance. */
type Mark = readonly [weight: number, pattern: RegExp];

const dialectMarks: Readonly<Record<Exclude<Dialect, 'mariadb'>, readonly Mark[]>> = {
  postgresql: [
    [4, /::\s*[a-z"_{]/i],
    [4, /\$\w*\$/],
    [4, /\b(?:TIMESTAMPTZ|JSONB|BYTEA|BIGSERIAL|SMALLSERIAL|CITEXT|TSVECTOR|plpgsql|CONCURRENTLY)\b/i],
    [4, /\bCREATE\s+(?:EXTENSION|POLICY|DOMAIN|UNLOGGED)\b|\bCREATE\s+TYPE\b[^;]{0,120}\bAS\s*(?:ENUM\b|\()/i],
    [4, /\b(?:ROW\s+LEVEL\s+SECURITY|OWNER\s+TO|ALTER\s+TABLE\s+ONLY|AS\s+IDENTITY|search_path|FROM\s+STDIN)\b/i],
    [4, /\b(?:gen_random_uuid|uuid_generate_v\d|nextval|to_tsvector|current_setting|set_config)\s*\(/i],
    [4, /\b[a-z]+\d?\s*\[\s*\]|\bUSING\s+(?:GIN|GIST|BRIN|BTREE)\s*\(|\bpg_\w+|_pkey"/i],
    [3, /\bSERIAL\b|\bTYPE\s+(?:VARCHAR|TEXT|INTEGER|INT|BIGINT|UUID|BOOLEAN)\b|\bCOMMENT\s+ON\s+(?:TABLE|COLUMN|TYPE)\b/i],
    [3, /\b(?:ILIKE|DISTINCT\s+ON|CHARACTER\s+VARYING|TIMESTAMP\s+WITH(?:OUT)?\s+TIME\s+ZONE|LATERAL)\b/i],
    [3, /\b(?:SET|DROP)\s+NOT\s+NULL\b|\bALTER\s+(?:INDEX|TYPE)\s+(?!TYPE|SET)|\bDROP\s+(?:TYPE|EXTENSION)\b/i],
    [2, /"\w+"\s+FOREIGN\s+KEY\b|\$\d+\b|\bDOUBLE\s+PRECISION\b|\bDROP\s+CONSTRAINT\b|\b(?:VARCHAR|TEXT|UUID)\s+USING\b|\bINTERVAL\s*''/i],
    [1, /\b(?:RETURNING|CASCADE|ON\s+CONFLICT|public\.)|\bUUID\b/i],
    [1, /"\w+"/],
  ],
  mysql: [
    [4, /\bENGINE\s*=\s*(?:InnoDB|MyISAM|MEMORY|ARCHIVE|Aria|CSV|NDB)\b/i],
    [4, /\bAUTO_INCREMENT\b|\bUNSIGNED\b|\bON\s+DUPLICATE\s+KEY\b|\bFOREIGN_KEY_CHECKS\b|\bINSERT\s+IGNORE\b/i],
    [4, /\b(?:DEFAULT\s+)?(?:CHARSET|CHARACTER\s+SET)\b|\butf8mb4\w*|^[ \t]*DELIMITER\s+\S/im],
    [4, /\b(?:LONGTEXT|MEDIUMTEXT|TINYTEXT|LONGBLOB|MEDIUMBLOB|MEDIUMINT|TINYINT\s*\()/i],
    [4, /\bON\s+UPDATE\s+(?:CURRENT_TIMESTAMP|NOW)\b|\bDROP\s+FOREIGN\s+KEY\b|\b(?:MODIFY|CHANGE)\s+(?:COLUMN\b|`)/i],
    [4, /\bMODIFY\s+\w+\s+(?:VARCHAR|CHAR|TEXT|INT|BIGINT|DATETIME|TIMESTAMP|DECIMAL|BLOB|JSON|ENUM)\b/i],
    [4, /\bDROP\s+INDEX\s+[\w`]+\s+ON\b|\b(?:UN)?LOCK\s+TABLES\b/i],
    [3, /\bUNIQUE\s+KEY\b|\bADD\s+(?:UNIQUE\s+)?(?:INDEX|KEY)\b|,\s*UNIQUE\s+INDEX\b|\bDATETIME\s*\(\d\)|\bINT\s*\(\d+\)|,\s*(?:KEY|INDEX)\s+[\w`]+\s*\(/i],
    [2, /`\w+`/],
    [1, /\bDATETIME\b/i],
  ],
  sqlite: [
    [4, /\bAUTOINCREMENT\b|\bPRAGMA\s+\w|\bWITHOUT\s+ROWID\b|\bINSERT\s+OR\s+\w+|\bREPLACE\s+INTO\b/i],
    [4, /\bsqlite_\w+|\)\s*STRICT\b|\bUSING\s+(?:fts[345]|rtree)\b|\b(?:strftime|julianday|unixepoch)\s*\(|\bRAISE\s*\(/i],
    [2, /\bDATETIME\b|\bBLOB\b|\bdatetime\s*\(/i],
    [1, /\bREAL\b/i],
    [1, /`\w+`|\bINTEGER\s+(?:NOT\s+NULL\s+)?PRIMARY\s+KEY\b|\b(?:RETURNING|ON\s+CONFLICT)\b|\[\w+\]/i],
    [1, /"\w+"/],
  ],
};

/** Marks that comments and strings hold; read before those are blanked. */
const rawMarks: readonly (readonly [Dialect, Mark])[] = [
  ['postgresql', [8, /^-- PostgreSQL database dump/m]],
  ['mariadb', [8, /^-- MariaDB dump/m]],
  ['mysql', [8, /^-- MySQL dump/m]],
  ['mysql', [4, /\/\*![45]\d{4}/]],
  ['sqlite', [4, /^-- RedefineTables/m]],
  ['sqlite', [3, /\bdatetime\s*\(\s*'now'/i]],
];

const foreignMarks: readonly (readonly [engine: string, ...Mark])[] = [
  ['T-SQL for SQL Server', 4, /\bIDENTITY\s*\(\s*\d+\s*,\s*\d+\s*\)|\[dbo\]|\bdbo\.|\bBEGIN\s+(?:TRY|CATCH|TRAN)\b|\bsp_rename\b/i],
  ['T-SQL for SQL Server', 4, /\bNVARCHAR\s*\(\s*max\s*\)|\bNVARCHAR\s*\(\s*\d+\s*\)\s+(?:NOT\s+)?NULL\s+CONSTRAINT|\bDATETIME2\b|\bUNIQUEIDENTIFIER\b/i],
  ['T-SQL for SQL Server', 3, /^GO[ \t]*\r?$/m],
  ['T-SQL for SQL Server', 3, /\bSELECT\s+TOP\s*\(?\s*\d|\b(?:NON)?CLUSTERED\b|\bDECLARE\s+@\w|\bPRINT\s+N?''/i],
  ['PL/SQL for Oracle', 4, /\bN?VARCHAR2\s*\(|\bDBMS_\w+|\bUSER_TABLES\b|\bEXECUTE\s+IMMEDIATE\s+''[^;]*;\s*\/\s*$/i],
  ['PL/SQL for Oracle', 3, /^\/[ \t]*\r?$/m],
  ['PL/SQL for Oracle', 2, /\bNUMBER\s*\(\s*\d+|\w\.NEXTVAL\b|\bSYSDATE\b|\bNVL\s*\(|\bCLOB\b/i],
  ['BigQuery', 3, /\b(?:INT64|FLOAT64)\b/i],
  ['BigQuery', 4, /\b(?:SAFE_CAST|SAFE_DIVIDE|BIGNUMERIC)\b|\b(?:STRUCT|ARRAY)\s*<|`[\w-]+\.[\w-]+\.[\w-]+`/i],
  ['Snowflake', 4, /\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:WAREHOUSE|STAGE|PIPE|STREAM|FILE\s+FORMAT)\b|\bCOPY\s+INTO\b|\bVARIANT\s*(?:[,)]|NOT\s+NULL)/i],
  ['Snowflake', 4, /\bTIMESTAMP_(?:NTZ|LTZ|TZ)\b|\bCREATE\s+(?:OR\s+REPLACE\s+)?TRANSIENT\s+TABLE\b|\bNUMBER\s*(?:\(\s*\d+(?:\s*,\s*\d+)?\s*\)\s*)?(?:NOT\s+NULL\s+)?AUTOINCREMENT\b/i],
  ['ClickHouse', 8, /\bENGINE\s*=\s*\w*(?:MergeTree|Distributed|Kafka|Buffer)\b|\bLowCardinality\s*\(|\bDateTime64\s*\(|\bUInt(?:8|16|32|64)\b/i],
  ['Redshift', 6, /\b(?:DISTKEY|SORTKEY|DISTSTYLE)\b/i],
  ['Spanner', 6, /\bSTRING\s*\(\s*(?:MAX|\d+)\s*\)|\bINTERLEAVE\s+IN\s+PARENT\b/i],
  ['Cassandra', 6, /\bCREATE\s+KEYSPACE\b|\bCLUSTERING\s+ORDER\s+BY\b/i],
  ['Hive or Spark', 6, /\bSTORED\s+AS\s+(?:PARQUET|ORC|TEXTFILE)\b|\bROW\s+FORMAT\s+(?:DELIMITED|SERDE)\b|\bPARTITIONED\s+BY\b|\bUSING\s+(?:DELTA|ICEBERG|PARQUET)\b/i],
  ['CockroachDB', 6, /\bunique_rowid\s*\(|\bFAMILY\s+"?primary"?\s*\(|\bSTORING\s*\(/i],
  ['a dbt or Jinja template', 20, /\{%[-+]?\s*\w|\{\{[-+]?\s*(?:config|ref|source|var|macro|this|env_var)\b/],
];

/** Scores of what a text's content says; nothing of it when 0. */
export interface ContentEvidence {
  readonly dialects: ReadonlyMap<Dialect, number>;
  readonly foreign?: { readonly engine: string; readonly score: number; readonly evidence: string };
}

/** Weighs the marks of the engines in a text, outside its comments and strings. Linear in a bounded sample. */
export function weighContent(text: string): ContentEvidence {
  const sample = text.slice(0, SAMPLE);
  const code = sample.replace(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\]|\\.|'')*'/g, (piece) => (piece[0] === "'" ? "''" : ' '));
  const dialects = new Map<Dialect, number>();
  const add = (dialect: Dialect, [weight, pattern]: Mark, where: string) => {
    if (pattern.test(where)) dialects.set(dialect, (dialects.get(dialect) ?? 0) + weight);
  };
  for (const [dialect, marks] of Object.entries(dialectMarks)) {
    for (const mark of marks) add(dialect as Dialect, mark, code);
  }
  for (const [dialect, mark] of rawMarks) add(dialect, mark, sample);
  const foreign = weighForeign(code);
  return foreign ? { dialects, foreign } : { dialects };
}

function weighForeign(code: string): ContentEvidence['foreign'] {
  const found = new Map<string, { score: number; evidence: string; weight: number }>();
  for (const [engine, weight, pattern] of foreignMarks) {
    const match = pattern.exec(code)?.[0];
    if (match === undefined) continue;
    const known = found.get(engine) ?? { score: 0, evidence: '', weight: 0 };
    const better = weight > known.weight;
    const evidence = better ? match.trim().replace(/\s+/g, ' ').slice(0, 40) : known.evidence;
    found.set(engine, { score: known.score + weight, evidence, weight: Math.max(weight, known.weight) });
  }
  const [best] = [...found].sort((a, b) => b[1].score - a[1].score);
  return best && { engine: best[0], score: best[1].score, evidence: best[1].evidence };
}
