import type { WorkDoneProgressServerReporter } from 'vscode-languageserver/node';
import type { ServerContext } from './context.ts';

/** A long piece of work as the client shows it. */
export interface Progress {
  /** Aborts when the user stops the work. */
  readonly signal: AbortSignal;
  /** Says how much of all is done; `of` names what is counted. */
  report(done: number, total: number, of?: string): void;
  /** Stops the work as the user would. */
  stop(): void;
  end(): void;
}

/**
 * Shows a piece of work with a bar and a way to stop it, where the client can.
 * @param patience milliseconds of which nothing is shown: what is over sooner needs no bar
 */
export function showProgress(context: ServerContext, title: string, patience = 300): Progress {
  const stopped = new AbortController();
  let shown: WorkDoneProgressServerReporter | undefined;
  let ended = false;
  const show = async (): Promise<void> => {
    await context.initialized;
    if (ended || !context.abilities.progress) return;
    const progress = await context.connection.window.createWorkDoneProgress();
    progress.begin(title, 0, undefined, true);
    progress.token.onCancellationRequested(() => stopped.abort(new Error('The user stopped it.')));
    if (ended) progress.done();
    else shown = progress;
  };
  const timer = setTimeout(() => void show().catch((error: unknown) => context.log('warning', `no progress could be shown: ${String(error)}`)), patience);
  timer.unref();
  return {
    signal: stopped.signal,
    report: (done, total, of = 'files') => shown?.report(Math.floor((100 * done) / Math.max(1, total)), `${done} of ${total} ${of}`),
    stop: () => stopped.abort(new Error('The work was stopped.')),
    end: () => {
      ended = true;
      clearTimeout(timer);
      shown?.done();
    },
  };
}
