import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { ports } from '@tidb-cdc/charts/pipeline';
import { until } from './until.ts';

/** Whether a process runs; one that has ended and only waits for its parent to notice does not. Linux only. */
export function isRunning(pid: number): boolean {
  const status = statusOf(pid);
  return status !== undefined && !/^[ZX]$/.test(status.state);
}

/** A process and all that it started, and these started, and so on. */
export function processTree(pid: number): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const children = (parent: number): number[] => pids.filter((candidate) => statusOf(candidate)?.parent === parent);
  const treeOf = (root: number): number[] => [root, ...children(root).flatMap(treeOf)];
  return treeOf(pid);
}

/** See proc_pid_stat(5); undefined where there is no such process. */
function statusOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so the fields are what follows the last one.
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** Waits until a process has ended. */
export async function waitForEnd(pid: number, what: string, timeoutMs: number): Promise<void> {
  await until(
    `the end of ${what}`,
    () => {
      if (isRunning(pid)) throw new Error(`process ${pid} still runs`);
    },
    { timeoutMs, intervalMs: 50 },
  );
}

/** A port of loopback that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('the server has no port'));
        else resolve(address.port);
      });
    });
  });
}

/**
 * A port offset with which every one of these ports is free, from `first` on in steps of 500; without `wanted` those of
 * the embedded system.
 */
export async function freePortOffset(first: number, wanted: readonly number[] = Object.values(ports)): Promise<number> {
  const highest = 65_535 - Math.max(...wanted);
  for (let offset = first; offset <= highest; offset += 500) {
    const free = await Promise.all(wanted.map((port) => isFree(port + offset)));
    if (free.every(Boolean)) return offset;
  }
  throw new Error(`no port offset from ${first} to ${highest} has all its ports free`);
}

/** Whether a port of loopback can be listened on. */
export function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
