import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Connection } from 'vscode-languageserver/node';
import type { ScanSlice } from '../../server/src/host/files.ts';
import { readAbilities } from '../../server/src/lsp/abilities.ts';
import { newContext } from '../../server/src/lsp/context.ts';
import { Documents } from '../../server/src/lsp/documents.ts';
import { Folders } from '../../server/src/lsp/folders.ts';
import { showProgress, type Progress } from '../../server/src/lsp/progress.ts';
import { scanShown } from '../../server/src/lsp/scan.ts';

const root = mkdtempSync(join(tmpdir(), 'database-expert-progress-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
for (const path of ['a/migrations/1_x.sql', 'b/migrations/1_x.sql', 'b/migrations/2_y.sql', 'b/prisma/schema.prisma', 'c/seed.sql', 'database-expert.yaml']) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), 'SELECT 1;\n');
}

/** A client that shows progress, and what it was told. */
function clientWith(capability: boolean) {
  const told: string[] = [];
  let cancel = (): void => undefined;
  const reporter = {
    token: { onCancellationRequested: (listener: () => void) => void (cancel = listener) },
    begin: (title: string, _percentage: number, _message: string | undefined, cancellable: boolean) => void told.push(`begin ${title} ${cancellable}`),
    report: (percentage: number, message: string) => void told.push(`${percentage} ${message}`),
    done: () => void told.push('done'),
  };
  const connection = { window: { createWorkDoneProgress: () => Promise.resolve(reporter) } } as unknown as Connection;
  const context = newContext(connection, new Folders(), new Documents(), () => { throw new Error('no session is wanted here'); });
  context.abilities = readAbilities({ window: { workDoneProgress: capability } });
  return { context, told, cancel: () => cancel() };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('progress', () => {
  test('is shown after initialized, can be stopped, and ends', async () => {
    const { context, told, cancel } = clientWith(true);
    const progress = showProgress(context, 'Reading', 0);
    await soon();
    expect(told).toEqual([]);
    context.markInitialized();
    await soon();
    progress.report(5, 20);
    expect(progress.signal.aborted).toBe(false);
    cancel();
    expect(progress.signal.aborted).toBe(true);
    progress.end();
    expect(told).toEqual(['begin Reading true', '25 5 of 20 files', 'done']);
  });

  test('is not shown of what is over soon, nor to a client that cannot', async () => {
    const quick = clientWith(true);
    quick.context.markInitialized();
    showProgress(quick.context, 'Reading', 10).end();
    const plain = clientWith(false);
    plain.context.markInitialized();
    showProgress(plain.context, 'Reading', 0);
    await soon();
    expect([quick.told, plain.told]).toEqual([[], []]);
  });
});

describe('reading a folder', () => {
  const progressOf = (stop: AbortController): Progress & { ended: boolean } => ({ signal: stop.signal, ended: false, report: () => undefined, stop: () => undefined, end() { this.ended = true; } });

  test('what surrounds the open file comes first, with what applies everywhere', async () => {
    const progress = progressOf(new AbortController());
    const slices: ScanSlice[] = [];
    const scan = await scanShown(root, progress, () => ['b/migrations/2_y.sql'], (slice) => void slices.push(slice));
    const near = slices.findIndex(({ nearDone }) => nearDone);
    expect(slices.slice(0, near + 1).flatMap(({ files }) => files.map(({ path }) => path)).sort()).toEqual(['b/migrations/1_x.sql', 'b/migrations/2_y.sql', 'b/prisma/schema.prisma', 'database-expert.yaml']);
    expect(scan.files.map(({ path }) => path)).toEqual(['a/migrations/1_x.sql', 'b/migrations/1_x.sql', 'b/migrations/2_y.sql', 'b/prisma/schema.prisma', 'c/seed.sql', 'database-expert.yaml']);
    expect([slices.at(-1)!.done, slices.at(-1)!.total, progress.ended]).toEqual([6, 6, true]);
  });

  test('stopped by the user, it keeps what was read and says so', async () => {
    const stop = new AbortController();
    const progress = progressOf(stop);
    const scan = await scanShown(root, progress, () => ['b/migrations/2_y.sql'], ({ nearDone }) => nearDone && stop.abort(new Error('stopped')));
    expect(scan.files.map(({ path }) => path).sort()).toEqual(['b/migrations/1_x.sql', 'b/migrations/2_y.sql', 'b/prisma/schema.prisma', 'database-expert.yaml']);
    expect(scan.leftAlone).toEqual([{ file: '.', reason: 'Reading the folder was stopped after 4 of 6 files.' }]);
    expect(progress.ended).toBe(true);
  });
});
