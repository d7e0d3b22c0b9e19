import { afterAll, describe, expect, test } from 'vitest';
import { type Ending, type RunningProgram, runToEnd, startProgram, waitForOutput } from '../../src/program.ts';
import { Stage } from '../stage.ts';

const stage = new Stage();
const started: RunningProgram[] = [];

afterAll(async () => {
  for (const program of started) {
    program.kill('SIGINT');
    await program.ended;
  }
});

function verify(...args: string[]): Promise<Ending> {
  const target = ['--target', 'embedded', '--state-dir', stage.system.stateDir];
  return runToEnd('verify/src/main.ts', { args: [...target, ...args] });
}

function startWorkload(changesPerSecond: number): RunningProgram {
  const { host, port, appUser, appPassword } = stage.system.endpoints.sql;
  const workload = startProgram('jobs/src/generate-workload.ts', {
    env: {
      DATABASE_HOST: host,
      DATABASE_PORT: String(port),
      DATABASE_APP_USER: appUser,
      DATABASE_APP_PASSWORD: appPassword,
      WORKLOAD_RATE: String(changesPerSecond),
      WORKLOAD_DURATION_SECONDS: '280',
    },
  });
  started.push(workload);
  return workload;
}

describe('verify', () => {
  test('rows written, counter, documents and the pie agree', async () => {
    const { code, output } = await verify();
    expect(output).toContain('all agree');
    expect(code).toBe(0);
  });

  test('agrees while others change rows too, and tells theirs from its own', async () => {
    const workload = startWorkload(100);
    // Its rows are those it found at its start: from now on it leaves those of verify alone.
    await waitForOutput(workload, /workload: \d+ row changes/, 60_000);
    const { code, output } = await verify('--inserts', '400');
    expect(output).toContain('all agree');
    expect(code).toBe(0);
    const ofOthers = [...output.matchAll(/^shop\.\S+ .* (\d+) {2}ok$/gm)].map(([, number]) => Number(number));
    expect(ofOthers).toHaveLength(12);
    expect(Math.max(...ofOthers)).toBeGreaterThan(0);
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
    expect(output).toMatch(/tells of no running system: start one with 'npm start'/);
    expect(code).toBe(1);
  });
});
