import { WriteRefused } from '../host/write.ts';
import { helpOf, parseArguments, suggestion, UsageError, type Arguments, type CommandSpec } from './args.ts';
import { check, checkSpec } from './commands/check.ts';
import { down, downSpec } from './commands/down.ts';
import { lsp, lspSpec } from './commands/lsp.ts';
import { plan, planSpec } from './commands/plan.ts';
import { prove, proveSpec } from './commands/prove.ts';
import { explain, explainSpec, rules, rulesSpec } from './commands/rules.ts';
import { schema, schemaSpec } from './commands/schema.ts';
import { InputError, type ExitCode, type Io } from './io.ts';

interface Command {
  readonly spec: CommandSpec;
  readonly run: (args: Arguments, io: Io) => Promise<ExitCode>;
}

const commands: Readonly<Record<string, Command>> = {
  check: { spec: checkSpec, run: check },
  schema: { spec: schemaSpec, run: schema },
  down: { spec: downSpec, run: down },
  prove: { spec: proveSpec, run: prove },
  plan: { spec: planSpec, run: plan },
  rules: { spec: rulesSpec, run: rules },
  explain: { spec: explainSpec, run: explain },
  lsp: { spec: lspSpec, run: lsp },
};

function overview(): string {
  const lines = Object.values(commands).map(({ spec }) => `  ${spec.usage.padEnd(32)}  ${spec.summary}`);
  return `Database guidance for migrations, queries, Prisma schemas and Redis configuration.\n\nUsage: database-expert COMMAND\n\n${lines.join('\n')}\n\n  COMMAND --help says more. Exit code: 0 clean, 1 findings at or above --fail-on, 2 wrong use or unreadable input.\n`;
}

/**
 * Runs one command line. Errors that a user can mend become one line on standard error and exit code 2.
 * @param args without the names of the program and of node
 * @param version printed by --version
 */
export async function run(args: readonly string[], io: Io, version: string): Promise<ExitCode> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help' || name === 'help') {
      io.out(overview());
      return name === undefined ? 2 : 0;
    }
    if (name === '--version') {
      io.out(`${version}\n`);
      return 0;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new UsageError(`there is no command ${name}${suggestion(name, Object.keys(commands), '')}`);
    if (rest.includes('--help')) {
      io.out(helpOf(command.spec));
      return 0;
    }
    return await command.run(parseArguments(name, rest, command.spec), io);
  } catch (error) {
    const expected = error instanceof UsageError || error instanceof InputError || error instanceof WriteRefused;
    const message = error instanceof Error ? error.message : String(error);
    io.err(`database-expert: ${expected ? message : `something failed that should not: ${error instanceof Error ? error.stack : message}`}\n`);
    return 2;
  }
}
