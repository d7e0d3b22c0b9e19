import { expect, test } from 'vitest';
import { NoUseWaiting, until } from '../src/until.ts';

test('gives the value of the first check that does not throw', async () => {
  let checks = 0;
  const value = await until(
    'a third check',
    () => {
      checks += 1;
      if (checks < 3) throw new Error(`${checks} of 3`);
      return checks;
    },
    { timeoutMs: 5_000, intervalMs: 1 },
  );
  expect(value).toBe(3);
});

test('says what it waited for, how long, and what was missing at last', async () => {
  const missing = new Error('2 of 3 are there');
  const wait = until('three things', () => Promise.reject(missing), { timeoutMs: 20, intervalMs: 1 });
  await expect(wait).rejects.toThrow('three things: not within 0 s; at last: 2 of 3 are there');
  await expect(wait).rejects.toHaveProperty('cause', missing);
});

test('gives up at once where waiting is of no use', async () => {
  let checks = 0;
  const check = (): never => {
    checks += 1;
    throw new NoUseWaiting('nobody is there');
  };
  await expect(until('somebody', check, { timeoutMs: 60_000 })).rejects.toThrow(/^nobody is there$/);
  expect(checks).toBe(1);
});
