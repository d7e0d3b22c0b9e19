import { once } from 'node:events';
import { expect, test } from 'vitest';
import { groupMembers, hasEnvironment, identify, isRunning, stillRuns } from '../src/process-identity.ts';
import { eventually, startShell } from './support/scratch.ts';

test('a process is itself until it ends', async () => {
  const child = startShell('exec sleep 60');
  const identity = identify(child.pid);
  if (identity === undefined) throw new Error('a running process has an identity');
  expect(stillRuns(identity)).toBe(true);
  expect(isRunning(child.pid)).toBe(true);

  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(stillRuns(identity)).toBe(false);
  expect(isRunning(child.pid)).toBe(false);
  expect(identify(child.pid)).toBeUndefined();
});

test('another process of the same number is another process', () => {
  const identity = identify(startShell('exec sleep 60').pid);
  if (identity === undefined) throw new Error('a running process has an identity');
  expect(stillRuns({ ...identity, startTicks: String(Number(identity.startTicks) - 1) })).toBe(false);
  expect(stillRuns({ ...identity, bootId: 'another start of the machine' })).toBe(false);
});

test('a group has the process and all that it started', async () => {
  const child = startShell('sleep 60 & sleep 60 & wait');
  await eventually('three members', () => groupMembers(child.pid).length === 3);
  expect(groupMembers(child.pid)).toContain(child.pid);
});

test('reads the environment that a process was started with', async () => {
  const child = startShell('exec sleep 60', { TIDB_CDC_TEST: 'a b' });
  await eventually('the environment', () => hasEnvironment(child.pid, 'TIDB_CDC_TEST', 'a b'));
  expect(hasEnvironment(child.pid, 'TIDB_CDC_TEST', 'a')).toBe(false);
});
