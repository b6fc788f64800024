import { UsageError, type Arguments, type CommandSpec } from '../args.ts';
import type { ExitCode } from '../io.ts';

export const lspSpec: CommandSpec = {
  summary: 'Serves an editor over the Language Server Protocol.',
  usage: 'lsp --stdio',
  positionals: { least: 0, most: 0, what: 'no name' },
  options: { stdio: { kind: 'flag', help: 'speak over standard input and output (the only way there is)' } },
};

/** Runs until the client leaves; standard output belongs to the protocol. */
export async function lsp(args: Arguments): Promise<ExitCode> {
  if (!args.flags.has('stdio')) throw new UsageError('lsp needs --stdio');
  const { startServer } = await import('../../lsp/main.ts');
  startServer(process.stdin, process.stdout);
  return new Promise<ExitCode>((resolve) => process.stdin.on('close', () => resolve(0)));
}
