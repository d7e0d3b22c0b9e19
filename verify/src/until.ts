import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Bound of the wait. */
  readonly timeoutMs: number;
  /** Pause between two checks. @default 200 */
  readonly intervalMs?: number;
  /** Gets a line about what is still missing, every five seconds. @default none */
  readonly progress?: (line: string) => void;
}

/** A reason that waiting cannot cure: `until` gives up at once. */
export class NoUseWaiting extends Error {
  override readonly name = 'NoUseWaiting';
}

const progressIntervalMs = 5_000;

/**
 * Repeats `check` until it returns without throwing, and gives its value. What it throws says what is still missing:
 * the last of these reasons is in the error once the time is up, and in the progress lines before.
 * @throws Error naming `what`, the bound and the last reason (also its `cause`); {@link NoUseWaiting} as it comes
 */
export async function until<T>(what: string, check: () => T | Promise<T>, options: UntilOptions): Promise<T> {
  const started = Date.now();
  let reported = started;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (error instanceof NoUseWaiting) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const now = Date.now();
      if (now - started >= options.timeoutMs) {
        const seconds = Math.round(options.timeoutMs / 1000);
        throw new Error(`${what}: not within ${seconds} s; at last: ${reason}`, { cause: error });
      }
      if (now - reported >= progressIntervalMs) {
        reported = now;
        options.progress?.(`waiting for ${what} (${Math.round((now - started) / 1000)} s): ${reason}`);
      }
    }
    await delay(options.intervalMs ?? 200);
  }
}
