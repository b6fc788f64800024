import manifest from '../../../package.json' with { type: 'json' };
import { processIo } from './io.ts';
import { run } from './run.ts';

// A reader that stops early (head, less) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void run(process.argv.slice(2), processIo(), manifest.version).then((code) => {
  // Once everything is written we leave at once: taking a large heap apart takes time.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
});
