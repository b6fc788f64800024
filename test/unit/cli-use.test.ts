import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../server/src/cli/run.ts';

let cwd = '';

beforeAll(async () => {
  cwd = await realpath(await mkdtemp(path.join(tmpdir(), 'dbx-use-')));
  const files: Readonly<Record<string, string | Buffer>> = {
    'w/m/000001_a.up.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\n',
    'w/m/000001_a.down.sql': 'DROP TABLE users;\n',
    'w/go.mod': '',
    'none/notes.txt': 'nothing\n',
    'binary.sql': Buffer.from([0xff, 0xfe, 0x00, 0x01]),
    'empty.sql': '',
    'large.sql': Buffer.alloc(8 * 1024 * 1024 + 1, 0x20),
    'there.yaml': '',
  };
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(cwd, file)), { recursive: true });
    await writeFile(path.join(cwd, file), content);
  }
});
afterAll(() => rm(cwd, { recursive: true, force: true }));

async function cli(args: readonly string[]) {
  let out = '';
  let err = '';
  const code = await run(args, { cwd, out: (text) => void (out += text), err: (text) => void (err += text), colour: false, stdin: () => Promise.resolve(''), engines: [] }, '1.2.3');
  return { code, out, err: err.replaceAll(cwd, '<here>') };
}

const commands = 'the commands are check, schema, down, prove, plan, rules, explain, lsp';

describe('wrong use is one line on standard error and exit code 2', () => {
  test.each<[args: string[], message: string]>([
    [['chek'], 'there is no command chek; did you mean check?'],
    [['chekc'], 'there is no command chekc; did you mean check?'],
    [['migrate'], `there is no command migrate; ${commands}`],
    [['constructor'], `there is no command constructor; ${commands}`],
    [[''], `there is no command ''; ${commands}`],
    [['help', 'migrate'], `there is no command migrate; ${commands}`],
    [['check', '--frmat', 'json'], 'check knows no option --frmat; did you mean --format?'],
    [['check', '--frmat=json'], 'check knows no option --frmat; did you mean --format?'],
    [['check', '--verbose'], 'check knows no option --verbose; database-expert check --help lists them'],
    [['check', '--__proto__'], 'check knows no option --__proto__; database-expert check --help lists them'],
    [['check', '-x'], 'check knows no option -x; database-expert check --help lists them'],
    [['check', '--format', 'xml'], '--format takes tty, json; not xml'],
    [['check', '--format'], '--format needs a value'],
    [['check', '--format='], '--format needs a value'],
    [['check', '--format', '--all'], '--format needs a value'],
    [['check', '--rule', 'prefer-identiy'], 'there is no rule prefer-identiy; did you mean prefer-identity?'],
    [['check', '--rule', 'nothing-like-it'], 'there is no rule nothing-like-it; database-expert rules lists them'],
    [['check', '--engine-version', 'new'], '--engine-version takes a number; not new'],
    [['check', '--engine-version', '15abc'], '--engine-version takes a number; not 15abc'],
    [['check', '--engine-version', '0'], '--engine-version takes a number; not 0'],
    [['check', '--dialect', 'oracle'], '--dialect takes postgresql, mysql, mariadb, sqlite; not oracle'],
    [['check', '--dry-run'], '--dry-run goes with --fix'],
    [['check', '--all=yes'], '--all takes no value'],
    [['check', 'nowhere.sql'], 'nowhere.sql: no such file or folder'],
    [['check', ''], "'': no such file or folder"],
    [['check', '--stdin-filename', 'a.sql'], '--stdin-filename goes with --stdin'],
    [['check', '--stdin', 'a.sql'], '--stdin takes no paths'],
    [['check', '--stdin', '--stdin-filename', '../a.sql'], '../a.sql: lies outside <here>'],
    [['schema', '--format', 'yaml'], '--format takes json, sql; not yaml'],
    [['schema', 'nowhere'], 'nowhere: no such file or folder'],
    [['down'], 'down needs the file of a migration'],
    [['down', 'w'], 'w: is a folder; down takes the file of a migration'],
    [['down', 'binary.sql'], 'binary.sql: This file is not UTF-8 text.'],
    [['down', 'large.sql'], 'large.sql: This file is larger than 8 MB and was not read.'],
    [['down', 'none/notes.txt'], 'none/notes.txt: This is no .sql or .prisma file and no configuration of Redis, so it was not read.'],
    [['down', 'empty.sql'], 'empty.sql: is no SQL file of the workspace that changes a schema'],
    [['down', 'w/m/000001_a.down.sql'], 'w/m/000001_a.down.sql: is the down of w/m/000001_a.up.sql; down takes the migration itself'],
    [['down', 'a.sql', 'b.sql'], 'down takes one name; b.sql is one too many'],
    [['prove', 'nowhere.sql'], 'nowhere.sql: no such file or folder'],
    [['prove', '--fail-on', 'never'], '--fail-on takes error, warning, information, hint; not never'],
    [['plan', 'a', 'b'], 'plan takes one name; b is one too many'],
    [['plan', 'none'], 'none: no migrations, schema or queries were found'],
    [['plan', 'w', '--force'], '--force goes with --out'],
    [['plan', 'w', '--database', 'nope'], 'there is no database nope; the workspace holds m'],
    [['plan', 'w', '--out', ''], '--out needs a value'],
    [['plan', 'w', '--out', 'w'], '--out w: is a folder'],
    [['plan', 'w', '--out', '../plan.yaml'], '--out ../plan.yaml: lies outside the workspace <here>/w'],
    [['plan', '.', '--out', 'there.yaml'], '--out there.yaml: already exists; --force replaces it'],
    [['rules', 'prefer-identity'], 'rules takes no name; prefer-identity is one too many'],
    [['explain'], 'explain needs the name of a rule'],
    [['explain', 'nothing-like-it'], 'there is no rule nothing-like-it; database-expert rules lists them'],
    [['explain', ''], "there is no rule ''; database-expert rules lists them"],
    [['lsp'], 'lsp needs --stdio'],
    [['lsp', '--socket=3'], 'lsp knows no option --socket; database-expert lsp --help lists them'],
  ])('%j', async (args, message) => {
    expect(await cli(args)).toEqual({ code: 2, out: '', err: `database-expert: ${message}\n` });
  });
});

const found = 'no .sql or .prisma file and no configuration of Redis was found';
const noneOfOurs = 'This is no .sql or .prisma file and no configuration of Redis, so it was not read.';

describe('where there is nothing to look at, that is said', () => {
  test.each<[args: string[], code: number, out: RegExp, err: string]>([
    [['check', 'none'], 0, /^Nothing found in 0 files, 0 statements\.\n$/, `none: ${found}`],
    [['schema', 'none'], 0, /"databases": \[\]/, `none: ${found}`],
    [['prove', 'none'], 0, /^No pending migration to prove\.\n$/, `none: ${found}`],
    [['prove', 'large.sql'], 0, /^No pending migration to prove\.\n$/, 'large.sql: This file is larger than 8 MB and was not read.'],
    [['prove', 'none/notes.txt'], 0, /^No pending migration to prove\.\n$/, `none/notes.txt: ${noneOfOurs}`],
    [['check', 'none/notes.txt'], 0, new RegExp(`^Nothing found in 0 files, 0 statements\\.\n  not read: none/notes\\.txt:1 ${noneOfOurs}\n`), ''],
    [['check', 'large.sql'], 0, /not read: large\.sql:1 This file is larger than 8 MB and was not read\./, ''],
    [['check', 'empty.sql'], 0, /^Nothing found in 1 file, 0 statements\.\n/, ''],
    [['check', 'binary.sql'], 2, /^Nothing found in 0 files, 0 statements\.\n {2}not read: binary\.sql:1 This file is not UTF-8 text\.\n/, 'binary.sql: This file is not UTF-8 text.'],
  ])('%j', async (args, code, out, err) => {
    const told = await cli(args);
    expect([told.code, told.err]).toEqual([code, err && `database-expert: ${err}\n`]);
    expect(told.out).toMatch(out);
  });
});

test('help of all and of each', async () => {
  const overview = await cli(['--help']);
  expect(await cli(['-h'])).toEqual(overview);
  expect(await cli(['help'])).toEqual(overview);
  for (const command of ['check', 'schema', 'down', 'prove', 'plan', 'rules', 'explain', 'lsp']) {
    expect(overview.out).toContain(`\n  ${command} `);
    const help = await cli([command, '--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain(`Usage: database-expert ${command}`);
    expect(await cli(['help', command])).toEqual(help);
    expect(await cli([command, '-h'])).toEqual(help);
  }
  expect(await cli(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  expect((await cli([])).code).toBe(2);
});
