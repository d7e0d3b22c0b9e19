import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './e2e/src/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 30_000,
          include: ['{consumer,jobs,charts-ts,embedded,e2e}/test/**/*.test.ts'],
          exclude: ['e2e/test/suites/**'],
        },
      },
      {
        // Each suite runs real servers on this machine: one file after another, with bounds of their own.
        test: {
          name: 'e2e',
          include: ['e2e/test/suites/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
