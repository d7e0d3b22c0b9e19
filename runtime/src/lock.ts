import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Held until released or until the process ends, however it ends. */
export interface Lock {
  release(): Promise<void>;
}

const pollMs = 250;
const answerBoundMs = 1_000;

/**
 * Takes the lock of a key, which all processes of this machine share; undefined when another process holds it.
 *
 * The lock is a listening socket in Linux's abstract namespace. The kernel gives a name to one process at a time and
 * takes it back when that process dies. So there is no stale lock to detect, and never more than one holder.
 */
export async function tryLock(key: string): Promise<Lock | undefined> {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()).end(String(process.pid)));
  try {
    await listen(server, socketName(key));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/**
 * Waits until the lock is free, and takes it. `onWait` gets the holder's process id, or undefined if unknown.
 * @throws the signal's reason when it aborts
 */
export async function lock(
  key: string,
  onWait: (holder: number | undefined) => void,
  signal?: AbortSignal,
): Promise<Lock> {
  for (;;) {
    signal?.throwIfAborted();
    const taken = await tryLock(key);
    if (taken !== undefined) return taken;
    onWait(await lockHolder(key));
    await delay(pollMs);
  }
}

/** Returns the process id of a lock's holder; undefined when there is none or it does not answer within a second. */
export function lockHolder(key: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path: socketName(key), timeout: answerBoundMs });
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(/^\d+$/.test(answer) ? Number(answer) : undefined));
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A socket name has at most 107 bytes, so it holds the key's hash. */
function socketName(key: string): string {
  return `\0tidb-cdc-${createHash('sha256').update(key).digest('hex')}`;
}
