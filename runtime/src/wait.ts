import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 500;
const PROGRESS_MS = 5_000;

/** What `waitFor` needs besides the check itself. */
export interface WaitOptions {
  /** seconds from the first check until the wait fails */
  readonly timeoutSeconds: number;
  /** takes the progress lines */
  readonly log: { info(message: string): void };
  /** true for an error that waiting cannot mend, such as a wrong password: it is thrown at once */
  readonly isFinal?: (error: unknown) => boolean;
  /** milliseconds between two checks; 500 unless given */
  readonly retryMs?: number;
}

/** The bound of a wait passed; its message names what was waited for and the last error. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';
}

/**
 * Calls `check` until it returns instead of throwing, and returns its value.
 * `check` says by its error what is still missing; a check that hangs is cut off at the bound.
 * Logs a line at the first failure and every 5 s: what, the last error, how long of how long.
 *
 * @throws WaitTimeoutError after `timeoutSeconds`; the check's own error where `isFinal` says so
 */
export async function waitFor<T>(what: string, check: () => Promise<T>, options: WaitOptions): Promise<T> {
  const { timeoutSeconds, log } = options;
  const started = Date.now();
  const deadline = started + timeoutSeconds * 1000;
  let lastError: unknown;
  const report = () => {
    const elapsed = Math.round((Date.now() - started) / 1000);
    log.info(`waiting for ${what} (${elapsed} of ${timeoutSeconds} s): ${errorText(lastError ?? 'no answer yet')}`);
  };
  // on a timer of its own, so that a check that hangs is reported too
  const progress = setInterval(report, PROGRESS_MS);
  try {
    for (;;) {
      try {
        return await beforeDeadline(check(), deadline);
      } catch (error) {
        if (options.isFinal?.(error)) throw error;
        const isFirst = lastError === undefined;
        if (!(error instanceof DeadlineError)) lastError = error;
        if (isFirst) report();
      }
      const remaining = deadline - Date.now();
      if (remaining <= 0) {
        const reason = errorText(lastError ?? 'no answer');
        throw new WaitTimeoutError(`gave up waiting for ${what} after ${timeoutSeconds} s: ${reason}`);
      }
      await sleep(Math.min(options.retryMs ?? RETRY_MS, remaining));
    }
  } finally {
    clearInterval(progress);
  }
}

/** One line for an error. Node's error for a name with several addresses has an empty message and only a code. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.name;
}

class DeadlineError extends Error {}

async function beforeDeadline<T>(work: Promise<T>, deadline: number): Promise<T> {
  const timer = new AbortController();
  const expiry = sleep(Math.max(0, deadline - Date.now()), undefined, { signal: timer.signal }).then(() => {
    throw new DeadlineError();
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    timer.abort();
    // the aborted timer rejects; the race has already settled
    expiry.catch(() => undefined);
  }
}
