import { describe, expect, it as test } from 'vitest';
import { remedyForAbsent, whyAbsent } from '../src/part-text.ts';

const part = {
  name: 'prometheus',
  state: 'fetching',
  detail: 'go build, 95 s so far',
  logFile: '/logs/p.log',
} as const;

describe('whyAbsent', () => {
  test('says what is awaited', () => {
    expect(whyAbsent(part)).toBe('Prometheus is being fetched or built: go build, 95 s so far.');
    expect(whyAbsent({ ...part, state: 'waiting', detail: 'for kafka' })).toBe('Prometheus is waiting for kafka.');
    expect(whyAbsent({ ...part, state: 'starting', detail: '' })).toBe('Prometheus is starting.');
    expect(whyAbsent({ ...part, state: 'failed', detail: 'exit code 1.' })).toBe('Prometheus has failed: exit code 1.');
  });

  test('takes a part that says it is ready as one that does not answer', () => {
    expect(whyAbsent({ ...part, state: 'ready' })).toBe('Prometheus does not answer.');
  });
});

describe('remedyForAbsent', () => {
  test('names the log of a part that failed, and asks for nothing where time alone heals', () => {
    expect(remedyForAbsent({ ...part, state: 'failed' })).toContain('/logs/p.log');
    expect(remedyForAbsent(part)).toBeUndefined();
    expect(remedyForAbsent({ ...part, state: 'restarting' })).toBeUndefined();
  });
});
