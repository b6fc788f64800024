import type { Evidence } from '../../../protocol/evidence.ts';
import type { ChecklistEntry, Claim, MigrationStepPlan, Plan, PlanItem, PlanTable } from '../../../protocol/plan.ts';

/** Escapes the characters that Markdown would read as marks; an underscore inside a word is none. */
function escape(text: string): string {
  return text.replace(/([\\`*[\]<>|#~&])/g, '\\$1').replace(/(?<!\w)_|_(?!\w)/g, '\\_').replace(/:(?=\/\/)/g, '\\:').replace(/\s*[\r\n]+\s*/g, ' ');
}

/** A run of backquotes longer than any in the text, at least `least` long: what fences it in. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}

function code(text: string): string {
  const line = text.replace(/\s*[\r\n]+\s*/g, ' ');
  const fence = fenceFor(line, 1);
  const gap = line.includes('`') ? ' ' : '';
  return `${fence}${gap}${line}${gap}${fence}`;
}

/** Code in a cell of a table, where even a fence does not keep a bar from ending the cell. */
function cellCode(text: string): string {
  return code(text).replace(/\|/g, '\\|');
}

function block(text: string, language: string): string[] {
  const fence = fenceFor(text, 3);
  return ['', `  ${fence}${language}`, ...text.split('\n').map((line) => `  ${line}`), `  ${fence}`, ''];
}

/** A link to a line of a file of the workspace; `shown` is the part of the path that is read. */
function link(file: string, line: number, shown = file): string {
  const target = encodeURI(file).replace(/[()?#]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return `[${escape(shown)}:${line}](${target}#L${line})`;
}

function place(evidence: Evidence): string {
  return 'file' in evidence ? link(evidence.file, evidence.line) : escape(`${evidence.level}${evidence.engine === 'none' ? '' : `, ${evidence.experiment} on ${evidence.engine} ${evidence.version}`}: ${evidence.observed}`);
}

/** The first few places, then what was seen there, each said once; a claim says in its text how many there are. What was seen is sentences, each of which ends itself. */
function places(evidence: readonly Evidence[], most = 3): string {
  const [links, seen] = [true, false].map((isPlace) => [...new Set(evidence.filter((one) => 'file' in one === isPlace).map(place))].slice(0, most));
  return evidence.length === 0 ? '' : ` — ${[links!.join(', '), seen!.map((one) => one.replace(/\.$/, '')).join('; ')].filter((part) => part !== '').join('; ')}`;
}

/** As many entries of a list as a reader takes in, each with its lines, and a word on the rest. The JSON form has all. */
function capped<T>(list: readonly T[], most: number, lines: (entry: T) => readonly string[]): string[] {
  const kept = list.length > most + 2 ? list.slice(0, most) : list;
  const rest = list.length - kept.length;
  return [...kept.flatMap(lines), ...(rest > 0 ? [`- … and ${rest} more; \`--format json\` lists all.`] : [])];
}

function claims(list: readonly Claim[]): string[] {
  return list.map((claim) => `- **${claim.level}** ${escape(claim.text)}${places(claim.evidence)}`);
}

function items(list: readonly PlanItem[]): string[] {
  return capped(list, 15, (item) => {
    const risk = item.risk && item.risk !== 'low' ? ` (${item.risk} risk)` : '';
    const head = `- ${escape(item.title)}${risk}${places(item.evidence)}`;
    const detail = item.detail === '' ? [] : [`  ${escape(item.detail)}`];
    const sql = item.sql === undefined ? [] : block(item.sql, item.sql.startsWith('@@') ? 'prisma' : 'sql');
    return [head, ...detail, ...sql];
  });
}

function section(title: string, body: readonly string[]): string[] {
  return body.length === 0 ? [] : [`### ${title}`, '', ...body, ''];
}

function table(entry: PlanTable): string[] {
  const columns = entry.columns.map((column) => `${column.name} ${column.type}${column.nullable ? '' : ' NOT NULL'}`).join(', ');
  const keys = [
    entry.primary_key.length > 0 ? `primary key (${entry.primary_key.join(', ')})` : 'no primary key',
    ...entry.foreign_keys.map((key) => `(${key.columns.join(', ')}) references ${key.references}`),
    ...entry.uniques.map((unique) => `unique (${unique.join(', ')})`),
  ];
  return [`- **${escape(entry.name)}**${places(entry.evidence, 1)}`, `  ${code(columns)}`, `  ${escape(keys.join('; '))}`];
}

function checklist(list: readonly ChecklistEntry[]): string[] {
  const mark = { met: '[x]', 'not met': '[ ]', unknown: '[ ]' } as const;
  return list.map((entry) => `- ${mark[entry.state]} ${escape(entry.text)}: ${entry.state}. ${escape(entry.detail)}${places(entry.evidence)}`);
}

function card({ position_card: card }: Plan): string[] {
  return [
    '## Position card',
    '',
    `Role: ${card.role}. Confidence ${card.confidence.toFixed(2)}, cost ${card.cost}, reversibility ${card.reversibility}.`,
    '',
    ...section('Claims', claims(card.claims)),
    ...section('Plan', card.plan.map((step) => `- ${escape(step)}`)),
    ...section('Risks', card.risks.map((risk) => `- ${escape(risk)}`)),
    ...section('Evidence', card.evidence.map((file) => `- ${escape(file)}`)),
  ];
}

function migrations(plan: Plan): string[] {
  const { claims: list, steps, items: todo } = plan.database_plan.migration_plan;
  const shown = shownSteps(steps);
  const rows = shown.map((step) => `| ${link(step.file, step.line, step.file.split('/').slice(-2).join('/'))} | ${cellCode(step.statement)} | ${escape(step.lock ?? 'none')}${step.rewrite ? ', rewrite' : ''}${step.level === 'proved' ? ' (proved)' : ''} | ${step.reversibility} | ${step.risk} |`);
  const rest = steps.length - shown.length;
  const note = rest === 0 ? [] : [`Shown are the ${shown.length} riskiest and newest of ${steps.length} pending statements; \`--format json\` lists all.`, ''];
  const sequences = shown.filter((step) => step.safe_sequence.length > 0);
  return [
    '## Migration plan',
    '',
    ...claims(list),
    '',
    ...note,
    ...(rows.length > 0 ? ['| Where | Statement | Lock | Way back | Risk |', '| --- | --- | --- | --- | --- |', ...rows, ''] : []),
    ...section('Who waits', shown.flatMap((step) => (step.waits === undefined ? [] : [`- ${code(step.statement)}: while its transaction is open, another connection waits with ${escape(step.waits)}`]))),
    ...section('Safe sequences', capped(sequences, 15, (step) => [`- ${code(step.statement)}`, ...step.safe_sequence.map((text, index) => `  ${index + 1}. ${escape(text)}`)])),
    ...section('To do', items(todo)),
  ];
}

/** Most pending statements that are listed whole. */
const readableSteps = 40;

const risks = ['high', 'medium', 'low'] as const;

/** The steps that fit a page: of many, the riskiest and the newest, in their order. */
function shownSteps(steps: readonly MigrationStepPlan[]): readonly MigrationStepPlan[] {
  if (steps.length <= readableSteps) return steps;
  const newestFirst = steps.map((step, at) => ({ step, at })).reverse();
  const byRisk = [...newestFirst].sort((a, b) => risks.indexOf(a.step.risk) - risks.indexOf(b.step.risk));
  const kept = new Set([...newestFirst.slice(0, readableSteps / 4), ...byRisk].map(({ at }) => at));
  const chosen = new Set([...kept].slice(0, readableSteps));
  return steps.filter((_, at) => chosen.has(at));
}

function operations(plan: Plan): string[] {
  const part = plan.database_plan.operational_plan;
  return [
    '## Operational plan',
    '',
    ...(part.claims.length > 0 ? [...claims(part.claims), ''] : []),
    ...section('Connection pool', items(part.pool)),
    ...section('Timeouts', items(part.timeouts)),
    ...section('Backups', items(part.backups)),
    ...section('Recovery', items(part.recovery)),
    ...section('Monitoring', items(part.monitoring)),
    ...section('Retention', items(part.retention)),
    ...section('Cache', items(part.cache)),
  ];
}

function one(plan: Plan): string[] {
  const { schema_design: schema, index_strategy: index, transaction_strategy: transactions } = plan.database_plan;
  return [
    `# Database plan: ${escape(plan.database)} (${plan.dialect})`,
    '',
    ...card(plan),
    '## Evidence checklist',
    '',
    ...checklist(plan.evidence_checklist),
    '',
    '## Success criteria',
    '',
    ...checklist(plan.success_criteria),
    '',
    '## Schema design',
    '',
    ...claims(schema.claims),
    '',
    ...section('To do', items(schema.items)),
    ...section('Tables', capped(schema.tables, 40, table)),
    '## Index strategy',
    '',
    ...claims(index.claims),
    '',
    ...section('Composite indexes to add', items(index.composite)),
    ...section('Secondary indexes to add or change', items(index.secondary)),
    ...section('Indexes that stand', capped(index.existing, 40, (entry) => [`- ${escape(entry.table)}: ${code(entry.name)} (${escape(entry.columns.join(', '))})${entry.unique ? ', unique' : ''}${places(entry.evidence, 1)}`])),
    ...migrations(plan),
    '## Transaction strategy',
    '',
    ...claims(transactions.claims),
    '',
    ...section('Isolation', items(transactions.isolation)),
    ...section('Locking', items(transactions.locking)),
    ...section('To do', items(transactions.items)),
    ...operations(plan),
    ...section('Assumptions', plan.assumptions.flatMap((assumption) => [`- ${escape(assumption.text)} Settle it in database-expert.yaml:`, ...block(assumption.yaml, 'yaml')])),
  ];
}

/** The plan as Markdown; what came from the workspace is escaped or stands in code, links are relative to the workspace. */
export function renderMarkdown(plan: Plan): string {
  const text = [plan, ...(plan.others ?? [])].flatMap(one).join('\n');
  return `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}
