import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Health } from '../src/health.ts';

describe('alive', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('from the start, as long as there are signs of consumption', () => {
    const health = new Health(60);
    expect(health.live()).toMatchObject({ ok: true });
    vi.advanceTimersByTime(60_000);
    expect(health.live()).toEqual({ ok: true, last_sign: 'start', seconds_since: 60 });
    health.sign('heartbeat');
    vi.advanceTimersByTime(59_000);
    expect(health.live()).toEqual({ ok: true, last_sign: 'heartbeat', seconds_since: 59 });
  });

  test('not any more after the timeout without one', () => {
    const health = new Health(60);
    vi.advanceTimersByTime(60_001);
    expect(health.live()).toMatchObject({
      ok: false,
      reason: 'no sign of consumption within LIVENESS_TIMEOUT_SECONDS',
    });
    health.sign('heartbeat');
    expect(health.live()).toMatchObject({ ok: true });
  });

  test('also when the system clock is set back, and not for longer by it', () => {
    const health = new Health(60);
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(60_001);
    expect(health.live()).toMatchObject({ ok: false });
    health.sign('heartbeat');
    expect(health.live()).toEqual({ ok: true, last_sign: 'heartbeat', seconds_since: 0 });
  });

  test('not with a failure that is final', () => {
    const health = new Health(60);
    health.failed('the Kafka client has given up');
    expect(health.live()).toEqual({ ok: false, reason: 'the Kafka client has given up' });
  });
});

describe('ready', () => {
  test('only as a member of the group', () => {
    const health = new Health(60);
    expect(health.ready()).toEqual({ ok: false, reason: 'the consumer is starting' });
    health.joined(3);
    expect(health.ready()).toEqual({ ok: true, assigned_partitions: 3 });
    health.absent('is joining its group again');
    expect(health.ready()).toEqual({ ok: false, reason: 'the consumer is joining its group again' });
  });

  test('also without a partition: it stands by', () => {
    const health = new Health(60);
    health.joined(0);
    expect(health.ready()).toEqual({ ok: true, assigned_partitions: 0 });
  });

  test('not in silence: a broker that hangs takes no membership away', () => {
    vi.useFakeTimers();
    try {
      const health = new Health(60);
      health.joined(3);
      vi.advanceTimersByTime(60_001);
      health.sign('request for messages');
      expect(health.live()).toMatchObject({ ok: true });
      expect(health.ready()).toEqual({
        ok: false,
        reason: 'Kafka has not answered within LIVENESS_TIMEOUT_SECONDS',
      });
      health.answered('heartbeat');
      expect(health.ready()).toMatchObject({ ok: true });
    } finally {
      vi.useRealTimers();
    }
  });

  test('not while a step fails, for its reason', () => {
    const health = new Health(60);
    health.joined(3);
    health.blocked('write the event log', 'ENOSPC: no space left on device');
    expect(health.ready()).toEqual({
      ok: false,
      reason: 'cannot write the event log: ENOSPC: no space left on device',
    });
    expect(health.isBlockedAt('write the event log')).toBe(true);
    expect(health.isBlockedAt('send dead letters')).toBe(false);
    health.unblocked();
    expect(health.ready()).toMatchObject({ ok: true });
  });

  test('not with a failure that is final', () => {
    const health = new Health(60);
    health.joined(3);
    health.failed('the event log cannot be written any more');
    expect(health.ready()).toEqual({ ok: false, reason: 'the event log cannot be written any more' });
  });
});
