import { describe, expect, it as test } from 'vitest';
import { remedyForUnavailable, whyUnavailable } from '../src/part-text.ts';

const part = {
  name: 'prometheus',
  state: 'fetching',
  detail: 'go build, 95 s so far',
  logFile: '/logs/p.log',
} as const;

describe('whyUnavailable', () => {
  test('says what is awaited', () => {
    expect(whyUnavailable(part)).toBe('Prometheus is being fetched or built: go build, 95 s so far.');
    expect(whyUnavailable({ ...part, state: 'waiting', detail: 'for kafka' })).toBe('Prometheus is waiting for kafka.');
    expect(whyUnavailable({ ...part, state: 'starting', detail: '' })).toBe('Prometheus is starting.');
    expect(whyUnavailable({ ...part, state: 'failed', detail: 'exit code 1.' })).toBe(
      'Prometheus has failed: exit code 1.',
    );
  });

  test('takes a part that says it is ready as one that does not answer', () => {
    expect(whyUnavailable({ ...part, state: 'ready' })).toBe('Prometheus does not answer.');
  });
});

describe('remedyForUnavailable', () => {
  test('names the log of a part that failed, and asks for nothing where time alone heals', () => {
    expect(remedyForUnavailable({ ...part, state: 'failed' })).toContain('/logs/p.log');
    expect(remedyForUnavailable(part)).toBeUndefined();
    expect(remedyForUnavailable({ ...part, state: 'restarting' })).toBeUndefined();
    expect(remedyForUnavailable({ state: 'silent' })).toBe('The page retries automatically.');
  });
});
