import { fork, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { EngineRefusal, EngineStopped } from '../../proofs/engine.ts';
import { lastWords, outOfMemory } from './memory.ts';
import type { Answer, NumberedRequest, Request } from './messages.ts';

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

const reasons: Readonly<Record<EngineStopped['reason'], string>> = {
  timeout: 'The engine was ended because it did not answer in time.',
  cancelled: 'The engine was ended because its work was cancelled.',
  memory: 'The engine was ended because it took too much memory.',
  crashed: 'The engine crashed.',
};

/** Variables without which a process does not start or finds no temporary folder; nothing else of the environment is handed on. */
const passedOn = ['SystemRoot', 'windir', 'TEMP', 'TMP', 'TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];

/** The environment of a process that needs nothing of ours. */
export function leastEnvironment(): NodeJS.ProcessEnv {
  const kept = passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return { ...(Object.fromEntries(kept) as NodeJS.ProcessEnv), ELECTRON_RUN_AS_NODE: '1' };
}

/** A process that holds one engine. It ends with its parent, and keeps no parent alive that waits for nothing from it. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #stopped: EngineStopped | undefined;
  #said = '';
  readonly #ended: Promise<void>;

  /** @param program the engine's bundle */
  constructor(program: string) {
    this.#child = fork(program, [], {
      serialization: 'advanced',
      execArgv: [],
      env: leastEnvironment(),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'],
    });
    this.#listen();
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
    this.#rest();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Why the process is of no further use; undefined while it is. */
  get stopped(): EngineStopped | undefined {
    return this.#stopped;
  }

  /** Ends the process and waits until it is gone. */
  async end(): Promise<void> {
    this.#busy();
    this.stop('cancelled');
    await this.#ended;
  }

  /**
   * Asks the engine.
   * @param timeout milliseconds, after which the process is ended
   * @throws EngineRefusal when the engine says no; EngineStopped when the process ended before it answered
   */
  async ask(request: Request, timeout: number): Promise<Answer> {
    if (this.#stopped) throw this.#stopped;
    const id = this.#next++;
    const answer = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => this.stop('timeout', `The engine was ended because it did not answer within ${timeout} ms.`), timeout);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#busy();
      this.#child.send({ id, request } satisfies NumberedRequest, (error) => error && this.stop('crashed', error.message));
    });
    if ('refused' in answer) throw new EngineRefusal(answer.refused.message, answer.refused.code, answer.refused.detail);
    if ('crashed' in answer) {
      this.stop('crashed', `The engine crashed: ${answer.crashed}`);
      throw this.#stopped ?? new EngineStopped('crashed', reasons.crashed);
    }
    return answer;
  }

  /** Ends the process at once; whoever waits for an answer is told why. */
  stop(reason: EngineStopped['reason'], message = reasons[reason]): void {
    if (this.#stopped) return;
    this.#stopped = new EngineStopped(reason, message);
    this.#child.kill('SIGKILL');
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#stopped);
    }
    this.#waiting.clear();
  }

  #listen(): void {
    this.#child.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      if (!waiting) return;
      this.#waiting.delete(answer.id);
      clearTimeout(waiting.timer);
      if (this.#waiting.size === 0) this.#rest();
      waiting.resolve(answer);
    });
    this.#child.on('error', (error) => this.stop('crashed', `The engine's process: ${error.message}`));
    this.#words.on('data', (said: Buffer) => (this.#said += said.toString()));
    this.#child.on('close', () => this.stop(this.#said === outOfMemory ? 'memory' : 'crashed'));
  }

  get #words(): Readable {
    return this.#child.stdio[lastWords] as Readable;
  }

  /** While nobody waits, the engine must not keep this process from ending. */
  #rest(): void {
    this.#child.unref();
    this.#child.channel?.unref();
    (this.#words as Readable & { unref?(): void }).unref?.();
  }

  #busy(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }
}
