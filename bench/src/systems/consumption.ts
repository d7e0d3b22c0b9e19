import { setTimeout as delay } from 'node:timers/promises';

/** How a run of readers went, from the first messages that were done to the last. */
export interface Pace {
  readonly messages: number;
  readonly seconds: number;
}

export interface Watch {
  /** Messages done so far. */
  readonly done: () => number | Promise<number>;
  /** How many there are in all. */
  readonly total: number;
  /** Seconds after the first ones when it is enough. */
  readonly mostSeconds: number;
  /** Throws where the readers have ended, with what they printed. */
  readonly check: () => void;
  /** Called when the first messages are done, and again at the end: for figures of the time between. */
  readonly mark?: () => void;
}

const pollMs = 25;
const startBoundMs = 60_000;

/**
 * Watches readers until all is read or the time is up. Only moments at which the number changed count: a reader that
 * commits once per second is not taken for a slower one.
 * @throws Error where nothing is read within a minute
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
  if (last.count === first.count) throw new Error(`only ${last.count} messages were seen to be read, all at once`);
  return { messages: last.count - first.count, seconds: (last.at - first.at) / 1000 };
}
