import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../../runtime/test/support/folder.ts';
import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { lockEventLog } from '../../src/event-log/lock.ts';

// Starting Node can be slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const { log } = recordedLog();

async function lock(eventLog: string): Promise<() => Promise<void>> {
  const held = await lockEventLog(eventLog, log);
  const release = async () => held?.release();
  onTestFinished(release);
  return release;
}

test('one process has it at a time, by whatever path it comes', async () => {
  const folder = await temporaryFolder();
  const real = path.join(folder, 'real');
  await mkdir(real);
  await symlink(real, path.join(folder, 'link'));
  const release = await lock(path.join(real, 'events.ndjson'));
  await expect(lock(path.join(folder, 'link', 'events.ndjson'))).rejects.toThrow(
    /another consumer process writes this event log: end it, or give this one an event log of its own/,
  );
  await release();
  await lock(path.join(folder, 'link', 'events.ndjson'));
});

test('another log in the same folder is free', async () => {
  const folder = await temporaryFolder();
  await lock(path.join(folder, 'events.ndjson'));
  await lock(path.join(folder, 'others.ndjson'));
});

test('kill -9 leaves no lock behind', async () => {
  const eventLog = path.join(await temporaryFolder(), 'events.ndjson');
  const program = `
    import { lockEventLog } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../src/event-log/lock.ts'))};
    await lockEventLog(${JSON.stringify(eventLog)}, undefined);
    console.log('locked');
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await expect(lock(eventLog)).rejects.toThrow(/another consumer process/);
  child.kill('SIGKILL');
  await ended;
  await lock(eventLog);
});
