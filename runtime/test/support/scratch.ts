import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { waitFor } from '../../src/wait.ts';

/** Creates a folder for the test and removes it afterwards. */
export function scratchDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tidb-cdc-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Starts a shell command in its own process group, which is killed after the test. */
export function startShell(script: string, env: NodeJS.ProcessEnv = {}): ChildProcess & { pid: number } {
  const child = spawn('sh', ['-c', script], { detached: true, stdio: 'ignore', env: { ...process.env, ...env } });
  const { pid } = child;
  if (pid === undefined) throw new Error('sh cannot be started');
  killAfterTest(pid);
  return Object.assign(child, { pid });
}

/** Kills the rest of a process group after the test. */
export function killAfterTest(group: number): void {
  onTestFinished(() => killGroup(group));
}

/** Listens on a free loopback port until the test is over. Returns the port. */
export async function occupyPort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** Waits until a condition holds, at most 8 s. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const check = async () => {
    if (!(await holds())) throw new Error('not yet');
  };
  await waitFor(what, check, { timeoutMs: 8_000, intervalMs: 20 });
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
