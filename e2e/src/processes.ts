import { ports } from '@tidb-cdc/charts/pipeline';
import { isPortFree } from '@tidb-cdc/runtime/ports';
import { isRunning } from '@tidb-cdc/runtime/process-identity';
import { waitFor } from '@tidb-cdc/runtime/wait';

/** Waits until a process has ended. */
export async function waitForEnd(pid: number, what: string, timeoutMs: number): Promise<void> {
  await waitFor(
    `the end of ${what}`,
    () => {
      if (isRunning(pid)) throw new Error(`process ${pid} still runs`);
    },
    { timeoutMs, intervalMs: 50 },
  );
}

/**
 * Finds a port offset that leaves every one of `wanted` free, from `first` in steps of 500. The default ports are those
 * of the embedded system.
 */
export async function freePortOffset(first: number, wanted: readonly number[] = Object.values(ports)): Promise<number> {
  const highest = 65_535 - Math.max(...wanted);
  for (let offset = first; offset <= highest; offset += 500) {
    const free = await Promise.all(wanted.map((port) => isPortFree(port + offset)));
    if (free.every(Boolean)) return offset;
  }
  throw new Error(`no port offset from ${first} to ${highest} has all its ports free`);
}
