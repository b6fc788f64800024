import { afterAll, describe, expect, test } from 'vitest';
import { synthesizeDown } from '../../server/src/edits/down/synthesize.ts';
import { splitScript } from '../../server/src/source/splitter.ts';
import { hasCorpora } from '../support/corpus.ts';
import { historyOf } from '../support/history.ts';
import { differenceOf } from '../support/introspectPostgres.ts';
import { dropMariaDb, freshMariaDb, hasMariaDb, introspectMariaDb, runMariaDb } from '../support/mariaDb.ts';
import { corpusScripts, mariaHistories } from '../support/schemaHistories.ts';

const engine = `database_expert_down_${process.pid}`;
const present = hasMariaDb('down migrations on MariaDB') && hasCorpora('down migrations on MariaDB');

afterAll(() => {
  if (present) dropMariaDb(engine);
});

/** Runs statements one by one, so that semicolons inside routines are no matter. */
function execute(statements: readonly string[]): void {
  if (statements.length > 0) runMariaDb(engine, `DELIMITER //\n${statements.join('//\n')}//\n`);
}

describe.skipIf(!present)('a synthesised down brings MariaDB back', () => {
  test.each(mariaHistories)('$name', (history) => {
    const texts = corpusScripts(history).map(({ text }) => text);
    const scripts = texts.map((text) => splitScript(text, 'mariadb').statements.map((statement) => statement.text));
    const counts = { ran: 0, restored: 0, complete: 0, overclaimed: 0 };
    const failures: string[] = [];
    freshMariaDb(engine);
    for (const [index, step] of historyOf('mariadb', texts, 'none').entries()) {
      const before = introspectMariaDb(engine);
      execute(scripts[index]!);
      const after = introspectMariaDb(engine);
      const down = synthesizeDown({ dialect: 'mariadb' }, step);
      const problem = differenceAfter(down.statements, before);
      counts.ran++;
      if (down.complete) counts.complete++;
      if (problem === undefined) counts.restored++;
      else {
        failures.push(`${index + 1} (${down.complete ? 'claimed complete' : down.reason})\n${problem}\n${down.sql}`);
        if (down.complete) counts.overclaimed++;
      }
      if (problem !== undefined || !again(scripts[index]!, after)) {
        freshMariaDb(engine);
        for (const script of scripts.slice(0, index + 1)) execute(script);
      }
    }
    console.log(`${history.name}: ${counts.restored} of ${counts.ran} downs restore the schema; ${counts.complete} said so, ${counts.overclaimed} of them wrongly`);
    if (process.env['DOWN_VERBOSE']) console.log(failures.join('\n\n'));
    expect(counts.restored / counts.ran).toBeGreaterThanOrEqual(0.98);
    expect(counts.overclaimed).toBe(0);
  }, 300_000);
});

/** How the schema differs from the wanted one after the statements; undefined when it does not. */
function differenceAfter(statements: readonly string[], wanted: readonly string[]): string | undefined {
  try {
    execute(statements);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const difference = differenceOf(wanted, introspectMariaDb(engine));
  return difference.length === 0 ? undefined : difference.join('\n');
}

/** Runs a script once more; false when the schema is not the same as after the first time. */
function again(script: readonly string[], wanted: readonly string[]): boolean {
  try {
    execute(script);
    return differenceOf(wanted, introspectMariaDb(engine)).length === 0;
  } catch {
    return false;
  }
}
