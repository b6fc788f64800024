/** Titles of the columns, by tool. */
const titles = { ours: 'Database Expert', squawk: 'squawk', pgls: 'Postgres Language Server', pgfence: 'pgfence' };
const shares = (one, other) => (one / other >= 10 ? (one / other).toFixed(0) : (one / other).toFixed(1));

/** A Markdown table. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** A duration, in a unit that suits it. */
export function duration(milliseconds) {
  if (milliseconds === undefined) return '-';
  if (milliseconds < 0) return '0 ms';
  return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(milliseconds >= 10_000 ? 0 : 1)} s` : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** A process that ends within a sampling interval shows no memory. */
export const megabytes = (bytes) => (bytes === 0 ? 'memory not seen' : `${Math.round(bytes / 1e6).toLocaleString('en')} MB`);
const stopped = { time: 'given up', memory: 'stopped at 6 GB' };

function findingsOf({ findings, syntaxErrors }) {
  if (findings === undefined) return 'no report';
  return findings > 0 && findings === syntaxErrors ? `${findings} syntax errors, nothing else` : findings.toLocaleString('en');
}

/** Head of the tables with a column for each tool. */
export function toolHead(first, tools, versions) {
  return [first, ...tools.map((name) => (versions[name] ? `${titles[name]} ${versions[name]}` : titles[name]))];
}

/** A row of the cold checks: time less the start of the process, its ratio to ours, memory, findings. */
export function checkRow(title, results, start) {
  const net = (name) => results[name].milliseconds - (start?.[name].milliseconds ?? 0);
  const cells = Object.entries(results).map(([name, { bytes, stopped: reason, milliseconds, ...found }]) => {
    if (reason) return `${stopped[reason]} after ${duration(milliseconds)}, ${megabytes(bytes)}`;
    const ratio = start && name !== 'ours' ? ` (${shares(Math.max(1, net(name)), Math.max(1, net('ours')))}x)` : '';
    return `${duration(net(name))}${ratio}, ${megabytes(bytes)}, ${findingsOf(found)}`;
  });
  return [title, ...cells];
}

/** A row of the keystrokes: median, its ratio to ours, 95th percentile, time until the first diagnostics, memory, diagnostics on opening. */
export function typingRow(title, results) {
  const cells = Object.entries(results).map(([name, result]) => {
    if (result.median === undefined) return `${stopped[result.stopped]}, ${megabytes(result.bytes)}`;
    const ratio = name !== 'ours' && results.ours.median !== undefined ? ` (${shares(result.median, results.ours.median)}x)` : '';
    return `${duration(result.median)}${ratio}, p95 ${duration(result.p95)}, first ${duration(result.open)}, ${megabytes(result.bytes)}, ${result.findings.toLocaleString('en')}`;
  });
  return [title, ...cells];
}

/** A row of how much longer the large input takes than the small one; undefined unless both were measured. */
export function growthRow(tools, { small, large }, value) {
  if (!small || !large) return undefined;
  const cells = tools.map((name) => {
    const [before, after] = [small, large].map((results) => (results[name].stopped ? undefined : value(name, results[name])));
    return before === undefined || after === undefined ? 'not measured' : `${(after / Math.max(1, before)).toFixed(1)}x`;
  });
  return ['time for 10 times the input', ...cells];
}

/** Sentences about every place where another tool is ahead of ours by more than noise (10 %), and does report. */
export function losses(title, results, value) {
  const ours = value('ours', results.ours);
  return Object.entries(results).flatMap(([name, result]) => {
    const theirs = name === 'ours' || result.stopped || result.findings === undefined || (result.findings > 0 && result.findings === result.syntaxErrors) ? undefined : value(name, result);
    if (theirs === undefined || ours === undefined || theirs >= ours * 0.9) return [];
    return [`${title}: ${titles[name]} takes ${duration(Math.max(1, theirs))}, we take ${duration(ours)} (${shares(ours, Math.max(1, theirs))} times as long).`];
  });
}
