import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { errorText, WaitTimeoutError, waitFor } from '../src/wait.ts';

function recorder() {
  const lines: string[] = [];
  return { lines, info: (line: string) => lines.push(line) };
}

describe('waitFor', () => {
  it('returns what the check returns once it no longer throws, and says what was missing', async () => {
    const log = recorder();
    let calls = 0;
    const check = async () => {
      calls += 1;
      if (calls < 3) throw new Error(`not yet ${calls}`);
      return 'here';
    };
    expect(await waitFor('the moon', check, { timeoutSeconds: 30, log, retryMs: 1 })).toBe('here');
    expect(calls).toBe(3);
    expect(log.lines).toEqual(['waiting for the moon (0 of 30 s): not yet 1']);
  });

  it('is silent where the first check succeeds', async () => {
    const log = recorder();
    await waitFor('the moon', async () => undefined, { timeoutSeconds: 30, log });
    expect(log.lines).toEqual([]);
  });

  it('gives up after the bound, naming what it waited for, the bound and the last error', async () => {
    const check = async () => {
      throw new Error('still dark');
    };
    const waiting = waitFor('the sun', check, { timeoutSeconds: 0.05, log: recorder(), retryMs: 5 });
    await expect(waiting).rejects.toThrow(new WaitTimeoutError('gave up waiting for the sun after 0.05 s: still dark'));
  });

  it('cuts off a check that never ends', async () => {
    const check = () => sleep(60_000, undefined, { ref: false });
    const waiting = waitFor('nothing', check, { timeoutSeconds: 0.05, log: recorder() });
    await expect(waiting).rejects.toThrow('gave up waiting for nothing after 0.05 s: no answer');
  });

  it('throws an error at once that waiting cannot mend', async () => {
    const wrongPassword = new Error('access denied');
    let calls = 0;
    const check = async () => {
      calls += 1;
      throw wrongPassword;
    };
    const options = { timeoutSeconds: 30, log: recorder(), isFinal: (error: unknown) => error === wrongPassword };
    await expect(waitFor('SQL', check, options)).rejects.toBe(wrongPassword);
    expect(calls).toBe(1);
  });
});

describe('errorText', () => {
  it('falls back to the code of an error without a message', () => {
    expect(errorText(Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(errorText(new Error('why'))).toBe('why');
    expect(errorText('a word')).toBe('a word');
  });
});
