import { setTimeout as delay } from 'node:timers/promises';
import { isRebalance } from '@tidb-cdc/runtime/kafka';
import { type Logger, messageWithCauses } from '@tidb-cdc/runtime/log';
import { EventLogLostError } from './event-log/event-log.ts';
import type { Health } from './health.ts';

export interface RetryContext {
  readonly health: Health;
  readonly log: Logger;
  /** Aborted when the consumer is to end. */
  readonly stopping: AbortSignal;
  /** Keeps the membership in the group while a step is tried again. */
  readonly heartbeat: () => Promise<void>;
}

/** A step was given up because the consumer ends: what the batch holds is read again by the next one. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

const firstWait = 200;
/** With the time of an attempt well below the session timeout (kafka.ts), since a heartbeat follows each pause. */
const longestWait = 3_000;

/**
 * Does a step of a batch until it succeeds, with growing pauses of 3 s at most. Meanwhile the consumer is not ready, for
 * the reason of the last failure.
 * @param step what is done, as in "cannot …"
 * @param attempts gives up after so many with the last error
 * @throws StoppedError when the consumer ends, the broker's error when the partition is lost to a rebalance,
 *   EventLogLostError as it comes
 */
export async function untilDone(
  step: string,
  attempt: () => Promise<void>,
  { health, log, stopping, heartbeat }: RetryContext,
  attempts = Number.POSITIVE_INFINITY,
): Promise<void> {
  let failures = 0;
  try {
    for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
      health.sign(step);
      const error = await attempt().then(
        () => undefined,
        (cause: unknown) => cause ?? new Error('no reason given'),
      );
      if (error === undefined) break;
      failures += 1;
      health.blocked(step, messageWithCauses(error));
      if (error instanceof EventLogLostError || isRebalance(error) || failures >= attempts) throw error;
      log.warn(
        { error, step, failures, nextInMs: wait },
        `cannot ${step}: nothing of the batch is committed, trying again`,
      );
      await pause(step, wait, stopping);
      await keepMembership(heartbeat, log);
    }
  } finally {
    health.unblocked();
  }
  if (failures > 0) log.info({ step, failures }, `can ${step} again`);
}

async function pause(step: string, ms: number, stopping: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal: stopping });
  } catch (cause) {
    throw new StoppedError(`could not ${step} before the consumer ended`, { cause });
  }
}

/** A broker that cannot be reached does not end the step: whether the partition is lost shows at the commit. */
async function keepMembership(heartbeat: () => Promise<void>, log: Logger): Promise<void> {
  try {
    await heartbeat();
  } catch (error) {
    if (isRebalance(error)) throw error;
    log.debug({ error }, 'no heartbeat while a step is tried again');
  }
}
