import type { Dialect } from '../dialect.ts';

/** Something in a text that speaks for one engine. */
export interface Mark {
  /** Tells the marks apart. */
  readonly id: number;
  /** One of our dialects, or the name of a foreign engine or kind of template for the user. */
  readonly engine: string;
  /** 4 settles it almost alone, 1 only tips the balance. */
  readonly weight: number;
  /** Lower-case words (an ending `_` stands for every word that begins so) and characters, one of which every match has. */
  readonly triggers: string;
  readonly pattern: RegExp;
}

/** Without a pattern the words themselves are the mark. */
type Row = readonly [weight: number, triggers: string, pattern?: RegExp];

const dialectRows: Readonly<Record<Exclude<Dialect, 'mariadb'>, readonly Row[]>> = {
  postgresql: [
    [4, ':', /::\s*[a-z"_{]/i],
    [4, '$', /\$\w*\$/],
    [4, 'timestamptz jsonb bytea bigserial smallserial citext tsvector plpgsql concurrently'],
    [4, 'extension policy domain unlogged type', /\bCREATE\s+(?:EXTENSION|POLICY|DOMAIN|UNLOGGED)\b|\bCREATE\s+TYPE\b[^;]{0,120}\bAS\s*(?:ENUM\b|\()/i],
    [4, 'level owner only identity search_path stdin', /\b(?:ROW\s+LEVEL\s+SECURITY|OWNER\s+TO|ALTER\s+TABLE\s+ONLY|AS\s+IDENTITY|search_path|FROM\s+STDIN)\b/i],
    [4, 'gen_random_uuid uuid_ nextval to_tsvector current_setting set_config', /\b(?:gen_random_uuid|uuid_generate_v\d|nextval|to_tsvector|current_setting|set_config)\s*\(/i],
    [4, '[ using pg_ "', /\b[a-z]+\d?\s*\[\s*\]|\bUSING\s+(?:GIN|GIST|BRIN|BTREE)\s*\(|\bpg_\w+|_pkey"/i],
    [3, 'serial type comment', /\bSERIAL\b|\bTYPE\s+(?:VARCHAR|TEXT|INTEGER|INT|BIGINT|UUID|BOOLEAN)\b|\bCOMMENT\s+ON\s+(?:TABLE|COLUMN|TYPE)\b/i],
    [3, 'ilike distinct varying zone lateral', /\b(?:ILIKE|DISTINCT\s+ON|CHARACTER\s+VARYING|TIMESTAMP\s+WITH(?:OUT)?\s+TIME\s+ZONE|LATERAL)\b/i],
    [3, 'set drop alter', /\b(?:SET|DROP)\s+NOT\s+NULL\b|\bALTER\s+(?:INDEX|TYPE)\s+(?!TYPE|SET)|\bDROP\s+(?:TYPE|EXTENSION)\b/i],
    [2, '$ foreign precision constraint using interval', /"\w+"\s+FOREIGN\s+KEY\b|\$\d+\b|\bDOUBLE\s+PRECISION\b|\bDROP\s+CONSTRAINT\b|\b(?:VARCHAR|TEXT|UUID)\s+USING\b|\bINTERVAL\s*''/i],
    [1, 'returning cascade conflict public uuid', /\b(?:RETURNING|CASCADE|ON\s+CONFLICT|public\.)|\bUUID\b/i],
    [1, '"', /"\w+"/],
  ],
  mysql: [
    [4, 'engine', /\bENGINE\s*=\s*(?:InnoDB|MyISAM|MEMORY|ARCHIVE|Aria|CSV|NDB)\b/i],
    [4, 'auto_increment unsigned foreign_key_checks duplicate ignore', /\bAUTO_INCREMENT\b|\bUNSIGNED\b|\bON\s+DUPLICATE\s+KEY\b|\bFOREIGN_KEY_CHECKS\b|\bINSERT\s+IGNORE\b/i],
    [4, 'charset character utf8mb4 utf8mb4_ delimiter', /\b(?:DEFAULT\s+)?(?:CHARSET|CHARACTER\s+SET)\b|\butf8mb4\w*|^[ \t]*DELIMITER\s+\S/im],
    [4, 'longtext mediumtext tinytext longblob mediumblob mediumint tinyint', /\b(?:LONGTEXT|MEDIUMTEXT|TINYTEXT|LONGBLOB|MEDIUMBLOB|MEDIUMINT|TINYINT\s*\()/i],
    [4, 'update foreign modify change', /\bON\s+UPDATE\s+(?:CURRENT_TIMESTAMP|NOW)\b|\bDROP\s+FOREIGN\s+KEY\b|\b(?:MODIFY|CHANGE)\s+(?:COLUMN\b|`)/i],
    [4, 'modify', /\bMODIFY\s+\w+\s+(?:VARCHAR|CHAR|TEXT|INT|BIGINT|DATETIME|TIMESTAMP|DECIMAL|BLOB|JSON|ENUM)\b/i],
    [4, 'index lock unlock', /\bDROP\s+INDEX\s+[\w`]+\s+ON\b|\b(?:UN)?LOCK\s+TABLES\b/i],
    [3, 'key index datetime int', /\bUNIQUE\s+KEY\b|\bADD\s+(?:UNIQUE\s+)?(?:INDEX|KEY)\b|,\s*UNIQUE\s+INDEX\b|\bDATETIME\s*\(\d\)|\bINT\s*\(\d+\)|,\s*(?:KEY|INDEX)\s+[\w`]+\s*\(/i],
    [2, '`', /`\w+`/],
    [1, 'datetime'],
  ],
  sqlite: [
    [4, 'autoincrement pragma rowid or replace', /\bAUTOINCREMENT\b|\bPRAGMA\s+\w|\bWITHOUT\s+ROWID\b|\bINSERT\s+OR\s+\w+|\bREPLACE\s+INTO\b/i],
    [4, 'sqlite_ strict using strftime julianday unixepoch raise', /\bsqlite_\w+|\)\s*STRICT\b|\bUSING\s+(?:fts[345]|rtree)\b|\b(?:strftime|julianday|unixepoch)\s*\(|\bRAISE\s*\(/i],
    [4, 'begin', /\bBEGIN\s+(?:IMMEDIATE|DEFERRED|EXCLUSIVE)\b/i],
    // The body of a trigger without FOR EACH ROW, or behind a condition without brackets; MySQL has neither, and PostgreSQL has no body here.
    [3, 'trigger', /\bCREATE\s+(?:TEMP(?:ORARY)?\s+)?TRIGGER\b[^;]*\bON\s+[\w"`[\].]+\s+(?:(?:FOR\s+EACH\s+ROW\s+)?WHEN\s+[^;(\s][^;]*?\s)?BEGIN\b/i],
    [2, 'datetime blob'],
    [1, 'real'],
    [1, '` [ integer returning conflict', /`\w+`|\bINTEGER\s+(?:NOT\s+NULL\s+)?PRIMARY\s+KEY\b|\b(?:RETURNING|ON\s+CONFLICT)\b|\[\w+\]/i],
    [1, '"', /"\w+"/],
  ],
};

const foreignRows: readonly (readonly [engine: string, ...Row])[] = [
  ['T-SQL for SQL Server', 4, 'identity dbo begin sp_', /\bIDENTITY\s*\(\s*\d+\s*,\s*\d+\s*\)|\[dbo\]|\bdbo\.|\bBEGIN\s+(?:TRY|CATCH|TRAN)\b|\bsp_rename\b/i],
  ['T-SQL for SQL Server', 4, 'nvarchar datetime2 uniqueidentifier', /\bNVARCHAR\s*\(\s*max\s*\)|\bNVARCHAR\s*\(\s*\d+\s*\)\s+(?:NOT\s+)?NULL\s+CONSTRAINT|\bDATETIME2\b|\bUNIQUEIDENTIFIER\b/i],
  ['T-SQL for SQL Server', 4, 'nocount getdate newid sysutcdatetime object_id online nolock', /\bSET\s+NOCOUNT\b|\b(?:GETDATE|NEWID|SYSUTCDATETIME)\s*\(\s*\)|\bOBJECT_ID\s*\(|\bWITH\s*\(\s*(?:ONLINE\s*=|NOLOCK\b)/i],
  ['T-SQL for SQL Server', 4, '@', /\bDECLARE\s+@\w|@\w+\s+(?:INT|BIGINT|BIT|N?VARCHAR|DATETIME)\b/i],
  ['T-SQL for SQL Server', 3, 'go', /^GO[ \t]*\r?$/m],
  ['T-SQL for SQL Server', 3, 'top clustered nonclustered print', /\bSELECT\s+TOP\s*\(?\s*\d|\b(?:NON)?CLUSTERED\b|\bPRINT\s+N?''/i],
  ['PL/SQL for Oracle', 6, 'varchar2 nvarchar2 dbms_ user_tables immediate', /\bN?VARCHAR2\s*\(|\bDBMS_\w+|\bUSER_TABLES\b|\bEXECUTE\s+IMMEDIATE\s+''[^;]*;\s*\/\s*$/i],
  ['PL/SQL for Oracle', 6, 'package serveroutput whenever', /\bCREATE\s+(?:OR\s+REPLACE\s+)?PACKAGE\b|^[ \t]*SET\s+SERVEROUTPUT\b|^[ \t]*WHENEVER\s+SQLERROR\b/im],
  ['PL/SQL for Oracle', 3, '/', /^\/[ \t]*\r?$/m],
  ['PL/SQL for Oracle', 3, 'number nextval', /\bNUMBER\s*(?:\(\s*\d+|GENERATED\b|DEFAULT\b|(?:NOT\s+)?NULL\b|PRIMARY\b)|\w\.NEXTVAL\b/i],
  ['PL/SQL for Oracle', 2, 'sysdate systimestamp nvl clob', /\bSYSDATE\b|\bSYSTIMESTAMP\b|\bNVL\s*\(|\bCLOB\b/i],
  ['BigQuery', 3, 'int64 float64'],
  ['BigQuery', 4, 'safe_cast safe_divide bignumeric struct array `', /\b(?:SAFE_CAST|SAFE_DIVIDE|BIGNUMERIC)\b|\b(?:STRUCT|ARRAY)\s*<|`[\w-]+\.[\w-]+\.[\w-]+`/i],
  ['Snowflake', 4, 'warehouse stage pipe stream file copy variant', /\b(?:CREATE\s+(?:OR\s+REPLACE\s+)?|ALTER\s+|USE\s+)(?:WAREHOUSE|STAGE|PIPE|STREAM|FILE\s+FORMAT)\b|\bCOPY\s+INTO\b|\bVARIANT\s*(?:[,)]|NOT\s+NULL)/i],
  ['Snowflake', 4, 'timestamp_ transient autoincrement', /\bTIMESTAMP_(?:NTZ|LTZ|TZ)\b|\bCREATE\s+(?:OR\s+REPLACE\s+)?TRANSIENT\s+TABLE\b|\bNUMBER\s*(?:\(\s*\d+(?:\s*,\s*\d+)?\s*\)\s*)?(?:NOT\s+NULL\s+)?AUTOINCREMENT\b/i],
  ['ClickHouse', 8, 'engine lowcardinality datetime64 uint8 uint16 uint32 uint64', /\bENGINE\s*=\s*\w*(?:MergeTree|Distributed|Kafka|Buffer)\b|\bLowCardinality\s*\(|\bDateTime64\s*\(|\bUInt(?:8|16|32|64)\b/i],
  ['ClickHouse', 6, 'nullable tostartofhour tostartofday toyyyymm cluster', /\bNullable\s*\(|\btoStartOf\w+\s*\(|\btoYYYYMM\s*\(|\bON\s+CLUSTER\b/],
  ['Redshift', 6, 'distkey sortkey diststyle'],
  ['Spanner', 6, 'string interleave', /\bSTRING\s*\(\s*(?:MAX|\d+)\s*\)|\bINTERLEAVE\s+IN\s+PARENT\b/i],
  ['Cassandra', 6, 'keyspace clustering', /\bCREATE\s+KEYSPACE\b|\bCLUSTERING\s+ORDER\s+BY\b/i],
  ['Cassandra', 4, '<', /\b(?:set|list|map)\s*<\s*(?:text|int|uuid|timestamp)\b/i],
  ['Hive or Spark', 6, 'stored format partitioned using', /\bSTORED\s+AS\s+(?:PARQUET|ORC|TEXTFILE)\b|\bROW\s+FORMAT\s+(?:DELIMITED|SERDE)\b|\bPARTITIONED\s+BY\b|\bUSING\s+(?:DELTA|ICEBERG|PARQUET)\b/i],
  ['CockroachDB', 6, 'unique_rowid family storing', /\bunique_rowid\s*\(|\bFAMILY\s+"?primary"?\s*\(|\bSTORING\s*\(/i],
  ['DuckDB', 6, 'read_parquet read_csv_auto read_json_auto', /\bread_(?:parquet|csv_auto|json_auto)\s*\(/i],
  ['Db2', 6, 'sysproc sysibm', /\b(?:SYSPROC|SYSIBM)\./i],
  ['Teradata', 6, 'multiset volatile', /\bCREATE\s+(?:MULTISET|VOLATILE)\s+TABLE\b/i],
  ['Firebird', 6, 'term gen_id', /^[ \t]*SET\s+TERM\s+\S|\bGEN_ID\s*\(/im],
  ['a dbt or Jinja template', 20, '{', /\{%[-+]?\s*\w|\{\{[-+]?\s*(?:config|ref|source|var|macro|this|env_var|dbt_utils)\b/],
  ['an ERB template', 20, '<', /<%(?:[=-]\s*\w|\s*(?:if|unless|for|else|end)\b)/],
];

const ids = { next: 0 };

/** Marks of the text outside its comments and strings. */
export const codeMarks: readonly Mark[] = [
  ...Object.entries(dialectRows).flatMap(([engine, rows]) => rows.map((row) => markOf(engine, row))),
  ...foreignRows.map(([engine, ...row]) => markOf(engine, row)),
];

/** Marks that comments and strings hold; they are looked for in the text as it is, where it has the first of the two. */
export const rawMarks: readonly (readonly [literal: string, mark: Mark])[] = [
  ['-- PostgreSQL database dump', markOf('postgresql', [8, '', /^-- PostgreSQL database dump/m])],
  ['-- MariaDB dump', markOf('mariadb', [8, '', /^-- MariaDB dump/m])],
  ['-- MySQL dump', markOf('mysql', [8, '', /^-- MySQL dump/m])],
  ['/*!', markOf('mysql', [4, '', /\/\*![45]\d{4}/])],
  ['-- RedefineTables', markOf('sqlite', [4, '', /^-- RedefineTables/m])],
  ["'now'", markOf('sqlite', [3, '', /\bdatetime\s*\(\s*'now'/i])],
];

function markOf(engine: string, [weight, triggers, pattern]: Row): Mark {
  return { id: ids.next++, engine, weight, triggers, pattern: pattern ?? new RegExp(`\\b(?:${triggers.replaceAll(' ', '|')})\\b`, 'i') };
}
