import { setTimeout as delay } from 'node:timers/promises';

const progressIntervalMs = 5_000;

/** What {@link waitFor} needs besides the check itself. */
export interface WaitOptions {
  /** Time from the first check until the wait fails. */
  readonly timeoutMs: number;
  /** Pause between two checks. @default 200 */
  readonly intervalMs?: number;
  /** Receives a line about what is still missing, at the first failure and then every 5 s. @default none */
  readonly progress?: ((line: string) => void) | undefined;
  /** Whether waiting cannot fix this error either, besides {@link FinalError}. @default false */
  readonly isFinal?: (error: unknown) => boolean;
}

/** An error that waiting cannot fix, such as a wrong password: `waitFor` throws it at once. */
export class FinalError extends Error {
  override readonly name: string = 'FinalError';
}

/**
 * Calls `check` until it returns instead of throwing, and returns its value.
 * The error that `check` throws says what is still missing. A check that hangs is abandoned at the timeout.
 *
 * @throws Error naming `what`, the timeout and the last reason (also its `cause`); a final error unchanged
 */
export async function waitFor<T>(what: string, check: () => T | Promise<T>, options: WaitOptions): Promise<T> {
  const { timeoutMs, intervalMs = 200, progress, isFinal } = options;
  // A monotonic clock: if the system clock were set back, the wait could last for hours.
  const started = performance.now();
  const deadline = started + timeoutMs;
  const seconds = timeoutMs < 1_000 ? timeoutMs / 1_000 : Math.round(timeoutMs / 1_000);
  let lastError: unknown;
  const report = () => {
    const elapsed = Math.round((performance.now() - started) / 1000);
    progress?.(`waiting for ${what} (${elapsed} of ${seconds} s): ${errorText(lastError ?? 'no answer yet')}`);
  };
  // On its own timer, so that a check that hangs is reported too.
  const reporting = setInterval(report, progressIntervalMs);
  try {
    for (;;) {
      try {
        return await within(deadline - performance.now(), check);
      } catch (error) {
        if (error instanceof FinalError || isFinal?.(error)) throw error;
        const isFirst = lastError === undefined;
        if (!(error instanceof DeadlineError)) lastError = error;
        if (isFirst) report();
      }
      const remaining = deadline - performance.now();
      if (remaining <= 0) {
        const reason = errorText(lastError ?? 'no answer');
        throw new Error(`gave up waiting for ${what} after ${seconds} s: ${reason}`, { cause: lastError });
      }
      await delay(Math.min(intervalMs, remaining));
    }
  } finally {
    clearInterval(reporting);
  }
}

/** Describes an error in one line. Node's error for a name with several addresses has a code but no message. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.name;
}

class DeadlineError extends Error {}

/** Abandons work that takes longer. @throws Error when it does */
export async function within<T>(ms: number, work: () => T | Promise<T>): Promise<T> {
  const timer = new AbortController();
  const expiry = delay(Math.max(0, ms), undefined, { signal: timer.signal }).then(() => {
    throw new DeadlineError(`no answer within ${ms} ms`);
  });
  try {
    return await Promise.race([work(), expiry]);
  } finally {
    timer.abort();
    // The aborted timer rejects; the race has already settled.
    expiry.catch(() => undefined);
  }
}
