import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { errorText, FinalError, waitFor } from '../src/wait.ts';

describe('waitFor', () => {
  test('returns what the check returns once it no longer throws, and says what was missing', async () => {
    const lines: string[] = [];
    let calls = 0;
    const check = () => {
      calls += 1;
      if (calls < 3) throw new Error(`not yet ${calls}`);
      return 'here';
    };
    const options = { timeoutMs: 30_000, intervalMs: 1, progress: (line: string) => lines.push(line) };
    expect(await waitFor('the moon', check, options)).toBe('here');
    expect(calls).toBe(3);
    expect(lines).toEqual(['waiting for the moon (0 of 30 s): not yet 1']);
  });

  test('is silent where the first check succeeds', async () => {
    const lines: string[] = [];
    await waitFor('the moon', () => undefined, { timeoutMs: 30_000, progress: (line) => lines.push(line) });
    expect(lines).toEqual([]);
  });

  test('gives up after the bound, naming what it waited for, the bound and the last error', async () => {
    const dark = new Error('still dark');
    const waiting = waitFor('the sun', () => Promise.reject(dark), { timeoutMs: 50, intervalMs: 5 });
    await expect(waiting).rejects.toThrow('gave up waiting for the sun after 0.05 s: still dark');
    await expect(waiting).rejects.toHaveProperty('cause', dark);
  });

  test('gives up in time also when the clock is set back', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const check = () => {
        vi.setSystemTime(Date.now() - 3_600_000);
        throw new Error('still dark');
      };
      await expect(waitFor('the sun', check, { timeoutMs: 50, intervalMs: 5 })).rejects.toThrow('gave up waiting');
    } finally {
      vi.useRealTimers();
    }
  });

  test('cuts off a check that never ends', async () => {
    const check = () => delay(60_000, undefined, { ref: false });
    const waiting = waitFor('nothing', check, { timeoutMs: 50 });
    await expect(waiting).rejects.toThrow('gave up waiting for nothing after 0.05 s: no answer');
  });

  test('throws an error at once that waiting cannot fix', async () => {
    const wrongPassword = new Error('access denied');
    let calls = 0;
    const failing = (error: Error) => async () => {
      calls += 1;
      throw error;
    };
    const options = { timeoutMs: 30_000, isFinal: (error: unknown) => error === wrongPassword };
    await expect(waitFor('SQL', failing(wrongPassword), options)).rejects.toBe(wrongPassword);
    const final = new FinalError('nobody is there');
    await expect(waitFor('somebody', failing(final), { timeoutMs: 30_000 })).rejects.toBe(final);
    expect(calls).toBe(2);
  });
});

test('the text of an error without a message is its code', () => {
  expect(errorText(Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
  expect(errorText(new Error('why'))).toBe('why');
  expect(errorText('a word')).toBe('a word');
});
