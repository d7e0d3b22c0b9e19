import { defineConfig } from 'vitest/config';

/** Suites that run real servers: one file after another, with long bounds. */
const withServers = { fileParallelism: false, testTimeout: 300_000, hookTimeout: 1_800_000 };

export default defineConfig({
  test: {
    reporters: ['default', './e2e/src/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{runtime,consumer,jobs,charts-ts,console,embedded,verify,e2e,bench}/test/**/*.test.ts'],
          exclude: ['e2e/test/suites/**'],
          // A process for all files of a core: reading the sources again for each file takes as long as the tests.
          isolate: false,
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...withServers,
          // A suite spends much of its time waiting for timeouts. Each claims a system for itself.
          fileParallelism: true,
          maxWorkers: 2,
          name: 'e2e',
          include: ['e2e/test/suites/**/*.test.ts'],
          exclude: ['e2e/test/suites/{cluster,compose}*.test.ts'],
          globalSetup: ['./e2e/test/global-setup.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'compose',
          include: ['e2e/test/suites/compose*.test.ts'],
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...withServers,
          name: 'cluster',
          include: ['e2e/test/suites/cluster*.test.ts'],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
