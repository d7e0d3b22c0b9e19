import { setTimeout as delay } from 'node:timers/promises';
import { isRebalance } from '@tidb-cdc/runtime/kafka';
import { type Logger, messageWithCauses } from '@tidb-cdc/runtime/log';
import { EventLogLostError } from './event-log/event-log.ts';
import type { Health } from './health.ts';

export interface RetryContext {
  readonly health: Health;
  readonly log: Logger;
  /** Aborted when the consumer must end. */
  readonly stopping: AbortSignal;
  /** Keeps the membership in the group while a step is retried. */
  readonly heartbeat: () => Promise<void>;
}

/** A step was abandoned because the consumer ends. The next process reads the batch again. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

const firstWait = 200;
/** ms. Together with an attempt well below the session timeout (kafka.ts), because a heartbeat follows each pause. */
const longestWait = 3_000;

/**
 * Retries a step of a batch until it succeeds, with growing pauses of at most 3 s, and returns its value. Meanwhile the
 * consumer is not ready, and gives the last failure as the reason.
 * @param step what it does, as in "cannot …"
 * @param attempts after this many, it throws the last error
 * @throws StoppedError when the consumer ends, the broker's error when the partition is lost to a rebalance, and
 *   EventLogLostError unchanged
 */
export async function untilDone<T>(
  step: string,
  attempt: () => Promise<T>,
  retrying: RetryContext,
  attempts = Number.POSITIVE_INFINITY,
): Promise<T> {
  const { health, log, stopping } = retrying;
  let failures = 0;
  try {
    for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
      health.sign(step);
      try {
        const value = await attempt();
        if (failures > 0) log.info({ step, failures }, `can ${step} again`);
        return value;
      } catch (error) {
        failures += 1;
        health.blocked(step, messageWithCauses(error));
        if (error instanceof EventLogLostError || isRebalance(error) || failures >= attempts) throw error;
        log.warn(
          { error, step, failures, nextInMs: wait },
          `cannot ${step}: nothing of the batch is committed, trying again`,
        );
      }
      await pause(step, wait, stopping);
      await keepMembership(retrying);
    }
  } finally {
    health.unblocked();
  }
}

async function pause(step: string, ms: number, stopping: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal: stopping });
  } catch (cause) {
    throw new StoppedError(`could not ${step} before the consumer ended`, { cause });
  }
}

/**
 * Sends a heartbeat. An unreachable broker does not end the step: the commit shows whether the partition is lost.
 * @throws the broker's error when the group rebalances
 */
export async function keepMembership({ heartbeat, log }: Omit<RetryContext, 'health' | 'stopping'>): Promise<void> {
  try {
    await heartbeat();
  } catch (error) {
    if (isRebalance(error)) throw error;
    log.debug({ error }, 'no heartbeat within a batch');
  }
}
