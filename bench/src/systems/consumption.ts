import { setTimeout as delay } from 'node:timers/promises';

/** Pace of a run, from the first messages done to the last. */
export interface Pace {
  readonly messages: number;
  readonly seconds: number;
}

export interface Watch {
  /** Messages done so far. */
  readonly done: () => number | Promise<number>;
  /** Number of messages in the topic. */
  readonly total: number;
  /** Time limit, in seconds after the first messages. */
  readonly mostSeconds: number;
  /** Throws if a reader has ended, with its output. */
  readonly check: () => void;
  /** Called when the first messages are done and again at the end, to measure the time in between. */
  readonly mark?: () => void;
}

const pollMs = 25;
const startBoundMs = 60_000;

/**
 * Watches readers until all messages are read or the time is up. Measures only between moments at which the number
 * changed, so that a reader that commits once per second does not look slower.
 * @throws Error when nothing is read within a minute
 */
export async function watchPace({ done, total, mostSeconds, check, mark }: Watch): Promise<Pace> {
  const began = performance.now();
  let first: { at: number; count: number } | undefined;
  let last = { at: began, count: 0 };
  for (;;) {
    check();
    const count = await done();
    const at = performance.now();
    if (count > last.count) last = { at, count };
    if (first === undefined && count > 0) {
      first = last;
      mark?.();
    }
    if (first !== undefined && (last.count >= total || at - first.at > mostSeconds * 1000)) break;
    if (first === undefined && at - began > startBoundMs) throw new Error('the readers have read nothing in a minute');
    await delay(pollMs);
  }
  mark?.();
  if (last.count === first.count)
    throw new Error(`cannot measure: all ${last.count} messages were read between two polls`);
  return { messages: last.count - first.count, seconds: (last.at - first.at) / 1000 };
}
