import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../runtime/test/support/folder.ts';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { type BatchParts, processBatch } from '../src/batch.ts';
import { CounterStore } from '../src/counter-state.ts';
import { Counts } from '../src/counts.ts';
import type { DeadLetter } from '../src/dead-letters.ts';
import { FileEventLog } from '../src/event-log/file-event-log.ts';
import { Health } from '../src/health.ts';
import { createMetrics } from '../src/metrics.ts';
import { AssignedPartitions } from '../src/partitions.ts';
import { createDecoder } from '../src/protocols/decoder.ts';
import { StoppedError } from '../src/retry.ts';
import { encode, insert } from './support/canal-messages.ts';
import { offsetsIn } from './support/documents.ts';
import { insertMessage, kafkaMessage } from './support/messages.ts';

/** What stands in for Kafka: a delivery whose calls are noted, and a dead-letter topic. Files and metrics are real. */
async function newConsumer() {
  const folder = await temporaryFolder();
  const eventLogPath = path.join(folder, 'events.ndjson');
  const { log, lines } = recordedLog();
  const store = new CounterStore(path.join(folder, 'events.counts.json'));
  const counts = await Counts.open(store);
  const eventLog = await FileEventLog.open({
    path: eventLogPath,
    rotateBytes: 1e9,
    keepFiles: 2,
    log,
    onRemoved: () => undefined,
  });
  onTestFinished(() => eventLog.close());
  const metrics = createMetrics({ counts, isWritable: () => true });
  const partitions = new AssignedPartitions(metrics);
  partitions.assign({ 'cdc-events': [0] });
  const health = new Health(60);
  health.joined(1);
  const stop = new AbortController();

  const calls: string[] = [];
  const refuse = { deadLetters: 0, commits: 0, heartbeat: undefined as Error | undefined };
  const note = async (call: string) => {
    calls.push(`${call} (lines: ${offsetsIn(await readFile(eventLogPath, 'utf8')).length})`);
  };
  const parts: BatchParts = {
    decoder: createDecoder('canal-json', log),
    eventLog,
    counts,
    metrics,
    partitions,
    health,
    log,
    stopping: stop.signal,
    maxLineBytes: 1_048_576,
    deadLetters: {
      send: async (letters: DeadLetter[]) => {
        if (letters.length > 0) await note('dead letters');
        if (refuse.deadLetters-- > 0) throw new Error('no such topic');
        letters.length = 0;
      },
    },
  };
  const deliver = async (messages: KafkaMessage[], highWatermark = Number(messages.at(-1)?.offset) + 1) => {
    const resolved: string[] = [];
    const delivery = {
      batch: { topic: 'cdc-events', partition: 0, messages, highWatermark: String(highWatermark) },
      resolveOffset: (offset: string) => {
        calls.push(`resolve ${offset}`);
        resolved.push(offset);
      },
      heartbeat: async () => {
        if (refuse.heartbeat) throw refuse.heartbeat;
      },
      uncommittedOffsets: () => ({
        topics: [{ topic: 'cdc-events', partitions: resolved.map((offset) => ({ partition: 0, offset })) }],
      }),
      commitOffsetsIfNecessary: async () => {
        await note('commit');
        if (refuse.commits-- > 0) throw new Error('Closed connection');
      },
    };
    await processBatch(delivery, parts);
  };
  const scrape = async (pattern: RegExp) => {
    const { body } = await metrics.expose(undefined);
    return body.split('\n').filter((line) => pattern.test(line));
  };
  const written = async () => offsetsIn(await readFile(eventLogPath, 'utf8'));
  return { deliver, calls, refuse, scrape, written, store, lines, stop };
}

const totals = /^cdc_(events|duplicate_events|dead_letters)_total/;

test('a batch is written, then its dead letters are sent, then it is counted, resolved and committed', async () => {
  const { deliver, calls, written, scrape, store } = await newConsumer();
  await deliver([insertMessage(3), kafkaMessage(4, '{bad'), insertMessage(5, 2)], 9);
  expect(calls).toEqual(['dead letters (lines: 3)', 'resolve 5', 'commit (lines: 3)']);
  expect(await written()).toEqual([3, 5, 5]);
  expect((await store.read())?.positions).toEqual({ 'cdc-events': { 0: { next: 6, newest: 1_005 } } });
  expect(await scrape(totals)).toEqual([
    'cdc_events_total{tablename="shop.orders",operation="insert"} 3',
    'cdc_events_total{tablename="shop.orders",operation="update"} 0',
    'cdc_events_total{tablename="shop.orders",operation="delete"} 0',
    'cdc_duplicate_events_total 0',
    'cdc_dead_letters_total{reason="INVALID_JSON"} 1',
  ]);
  expect(await scrape(/^cdc_(consumer_(lag|offset)|event_delay_seconds_count|batch_duration_seconds_count)/)).toEqual([
    'cdc_event_delay_seconds_count 3',
    'cdc_batch_duration_seconds_count 1',
    'cdc_consumer_lag{topic="cdc-events",partition="0"} 3',
    'cdc_consumer_offset{topic="cdc-events",partition="0"} 6',
  ]);
});

describe('a batch of more than 1 MiB goes in portions', () => {
  const large = (offset: number) =>
    kafkaMessage(offset, encode({ ...insert, data: [{ order_id: String(offset), note: 'x'.repeat(700_000) }] }));

  test('each is written, counted and committed before the next is decoded', async () => {
    const { deliver, calls, written, scrape } = await newConsumer();
    await deliver([large(3), insertMessage(4), large(5), insertMessage(6)], 9);
    expect(calls).toEqual(['resolve 4', 'commit (lines: 2)', 'resolve 6', 'commit (lines: 4)']);
    expect(await written()).toEqual([3, 4, 5, 6]);
    expect(await scrape(/"insert"|^cdc_consumer_lag/)).toEqual([
      'cdc_events_total{tablename="shop.orders",operation="insert"} 4',
      'cdc_consumer_lag{topic="cdc-events",partition="0"} 2',
    ]);
  });

  test('between them it leaves where its group has changed', async () => {
    const { deliver, calls, refuse } = await newConsumer();
    refuse.heartbeat = new Error('The group is rebalancing');
    await expect(deliver([large(3), large(4)])).rejects.toThrow('The group is rebalancing');
    expect(calls).toEqual(['resolve 3', 'commit (lines: 1)']);
  });
});

describe('a step that fails is tried again by itself', () => {
  test('lines are not written again because dead letters could not be sent', async () => {
    const { deliver, calls, refuse, written, scrape } = await newConsumer();
    refuse.deadLetters = 2;
    await deliver([insertMessage(3), kafkaMessage(4, '{bad')]);
    expect(await written()).toEqual([3]);
    expect(calls).toEqual([...Array(3).fill('dead letters (lines: 1)'), 'resolve 4', 'commit (lines: 1)']);
    expect(await scrape(/^cdc_dead_letters_total/)).toEqual(['cdc_dead_letters_total{reason="INVALID_JSON"} 1']);
  });

  test('nothing is counted again because the commit failed', async () => {
    const { deliver, refuse, written, scrape } = await newConsumer();
    refuse.commits = 1;
    await deliver([insertMessage(3)]);
    expect(await written()).toEqual([3]);
    expect(await scrape(/insert/)).toEqual(['cdc_events_total{tablename="shop.orders",operation="insert"} 1']);
  });

  test('a commit that is refused again and again is left to kafkajs', async () => {
    const { deliver, calls, refuse } = await newConsumer();
    refuse.commits = 99;
    await expect(deliver([insertMessage(3)])).rejects.toThrow('Closed connection');
    expect(calls).toEqual(['resolve 3', ...Array(5).fill('commit (lines: 1)')]);
  });
});

describe('a batch that is given up is not resolved, nor counted', () => {
  test('when the consumer ends', async () => {
    const { deliver, calls, refuse, scrape, stop } = await newConsumer();
    refuse.deadLetters = 99;
    stop.abort();
    await expect(deliver([insertMessage(3), kafkaMessage(4, '{bad')])).rejects.toThrow(StoppedError);
    expect(calls).toEqual(['dead letters (lines: 1)']);
    expect(await scrape(/^cdc_events_total/)).toEqual([]);
  });

  test('when its partition goes to another', async () => {
    const { deliver, calls, refuse } = await newConsumer();
    refuse.deadLetters = 99;
    refuse.heartbeat = Object.assign(new Error('rebalancing'), { type: 'REBALANCE_IN_PROGRESS' });
    await expect(deliver([kafkaMessage(4, '{bad')])).rejects.toThrow('rebalancing');
    expect(calls).toEqual(['dead letters (lines: 0)']);
  });
});

describe('a message that Kafka delivers again', () => {
  test('is written and counted again, and counted as a duplicate', async () => {
    const { deliver, written, scrape } = await newConsumer();
    await deliver([insertMessage(3), insertMessage(4)]);
    await deliver([insertMessage(3), insertMessage(4), insertMessage(5)]);
    expect(await written()).toEqual([3, 4, 3, 4, 5]);
    expect(await scrape(/insert|^cdc_duplicate_events_total/)).toEqual([
      'cdc_events_total{tablename="shop.orders",operation="insert"} 5',
      'cdc_duplicate_events_total 2',
    ]);
  });

  test('does not move the place back up to which was counted', async () => {
    const { deliver, scrape } = await newConsumer();
    await deliver([insertMessage(3), insertMessage(4), insertMessage(5)]);
    await deliver([insertMessage(3)], 6);
    await deliver([insertMessage(4), insertMessage(5)], 6);
    expect(await scrape(/^cdc_duplicate_events_total/)).toEqual(['cdc_duplicate_events_total 3']);
  });
});

describe('a topic that was created anew has new messages at old offsets: they are no duplicates', () => {
  const newLater = 50_000;

  test('when it is still shorter', async () => {
    const { deliver, scrape, lines, store } = await newConsumer();
    await deliver([insertMessage(100)]);
    await deliver([insertMessage(0, 1, 1_000)], 1);
    expect(await scrape(/^cdc_duplicate_events_total/)).toEqual(['cdc_duplicate_events_total 0']);
    expect(lines).toMatchObject([{ level: 'warn', msg: 'the topic has been created anew: its offsets begin again' }]);
    expect((await store.read())?.positions).toEqual({ 'cdc-events': { 0: { next: 1, newest: 1_000 } } });
  });

  test('when it is longer again', async () => {
    const { deliver, scrape } = await newConsumer();
    await deliver([insertMessage(100)]);
    await deliver([insertMessage(0, 1, newLater)], 500);
    await deliver([insertMessage(1, 1, newLater + 1)], 500);
    expect(await scrape(/^cdc_duplicate_events_total/)).toEqual(['cdc_duplicate_events_total 0']);
  });
});
