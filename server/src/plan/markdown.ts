import type { Evidence } from '../../../protocol/evidence.ts';
import type { ChecklistEntry, Claim, Plan, PlanItem, PlanTable } from '../../../protocol/plan.ts';

/** Escapes the characters that Markdown would read as marks; an underscore inside a word is none. */
function escape(text: string): string {
  return text.replace(/([\\`*[\]<>|#])/g, '\\$1').replace(/(?<!\w)_|_(?!\w)/g, '\\_').replace(/\n/g, ' ');
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text.replace(/\n/g, ' ')}${fence}`;
}

function place(evidence: Evidence): string {
  return 'file' in evidence ? `[${evidence.file}:${evidence.line}](${encodeURI(evidence.file)}#L${evidence.line})` : `${evidence.experiment} on ${evidence.engine} ${evidence.version}: ${escape(evidence.observed)}`;
}

function places(evidence: readonly Evidence[]): string {
  return evidence.length === 0 ? '' : ` — ${evidence.map(place).join(', ')}`;
}

function claims(list: readonly Claim[]): string[] {
  return list.map((claim) => `- **${claim.level}** ${escape(claim.text)}${places(claim.evidence)}`);
}

function items(list: readonly PlanItem[]): string[] {
  return list.flatMap((item) => {
    const risk = item.risk && item.risk !== 'low' ? ` (${item.risk} risk)` : '';
    const head = `- ${escape(item.title)}${risk}${places(item.evidence)}`;
    const detail = item.detail === '' ? [] : [`  ${escape(item.detail)}`];
    const sql = item.sql === undefined ? [] : ['', '  ```sql', ...item.sql.split('\n').map((line) => `  ${line}`), '  ```', ''];
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
  return [`- **${escape(entry.name)}**${places(entry.evidence)}`, `  ${code(columns)}`, `  ${escape(keys.join('; '))}`];
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
  const rows = steps.map((step) => `| [${step.file.split('/').slice(-2).join('/')}:${step.line}](${encodeURI(step.file)}#L${step.line}) | ${code(step.statement)} | ${escape(step.lock ?? 'none')}${step.rewrite ? ', rewrite' : ''} | ${step.reversibility} | ${step.risk} |`);
  const sequences = steps.filter((step) => step.safe_sequence.length > 0).flatMap((step) => [`- ${code(step.statement)}`, ...step.safe_sequence.map((text, index) => `  ${index + 1}. ${escape(text)}`)]);
  return [
    '## Migration plan',
    '',
    ...claims(list),
    '',
    ...(rows.length > 0 ? ['| Where | Statement | Lock | Way back | Risk |', '| --- | --- | --- | --- | --- |', ...rows, ''] : []),
    ...section('Safe sequences', sequences),
    ...section('To do', items(todo)),
  ];
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
    ...section('Tables', schema.tables.flatMap(table)),
    '## Index strategy',
    '',
    ...claims(index.claims),
    '',
    ...section('Composite indexes to add', items(index.composite)),
    ...section('Secondary indexes to add or change', items(index.secondary)),
    ...section('Indexes that stand', index.existing.map((entry) => `- ${escape(entry.table)}: ${code(entry.name)} (${escape(entry.columns.join(', '))})${entry.unique ? ', unique' : ''}${places(entry.evidence)}`)),
    ...migrations(plan),
    '## Transaction strategy',
    '',
    ...claims(transactions.claims),
    '',
    ...section('Isolation', items(transactions.isolation)),
    ...section('Locking', items(transactions.locking)),
    ...section('To do', items(transactions.items)),
    ...operations(plan),
    ...section('Assumptions', plan.assumptions.flatMap((assumption) => [`- ${escape(assumption.text)} Settle it in database-expert.yaml:`, '', '  ```yaml', ...assumption.yaml.split('\n').map((line) => `  ${line}`), '  ```'])),
  ];
}

/** The plan as Markdown; what came from the workspace is escaped or stands in code, links are relative to the workspace. */
export function renderMarkdown(plan: Plan): string {
  const text = [plan, ...(plan.others ?? [])].flatMap(one).join('\n');
  return `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}
