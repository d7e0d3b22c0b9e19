import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type Lock, tryLock } from '@tidb-cdc/runtime/lock';
import type { Logger } from '@tidb-cdc/runtime/log';

/**
 * Keeps a second consumer process off the same event log. The lock covers the processes of one machine or container
 * (network namespace). Systems other than Linux have no such lock: there this logs a warning and returns undefined.
 * @throws Error when another process has the lock
 */
export async function lockEventLog(eventLog: string, log: Logger): Promise<Lock | undefined> {
  if (process.platform !== 'linux') {
    log.warn({ file: eventLog }, 'this system has no lock for the event log: let one process only write it');
    return undefined;
  }
  // Device and inode, because several paths can lead to one folder.
  const { dev, ino } = await stat(path.dirname(eventLog));
  const lock = await tryLock(`event log ${dev}:${ino}:${path.basename(eventLog)}`);
  if (lock !== undefined) return lock;
  throw new Error(
    `EVENT_LOG=${eventLog}: another consumer process writes this event log: end it, or give this one an event log of its own`,
  );
}
