import type { Rule } from './rule.ts';

/** Names of the languages and engines as people write them. */
const titles: Readonly<Record<string, string>> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
  prisma: 'Prisma schema',
  redis: 'Redis configuration',
};

const peers: Readonly<Record<string, string>> = {
  squawk: 'squawk',
  pgls: 'Postgres Language Server',
  pgfence: 'pgfence',
  eugene: 'eugene',
  atlas: 'Atlas',
  strong_migrations: 'strong_migrations',
  bytebase: 'Bytebase',
  splinter: 'splinter',
  'prisma-lint': 'prisma-lint',
};

const fixKinds = {
  safe: 'The fix is **safe**: the result means the same, and `check --fix` applies it.',
  suggestion: 'The fix is a **suggestion**: read it before you keep it; `check --fix` leaves it to you.',
};

/** `PostgreSQL >= 10, MySQL`. */
export function enginesOf(rule: Rule): string {
  return Object.entries(rule.dialects)
    .map(([dialect, versions]) => `${titles[dialect]}${versions === true ? '' : ` ${String(versions).replace(/([<>=]+)\s*/g, '$1 ')}`}`)
    .join(', ');
}

/** The page of one rule, as Markdown: docs/rules/ID.md. `explain` prints the same text. */
export function rulePage(rule: Rule): string {
  const sections = [
    `# ${rule.id}`,
    rule.summary,
    facts(rule),
    `## Why\n\n${rule.why}`,
    ...rule.examples.map((example, index) => exampleSection(example, rule.examples.length > 1 ? ` ${index + 1}` : '')),
    `## Fix\n\n${rule.fix}${rule.fixKind ? `\n\n${fixKinds[rule.fixKind]}` : '\n\nThere is no automatic fix.'}`,
    optionsSection(rule),
    suppression(rule),
    `## References\n\n${rule.references.map(({ title, url }) => `- [${title}](${url})`).join('\n')}`,
    aliasesSection(rule),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function facts(rule: Rule): string {
  const shown = rule.about === 'run' ? 'pending migrations and scripts (`--all` shows applied migrations too)' : 'the schema as it stands, also where an applied migration made it';
  const lines = [
    ['Severity', rule.severity],
    ['Concern', rule.concern],
    ['Versions', enginesOf(rule)],
    ['Shown on', shown],
    ...(rule.status === 'nursery' ? [['Status', 'nursery: off until the configuration turns it on']] : []),
  ];
  return `|  |  |\n| --- | --- |\n${lines.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}`;
}

function exampleSection({ dialect, bad, good, note }: Rule['examples'][number], number: string): string {
  const language = dialect === 'prisma' ? 'prisma' : dialect === 'redis' ? 'conf' : 'sql';
  const block = (text: string) => `\`\`\`${language}\n${text.trim()}\n\`\`\``;
  return `## Example${number} (${titles[dialect]})\n\n${block(bad)}\n\n### Use instead\n\n${block(good)}${note ? `\n\n${note}` : ''}`;
}

function optionsSection({ id, options }: Rule): string {
  if (!options) return '';
  const lines = Object.entries(options).map(([name, { default: value, description }]) => `| \`${name}\` | \`${JSON.stringify(value)}\` | ${description} |`);
  const [name, first] = Object.entries(options)[0]!;
  return `## Options\n\n| Option | Default | Meaning |\n| --- | --- | --- |\n${lines.join('\n')}\n\n\`\`\`yaml\n# database-expert.yaml\nrules:\n  ${id}: { ${name}: ${JSON.stringify(first.default)} }\n\`\`\``;
}

function suppression({ id, dialects }: Rule): string {
  const mark = 'redis' in dialects && Object.keys(dialects).length === 1 ? '#' : '--';
  return `## Turn it off\n\nFor one line, with \`${mark} database-expert-disable-next-line ${id}: reason\`; for all, with \`rules: { ${id}: off }\` in database-expert.yaml.`;
}

function aliasesSection({ aliases }: Rule): string {
  const lines = Object.entries(aliases).flatMap(([peer, names]) => (names.length === 0 ? [] : [`- ${peers[peer]}: ${names.map((name) => `\`${name}\``).join(', ')}`]));
  return lines.length === 0 ? '' : `## Aliases\n\nOther tools call it:\n\n${lines.join('\n')}`;
}

/** docs/rules/README.md: all rules in one table, grouped by concern. */
export function rulesIndex(rules: readonly Rule[]): string {
  return `# Rules\n\nGenerated from the rules themselves by \`node scripts/generate.mjs\`.\n\n${rulesTable(rules, '')}`;
}

/** The table of all rules; links begin with `folder`. */
export function rulesTable(rules: readonly Rule[], folder: string): string {
  const concerns = [...new Set(rules.map((rule) => rule.concern))];
  const rows = concerns.flatMap((concern) => rules.filter((rule) => rule.concern === concern)).map((rule) => {
    const fix = rule.fixKind ?? 'none';
    return `| [${rule.id}](${folder}${rule.id}.md) | ${rule.concern} | ${rule.severity} | ${enginesOf(rule)} | ${fix} | ${rule.summary} |`;
  });
  return `| Rule | Concern | Severity | Engines | Fix | What it asks for |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}
