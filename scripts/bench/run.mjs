// Measures the product beside its peers, in one run on one machine, and prints tables. Read the ratios: the times are of this machine.
// `--readme` writes the tables into the README.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkers, measureCheck } from './check.mjs';
import { makeInputs } from './inputs.mjs';
import { ensurePeers } from './install.mjs';
import { measureTyping, measureWorkspaceTyping, servers } from './keystroke.mjs';
import { checkRow, duration, losses, table, toolHead, typingRow } from './table.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const begin = Date.now();
const say = (message) => console.error(`${String(Math.round((Date.now() - begin) / 1000)).padStart(4)} s  ${message}`);

const peers = ensurePeers();
const folder = mkdtempSync(join(tmpdir(), 'database-expert-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
// A copy, so that a build beside us changes nothing under our feet.
cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
const programs = { cli: join(folder, 'dist/cli.cjs'), ...peers };
const { files, workspaces } = makeInputs(join(folder, 'inputs'));

const behind = [];
const report = [
  await checks(),
  await typing(),
  await workspaceFigures(),
  ['Where we are behind:', '', ...(behind.length > 0 ? behind.map((line) => `- ${line}`) : ['- nowhere in this run'])].join('\n'),
].join('\n\n');
console.log(`${report}\n\n${cpus().length} cores (${cpus()[0].model}), load ${loadavg()[0].toFixed(1)} at the end, Node ${process.version}, ${duration(Date.now() - begin)}.`);
if (process.argv.includes('--readme')) writeReadme(report);

/** Cold checks of every file by every tool. */
async function checks() {
  const tools = checkers(programs);
  const results = {};
  for (const [key, { title, path }] of Object.entries(files)) {
    say(`check: ${title}`);
    results[key] = await measureCheck(tools, path);
  }
  const { start } = results;
  const net = (name, { milliseconds }) => milliseconds - start[name].milliseconds;
  const measured = Object.entries(results).filter(([key]) => key !== 'start');
  for (const [key, result] of measured) behind.push(...losses(`check, ${files[key].title}`, result, net));
  behind.push(...losses('start of the process', start, (_, { milliseconds }) => milliseconds));
  const growth = Object.keys(tools).map((name) => (results.large[name].stopped ? 'not measured' : `${(net(name, results.large[name]) / Math.max(1, net(name, results.small[name]))).toFixed(1)}x`));
  return table(toolHead('Cold check: time without start of the process, memory, findings', Object.keys(tools), peers.versions), [
    checkRow('start of the process (not subtracted here)', start),
    ...measured.map(([key, result]) => checkRow(files[key].title, result, start)),
    ['time for 10 times the input', ...growth],
  ]);
}

/** One character typed, by every server. */
async function typing() {
  const tools = servers(programs, join(folder, 'scratch'));
  const rows = [];
  for (const key of ['zync', 'small', 'joined', 'large'].filter((name) => files[name])) {
    const results = {};
    for (const [name, server] of Object.entries(tools)) {
      say(`typing: ${files[key].title}, ${name}`);
      results[name] = await measureTyping(server, files[key]);
    }
    behind.push(...losses(`typing, ${files[key].title}`, results, (_, { median }) => median));
    rows.push(typingRow(files[key].title, results));
  }
  return table(toolHead('One character typed, until its diagnostics', Object.keys(tools), peers.versions), rows);
}

/** Our own figures on workspaces of many migrations, which the others do not read as one. */
async function workspaceFigures() {
  const { ours: checker } = checkers(programs);
  const { ours: server } = servers(programs, join(folder, 'scratch'));
  const rows = [];
  for (const workspace of Object.values(workspaces)) {
    say(`workspace of ${workspace.count} migrations`);
    const { ours: check } = await measureCheck({ ours: checker }, workspace.folder, workspace.folder);
    const typed = await measureWorkspaceTyping(server, workspace, { newest: readFileSync(workspace.newest, 'utf8'), middle: readFileSync(workspace.middle, 'utf8') });
    const pair = (result) => (result?.median === undefined ? 'given up' : `${duration(result.median)}, p95 ${duration(result.p95)}`);
    rows.push([`${workspace.count.toLocaleString('en')} migrations`, `${duration(check.milliseconds)}, ${Math.round(check.bytes / 1e6)} MB`, `${duration(typed.open)}, ${Math.round(typed.bytes / 1e6)} MB`, pair(typed), pair(typed.back), pair(typed.others)]);
  }
  return table(['Workspace (ours only)', 'Cold check, with start', 'First diagnostics, memory at the end', 'Character in the newest', 'Character in the middle: that file', 'Character in the middle: the newest'], rows);
}

/** Puts the tables between the marks of the README. */
function writeReadme(text) {
  const path = join(root, 'README.md');
  const marks = ['<!-- bench:begin (written by npm run bench -- --readme) -->', '<!-- bench:end -->'];
  const before = readFileSync(path, 'utf8');
  const [from, to] = marks.map((mark) => before.indexOf(mark));
  if (from < 0 || to < from) throw new Error('README.md has no marks for the benchmark.');
  writeFileSync(path, `${before.slice(0, from + marks[0].length)}\n\n${text}\n\n${before.slice(to)}`);
}
