import type { WorkloadSummary } from '@tidb-cdc/jobs/generate-workload';
import { operations } from '@tidb-cdc/runtime/operations';
import { cellKey, growth } from '@tidb-cdc/verify/cells';
import { describe, expect, test } from 'vitest';
import { type Ending, type RunningProgram, runToEnd, startProgram, waitForOutput } from '../../src/program.ts';
import { Stage } from '../stage.ts';

const stage = await Stage.claim();

function verify(...args: string[]): Promise<Ending> {
  const target = ['--target', 'embedded', '--state-dir', stage.system.stateDir];
  return runToEnd('verify/src/main.ts', { args: [...target, ...args] });
}

function startWorkload(settings: Readonly<Record<string, string>>): RunningProgram {
  const { host, port, appUser, appPassword } = stage.system.endpoints.sql;
  return startProgram('jobs/src/generate-workload.ts', {
    env: {
      DATABASE_HOST: host,
      DATABASE_PORT: String(port),
      DATABASE_APP_USER: appUser,
      DATABASE_APP_PASSWORD: appPassword,
      ...settings,
    },
  });
}

describe('verify', () => {
  test('rows written, counter, documents and the pie agree', async () => {
    const { code, output } = await verify();
    expect(output).toContain('all agree');
    expect(code).toBe(0);
  });

  test.each([
    ['the fewest rows', ['--inserts', '29', '--updates', '8', '--deletes', '5'], 42],
    ['as many deletes as there can be', ['--inserts', '100', '--updates', '50', '--deletes', '76'], 226],
  ])('agrees with %s', async (_, counts, changes) => {
    const { code, output } = await verify(...counts);
    expect(output).toContain(`wrote ${changes} changes`);
    expect(output).toContain('all agree');
    expect(code).toBe(0);
  });

  test('agrees while others change rows too, and tells theirs from its own', async () => {
    const workload = startWorkload({ WORKLOAD_RATE: '100', WORKLOAD_DURATION_SECONDS: '280' });
    try {
      await waitForOutput(workload, /workload: \d+ row changes/, 60_000);
      const { code, output } = await verify('--inserts', '400');
      expect(output).toContain('all agree');
      expect(code).toBe(0);
      const ofOthers = [...output.matchAll(/^shop\.\S+ .* (\d+) {2}ok$/gm)].map(([, number]) => Number(number));
      expect(ofOthers).toHaveLength(12);
      expect(Math.max(...ofOthers)).toBeGreaterThan(0);
    } finally {
      workload.kill('SIGINT');
      await workload.ended;
    }
  });

  test('fails, and says what is missing, while documents do not arrive', async () => {
    const filebeat = stage.system.pid('filebeat');
    process.kill(filebeat, 'SIGSTOP');
    try {
      const { code, output } = await verify('--timeout', '5');
      expect(output).toMatch(
        /late: gave up waiting for the documents of the rows written after [\d.]+ s: \d+ of 600 are missing/,
      );
      expect(output).toMatch(/shop\.orders +insert .* DIFFERS/);
      expect(output).toMatch(/differs: shop\.orders order_id=\d+: written insert.*; documents none/);
      expect(code).toBe(1);
    } finally {
      process.kill(filebeat, 'SIGCONT');
    }
  });

  test('refuses wrong usage with the rule and exit code 2', async () => {
    const { code, output } = await runToEnd('verify/src/main.ts', { args: ['--target', 'moon'] });
    expect(output).toContain("'--target' (moon) must be one of: embedded");
    expect(code).toBe(2);
  });

  test('says how to start a system where none runs', async () => {
    const { code, output } = await verify('--state-dir', `${stage.system.folder}/nothing`);
    expect(output).toMatch(/describes no running system: start one with 'npm start'/);
    expect(code).toBe(1);
  });
});

test('the workload makes exactly as many changes as it is asked for, and each is counted', async () => {
  const root = await stage.root();
  try {
    await stage.waitForQuiet(root);
    const before = await stage.snapshot();
    const { code, output } = await startWorkload({ WORKLOAD_RATE: '500', WORKLOAD_COUNT: '303' }).ended;
    expect(code).toBe(0);
    const { cdc } = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as { cdc: { workload: WorkloadSummary } };
    expect(cdc.workload.total).toBe(303);
    await stage.waitForQuiet(root);
    const grown = growth(before.events, (await stage.snapshot()).events);
    for (const [table, rows] of Object.entries(cdc.workload.rows)) {
      for (const operation of operations) {
        expect(grown.get(cellKey(`shop.${table}`, operation)) ?? 0, `${table} ${operation}`).toBe(rows[operation]);
      }
    }
  } finally {
    await root.end();
  }
});
