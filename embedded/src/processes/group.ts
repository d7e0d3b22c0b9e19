import { setTimeout as delay } from 'node:timers/promises';
import { groupMembers } from '@tidb-cdc/runtime/process-identity';

const pollMs = 50;

/** How long a killed process may take to disappear: the kernel first writes back its data. */
const killBoundMs = 5_000;

/**
 * Ends every process of a group: SIGTERM, then SIGKILL for those still running after `graceMs` or once `kill` fires.
 * Returns when none is left.
 * @throws Error naming the processes that still run 5 s after SIGKILL
 */
export async function endGroup(group: number, graceMs: number, kill?: AbortSignal): Promise<void> {
  signalGroup(group, 'SIGTERM');
  if (await isGone(group, graceMs, kill)) return;
  signalGroup(group, 'SIGKILL');
  if (await isGone(group, killBoundMs)) return;
  throw new Error(`processes ${groupMembers(group).join(', ')} still run after SIGKILL`);
}

async function isGone(group: number, boundMs: number, kill?: AbortSignal): Promise<boolean> {
  const end = performance.now() + boundMs;
  while (groupMembers(group).length > 0) {
    if (performance.now() >= end || kill?.aborted) return false;
    await delay(pollMs);
  }
  return true;
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (error) {
    // The last process ended in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
