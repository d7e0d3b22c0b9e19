import { parseExposition, type Sample, sumOf } from '@tidb-cdc/runtime/exposition';
import { BackendError } from './backend.ts';
import type { ConsumerFigures, Delay } from './contract.ts';
import { type Buckets, bucketsOf, increase, quantile, totalCount } from './histogram.ts';

interface Reading {
  /** Time in milliseconds of a monotonic clock. */
  at: number;
  events: number;
  delay: Buckets;
}

/** Events per second are the mean over this time, in milliseconds: steady, but quick enough to follow changes. */
const rateWindow = 5_000;
/** How long readings are kept, in milliseconds: the delay's quantiles cover the last minute. */
const memory = 60_000;

/** Turns successive readings of the consumer's /metrics into the figures on the page. */
export class ConsumerReadings {
  #readings: Reading[] = [];

  /**
   * Takes an exposition read at `at` (milliseconds of a monotonic clock) and returns the figures at that time.
   * `wallClock`, in milliseconds since the epoch, is compared with the watermark.
   * @throws BackendError when the text is not an exposition
   */
  take(exposition: string, at: number, wallClock: number): ConsumerFigures {
    const samples = samplesOf(exposition);
    const sum = (name: string) => sumOf(samples, name) ?? 0;
    const now = { at, events: sum('cdc_events_total'), delay: bucketsOf(samples, 'cdc_event_delay_seconds') };
    this.#remember(now);
    return {
      events: now.events,
      eventsPerSecond: this.#rate(now),
      delay: this.#delay(now),
      lag: sumOf(samples, 'cdc_consumer_lag') ?? null,
      messages: sumOf(samples, 'cdc_consumer_offset') ?? null,
      deadLetters: sum('cdc_dead_letters_total'),
      duplicates: sum('cdc_duplicate_events_total'),
      schemaChanges: sum('cdc_schema_changes_total'),
      watermarkAge: watermarkAge(samples, wallClock),
    };
  }

  #remember(now: Reading): void {
    const last = this.#readings.at(-1);
    // A restarted consumer counts from zero again, so older readings cannot be compared.
    const restarted =
      last !== undefined && (now.events < last.events || totalCount(now.delay) < totalCount(last.delay));
    this.#readings = restarted ? [] : this.#readings.filter(({ at }) => now.at - at <= memory);
    this.#readings.push(now);
  }

  #rate(now: Reading): number | null {
    const earlier = this.#readings.find(({ at }) => now.at - at <= rateWindow);
    if (earlier === undefined || earlier.at === now.at) return null;
    return ((now.events - earlier.events) * 1000) / (now.at - earlier.at);
  }

  #delay(now: Reading): Delay | null {
    const lastMinute = increase(now.delay, this.#readings[0]?.delay ?? []);
    if (this.#readings.length > 1 && totalCount(lastMinute) > 0) return quantiles(lastMinute, 'last minute');
    return totalCount(now.delay) > 0 ? quantiles(now.delay, 'consumer start') : null;
  }
}

function quantiles(buckets: Buckets, over: Delay['over']): Delay {
  return { p50: quantile(0.5, buckets), p95: quantile(0.95, buckets), p99: quantile(0.99, buckets), over };
}

function watermarkAge(samples: readonly Sample[], wallClock: number): number | null {
  const newest = Math.max(
    0,
    ...samples.filter(({ name }) => name === 'cdc_watermark_timestamp_seconds').map(({ value }) => value),
  );
  return newest === 0 ? null : Math.max(0, wallClock / 1000 - newest);
}

function samplesOf(exposition: string): Sample[] {
  try {
    return parseExposition(exposition);
  } catch (cause) {
    throw new BackendError("the consumer's /metrics cannot be read", { cause });
  }
}
