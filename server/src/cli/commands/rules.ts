import { rulePage } from '../../rules/page.ts';
import { rules as registered, ruleById } from '../../rules/index.ts';
import type { RulesReport } from '../../../../protocol/rules.ts';
import { suggestion, UsageError, type Arguments, type CommandSpec } from '../args.ts';
import type { ExitCode, Io } from '../io.ts';
import { painter } from '../tty.ts';

export const rulesSpec: CommandSpec = {
  summary: 'Lists the rules.',
  usage: 'rules [--format json]',
  positionals: { least: 0, most: 0, what: 'no name' },
  options: { format: { kind: 'value', choices: ['tty', 'json'], help: 'how to print (default tty)' } },
};

export async function rules(args: Arguments, io: Io): Promise<ExitCode> {
  if (args.values.get('format') === 'json') {
    io.out(`${JSON.stringify(rulesReport(), null, 2)}\n`);
    return 0;
  }
  const paint = painter(io.colour);
  const width = Math.max(...registered.map((rule) => rule.id.length));
  for (const rule of [...registered].sort((a, b) => (a.id < b.id ? -1 : 1))) io.out(`${paint('bold', rule.id.padEnd(width))}  ${paint(rule.severity, rule.severity.padEnd(11))}  ${rule.summary}\n`);
  return 0;
}

/** What `rules --format json` prints. */
export function rulesReport(): RulesReport {
  const peers = ['squawk', 'pgls', 'pgfence', 'eugene', 'atlas', 'strong_migrations', 'bytebase', 'splinter', 'prisma-lint'] as const;
  return {
    version: 1,
    rules: [...registered].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, dialects, concern, severity, status, summary, why, fix, aliases }) => ({
      id,
      dialects: Object.fromEntries(Object.entries(dialects).map(([dialect, condition]) => [dialect, condition === true ? '*' : condition])),
      concern,
      severity,
      status,
      summary,
      why,
      fix,
      aliases: Object.fromEntries(peers.map((peer) => [peer, aliases[peer] ?? []])),
      docs: `docs/rules/${id}.md`,
    })),
  };
}

export const explainSpec: CommandSpec = {
  summary: 'Prints the page of a rule.',
  usage: 'explain RULE',
  positionals: { least: 1, most: 1, what: 'the name of a rule' },
  options: {},
};

export async function explain(args: Arguments, io: Io): Promise<ExitCode> {
  const id = args.positionals[0]!;
  const rule = ruleById(id) ?? registered.find((one) => Object.values(one.aliases).some((names) => names?.includes(id)));
  if (!rule) throw new UsageError(`there is no rule ${id === '' ? "''" : id}${suggestion(id, registered.map((one) => one.id), '') || '; database-expert rules lists them'}`);
  io.out(rulePage(rule));
  return 0;
}
