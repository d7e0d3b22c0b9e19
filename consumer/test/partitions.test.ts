import { expect, test } from 'vitest';
import { Counts } from '../src/counts.ts';
import { createMetrics } from '../src/metrics.ts';
import { AssignedPartitions } from '../src/partitions.ts';

async function newPartitions() {
  const metrics = createMetrics({ counts: await Counts.open(), isWritable: () => true });
  const shown = async () => {
    const { body } = await metrics.expose(undefined);
    return body.split('\n').filter((line) => /^cdc_(consumer|watermark)/.test(line));
  };
  return { partitions: new AssignedPartitions(metrics), shown };
}

test('an assignment is shown by its number, and counted', async () => {
  const { partitions, shown } = await newPartitions();
  expect(partitions.assign({ a: [0, 1], b: [2] })).toBe(3);
  expect(partitions.assignment()).toEqual({ a: [0, 1], b: [2] });
  expect(await shown()).toEqual(['cdc_consumer_assigned_partitions 3']);
});

test('a batch moves the offset on and leaves the lag behind it', async () => {
  const { partitions, shown } = await newPartitions();
  partitions.assign({ a: [0] });
  partitions.advance('a', 0, 10, 15);
  expect(await shown()).toEqual([
    'cdc_consumer_lag{topic="a",partition="0"} 5',
    'cdc_consumer_offset{topic="a",partition="0"} 10',
    'cdc_consumer_assigned_partitions 1',
  ]);
});

test('the lag grows when the broker has more, and counts from where the group stands before the first batch', async () => {
  const { partitions, shown } = await newPartitions();
  partitions.assign({ a: [0, 1] });
  partitions.advance('a', 0, 10, 10);
  partitions.refresh([
    { topic: 'a', partition: 0, start: 4, end: 30 },
    { topic: 'a', partition: 1, start: 4, end: 30 },
    { topic: 'a', partition: 2, start: 4, end: 30 },
  ]);
  expect(await shown()).toEqual([
    'cdc_consumer_lag{topic="a",partition="0"} 20',
    'cdc_consumer_lag{topic="a",partition="1"} 26',
    'cdc_consumer_offset{topic="a",partition="0"} 10',
    'cdc_consumer_offset{topic="a",partition="1"} 4',
    'cdc_consumer_assigned_partitions 2',
  ]);
});

test('an answer of the broker that is older than the last batch makes no negative lag', async () => {
  const { partitions, shown } = await newPartitions();
  partitions.assign({ a: [0] });
  partitions.advance('a', 0, 10, 10);
  partitions.refresh([{ topic: 'a', partition: 0, start: 0, end: 8 }]);
  expect(await shown()).toContain('cdc_consumer_lag{topic="a",partition="0"} 0');
});

test('the watermark is the least of the partitions that showed one', async () => {
  const { partitions, shown } = await newPartitions();
  partitions.assign({ a: [0, 1, 2] });
  partitions.advance('a', 0, 1, 1, 5_000);
  partitions.advance('a', 1, 1, 1, 4_500);
  expect(await shown()).toContain('cdc_watermark_timestamp_seconds 4.5');
  partitions.advance('a', 1, 2, 2, 6_000);
  expect(await shown()).toContain('cdc_watermark_timestamp_seconds 5');
});

test('what is revoked is not shown any more, what stays is', async () => {
  const { partitions, shown } = await newPartitions();
  partitions.assign({ a: [0, 1] });
  partitions.advance('a', 0, 1, 1, 4_000);
  partitions.advance('a', 1, 1, 1, 5_000);
  partitions.assign({ a: [1] });
  expect(await shown()).toEqual([
    'cdc_watermark_timestamp_seconds 5',
    'cdc_consumer_lag{topic="a",partition="1"} 0',
    'cdc_consumer_offset{topic="a",partition="1"} 1',
    'cdc_consumer_assigned_partitions 1',
  ]);
  partitions.advance('a', 0, 9, 9, 9_000);
  partitions.assign({});
  expect(await shown()).toEqual(['cdc_consumer_assigned_partitions 0']);
});

test('after an assignment the group goes on at what is committed, also with a partition that stays', async () => {
  const { partitions, shown } = await newPartitions();
  partitions.assign({ a: [0] });
  partitions.advance('a', 0, 10, 10);
  partitions.assign({ a: [0] });
  partitions.refresh([{ topic: 'a', partition: 0, start: 7, end: 10 }]);
  expect(await shown()).toContain('cdc_consumer_offset{topic="a",partition="0"} 7');
});

test('who waits for the next assignment is told of it, and can wait for the one after', async () => {
  const { partitions } = await newPartitions();
  const first = partitions.nextAssignment();
  partitions.assign({ a: [0] });
  await first;
  const second = partitions.nextAssignment();
  expect(second).not.toBe(first);
  partitions.assign({ a: [0, 1] });
  await second;
});
