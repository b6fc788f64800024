import type { Engine } from '../proofs/engine.ts';
import type { PrismaDiffer } from '../proofs/prisma/diff.ts';

/** Where a command writes, and where it stands; injected so that tests run commands in-process. */
export interface Io {
  readonly cwd: string;
  out(text: string): void;
  err(text: string): void;
  /** Whether standard output takes colours. */
  readonly colour: boolean;
  /** All of standard input. */
  stdin(): Promise<string>;
  /** The engines that proofs run on, in the place of those that the product brings along. */
  readonly engines?: readonly Engine[];
  /** URL of a MySQL or MariaDB server that proofs may ask; no output shows it. */
  readonly mysqlServer?: string | undefined;
  /** What compares Prisma schemas, in the place of the product's own process. */
  readonly prismaDiffer?: PrismaDiffer;
}

/** A file or folder that cannot be opened, read or decoded: one sentence for standard error, exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Exit codes (docs: 0 clean, 1 findings at or above --fail-on, 2 wrong use or unreadable input). */
export type ExitCode = 0 | 1 | 2;

/** @throws InputError when it is no text. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InputError('standard input: This is not UTF-8 text.');
  }
}

/** The environment variable that names the server, so that its password stands in no list of processes. */
const mysqlServerVariable = 'DATABASE_EXPERT_MYSQL_SERVER';

/** The process's own streams. Colours need a terminal and no NO_COLOR. */
export function processIo(): Io {
  return {
    cwd: process.cwd(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    mysqlServer: process.env[mysqlServerVariable],
    colour: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
    async stdin() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return textOf(Buffer.concat(chunks));
    },
  };
}
