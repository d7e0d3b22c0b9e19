import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { shutDown } from '../src/shutdown.ts';

const never = () => new Promise<void>(() => undefined);

test('does the steps one after another', async () => {
  const done: string[] = [];
  const step = (name: string, ms: number) => ({ name, run: () => delay(ms).then(() => void done.push(name)) });
  await shutDown(10, [step('a', 20), step('b', 0)]);
  expect(done).toEqual(['a', 'b']);
});

test('names what was not done in time', async () => {
  const steps = [
    { name: 'close the event log', run: async () => undefined },
    { name: 'leave the group', run: never },
    { name: 'close the HTTP server', run: never },
  ];
  await expect(shutDown(0.05, steps)).rejects.toThrow(
    'SHUTDOWN_TIMEOUT_SECONDS=0.05: not done in time: leave the group, close the HTTP server',
  );
});

test('passes on the failure of a step', async () => {
  const run = () => Promise.reject(new Error('disk full'));
  await expect(shutDown(10, [{ name: 'close the event log', run }])).rejects.toThrow('disk full');
});
