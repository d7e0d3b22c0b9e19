import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { Logger } from '@tidb-cdc/runtime/log';

/**
 * Keeps a second consumer process off the same event log. The lock is a Unix socket in Linux's abstract namespace: the
 * kernel gives the name to one process and takes it back when that ends, however it ends, so no stale lock can remain.
 * It sees the processes of one machine or container (network namespace). Other systems than Linux have no such
 * namespace: there a warning stands in its place.
 * @throws Error where another process has the lock
 */
export async function lockEventLog(eventLog: string, log: Logger): Promise<Server | undefined> {
  if (process.platform !== 'linux') {
    log.warn({ file: eventLog }, 'this system has no lock for the event log: let one process only write it');
    return undefined;
  }
  // Device and inode, since one folder can be reached by several paths.
  const { dev, ino } = await stat(path.dirname(eventLog));
  const server = createServer((socket) => socket.destroy()).unref();
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const reason = taken
        ? 'another consumer process writes this event log: end it, or give this one an event log of its own'
        : 'cannot be locked';
      reject(new Error(`EVENT_LOG=${eventLog}: ${reason}`, taken ? {} : { cause }));
    });
    server.listen(`\0tidb-cdc-event-log:${dev}:${ino}:${path.basename(eventLog)}`, () => resolve(server));
  });
}
