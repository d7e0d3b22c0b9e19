import { describe, expect, it as test } from 'vitest';
import { cacheFor } from '../src/backend.ts';

describe('cacheFor', () => {
  test('asks once for all who wait, and again for who comes after the answer is old', async () => {
    let asked = 0;
    const ask = cacheFor(0, async () => ++asked);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    expect(await ask()).toBe(2);
  });

  test('keeps an answer as long as it is fresh', async () => {
    let asked = 0;
    const ask = cacheFor(3_600_000, async () => ++asked);
    expect([await ask(), await ask()]).toEqual([1, 1]);
  });

  test('does not keep a failure', async () => {
    let asked = 0;
    const ask = cacheFor(3_600_000, async () => {
      asked += 1;
      if (asked === 1) throw new Error('down');
      return asked;
    });
    await expect(Promise.all([ask(), ask()])).rejects.toThrow('down');
    expect(await ask()).toBe(2);
  });
});
