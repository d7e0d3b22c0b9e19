import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { freePort, isPortFree } from '@tidb-cdc/runtime/ports';
import { isRunning, processTree } from '@tidb-cdc/runtime/process-identity';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { expect, test } from 'vitest';
import { waitForEnd } from '../src/processes.ts';

test('a process runs until it is killed, and its children belong to it', async () => {
  const parent = spawn('sh', ['-c', 'sleep 60 & wait'], { stdio: 'ignore' });
  const { pid = 0 } = parent;
  const tree = await waitFor(
    'the child',
    () => {
      const found = processTree(pid);
      expect(found).toHaveLength(2);
      return found;
    },
    { timeoutMs: 5_000, intervalMs: 10 },
  );
  expect(tree.filter(isRunning)).toEqual(tree);
  for (const one of tree) process.kill(one, 'SIGKILL');
  for (const one of tree) await waitForEnd(one, 'a process of the test', 5_000);
  expect(tree.filter(isRunning)).toEqual([]);
});

test('a port is free until something listens on it', async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    expect(await isPortFree(port)).toBe(false);
  } finally {
    server.close();
  }
});
