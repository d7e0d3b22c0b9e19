import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupMembers, isRunning } from '@tidb-cdc/runtime/process-identity';
import { describe, expect, test } from 'vitest';
import { eventually, scratchDir, startShell } from '../../../runtime/test/support/scratch.ts';
import { endOrphan, writeRecord } from '../../src/processes/records.ts';

describe('endOrphan', () => {
  const marker = { TIDB_CDC_TEST_STATE: 'of this test' };
  const file = () => join(scratchDir(), 'part.json');

  test('ends the recorded process and all of its group', async () => {
    const record = file();
    const child = startShell('sleep 60 & sleep 60 & wait', marker);
    await eventually('its children', () => groupMembers(child.pid).length === 3);
    writeRecord(record, child.pid);

    const ended = await endOrphan(record, marker);
    expect(ended).toHaveLength(3);
    expect(groupMembers(child.pid)).toEqual([]);
    expect(existsSync(record)).toBe(false);
  });

  test('leaves a stranger alone that got the number of a process that ended', async () => {
    const record = file();
    const stranger = startShell('exec sleep 60', marker);
    writeRecord(record, stranger.pid);
    const identity = JSON.parse(readFileSync(record, 'utf8'));
    writeFileSync(record, JSON.stringify({ ...identity, startTicks: '1' }));

    expect(await endOrphan(record, marker)).toEqual([]);
    expect(isRunning(stranger.pid)).toBe(true);
    expect(existsSync(record)).toBe(false);
  });

  test('ends what a dead part left, but only with the marker in its environment', async () => {
    for (const [environment, isOurs] of [
      [marker, true],
      [{ TIDB_CDC_TEST_STATE: 'of another' }, false],
    ] as const) {
      const record = file();
      const parent = startShell('sleep 60 & wait', environment);
      await eventually('its child', () => groupMembers(parent.pid).length === 2);
      writeRecord(record, parent.pid);
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      const [left] = groupMembers(parent.pid);
      if (left === undefined) throw new Error('the child outlives its parent');

      expect(await endOrphan(record, marker)).toEqual(isOurs ? [left] : []);
      expect(isRunning(left)).toBe(!isOurs);
    }
  });

  test('finds nothing without a record, with a broken one, and for a process that has ended', async () => {
    const record = file();
    expect(await endOrphan(record, marker)).toEqual([]);
    writeFileSync(record, '{"pid":');
    expect(await endOrphan(record, marker)).toEqual([]);
    const child = startShell('exec sleep 60', marker);
    writeRecord(record, child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await endOrphan(record, marker)).toEqual([]);
  });
});
