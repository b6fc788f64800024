import { defineConfig } from 'vitest/config';

// One process without isolation: importing the SQL parser once per file would cost more than all tests together.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/host/**', 'node_modules/**'],
    isolate: false,
    pool: 'threads',
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
