// The files that are measured: real ones joined from the corpora, and generated ones whose size is ours to choose.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump } from './dump.mjs';

/** Where the corpora are, when they are. */
export const corpora = resolve(process.env.DATABASE_EXPERT_CORPORA ?? join(dirname(fileURLToPath(import.meta.url)), '../../../shared/corpora'));

/** Up-migrations on PostgreSQL without template holes, by project: each script is accepted by the server as it stands. */
const histories = [
  ['amplication', /migration\.sql$/],
  ['atuin/crates/atuin-server-postgres', /\.sql$/],
  ['authelia', /postgres\/.*up\.sql$/],
  ['concourse', /up\.sql$/],
  ['docs.rs', /up\.sql$/],
  ['gitness', /postgres.*up\.sql$/],
  ['graph-node', /up\.sql$/],
  ['hatchet/cmd/hatchet-migrate', /\.sql$/],
  ['openfga', /postgres.*\.sql$/],
  ['saas-starter-kit', /migration\.sql$/],
  ['svix', /up\.sql$/],
  ['trigger.dev', /migration\.sql$/],
  ['umami', /migration\.sql$/],
  ['umami-v2', /postgresql.*migration\.sql$/],
  ['zero-to-production/migrations', /\.sql$/],
];

function scriptsOf([folder, files]) {
  return readdirSync(join(corpora, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => files.test(relative(corpora, path).replaceAll('\\', '/')))
    .sort()
    .map((path) => upPart(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')));
}

/** goose keeps the down migration below a mark in the same file. */
function upPart(text) {
  return text.split(/^-- \+goose Down/im)[0].trimEnd();
}

/** Every script, ended by a semicolon. */
function joinedScripts() {
  const code = (text) => text.replace(/(?:\s|--[^\n]*\n?|\/\*[^]*?\*\/)*$/, '');
  return histories.flatMap(scriptsOf).filter((text) => code(text) !== '').map((text) => (code(text).endsWith(';') ? text : `${text}\n;`));
}

/** Takes away the semicolon that ends the script at each quarter of the way. */
function withoutThreeSemicolons(scripts) {
  const broken = [...scripts];
  for (const quarter of [1, 2, 3]) {
    let at = Math.floor((scripts.length * quarter) / 4);
    while (!/\)?;$/.test(broken[at]) || !/^\s*(?:CREATE|ALTER)/i.test(broken[at + 1] ?? '')) at++;
    broken[at] = broken[at].slice(0, -1);
  }
  return broken;
}

/** What the `number`th migration does; the tables are made by every tenth. */
function migration(number) {
  const table = `items_${Math.floor((number - 1) / 10)}`;
  const kind = (number - 1) % 10;
  const column = `field_${number}`;
  if (kind === 0) return [`CREATE TABLE ${table} (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  account_id bigint NOT NULL,\n  state text NOT NULL\n);`, `DROP TABLE ${table};`];
  if (kind % 3 === 1) return [`ALTER TABLE ${table} ADD COLUMN ${column} text;`, `ALTER TABLE ${table} DROP COLUMN ${column};`];
  if (kind % 3 === 2) return [`CREATE INDEX ${table}_${number}_idx ON ${table} (account_id, field_${number - 1});`, `DROP INDEX ${table}_${number}_idx;`];
  return [`ALTER TABLE ${table} ADD CONSTRAINT ${table}_${number}_check CHECK (length(field_${number - 2}) < ${number + 10});`, `ALTER TABLE ${table} DROP CONSTRAINT ${table}_${number}_check;`];
}

/** Lays down a workspace of `count` migrations, each with its down. */
function workspace(folder, count) {
  mkdirSync(join(folder, 'migrations'), { recursive: true });
  const path = (number, direction) => join(folder, 'migrations', `${String(number).padStart(6, '0')}_step.${direction}.sql`);
  for (let number = 1; number <= count; number++) {
    const [up, down] = migration(number);
    writeFileSync(path(number, 'up'), `${up}\n`);
    writeFileSync(path(number, 'down'), `${down}\n`);
  }
  return { folder, count, newest: path(count, 'up'), middle: path(Math.floor(count / 2) + 2, 'up') };
}

/**
 * Writes all inputs below a folder.
 * @returns `files`, by a short name (each in a folder of its own, with `title`, `path`, `text`), and the two `workspaces`.
 *   Files made from the corpora are missing when the corpora are.
 */
export function makeInputs(folder) {
  const texts = { start: 'SELECT 1;\n', small: dump(71), large: dump(710) };
  if (existsSync(corpora)) {
    const scripts = joinedScripts();
    Object.assign(texts, { zync: readFileSync(join(corpora, 'zync/db/structure.sql'), 'utf8'), joined: `${scripts.join('\n\n')}\n`, broken: `${withoutThreeSemicolons(scripts).join('\n\n')}\n` });
  } else {
    console.error(`No corpora at ${corpora} (set DATABASE_EXPERT_CORPORA): the joined migrations are left out.`);
  }
  const names = { start: 'one statement', zync: 'structure file of zync', joined: 'up-migrations of 15 projects, joined', broken: 'the same, three semicolons missing', small: 'generated structure file', large: 'generated structure file, 10 times' };
  const files = {};
  for (const key of Object.keys(names).filter((name) => texts[name] !== undefined)) {
    const text = texts[key];
    const path = join(folder, key, key === 'joined' || key === 'broken' ? 'migration.sql' : 'structure.sql');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    files[key] = { title: `${names[key]} (${sizeOf(text)})`, path, text };
  }
  return { files, workspaces: { small: workspace(join(folder, 'workspace-300'), 300), large: workspace(join(folder, 'workspace-3000'), 3000) } };
}

function sizeOf(text) {
  const kilobytes = Buffer.byteLength(text) / 1000;
  const size = kilobytes >= 1000 ? `${(kilobytes / 1000).toFixed(1)} MB` : `${Math.ceil(kilobytes)} KB`;
  return `${size}, ${(text.split('\n').length - 1).toLocaleString('en')} lines`;
}
