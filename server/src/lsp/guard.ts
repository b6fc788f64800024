import { CancellationToken, ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { ServerContext } from './context.ts';
import { stackOf } from '../text/failure.ts';

/**
 * Wraps the handler of a request, so that one that throws is logged and answered with `otherwise`, or with that error, and the server lives.
 * Answers meant as errors (ResponseError) reach the client; a cancelled request is answered as such, and so is one that comes
 * before `initialize` or after `shutdown`.
 */
export function request<P, R>(context: ServerContext, name: string, handler: (params: P, token: CancellationToken) => R | Promise<R>, otherwise: R | ResponseError<void>): (params: P, token?: CancellationToken) => Promise<R> {
  return async (params, token = CancellationToken.None) => {
    try {
      if (context.phase === 'new') throw new ResponseError(ErrorCodes.ServerNotInitialized, `${name} came before initialize`);
      if (context.phase === 'ended') throw new ResponseError(ErrorCodes.InvalidRequest, `${name} came after shutdown`);
      const result = await handler(params, token);
      if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, `${name} was cancelled`);
      return result;
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      context.log('error', `${name} failed: ${stackOf(error)}`);
      if (otherwise instanceof ResponseError) throw otherwise;
      return otherwise;
    }
  };
}

/** Wraps the handler of a notification; one that throws is logged. */
export function notification<P>(context: ServerContext, name: string, handler: (params: P) => void | Promise<void>): (params: P) => Promise<void> {
  const guarded = request(context, name, handler, undefined);
  // Notifications outside of the session are dropped, as the protocol asks.
  return async (params) => (context.phase === 'running' ? guarded(params) : undefined);
}
