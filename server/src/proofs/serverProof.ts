import type { MigrationStep } from '../project/facts.ts';
import type { Dialect } from '../source/dialect.ts';
import { EngineRefusal, EngineStopped, type EngineInfo, type EngineSession, type ProofServer } from './engine.ts';
import { proveOnlineDdl } from './experiments/locks/onlineDdl.ts';
import type { RunLimit } from './limit.ts';
import { notRun } from './notRun.ts';
import type { OnlineDdlDetail, Outcome } from './outcome.ts';
import { masked, reasonOf } from './run.ts';

/** Why nothing else is tried there. */
export const onlyAlgorithmAndLock = 'A server of your own is only asked what ALGORITHM and LOCK it takes.';

const experiment = 'algorithm and lock';

/** Milliseconds for one request: the tables there are empty. */
const patience = 10_000;

const names: Readonly<Partial<Record<Dialect, EngineInfo['name']>>> = { mysql: 'MySQL', mariadb: 'MariaDB' };

/** Asks a server how it changes tables. What was made there is dropped whatever happens; what could not be asked is told with its reason. */
export async function proveOnServer(server: ProofServer, step: MigrationStep, { signal, reason }: RunLimit): Promise<Outcome<OnlineDdlDetail>> {
  if (signal.aborted) return notRun(experiment, reason(false));
  let session: EngineSession | undefined;
  try {
    session = await server.open({ signal, timeout: patience });
    const { info } = session;
    const { dialect } = step.before;
    if (info.dialect !== dialect) return notRun(experiment, `The configured server is ${info.name} ${info.version} and speaks for no ${names[dialect] ?? dialect}; database_type in database-expert.yaml states what this database is.`);
    const outcome = await proveOnlineDdl(session, step);
    const untried = outcome.ran && outcome.detail.changes.every((change) => change.notRun !== undefined);
    return untried ? notRun(experiment, `Nothing of it was asked: ${outcome.detail.changes[0]?.notRun ?? 'it holds no statement'}.`) : masked(outcome);
  } catch (error) {
    return notRun(experiment, signal.aborted ? reason(true) : wordsOf(error));
  } finally {
    await session?.close();
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof EngineRefusal) return `The server refused to go on: ${error.message}`;
  return error instanceof EngineStopped || !(error instanceof Error) ? reasonOf(error) : error.message;
}
