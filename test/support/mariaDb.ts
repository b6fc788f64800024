import { execFileSync, spawnSync } from 'node:child_process';

const connection = ['-h127.0.0.1', '-uroot', '--batch', '--raw', '--skip-column-names', '--default-character-set=utf8mb4'];

/** Whether a MariaDB answers on the loopback as root without a password. Says so on standard error when none does. */
export function hasMariaDb(test: string): boolean {
  const answer = spawnSync('mariadb', [...connection, '-e', 'SELECT 1'], { encoding: 'utf8', timeout: 10_000 });
  if (answer.status === 0) return true;
  console.error(`SKIPPED: ${test}: no MariaDB on 127.0.0.1 that lets root in without a password`);
  return false;
}

/** Runs a script in a database; gives what it printed. @throws Error with the server's message. */
export function runMariaDb(database: string, script: string): string {
  return execFileSync('mariadb', [...connection, database], { input: script, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
}

/** Makes a database anew, empty. */
export function freshMariaDb(database: string): void {
  runMariaDb('mysql', `DROP DATABASE IF EXISTS \`${database}\`; CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4;`);
}

/** Drops a database. */
export function dropMariaDb(database: string): void {
  runMariaDb('mysql', `DROP DATABASE IF EXISTS \`${database}\``);
}

/** What the server says of a database, as sorted lines; the order of columns is left out. */
export function introspectMariaDb(database: string): string[] {
  const at = (column: string) => `${column} = '${database}'`;
  const script = [
    `SELECT CONCAT('table ', TABLE_NAME, ' ', COALESCE(ENGINE, ''), ' ', COALESCE(TABLE_COLLATION, ''), ' ', IF(TABLE_TYPE = 'VIEW', 'view', TABLE_COMMENT)) FROM information_schema.TABLES WHERE ${at('TABLE_SCHEMA')}`,
    `SELECT CONCAT_WS(' ', 'column', CONCAT(TABLE_NAME, '.', COLUMN_NAME), COLUMN_TYPE, IS_NULLABLE, COALESCE(COLUMN_DEFAULT, ''), EXTRA, COALESCE(COLLATION_NAME, ''), COALESCE(GENERATION_EXPRESSION, ''), COLUMN_COMMENT) FROM information_schema.COLUMNS WHERE ${at('TABLE_SCHEMA')}`,
    `SELECT CONCAT('index ', TABLE_NAME, ' ', INDEX_NAME, ' unique=', 1 - NON_UNIQUE, ' ', INDEX_TYPE, ' (', GROUP_CONCAT(CONCAT(COLUMN_NAME, COALESCE(CONCAT('(', SUB_PART, ')'), ''), ' ', COALESCE(COLLATION, '')) ORDER BY SEQ_IN_INDEX SEPARATOR ', '), ')') FROM information_schema.STATISTICS WHERE ${at('TABLE_SCHEMA')} GROUP BY TABLE_NAME, INDEX_NAME, NON_UNIQUE, INDEX_TYPE`,
    `SELECT CONCAT_WS(' ', 'foreign key', k.TABLE_NAME, k.CONSTRAINT_NAME, GROUP_CONCAT(CONCAT(k.COLUMN_NAME, '->', k.REFERENCED_TABLE_NAME, '.', k.REFERENCED_COLUMN_NAME) ORDER BY k.ORDINAL_POSITION), r.UPDATE_RULE, r.DELETE_RULE) FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME WHERE ${at('k.TABLE_SCHEMA')} AND k.REFERENCED_TABLE_NAME IS NOT NULL GROUP BY k.TABLE_NAME, k.CONSTRAINT_NAME, r.UPDATE_RULE, r.DELETE_RULE`,
    `SELECT CONCAT_WS(' ', 'check', TABLE_NAME, CONSTRAINT_NAME, LEVEL, CHECK_CLAUSE) FROM information_schema.CHECK_CONSTRAINTS WHERE ${at('CONSTRAINT_SCHEMA')}`,
    `SELECT CONCAT_WS(' ', 'trigger', EVENT_OBJECT_TABLE, TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION) FROM information_schema.TRIGGERS WHERE ${at('TRIGGER_SCHEMA')}`,
    `SELECT CONCAT_WS(' ', 'routine', ROUTINE_TYPE, ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ${at('ROUTINE_SCHEMA')}`,
    `SELECT CONCAT_WS(' ', 'view', TABLE_NAME, REPLACE(VIEW_DEFINITION, '\`${database}\`.', '')) FROM information_schema.VIEWS WHERE ${at('TABLE_SCHEMA')}`,
  ].join(';\n');
  return runMariaDb(database, script).split('\n').filter((line) => line !== '').sort();
}
