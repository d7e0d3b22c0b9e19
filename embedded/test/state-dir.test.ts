import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '@tidb-cdc/runtime/process-identity';
import { describe, expect, test } from 'vitest';
import { scratchDir, startShell } from '../../runtime/test/support/scratch.ts';
import { UsageError } from '../src/options.ts';
import { writeRecord } from '../src/processes/records.ts';
import { AlreadyRunningError, openStateDir, readSecrets, stateMarker } from '../src/state-dir.ts';

const silent = () => {};

describe('openStateDir', () => {
  test('makes the folder and opens it again', async () => {
    const root = join(scratchDir(), 'state');
    const first = await openStateDir(root, false, silent);
    expect(existsSync(first.paths.logs)).toBe(true);
    await first.lock.release();
    const second = await openStateDir(root, false, silent);
    await second.lock.release();
  });

  test('refuses a second one meanwhile, and names the first', async () => {
    const root = join(scratchDir(), 'state');
    const { lock } = await openStateDir(root, false, silent);
    await expect(openStateDir(root, true, silent)).rejects.toThrow(AlreadyRunningError);
    await expect(openStateDir(root, true, silent)).rejects.toThrow(
      `is already running in ${root}, started by process ${process.pid}`,
    );
    await lock.release();
  });

  test('--fresh empties a state folder', async () => {
    const root = join(scratchDir(), 'state');
    const { lock } = await openStateDir(root, false, silent);
    await lock.release();
    writeFileSync(join(root, 'rest'), '');
    const fresh = await openStateDir(root, true, silent);
    expect(existsSync(join(root, 'rest'))).toBe(false);
    await fresh.lock.release();
  });

  test.each([false, true])('never touches a folder that holds something else (fresh: %s)', async (fresh) => {
    const root = scratchDir();
    writeFileSync(join(root, 'thesis.txt'), 'years of work');
    await expect(openStateDir(root, fresh, silent)).rejects.toThrow(UsageError);
    expect(readdirSync(root)).toEqual(['thesis.txt']);
  });

  test('ends what a killed supervisor left running there, and says so', async () => {
    const root = join(scratchDir(), 'state');
    const { paths, lock } = await openStateDir(root, false, silent);
    const orphan = startShell('exec sleep 60', { ...stateMarker(paths) });
    writeRecord(paths.record('kafka'), orphan.pid);
    await lock.release();

    const said: string[] = [];
    const again = await openStateDir(root, false, (line) => said.push(line));
    expect(isRunning(orphan.pid)).toBe(false);
    expect(said).toEqual([`stopped kafka (process ${orphan.pid}), left behind by a start that was killed`]);
    await again.lock.release();
  });
});

test('passwords are made once, long, different, and for their owner only', async () => {
  const { paths, lock } = await openStateDir(join(scratchDir(), 'state'), false, silent);
  const secrets = readSecrets(paths);
  expect(readSecrets(paths)).toEqual(secrets);
  expect(secrets.appPassword).toMatch(/^[\w-]{24}$/);
  expect(secrets.cdcPassword).not.toBe(secrets.appPassword);
  expect(statSync(join(paths.root, 'secrets.json')).mode & 0o777).toBe(0o600);
  await lock.release();
});
