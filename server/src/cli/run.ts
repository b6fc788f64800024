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
import { messageOf } from '../text/failure.ts';

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
  const width = Math.max(...Object.values(commands).map(({ spec }) => spec.usage.length));
  const lines = Object.values(commands).map(({ spec }) => `  ${spec.usage.padEnd(width)}  ${spec.summary}`);
  return `Database guidance for migrations, queries, Prisma schemas and Redis configuration.\n\nUsage: database-expert COMMAND\n\n${lines.join('\n')}\n\n  COMMAND --help says more. Exit code: 0 clean, 1 findings at or above --fail-on, 2 wrong use or unreadable input.\n`;
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

function commandOf(name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command) return command;
  const names = Object.keys(commands);
  throw new UsageError(`there is no command ${name === '' ? "''" : name}${suggestion(name, names, '') || `; the commands are ${names.join(', ')}`}`);
}

/**
 * Runs one command line. Errors that a user can mend become one line on standard error and exit code 2.
 * @param args without the names of the program and of node
 * @param version printed by --version
 */
export async function run(args: readonly string[], io: Io, version: string): Promise<ExitCode> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || ((isHelp(name) || name === 'help') && rest.length === 0)) {
      io.out(overview());
      return name === undefined ? 2 : 0;
    }
    if (isHelp(name) || name === 'help') {
      io.out(helpOf(commandOf(rest[0]!).spec));
      return 0;
    }
    if (name === '--version') {
      io.out(`${version}\n`);
      return 0;
    }
    const command = commandOf(name);
    if (rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined).some(isHelp)) {
      io.out(helpOf(command.spec));
      return 0;
    }
    return await command.run(parseArguments(name, rest, command.spec), io);
  } catch (error) {
    const expected = error instanceof UsageError || error instanceof InputError || error instanceof WriteRefused;
    const message = messageOf(error);
    io.err(`database-expert: ${expected ? message : `something failed that should not: ${error instanceof Error ? error.stack : message}`}\n`);
    return 2;
  }
}
