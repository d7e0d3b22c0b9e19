import type { Sample } from '@tidb-cdc/runtime/exposition';

/** Cumulative counts of a histogram by upper bound, ascending; the last bound is +Inf. */
export type Buckets = readonly { bound: number; count: number }[];

/** A histogram's buckets, summed over all its series. */
export function bucketsOf(samples: readonly Sample[], name: string): Buckets {
  const counts = new Map<number, number>();
  for (const sample of samples) {
    if (sample.name !== `${name}_bucket` || sample.labels.le === undefined) continue;
    const bound = sample.labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(sample.labels.le);
    counts.set(bound, (counts.get(bound) ?? 0) + sample.value);
  }
  return [...counts].map(([bound, count]) => ({ bound, count })).sort((a, b) => a.bound - b.bound);
}

/** Observations since an earlier reading. */
export function increase(now: Buckets, earlier: Buckets): Buckets {
  const before = new Map(earlier.map(({ bound, count }) => [bound, count]));
  return now.map(({ bound, count }) => ({ bound, count: count - (before.get(bound) ?? 0) }));
}

/** Number of observations. */
export function totalCount(buckets: Buckets): number {
  return buckets.at(-1)?.count ?? 0;
}

/**
 * Estimates quantile `q` (0 to 1) like Prometheus's histogram_quantile(): evenly spread within a bucket, and the
 * highest finite bound for a quantile beyond it. NaN for an empty histogram.
 */
export function quantile(q: number, buckets: Buckets): number {
  const rank = q * totalCount(buckets);
  let below = { bound: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank && bucket.count > 0) {
      if (bucket.bound === Number.POSITIVE_INFINITY) return below.bound;
      return below.bound + (bucket.bound - below.bound) * ((rank - below.count) / (bucket.count - below.count));
    }
    below = bucket;
  }
  return Number.NaN;
}
