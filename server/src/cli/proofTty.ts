import type { WireFix } from '../../../protocol/finding.ts';
import type { ProofReport, WireExperiment, WireIndexProof, WireLock, WireMigrationProof, WireStatementProof, WireTenantsProof } from '../../../protocol/proof.ts';
import { isOfTwo } from '../proofs/verdicts.ts';
import { maskSecrets } from '../source/secrets.ts';
import { painter } from './tty.ts';

type Paint = ReturnType<typeof painter>;
type Locks = Extract<WireExperiment, { experiment: 'locks'; ran: true }>;
type Online = Extract<WireExperiment, { experiment: 'algorithm and lock'; ran: true }>;
type Rows = Extract<WireExperiment, { experiment: 'existing rows'; ran: true }>;
type RoundTrip = Extract<WireExperiment, { experiment: 'round trip'; ran: true }>;

/** Proofs for people: per migration what each statement locks, what existing rows make of it, and whether its down brings everything back. */
export function renderProofs(report: ProofReport, { colour }: { readonly colour: boolean }): string {
  const paint = painter(colour);
  const blocks = report.databases.flatMap(({ database, migrations, indexes, tenants }) => [
    ...migrations.map((migration) => renderMigration(migration, report.databases.length > 1 ? database : undefined, paint)),
    ...(tenants ? [[...tenantLines(tenants, paint), ''].join('\n')] : []),
    ...(indexes.length > 0 ? [[paint('bold', 'Indexes asked for'), ...indexes.flatMap((one) => indexLines(one, paint)), ''].join('\n')] : []),
  ]);
  return `${[...blocks, ...(findingLines(report, paint) ?? []), ...(fixLines(report, paint) ?? []), summary(report, paint)].join('\n')}`;
}

function renderMigration({ file, applied, experiments, missing, standIns, functions, stopped }: WireMigrationProof, database: string | undefined, paint: Paint): string {
  const notes = [database === undefined ? '' : `database ${database}`, applied ? 'applied' : ''].filter(Boolean).join(', ');
  const lines = [`${paint('bold', file)}${notes === '' ? '' : ` ${paint('dim', `(${notes})`)}`}`];
  for (const experiment of experiments) lines.push(...renderExperiment(experiment, paint));
  if (stopped) lines.push(`  ${paint('warning', '!')} The proof stopped at line ${stopped.line}: ${stopped.reason}`);
  if (standIns.length > 0) lines.push(`  ${paint('dim', `No migration makes ${listed(standIns)}: made up here of the columns that are named.`)}`);
  if (functions.length > 0) lines.push(`  ${paint('dim', `No migration makes ${listed(functions)}: ${functions.length === 1 ? 'a stand-in takes its place' : 'stand-ins take their place'}.`)}`);
  if (missing.length > 0) lines.push(`  ${paint('warning', '!')} ${missing.length === 1 ? 'One piece' : `${missing.length} pieces`} of the schema before it could not be made here${missing.length === 1 ? '' : ', the first of them'}: ${firstLine(missing[0]!.sql, 60)} (${missing[0]!.reason})`);
  return `${lines.join('\n')}\n`;
}

function renderExperiment(experiment: WireExperiment, paint: Paint): string[] {
  if (!experiment.ran) return [`  ${paint('dim', '-')} ${heading(experiment.experiment)} ${paint('dim', `not run: ${experiment.reason}`)}`];
  if (experiment.experiment === 'algorithm and lock') return onlineLines(experiment, paint);
  if (experiment.experiment === 'locks') return locksLines(experiment, paint);
  return experiment.experiment === 'existing rows' ? rowsLines(experiment, paint) : roundTripLines(experiment, paint);
}

/** What a server of the user took of each statement, and what it refused last before that. */
function onlineLines({ statements, engine, version }: Online, paint: Paint): string[] {
  const lines = [`  ${mark(statements.every(({ failed }) => failed === undefined), paint)} ALGORITHM and LOCK ${paint('dim', `${engine} ${version}, this server alone`)}`];
  for (const { line, statement, accepted, refused, notRun, failed } of statements) {
    lines.push(`      ${paint('dim', String(line))}  ${firstLine(statement, 96)}`);
    const last = refused.at(-1);
    if (failed) lines.push(`         ${paint('error', `refused: ${failed.message}`)}`);
    else if (notRun !== undefined) lines.push(`         ${paint('dim', `not run: ${notRun}`)}`);
    else lines.push(`         ${accepted ? `runs with ${paint(/COPY|SHARED/.test(accepted) ? 'warning' : 'dim', accepted)}` : paint('dim', 'runs as it stands')}`);
    if (last && !failed) lines.push(`         ${paint('dim', `${last.asked} is refused: ${last.message}`)}`);
  }
  return lines;
}

function heading(name: string): string {
  return name.padEnd(13);
}

function locksLines({ statements, engine, version }: Locks, paint: Paint): string[] {
  const width = Math.max(1, ...statements.map(({ line }) => String(line).length));
  const refused = statements.some((one) => one.refused);
  const lines = [`  ${mark(!refused, paint)} ${heading('locks')} ${paint('dim', `${engine} ${version}`)}`];
  let told = '';
  const holding = new Map<string, WireLock>();
  const others: string[] = [];
  for (const one of statements) {
    for (const lock of one.released ?? []) holding.delete(lockKey(lock));
    for (const lock of one.held) holding.set(lockKey(lock), lock);
    const held = heldText([...holding.values()]);
    if (!concernsWhatStood(one)) others.push(held);
    else lines.push(...statementLines(one, width, held === told ? '' : (told = held), paint));
  }
  if (others.length > 0) {
    const meanwhile = others.findLast((text) => text !== '');
    const text = `${count(others.length, lines.length > 1 ? 'more statement' : 'statement')} that ${others.length === 1 ? 'takes' : 'take'} no other lock on what stood before${meanwhile === undefined ? '' : `, while it holds ${meanwhile}`}`;
    lines.push(`      ${' '.repeat(width)}  ${paint('dim', text)}`);
  }
  return lines;
}

/** Whether a statement did anything to what the migration found there, or could not be run. */
function concernsWhatStood(one: WireStatementProof): boolean {
  return one.refused !== undefined || one.notRun !== undefined || byMode(one.locks).size > 0 || one.rewritten.length > 0 || one.scanned.length > 0;
}

function lockKey({ relation, kind, mode }: WireLock): string {
  return `${mode} ${kind} ${relation}`;
}

function heldText(held: readonly WireLock[]): string {
  return [...byMode(held)].map(([mode, names]) => `${mode} on ${listed(names)}`).join('; ');
}

function statementLines(one: WireStatementProof, width: number, held: string, paint: Paint): string[] {
  const indent = ' '.repeat(6 + width + 2);
  const lines = [`      ${paint('dim', String(one.line).padStart(width))}  ${firstLine(one.statement, 96)}`];
  const detail = (text: string): void => void lines.push(`${indent}${text}`);
  if (one.refused) detail(paint('error', `refused: ${one.refused.message}`));
  else if (one.notRun !== undefined) detail(paint('dim', `not run: ${one.notRun}`));
  for (const [mode, names] of byMode(one.locks)) detail(`${paint(colourOf(mode), mode)} on ${listed(names)}${one.classFact ? paint('dim', ' (known of such statements, not seen)') : ''}`);
  if (one.rewritten.length > 0) detail(paint('warning', `writes ${listed(one.rewritten.map(({ relation }) => relation))} anew`));
  if (one.scanned.length > 0) detail(paint('warning', `reads all of ${listed(one.scanned.map(({ relation }) => relation))}`));
  for (const [commands, names] of waiting(one)) detail(`meanwhile another connection waits with ${commands} on ${listed(names)}`);
  if (held !== '') detail(paint('dim', `held meanwhile: ${held}`));
  return lines;
}

/** Relations by what a second connection had to wait with. */
function waiting({ waits = [] }: WireStatementProof): Map<string, string[]> {
  const told = new Map<string, string[]>();
  for (const { relation, commands } of waits) {
    if (commands.length === 0) continue;
    const words = commands.length === 4 ? 'any statement' : commands.join(', ');
    told.set(words, [...(told.get(words) ?? []), relation]);
  }
  return told;
}

/** Tables by lock mode; indexes stand behind their table, which is locked as well. */
function byMode(locks: readonly WireLock[]): Map<string, string[]> {
  const modes = new Map<string, string[]>();
  for (const { kind, relation, mode } of locks) {
    if (kind === 'index' || mode === 'AccessShare') continue;
    modes.set(mode, [...(modes.get(mode) ?? []), relation]);
  }
  return modes;
}

/** Red keeps readers out, yellow writers, the rest nobody. */
function colourOf(mode: string): 'error' | 'warning' | 'dim' {
  if (mode === 'AccessExclusive') return 'error';
  return mode === 'Share' || mode === 'ShareRowExclusive' || mode === 'Exclusive' || mode === 'Reserved' ? 'warning' : 'dim';
}

/** A tick says that something ran over rows; that nothing failed where nothing could is no news. */
function rowsLines(rows: Rows, paint: Paint): string[] {
  const { failures, passed, undecided, broken, seeded, unseeded, engine, version } = rows;
  const all = seeded.reduce((sum, one) => sum + one.rows, 0);
  const isShown = failures.length > 0 || passed > 0 || (all > 0 && undecided.length === 0 && broken.length === 0);
  const over = all > 0 ? `, ${count(all, 'row')} in ${count(seeded.filter((one) => one.rows > 0).length, 'table')}` : unseeded.length > 0 ? '' : ', none are met';
  const without = unseeded.length > 0 ? `; no row could be made for ${listed(unseeded.map(({ table }) => table))}` : '';
  const where = paint('dim', `${engine} ${version}${over}${without}${isShown || all === 0 ? '' : '; nothing is shown'}`);
  const lines = [`  ${isShown ? mark(failures.length === 0, paint) : paint('dim', '-')} ${heading('existing rows')} ${where}`];
  for (const { line, message, code, row, table } of failures) lines.push(`      line ${line} ${paint('error', 'fails')}: ${message}${code === '' ? '' : ` [${code}]`}${row === undefined ? '' : `\n        ${paint('dim', `${isOfTwo(row) ? '' : 'the row '}${maskSecrets(row)}${table === undefined ? '' : ` of ${table}`}`)}`}`);
  for (const { line, message, code } of undecided.slice(0, mostUndecided)) lines.push(`      ${paint('dim', `line ${line} is left open: ${message}${code === '' ? '' : ` [${code}]`}`)}`);
  if (undecided.length > mostUndecided) lines.push(`      ${paint('dim', `and ${undecided.length - mostUndecided} more left open (--format json lists them)`)}`);
  return lines;
}

const mostUndecided = 4;

function roundTripLines({ verdict, down, schema, data, error, engine, version }: RoundTrip, paint: Paint): string[] {
  const restored = verdict.startsWith('restored');
  const which = down === 'written' ? '' : 'with a derived down: ';
  const lines = [`  ${mark(restored, paint)} ${heading('round trip')} ${which}${verdict} ${paint('dim', `${engine} ${version}`)}`];
  const told = [...schema, ...data, ...(error ? [`${error.message}${error.code === '' ? '' : ` [${error.code}]`}`] : [])];
  for (const one of told.slice(0, 8)) lines.push(`      ${one}`);
  if (told.length > 8) lines.push(`      and ${told.length - 8} more (--format json lists them)`);
  return lines;
}

/** How a tenant got at rows of another, and what it learned of them otherwise. */
function tenantLines(tenants: WireTenantsProof, paint: Paint): string[] {
  if (!tenants.ran) return [`${paint('bold', 'Tenants')} ${paint('dim', `not run: ${tenants.reason}`)}`];
  const head = `${paint('bold', 'Tenants')} ${mark(tenants.leaks.length === 0, paint)} ${tenants.leaks.length === 0 ? `none got at rows of another in ${count(tenants.tried.length, 'table')}` : paint('error', `${count(tenants.leaks.length, 'way')} to rows of another`)} ${paint('dim', `${tenants.engine} ${tenants.version}`)}`;
  const untried = tenants.untried.length === 0 ? [] : [`  ${paint('dim', `not tried: ${listed(tenants.untried.map(({ name, reason }) => `${name} (${reason})`), 3)}`)}`];
  return [head, ...tenants.leaks.map(({ observed }) => `  ${paint('error', 'leak')} ${observed}`), ...tenants.notes.map(({ observed }) => `  ${paint('dim', 'note')} ${observed}`), ...untried];
}

/** The index, what the planner would make of it, and under which numbers. */
function indexLines(one: WireIndexProof, paint: Paint): string[] {
  if (!one.ran) return [`  ${paint('dim', '-')} ${firstLine(one.index, 90)} ${paint('dim', `not run: ${one.reason}`)}`];
  const helps = one.verdict === 'helps';
  const factor = one.ratio !== undefined && one.ratio > 0 ? `, ${one.ratio < 0.1 ? `${Math.round(1 / one.ratio)} times cheaper` : `cost × ${one.ratio}`}` : '';
  return [
    `  ${helps ? paint('information', '✓') : paint('warning', '!')} ${firstLine(one.index, 90)}`,
    `      ${one.verdict}${factor} ${paint('dim', `${one.engine} ${one.version}, modelled`)}`,
    `      ${paint('dim', `before  ${one.before}`)}`,
    ...(one.after === undefined ? [] : [`      ${paint('dim', `after   ${one.after}`)}`]),
  ];
}

function findingLines({ findings }: ProofReport, paint: Paint): string[] | undefined {
  const told = findings.flatMap(({ file, line, rule, message, evidence = [] }) => evidence.map(({ level }) => `  ${paint(level === 'proved' ? 'information' : level === 'refuted' ? 'hint' : 'dim', level.padEnd(8))} ${file}:${line} ${message} ${paint('dim', `(${rule})`)}`));
  return told.length === 0 ? undefined : [`${paint('bold', 'Findings that could be looked at')}`, ...told, ''];
}

/** What was seen of fixes: whether the schema comes out the same, and what is held of tables on the way. */
function fixLines({ findings }: ProofReport, paint: Paint): string[] | undefined {
  const told = findings.flatMap(({ file, line, rule, fixes }) => fixes.flatMap(({ title, kind, evidence = [] }) => evidence.flatMap(({ level, engine, version, observed }) => [
    `  ${level === 'assumed' ? paint('dim', '-') : mark(level === 'proved', paint)} ${file}:${line} ${title} ${paint('dim', `(${rule}, ${kind}${engine === 'none' ? '' : `; ${engine} ${version}`})`)}`,
    `      ${maskSecrets(observed)}`,
  ])));
  return told.length === 0 ? undefined : [`${paint('bold', 'Fixes that were run')}`, ...told, ''];
}

function summary({ summary: { migrations, statements, notRun, problems }, findings }: ProofReport, paint: Paint): string {
  if (migrations === 0 && findings.length === 0) return 'No pending migration to prove.\n';
  const levels = (level: string) => levelsOf(findings, level);
  const fixed = findings.flatMap(({ fixes }) => fixes).filter(({ evidence }) => evidence);
  const parts = [
    `${count(migrations, 'migration')}, ${count(statements, 'statement')} run`,
    problems === 0 ? 'no problem seen' : paint('error', count(problems, 'problem')),
    ...(levels('proved') > 0 ? [`${count(levels('proved'), 'finding')} proved`] : []),
    ...(levels('refuted') > 0 ? [`${levels('refuted')} refuted`] : []),
    ...(fixed.length > 0 ? [`${levelsOf(fixed, 'proved')} of ${fixed.length} ${fixed.length === 1 ? 'fix' : 'fixes'} proved`] : []),
    ...(notRun > 0 ? [paint('warning', `${count(notRun, 'experiment')} did not run`)] : []),
  ];
  return `${parts.join('; ')}.\n`;
}

/** How many have evidence of a level. */
function levelsOf(those: readonly Pick<WireFix, 'evidence'>[], level: string): number {
  return those.filter(({ evidence }) => evidence?.some((one) => one.level === level)).length;
}

function mark(good: boolean, paint: Paint): string {
  return good ? paint('information', '✓') : paint('error', '✗');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function listed(names: readonly string[], most = 4): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** The text of a statement on one line, secrets masked, cut at `width`. */
function firstLine(sql: string, width: number): string {
  const line = maskSecrets(sql).replace(/\s+/g, ' ').trim();
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
