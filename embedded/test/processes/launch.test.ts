import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupMembers, type ProcessIdentity, stillRuns } from '@tidb-cdc/runtime/process-identity';
import { describe, expect, test } from 'vitest';
import { eventually, killAfterTest, scratchDir } from '../../../runtime/test/support/scratch.ts';
import { type Launched, type LaunchOptions, launch } from '../../src/processes/launch.ts';

const noIsolation = { parentDeathSignal: false, unprivileged: false };

function start(script: string): { launched: Launched; options: LaunchOptions } {
  const dir = scratchDir();
  const options: LaunchOptions = {
    logFile: join(dir, 'part.log'),
    recordFile: join(dir, 'part.json'),
    isolation: noIsolation,
    marker: { TIDB_CDC_TEST_STATE: dir },
  };
  const launched = launch({ command: ['sh', '-c', script], env: { WORD: 'set' }, cwd: dir }, options);
  killAfterTest(launched.pid);
  return { launched, options };
}

describe('launch', () => {
  test('logs output and error, passes the environment, says how it ended', async () => {
    const { launched, options } = start('echo "$WORD $TIDB_CDC_TEST_STATE"; echo problem >&2; exit 3');
    expect(await launched.ended).toBe('exit code 3');
    expect(readFileSync(options.logFile, 'utf8')).toBe(`set ${options.marker.TIDB_CDC_TEST_STATE}\nproblem\n`);
  });

  test('keeps the record while the process runs', async () => {
    const { launched, options } = start('exec sleep 60');
    const identity = JSON.parse(readFileSync(options.recordFile, 'utf8')) as ProcessIdentity;
    expect(identity.pid).toBe(launched.pid);
    expect(stillRuns(identity)).toBe(true);
    await launched.end(5_000);
    expect(() => readFileSync(options.recordFile)).toThrow('ENOENT');
  });

  test('ends the whole group, in good order where it listens', async () => {
    const { launched, options } = start('trap "echo ending; exit 0" TERM; echo up; sleep 60 & wait');
    await eventually('the trap', () => readFileSync(options.logFile, 'utf8').includes('up'));
    await launched.end(5_000);
    expect(groupMembers(launched.pid)).toEqual([]);
    expect(await launched.ended).toBe('exit code 0');
    expect(readFileSync(options.logFile, 'utf8')).toContain('ending');
  });

  test('kills what does not listen, after its time or at once', async () => {
    for (const [graceMs, kill] of [
      [200, undefined],
      [60_000, AbortSignal.abort()],
    ] as const) {
      const { launched, options } = start('trap "" TERM; echo up; while :; do sleep 1; done');
      await eventually('the trap', () => readFileSync(options.logFile, 'utf8').includes('up'));
      await launched.end(graceMs, kill);
      expect(await launched.ended).toBe('ended by SIGKILL');
      expect(groupMembers(launched.pid)).toEqual([]);
    }
  });

  test('a process that dies takes what it started with it', async () => {
    const { launched } = start('sleep 60 & exit 1');
    expect(await launched.ended).toBe('exit code 1');
    expect(groupMembers(launched.pid)).toEqual([]);
  });

  test('a program that is not there is an error that names it', () => {
    const dir = scratchDir();
    const options = { logFile: join(dir, 'l'), recordFile: join(dir, 'r'), isolation: noIsolation, marker: {} };
    expect(() => launch({ command: ['no-such-program'], cwd: dir }, options)).toThrow(
      'no-such-program cannot be started',
    );
  });
});
