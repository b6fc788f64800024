import { dirname } from 'node:path';
import { measure } from './processes.mjs';
import { median } from './statistics.mjs';

const timeout = 45_000;
/** A tool is not run again on an input when its runs took longer than this. */
const enough = 12_000;
const rounds = 5;

/** How each tool is called on a file, how many findings its output tells of and, where a tool gives up
 * linting at a syntax error, how many of these are nothing else. */
export function checkers({ cli, squawk, pgls, pgfence }) {
  const node = process.execPath;
  return {
    ours: { command: (path) => [node, cli, 'check', path, '--format', 'json'], count: (output) => JSON.parse(output).findings.length },
    squawk: { command: (path) => [squawk, '--reporter', 'json', path], count: (output) => JSON.parse(output).length, syntaxErrors: (output) => JSON.parse(output).filter((one) => one.rule_name === 'syntax-error').length },
    pgls: { command: (path) => [pgls, 'check', '--reporter=github', '--max-diagnostics=100000', path], count: (output) => output.match(/^::/gm)?.length ?? 0 },
    pgfence: { command: (path) => [node, pgfence, 'analyze', '--output', 'json', path], count: (output) => JSON.parse(output).results.reduce((sum, { checks }) => sum + checks.length, 0) },
  };
}

/**
 * Runs several tools on one file in turn, so that noise of the machine falls on all.
 * @returns by tool `milliseconds` (median), `bytes` (greatest), `findings` (undefined when the output cannot be read), `stopped`.
 */
export async function measureCheck(tools, path, cwd = dirname(path)) {
  const runs = Object.fromEntries(Object.keys(tools).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, { command }] of Object.entries(tools)) {
      const done = runs[name];
      if (done.some(({ stopped }) => stopped) || done.reduce((sum, { milliseconds }) => sum + milliseconds, 0) > enough) continue;
      done.push(await measure(command(path), { cwd, timeout }));
    }
  }
  return Object.fromEntries(Object.entries(runs).map(([name, done]) => [name, summary(done, tools[name])]));
}

function summary(runs, { count, syntaxErrors = () => 0 }) {
  const stopped = runs.at(-1).stopped;
  return {
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    bytes: Math.max(...runs.map(({ bytes }) => bytes)),
    ...(stopped ? { stopped } : { findings: counted(count, runs.at(-1).output), syntaxErrors: counted(syntaxErrors, runs.at(-1).output) }),
  };
}

function counted(count, output) {
  try {
    return count(output);
  } catch {
    return undefined;
  }
}
