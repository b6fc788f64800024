import { join } from 'node:path';
import { expect, it } from 'vitest';
import { staleFiles } from '../../scripts/generate.ts';

it('has no stale generated file (node scripts/generate.mjs mends it)', () => {
  expect(staleFiles(join(import.meta.dirname, '../..'))).toEqual([]);
});
