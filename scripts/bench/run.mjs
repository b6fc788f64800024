// Measures the product beside its peers, in one run on one machine, and prints tables. Read the ratios: the times are of this machine.
// `--only check,large` runs these parts (check, keystroke, workspace, prove) on these inputs (start, zync, joined, broken, small, large);
// `--ours` leaves the peers out; `--readme` writes the tables into the README.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkers, measureCheck } from './check.mjs';
import { corpora, makeInputs } from './inputs.mjs';
import { ensurePeers } from './install.mjs';
import { measurePushed, measureTyping, measureWorkspaceTyping, servers } from './keystroke.mjs';
import { limits } from './limits.mjs';
import { measureColdProof, measureServerProofs, measureTypingMeanwhile, provingWorkspace, triggerWorkspace } from './prove.mjs';
import { checkRow, duration, growthRow, losses, megabytes, table, toolHead, typingRow } from './table.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const begin = Date.now();
const say = (message) => console.error(`${String(Math.round((Date.now() - begin) / 1000)).padStart(4)} s  ${message}`);

const inputNames = ['start', 'zync', 'small', 'joined', 'broken', 'large'];
const parts = { check: checks, keystroke: typing, workspace: workspaceFigures, prove: proofFigures };
const wanted = wantedNames();
const toReadme = process.argv.includes('--readme');
if (toReadme && wanted.length > 0) throw new Error('The README gets a whole run only, without --only.');
const chosen = (names) => (names.some((name) => wanted.includes(name)) ? names.filter((name) => wanted.includes(name)) : names);

const peers = process.argv.includes('--ours') ? { versions: {} } : ensurePeers();
const folder = mkdtempSync(join(tmpdir(), 'database-expert-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
// A copy, so that a build beside us changes nothing under our feet.
cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
const programs = { cli: join(folder, 'dist/cli.cjs'), ...peers };
const { files, workspaces } = makeInputs(join(folder, 'inputs'));

const behind = [];
const missed = [];
const sections = [];
for (const part of chosen(Object.keys(parts))) sections.push(await parts[part]());
if (peers.squawk) sections.push(listed('Where we are behind:', behind));
sections.push(listed('Limits of our own that this run missed:', missed));
sections.push(`${cpus().length} cores (${cpus()[0].model}), load ${loadavg()[0].toFixed(1)} at the end, Node ${process.version}, ${duration(Date.now() - begin)}.`);
console.log(sections.join('\n\n'));
if (toReadme) writeReadme(sections.join('\n\n'));

/** The names behind --only. */
function wantedNames() {
  const at = process.argv.indexOf('--only');
  const names = at < 0 ? [] : (process.argv[at + 1] ?? '').split(',');
  const unknown = names.find((name) => !inputNames.includes(name) && !Object.hasOwn(parts, name));
  if (unknown !== undefined) throw new Error(`--only knows ${[...Object.keys(parts), ...inputNames].join(', ')}; not "${unknown}".`);
  return names;
}

function listed(title, lines) {
  return [title, '', ...(lines.length > 0 ? lines.map((line) => `- ${line}`) : ['- none'])].join('\n');
}

/** The tools that are there. */
function present(tools) {
  return Object.fromEntries(Object.entries(tools).filter(([name]) => name === 'ours' || peers[name] !== undefined));
}

/** Cold checks of every file by every tool. */
async function checks() {
  const tools = present(checkers(programs));
  const results = {};
  for (const key of new Set(['start', ...chosen(inputNames)])) {
    if (!files[key]) continue;
    say(`check: ${files[key].title}`);
    results[key] = await measureCheck(tools, files[key].path);
  }
  const { start } = results;
  const net = (name, { milliseconds }) => milliseconds - start[name].milliseconds;
  const measured = Object.entries(results).filter(([key]) => key !== 'start');
  for (const [key, result] of measured) {
    behind.push(...losses(`check, ${files[key].title}`, result, net));
    missed.push(...limits.check(files[key], result.ours));
  }
  behind.push(...losses('start of the process', start, (_, { milliseconds }) => milliseconds));
  const rows = [checkRow('start of the process (not subtracted here)', start), ...measured.map(([key, result]) => checkRow(files[key].title, result, start))];
  const growth = growthRow(Object.keys(tools), results, net);
  if (growth) missed.push(...limits.growth('check', growth[1]));
  return table(toolHead('Cold check: time without start of the process, memory, findings', Object.keys(tools), peers.versions), [...rows, ...(growth ? [growth] : [])]);
}

/** One character typed, by every server. */
async function typing() {
  const tools = present(servers(programs, join(folder, 'scratch')));
  const all = {};
  const rows = [];
  for (const key of chosen(['zync', 'small', 'joined', 'large']).filter((name) => files[name])) {
    const results = (all[key] = {});
    for (const [name, server] of Object.entries(tools)) {
      say(`keystroke: ${files[key].title}, ${name}`);
      results[name] = await measureTyping(server, files[key]);
    }
    behind.push(...losses(`keystroke, ${files[key].title}`, results, (_, { median }) => median));
    missed.push(...limits.keystroke(files[key].title, results.ours.p95));
    rows.push(typingRow(files[key].title, results));
  }
  const growth = growthRow(Object.keys(tools), all, (_, { median }) => median);
  if (growth) missed.push(...limits.growth('keystroke', growth[1]));
  return table(toolHead('One character typed, until its diagnostics', Object.keys(tools), peers.versions), [...rows, ...(growth ? [growth] : []), ...(await pushed(tools))]);
}

/** A line break above everything, by our server when it pushes. */
async function pushed(tools) {
  const rows = [];
  for (const key of chosen(['small', 'large']).filter((name) => files[name])) {
    say(`pushed: ${files[key].title}`);
    const title = `line break above everything, pushed, ${files[key].title}`;
    const ours = await measurePushed(tools.ours, files[key]);
    missed.push(...limits.keystroke(title, ours.p95));
    rows.push([...typingRow(title, { ours }), ...Object.keys(tools).slice(1).map(() => '-')]);
  }
  return rows;
}

/** Our own figures on workspaces of many migrations, which the others do not read as one. */
async function workspaceFigures() {
  const { ours: checker } = checkers(programs);
  const { ours: server } = servers(programs, join(folder, 'scratch'));
  const rows = [];
  for (const key of chosen(['small', 'large'])) {
    const workspace = workspaces[key];
    say(`workspace of ${workspace.count} migrations`);
    const { ours: check } = await measureCheck({ ours: checker }, workspace.folder, workspace.folder);
    const typed = await measureWorkspaceTyping(server, workspace, { newest: readFileSync(workspace.newest, 'utf8'), middle: readFileSync(workspace.middle, 'utf8') });
    const pair = (result) => (result?.median === undefined ? 'given up' : `${duration(result.median)}, p95 ${duration(result.p95)}`);
    const title = `${workspace.count.toLocaleString('en')} migrations`;
    missed.push(...limits.workspace(title, typed));
    rows.push([title, `${duration(check.milliseconds)}, ${megabytes(check.bytes)}`, `${duration(typed.open)}, ${megabytes(typed.bytes)}`, pair(typed), pair(typed.back), pair(typed.others)]);
  }
  return table(['Workspace (ours only)', 'Cold check, with start', 'First diagnostics, memory at the end', 'Character in the newest', 'Character in the middle: that file', 'Character in the middle: the newest'], rows);
}

/** Our own proofs, on the command line and through the server. */
async function proofFigures() {
  const command = servers(programs, join(folder, 'scratch')).ours.command;
  const generated = provingWorkspace(join(folder, 'proving'));
  const rows = [];
  for (const workspace of [generated, triggerWorkspace(corpora, join(folder, 'trigger.dev'))].filter((one) => one)) {
    say(`proofs: ${workspace.title}`);
    const cold = await measureColdProof(programs.cli, workspace);
    const served = await measureServerProofs(command, workspace);
    missed.push(...limits.coldProof(workspace.title, cold), ...limits.serverProofs(workspace.title, served));
    rows.push([workspace.title, duration(cold), duration(served.first), `${duration(served.median)}, p95 ${duration(served.p95)}`, megabytes(served.open - served.before), megabytes(served.after - served.before)]);
  }
  say('typing while proofs run');
  const { quiet, busy, proofs } = await measureTypingMeanwhile(command, generated);
  const pair = (result) => `${duration(result.median)}, p95 ${duration(result.p95)}`;
  missed.push(...limits.keystroke('while proofs run', busy.p95));
  const head = ['Proofs (ours only)', 'First, command line, whole', 'First, server', 'After an edit, server', 'Memory while open', 'Memory kept when closed'];
  return `${table(head, rows)}\n\n${table(['One character typed', 'Nothing proved', `Proofs one after the other (${proofs})`], [[generated.title, pair(quiet), pair(busy)]])}`;
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
