import { expect, test } from 'vitest';
import { interleave, median, percentile, ratio } from '../../src/harness/interleave.ts';

test('contenders take turns, and each round begins with another', async () => {
  const order: string[] = [];
  const contender = (name: string) => () => order.push(name);
  const figures = await interleave({ a: contender('a'), b: contender('b'), c: contender('c') }, 3);
  expect(order.join('')).toBe('abcbcacab');
  expect(figures).toEqual({ a: [1, 6, 8], b: [2, 4, 9], c: [3, 5, 7] });
});

test('the median of an even count lies between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  expect(() => median([])).toThrow(RangeError);
});

test('a percentile is one of the numbers', () => {
  const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(numbers, share))).toEqual([100, 190, 198, 200]);
  expect(percentile([7], 0.5)).toBe(7);
});

test('a ratio compares within a round: a slow round slows both', () => {
  expect(ratio([50, 5, 40], [100, 10, 100])).toBe(0.5);
});
