import { parseExposition } from '@tidb-cdc/runtime/exposition';
import { describe, expect, it as test } from 'vitest';
import { bucketsOf, increase, quantile, totalCount } from '../src/histogram.ts';

const text = (counts: readonly number[]) =>
  ['0.1', '0.5', '1', '+Inf'].map((bound, index) => `delay_bucket{le="${bound}"} ${counts[index]}`).join('\n');
const buckets = (...counts: number[]) => bucketsOf(parseExposition(text(counts)), 'delay');

describe('bucketsOf', () => {
  test('sorts by bound and adds the series of a histogram', () => {
    const samples = parseExposition(`${text([1, 2, 2, 3])}\ndelay_bucket{le="0.5",table="b"} 10\ndelay_sum 4`);
    expect(bucketsOf(samples, 'delay')).toEqual([
      { bound: 0.1, count: 1 },
      { bound: 0.5, count: 12 },
      { bound: 1, count: 2 },
      { bound: Number.POSITIVE_INFINITY, count: 3 },
    ]);
  });
});

describe('quantile', () => {
  test('spreads a bucket evenly, as histogram_quantile() does', () => {
    expect(quantile(0.5, buckets(0, 10, 10, 10))).toBeCloseTo(0.3);
    expect(quantile(0.9, buckets(50, 100, 100, 100))).toBeCloseTo(0.42);
    expect(quantile(0.25, buckets(50, 100, 100, 100))).toBeCloseTo(0.05);
  });

  test('gives the highest finite bound for what lies beyond it', () => {
    expect(quantile(0.99, buckets(0, 0, 1, 100))).toBe(1);
  });

  test('has no answer for an empty histogram', () => {
    expect(quantile(0.5, buckets(0, 0, 0, 0))).toBeNaN();
    expect(quantile(0.5, [])).toBeNaN();
  });
});

describe('since', () => {
  test('is what was observed between two readings', () => {
    const between = increase(buckets(5, 9, 10, 12), buckets(5, 7, 7, 8));
    expect(between.map(({ count }) => count)).toEqual([0, 2, 3, 4]);
    expect(totalCount(between)).toBe(4);
  });
});
