import { Counts, tableIncrements } from '@tidb-cdc/consumer/counts';
import { createMetrics } from '@tidb-cdc/consumer/metrics';
import { beforeEach, describe, expect, it as test } from 'vitest';
import { ConsumerReadings } from '../src/consumer-figures.ts';

/** The consumer's real metrics, so that these tests notice when their names or format change. */
async function consumer() {
  const counts = await Counts.open();
  const metrics = createMetrics({ counts, isWritable: () => true });
  let offset = 0;
  return {
    metrics,
    async count(insert: number, update = 0): Promise<void> {
      offset += 1;
      const increments = tableIncrements('shop.orders', { insert, update, delete: 0 });
      const position = { next: offset, newest: 0 };
      await counts.record({ positions: [{ topic: 'cdc-events', partition: 0, position }], arrivedAt: 0, increments });
    },
    read: async () => (await metrics.expose('text/plain')).body,
  };
}

describe('ConsumerReadings', () => {
  let running: Awaited<ReturnType<typeof consumer>>;
  let readings: ConsumerReadings;
  const read = async (at: number) => readings.take(await running.read(), at, 1_700_000_000_000);

  beforeEach(async () => {
    running = await consumer();
    readings = new ConsumerReadings();
  });

  test('reads a consumer that has seen nothing', async () => {
    expect(await read(0)).toEqual({
      events: 0,
      eventsPerSecond: null,
      delay: null,
      lag: null,
      messages: null,
      deadLetters: 0,
      duplicates: 0,
      schemaChanges: 0,
      watermarkAge: null,
    });
  });

  test('adds up tables, operations and partitions', async () => {
    await running.count(3, 2);
    running.metrics.lag.set({ topic: 'cdc-events', partition: '0' }, 4);
    running.metrics.lag.set({ topic: 'cdc-events', partition: '1' }, 5);
    running.metrics.offset.set({ topic: 'cdc-events', partition: '0' }, 40);
    running.metrics.watermark.set(1_700_000_000 - 3);
    expect(await read(0)).toMatchObject({ events: 5, lag: 9, messages: 40, watermarkAge: 3 });
  });

  test('gives events a second as the mean of the last five seconds', async () => {
    await read(0);
    await running.count(100);
    expect((await read(2_000)).eventsPerSecond).toBe(50);
    expect((await read(7_000)).eventsPerSecond).toBe(0);
  });

  test('compares with nothing that is older than the window', async () => {
    await read(0);
    await running.count(100);
    expect((await read(30_000)).eventsPerSecond).toBeNull();
  });

  test('has delays over the last minute while there are any, else since the consumer started', async () => {
    running.metrics.eventDelay.observe(20);
    expect((await read(0)).delay).toMatchObject({ over: 'consumer start' });
    running.metrics.eventDelay.observe(0.2);
    const { delay } = await read(1_000);
    expect(delay).toMatchObject({ over: 'last minute' });
    expect(delay?.p99).toBeLessThan(0.3);
    expect((await read(120_000)).delay).toMatchObject({ over: 'consumer start' });
  });

  test('begins anew when the consumer was started again', async () => {
    await running.count(100);
    running.metrics.eventDelay.observe(1);
    await read(0);
    running = await consumer();
    await running.count(7);
    expect(await read(1_000)).toMatchObject({ events: 7, eventsPerSecond: null, delay: null });
  });
});
