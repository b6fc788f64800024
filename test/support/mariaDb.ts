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

/**
 * Runs statements one by one in a session of their own, going on behind those that are refused; gives the refusals by the number of
 * the statement.
 */
export function runMariaStatements(database: string, statements: readonly string[]): Map<number, string> {
  const starts: number[] = [];
  let script = 'DELIMITER ;;;\n';
  let line = 2;
  for (const text of statements) {
    starts.push(line);
    script += `${text}\n;;;\n`;
    line += text.split('\n').length + 1;
  }
  const { stderr, status, error } = spawnSync('mariadb', [...connection, '--force', database], { input: script, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error) throw error;
  const refused = new Map<number, string>();
  for (const [, at, message] of stderr.matchAll(/^(?:--------------\n[^]*?)?ERROR \d+ \(\w+\) at line (\d+)[^:]*: (.*)$/gm)) {
    const number = starts.findLastIndex((start) => start <= Number(at));
    refused.set(number, message!);
  }
  if (status !== 0 && refused.size === 0) throw new Error(stderr);
  return refused;
}

/** Makes a database anew, empty. */
export function freshMariaDb(database: string): void {
  runMariaDb('mysql', `DROP DATABASE IF EXISTS \`${database}\`; CREATE DATABASE \`${database}\` CHARACTER SET utf8mb4;`);
}

/** Drops a database. */
export function dropMariaDb(database: string): void {
  runMariaDb('mysql', `DROP DATABASE IF EXISTS \`${database}\``);
}

/** Waits until no scratch database of a proof is on the server; other tests may run there meanwhile. @throws Error when one stays */
export async function nothingLeft(): Promise<void> {
  const left = (): string => runMariaDb('mysql', "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME REGEXP '^database_expert_[0-9a-f]{12}$'").trim();
  const until = Date.now() + 30_000;
  while (left() !== '') {
    if (Date.now() > until) throw new Error(`left on the server: ${left()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * What the server says of a database, as sorted lines: its own CREATE statements, those of tables in parts. The order of columns is left out
 * unless `order` asks for it.
 */
export function introspectMariaDb(database: string, { order = false }: { readonly order?: boolean } = {}): string[] {
  const objects = runMariaDb(database, [
    `SELECT IF(TABLE_TYPE = 'VIEW', 'VIEW', 'TABLE'), TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}'`,
    `SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '${database}'`,
    `SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${database}'`,
  ].join(';\n')).split('\n').filter((line) => line !== '').map((line) => line.split('\t') as [string, string]);
  if (objects.length === 0) return [];
  const shown = showMariaDb(database, objects.map(([kind, name]) => `SHOW CREATE ${kind} \`${name.replaceAll('`', '``')}\``));
  return shown.split('\n').filter((line) => line !== '').flatMap((line, i) => objectFacts(objects[i]![0], line.split('\t'), order)).map((line) => line.replaceAll(`\`${database}\`.`, '')).sort();
}

/** Runs statements that give one row each; line breaks within a value come as \\n. */
function showMariaDb(database: string, statements: readonly string[]): string {
  return execFileSync('mariadb', [...connection.filter((option) => option !== '--raw'), database], { input: statements.join(';\n'), encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });
}

/** The facts in one row of SHOW CREATE: a table's parts each by itself, as keys and constraints stand in no order that means anything. */
function objectFacts(kind: string, row: readonly string[], order: boolean): string[] {
  const text = row[kind === 'TABLE' || kind === 'VIEW' ? 1 : 2]!;
  if (kind !== 'TABLE') return [`${kind.toLowerCase()} ${row[0]!} ${text.replace(/ DEFINER=\S+/, '').replaceAll(/(?:\\n|\\t|\s)+/g, ' ')}`];
  const [, ...lines] = text.split('\\n');
  const end = lines.findIndex((line) => line.startsWith(')'));
  const parts = lines.slice(0, end).map((line) => line.trim().replace(/,$/, ''));
  const columns = parts.filter((part) => part.startsWith('`'));
  const options = lines.slice(end).join(' ').replace(/ AUTO_INCREMENT=\d+/, '');
  const name = row[0]!;
  const inOrder = order ? [`order ${name} (${columns.map((part) => /^`(?:[^`]|``)*`/.exec(part)![0]).join(', ')})`] : [];
  return [`table ${name} ${options}`, ...inOrder, ...parts.map((part) => `part ${name} ${part}`)];
}
