import { expect, test } from 'vitest';
import { Backoff } from '../../src/processes/backoff.ts';

test('waits double up to half a minute, and begin anew after a calm minute', () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 9 }, () => backoff.afterDeath(0));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(backoff.afterDeath(59_999)).toBe(30_000);
  expect(backoff.afterDeath(60_000)).toBe(500);
  expect(backoff.afterDeath(0)).toBe(1_000);
});
