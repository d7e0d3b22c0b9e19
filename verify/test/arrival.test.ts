import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { rangesBetween, waitForCounter } from '../src/arrival.ts';
import { cellKey } from '../src/cells.ts';
import type { ConsumerSnapshot } from '../src/clients/consumer.ts';

function at(offsets: readonly (readonly [string, number])[]): ConsumerSnapshot {
  return {
    events: new Map(),
    duplicates: 0,
    deadLetters: 0,
    schemaChanges: 0,
    offsets: new Map(offsets),
    assigned: 2,
    lag: 0,
  };
}

test('the offsets between two snapshots, of each partition and of topics whatever their names', () => {
  const before = at([['cdc-events/0', 10]]);
  const after = at([
    ['cdc-events/0', 15],
    ['a.b/c/1', 3],
  ]);
  expect(rangesBetween(before, after)).toEqual([
    { topic: 'cdc-events', partition: 0, from: 10, to: 15 },
    { topic: 'a.b/c', partition: 1, from: 0, to: 3 },
  ]);
});

test('a consumer that has joined its group again is asked until it knows all positions', async () => {
  const answer = (partitions: number) =>
    [
      'cdc_events_total{tablename="shop.orders",operation="insert"} 5',
      'cdc_consumer_assigned_partitions 2',
      ...Array.from({ length: partitions }, (_, n) => `cdc_consumer_offset{topic="cdc-events",partition="${n}"} 7`),
      '',
    ].join('\n');
  const answers = [answer(0), answer(1), answer(2)];
  const server = createServer((_, response) => response.end(answers.length > 1 ? answers.shift() : answers[0]));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const written = new Map([[cellKey('shop.orders', 'insert'), 5]]);
  const { offsets } = await waitForCounter(url, at([]), written, { timeoutMs: 5_000, intervalMs: 10 });
  expect([...offsets.keys()]).toEqual(['cdc-events/0', 'cdc-events/1']);
});
