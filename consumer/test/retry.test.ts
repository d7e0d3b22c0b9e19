import { expect, test } from 'vitest';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { EventLogLostError } from '../src/event-log/event-log.ts';
import { Health } from '../src/health.ts';
import { StoppedError, untilDone } from '../src/retry.ts';

function newContext(heartbeat = async () => undefined) {
  const health = new Health(60);
  health.joined(1);
  const stop = new AbortController();
  const { log, lines } = recordedLog();
  return { context: { health, log, stopping: stop.signal, heartbeat }, health, stop, lines };
}

/** Returns a step that fails `times` times, then succeeds. `calls` counts the attempts. */
function failing(times: number, error: unknown = new Error('ENOSPC')) {
  const attempt = Object.assign(
    async () => {
      attempt.calls += 1;
      if (attempt.calls <= times) throw error;
    },
    { calls: 0 },
  );
  return attempt;
}

function rebalance(type: string): Error {
  return Object.assign(new Error('the group is rebalancing'), { name: 'KafkaJSProtocolError', type });
}

test('a step that succeeds is done once, without a word', async () => {
  const { context, lines } = newContext();
  const attempt = failing(0);
  await untilDone('write the event log', attempt, context);
  expect([attempt.calls, lines]).toEqual([1, []]);
});

test('a step that fails is tried again, with heartbeats, and the consumer is not ready meanwhile', async () => {
  const readiness: unknown[] = [];
  const { context, health, lines } = newContext(async () => {
    readiness.push(health.ready().reason);
  });
  const attempt = failing(2);
  await untilDone('write the event log', attempt, context);
  expect(attempt.calls).toBe(3);
  expect(readiness).toEqual(['cannot write the event log: ENOSPC', 'cannot write the event log: ENOSPC']);
  expect(health.ready().ok).toBe(true);
  expect(lines.map(({ level, failures }) => [level, failures])).toEqual([
    ['warn', 1],
    ['warn', 2],
    ['info', 2],
  ]);
});

test('a broker that cannot be reached for a heartbeat does not end the step', async () => {
  const { context } = newContext(() => Promise.reject(new Error('Closed connection')));
  const attempt = failing(1);
  await untilDone('send dead letters', attempt, context);
  expect(attempt.calls).toBe(2);
});

test.each(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])(
  'a heartbeat that says %s does: the batch is not ours any more',
  async (type) => {
    const error = rebalance(type);
    const { context, health } = newContext(() => Promise.reject(error));
    await expect(untilDone('send dead letters', failing(9), context)).rejects.toBe(error);
    expect(health.ready().ok).toBe(true);
  },
);

test('a step that is itself refused by a rebalance is not tried again', async () => {
  const error = rebalance('REBALANCE_IN_PROGRESS');
  const attempt = failing(9, error);
  await expect(untilDone('commit the offset', attempt, newContext().context)).rejects.toBe(error);
  expect(attempt.calls).toBe(1);
});

test('the end of the consumer ends the wait at once, never as if the step were done', async () => {
  const { context, stop } = newContext();
  const attempt = async () => {
    stop.abort();
    throw new Error('ENOSPC');
  };
  await expect(untilDone('write the event log', attempt, context)).rejects.toThrow(StoppedError);
});

test('an event log that is lost is not tried again', async () => {
  const attempt = failing(9, new EventLogLostError('the event log cannot be written any more'));
  await expect(untilDone('write the event log', attempt, newContext().context)).rejects.toThrow(EventLogLostError);
  expect(attempt.calls).toBe(1);
});

test('a bounded step ends with the last error', async () => {
  const attempt = failing(9);
  await expect(untilDone('commit the offset', attempt, newContext().context, 2)).rejects.toThrow('ENOSPC');
  expect(attempt.calls).toBe(2);
});
