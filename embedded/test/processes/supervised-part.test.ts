import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupMembers } from '@tidb-cdc/runtime/process-identity';
import { describe, expect, test } from 'vitest';
import { eventually, killAfterTest, scratchDir } from '../../../runtime/test/support/scratch.ts';
import { Backoff } from '../../src/processes/backoff.ts';
import { readFrom } from '../../src/processes/log-file.ts';
import {
  type PartDefinition,
  type PartListener,
  StartError,
  SupervisedPart,
} from '../../src/processes/supervised-part.ts';

type Change = Parameters<PartListener>[0];

/** A part that runs a shell script and is ready when its log says so. */
function supervise(script: string, overrides: Partial<PartDefinition> = {}, firstPauseMs = 10) {
  const dir = scratchDir();
  const logFile = join(dir, 'part.log');
  const changes: Change[] = [];
  const definition: PartDefinition = {
    name: 'kafka',
    startBoundMs: 5_000,
    stopBoundMs: 2_000,
    prepare: async () => ({ command: ['sh', '-c', script], cwd: dir }),
    isReady: async (offset) => readFrom(logFile, offset).includes('ready'),
    ...overrides,
  };
  const options = {
    logFile,
    recordFile: join(dir, 'part.json'),
    isolation: { parentDeathSignal: false, unprivileged: false },
    marker: {},
  };
  const listener = (change: Change) => {
    changes.push(change);
    if (change.pid !== undefined) killAfterTest(change.pid);
  };
  const part = new SupervisedPart(definition, options, listener, new Backoff(firstPauseMs));
  const stop = () => part.stop(new AbortController().signal);
  const states = () => changes.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1]);
  return { part, stop, changes, states, dir, logFile };
}

describe('a supervised part', () => {
  test('starts, is ready, is stopped', async () => {
    const { part, stop, changes, states } = supervise('echo ready; exec sleep 60');
    await part.start();
    const pid = changes.at(-1)?.pid ?? 0;
    expect(groupMembers(pid)).toEqual([pid]);
    await stop();
    expect(groupMembers(pid)).toEqual([]);
    expect(states()).toEqual(['starting', 'ready', 'stopped']);
  });

  test('is started again when it is killed, and not when it is stopped', async () => {
    const { part, stop, changes, states } = supervise('echo ready; exec sleep 60');
    await part.start();
    const first = changes.at(-1)?.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await eventually('another process', () => changes.at(-1)?.state === 'ready' && changes.at(-1)?.pid !== first);
    expect(changes.find(({ restarted }) => restarted)).toMatchObject({
      state: 'restarting',
      detail: 'ended by SIGKILL; restarting in 0.01 s',
    });
    await stop();
    expect(states()).toEqual(['starting', 'ready', 'restarting', 'starting', 'ready', 'stopped']);
  });

  test('that never gets ready fails after two attempts, with the end of its log', async () => {
    const { part, states, logFile } = supervise('echo cannot open the door; exit 4');
    const start = part.start();
    await expect(start).rejects.toThrow(StartError);
    await expect(start).rejects.toThrow(
      `kafka did not start: exit code 4. The last lines of its log, ${logFile}:\n  cannot open`,
    );
    expect(states()).toEqual(['starting', 'restarting', 'starting', 'failed']);
    expect(readFileSync(logFile, 'utf8').match(/door/g)).toHaveLength(2);
  });

  test('that is not ready in time is ended and counts as failed', async () => {
    const { part, changes } = supervise('exec sleep 60', { startBoundMs: 300 });
    await expect(part.start()).rejects.toThrow('not ready within 0.3 s');
    for (const { pid } of changes) if (pid !== undefined) expect(groupMembers(pid)).toEqual([]);
  });

  test('whose preparation fails says why', async () => {
    const prepare = async () => {
      throw new Error('no room for the data');
    };
    await expect(supervise('', { prepare }).part.start()).rejects.toThrow('kafka did not start: no room for the data');
  });

  test('that comes up again resets the count of failed starts', async () => {
    const { part, stop, changes, dir } = supervise(
      'if [ -e broken ]; then rm broken; exit 1; fi; echo ready; exec sleep 60',
    );
    await part.start();
    writeFileSync(join(dir, 'broken'), '');
    process.kill(changes.at(-1)?.pid ?? 0, 'SIGKILL');
    await eventually('ready again', () => !existsSync(join(dir, 'broken')) && changes.at(-1)?.state === 'ready');
    expect(changes.filter(({ restarted }) => restarted)).toHaveLength(2);
    await stop();
  });

  test('can be stopped while it starts, and while it waits to be started again', async () => {
    const starting = supervise('exec sleep 60');
    const start = expect(starting.part.start()).rejects.toThrow('stopped before it was ready');
    await eventually('a process', () => starting.changes.some(({ pid }) => pid !== undefined));
    await starting.stop();
    await start;

    const waiting = supervise('echo ready; exec sleep 60', {}, 60_000);
    await waiting.part.start();
    process.kill(waiting.changes.at(-1)?.pid ?? 0, 'SIGKILL');
    await eventually('the wait', () => waiting.changes.at(-1)?.state === 'restarting');
    await waiting.stop();
    expect(waiting.changes.at(-1)?.state).toBe('stopped');
  });
});
