import { createConnection } from 'vscode-languageserver/node';
import { serve } from './main.ts';

// The entry of dist/server.cjs: transport by command line, `--node-ipc` from the extension, `--stdio` from other editors.
const connection = serve(createConnection());

// What slips through the guards is logged, and the server lives: a stray promise must not cost the user their diagnostics.
process.on('uncaughtException', (error) => connection.console.error(`uncaught: ${error.stack ?? error.message}`));
process.on('unhandledRejection', (reason) => connection.console.error(`unhandled: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`));
