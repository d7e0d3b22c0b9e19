import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../runtime/test/support/folder.ts';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { type BatchParts, BatchProcessor } from '../src/batch.ts';
import { CounterStore } from '../src/counter-store.ts';
import { Counts } from '../src/counts.ts';
import type { DeadLetter } from '../src/dead-letters.ts';
import { FileEventLog } from '../src/event-log/file-event-log.ts';
import { Health } from '../src/health.ts';
import { createMetrics } from '../src/metrics.ts';
import { AssignedPartitions } from '../src/partitions.ts';
import { createDecoder } from '../src/protocols/decoder.ts';
import { StoppedError } from '../src/retry.ts';
import { Takeover } from '../src/takeover.ts';
import { encode, insert } from './support/canal-messages.ts';
import { offsetsIn } from './support/documents.ts';
import { insertMessage, kafkaMessage } from './support/messages.ts';

/** Replaces only Kafka: by a delivery that records its calls, and a dead-letter topic. Files and metrics are real. */
async function newConsumer() {
  const folder = await temporaryFolder();
  const eventLogPath = path.join(folder, 'events.ndjson');
  const { log, lines } = recordedLog();
  const store = new CounterStore(path.join(folder, 'events.counts.json'), log);
  const counts = await Counts.open({ store });
  onTestFinished(() => store.close());
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
  const resolved: string[] = [];
  const committed: unknown[] = [];
  const refuse = {
    deadLetters: 0,
    commits: 0,
    heartbeat: undefined as Error | undefined,
    afterResolve: (): void => undefined,
  };
  const note = async (call: string) => {
    calls.push(`${call} (lines: ${offsetsIn(await readFile(eventLogPath, 'utf8')).length})`);
  };
  const parts: BatchParts = {
    decoder: createDecoder('canal-json', log),
    eventLog: {
      append: (document) => eventLog.append(document),
      flush: () => eventLog.flush(),
      discard: () => eventLog.discard(),
      close: () => eventLog.close(),
      sync: async () => {
        await eventLog.sync();
        await note('sync');
      },
    },
    takeover: new Takeover({
      ...{ groupId: 'group', topics: ['cdc-events'], counts, health },
      connection: { brokers: [], clientId: 'test', log },
    }),
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
  const processor = new BatchProcessor(parts);
  const takeIn = async (messages: KafkaMessage[], highWatermark = Number(messages.at(-1)?.offset) + 1) => {
    const delivery = {
      batch: { topic: 'cdc-events', partition: 0, messages, highWatermark: String(highWatermark) },
      resolveOffset: (offset: string) => {
        calls.push(`resolve ${offset}`);
        resolved.push(offset);
        refuse.afterResolve();
      },
      heartbeat: async () => {
        if (refuse.heartbeat) throw refuse.heartbeat;
      },
      uncommittedOffsets: () => {
        const offset = String(Number(resolved.at(-1)) + 1);
        return { topics: [{ topic: 'cdc-events', partitions: [{ partition: 0, offset }] }] };
      },
      commitOffsetsIfNecessary: async (offsets: unknown) => {
        committed.push(offsets);
        await note('commit');
        if (refuse.commits-- > 0) throw new Error('Closed connection');
      },
    };
    await processor.process(delivery);
  };
  /** Delivers as kafkajs does: the next fetch follows. */
  const deliver = async (messages: KafkaMessage[], highWatermark?: number) => {
    await takeIn(messages, highWatermark);
    await processor.endDueRound();
  };
  const scrape = async (pattern: RegExp) => {
    const { body } = await metrics.expose(undefined);
    return body.split('\n').filter((line) => pattern.test(line));
  };
  const written = async () => offsetsIn(await readFile(eventLogPath, 'utf8'));
  return { deliver, takeIn, processor, counts, calls, committed, refuse, scrape, written, store, lines, stop };
}

const totals = /^cdc_(events|duplicate_events|dead_letters)_total/;

test('a batch is written, made durable, then its dead letters are sent, then it is counted and committed', async () => {
  const { deliver, calls, committed, counts, written, scrape, store } = await newConsumer();
  await deliver([insertMessage(3), kafkaMessage(4, '{bad'), insertMessage(5, 2)], 6);
  expect(calls).toEqual(['resolve 5', 'sync (lines: 3)', 'dead letters (lines: 3)', 'commit (lines: 3)']);
  expect(await written()).toEqual([3, 5, 5]);
  expect((await store.read())?.positions).toEqual({
    'cdc-events': { 0: { next: 6, newest: 1_005, last: { from: 3, rows: 3 } } },
  });
  const metadata = JSON.stringify({ counted: { [counts.member]: 6 } });
  expect(committed).toEqual([
    { topics: [{ topic: 'cdc-events', partitions: [{ partition: 0, offset: '6', metadata }] }] },
  ]);
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
    'cdc_consumer_lag{topic="cdc-events",partition="0"} 0',
    'cdc_consumer_offset{topic="cdc-events",partition="0"} 6',
  ]);
});

describe('batches are counted and committed in rounds', () => {
  test('of all that there is to read', async () => {
    const { deliver, calls, scrape } = await newConsumer();
    await deliver([insertMessage(3)], 9);
    expect(calls).toEqual(['resolve 3']);
    expect(await scrape(/"insert"/)).toEqual([]);
    await deliver([insertMessage(4), insertMessage(5)], 6);
    expect(calls).toEqual(['resolve 3', 'resolve 5', 'sync (lines: 3)', 'commit (lines: 3)']);
    expect(await scrape(/"insert"|^cdc_consumer_lag/)).toEqual([
      'cdc_events_total{tablename="shop.orders",operation="insert"} 3',
      'cdc_consumer_lag{topic="cdc-events",partition="0"} 0',
    ]);
  });

  test('of some MiB where there is more', async () => {
    const { takeIn, calls } = await newConsumer();
    await takeIn([...Array(10).keys()].map(large), 99);
    expect(calls.filter((call) => call.startsWith('commit')).length).toBeGreaterThan(0);
  });

  test('that the end of the consumer cuts short', async () => {
    const { takeIn, processor, calls } = await newConsumer();
    await takeIn([insertMessage(3)], 9);
    await processor.endRound();
    expect(calls).toEqual(['resolve 3', 'sync (lines: 1)', 'commit (lines: 1)']);
  });

  test('of which nothing is counted after another assignment: the group goes on at what is committed', async () => {
    const { deliver, processor, calls, scrape } = await newConsumer();
    await deliver([insertMessage(3)], 9);
    processor.rejoined();
    await processor.endRound();
    expect(calls).toEqual(['resolve 3']);
    expect(await scrape(/"insert"/)).toEqual([]);
  });
});

/** A message whose line has more than 1 MiB. */
const large = (offset: number) =>
  kafkaMessage(offset, encode({ ...insert, data: [{ order_id: String(offset), note: 'x'.repeat(1_030_000) }] }));

describe('a batch of more than 1 MiB goes in portions', () => {
  test('of which no further is begun when the consumer ends', async () => {
    const { takeIn, stop, refuse, calls, written } = await newConsumer();
    refuse.afterResolve = () => stop.abort();
    await takeIn([large(3), large(4), large(5)], 9);
    expect(calls).toEqual(['resolve 3']);
    expect(await written()).toEqual([3]);
  });

  test('before each it looks whether it is still a member, and commits what it has where the group gathers again', async () => {
    const { takeIn, calls, refuse, written } = await newConsumer();
    await takeIn([large(3)], 9);
    refuse.heartbeat = rebalance('REBALANCE_IN_PROGRESS');
    await expect(takeIn([large(4), large(5)], 9)).rejects.toThrow('REBALANCE_IN_PROGRESS');
    expect(calls).toEqual(['resolve 3', 'sync (lines: 1)', 'commit (lines: 1)']);
    expect(await written()).toEqual([3]);
  });

  test.each(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])(
    'where it was left out (%s) nothing more is written, counted or committed',
    async (type) => {
      const { takeIn, processor, calls, refuse, written, scrape } = await newConsumer();
      await takeIn([large(3)], 9);
      refuse.heartbeat = rebalance(type);
      await expect(takeIn([large(4), large(5)], 9)).rejects.toThrow(type);
      await processor.endRound();
      expect(calls).toEqual(['resolve 3']);
      expect(await written()).toEqual([3]);
      expect(await scrape(/"insert"/)).toEqual([]);
    },
  );

  test('also where that shows only when the round is to be counted', async () => {
    const { takeIn, processor, calls, refuse, scrape } = await newConsumer();
    await takeIn([insertMessage(3)], 4);
    refuse.heartbeat = rebalance('ILLEGAL_GENERATION');
    await expect(processor.endDueRound()).rejects.toThrow('ILLEGAL_GENERATION');
    expect(calls).toEqual(['resolve 3', 'sync (lines: 1)']);
    expect(await scrape(/"insert"/)).toEqual([]);
  });
});

function rebalance(type: string): Error {
  return Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type });
}

describe('a step that fails is tried again by itself', () => {
  test('lines are not written again because dead letters could not be sent', async () => {
    const { deliver, calls, refuse, written, scrape } = await newConsumer();
    refuse.deadLetters = 2;
    await deliver([insertMessage(3), kafkaMessage(4, '{bad')]);
    expect(await written()).toEqual([3]);
    const sent = Array(3).fill('dead letters (lines: 1)');
    expect(calls).toEqual(['resolve 4', 'sync (lines: 1)', ...sent, 'commit (lines: 1)']);
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
    expect(calls).toEqual(['resolve 3', 'sync (lines: 1)', ...Array(5).fill('commit (lines: 1)')]);
  });

  test('what was counted without a commit is part of what the next one may leave open', async () => {
    const { deliver, refuse, store } = await newConsumer();
    refuse.commits = 5;
    await expect(deliver([insertMessage(3), insertMessage(4)])).rejects.toThrow('Closed connection');
    await deliver([insertMessage(5)]);
    expect((await store.read())?.positions['cdc-events']?.[0]).toMatchObject({ next: 6, last: { from: 3, rows: 3 } });
    await deliver([insertMessage(6)]);
    expect((await store.read())?.positions['cdc-events']?.[0]).toMatchObject({ next: 7, last: { from: 6, rows: 1 } });
  });
});

describe('a round that is given up is neither counted nor committed', () => {
  test('when the consumer ends', async () => {
    const { takeIn, processor, calls, refuse, scrape, stop } = await newConsumer();
    refuse.deadLetters = 99;
    await takeIn([insertMessage(3), kafkaMessage(4, '{bad')]);
    stop.abort();
    await expect(processor.endRound()).rejects.toThrow(StoppedError);
    expect(calls).toEqual(['resolve 4', 'sync (lines: 1)', 'dead letters (lines: 1)']);
    expect(await scrape(/^cdc_events_total/)).toEqual([]);
  });

  test('when its partition goes to another', async () => {
    const { takeIn, processor, calls, refuse, scrape } = await newConsumer();
    refuse.deadLetters = 99;
    await takeIn([insertMessage(3), kafkaMessage(4, '{bad')]);
    refuse.heartbeat = rebalance('ILLEGAL_GENERATION');
    await expect(processor.endRound()).rejects.toThrow('ILLEGAL_GENERATION');
    expect(calls).toEqual(['resolve 4', 'sync (lines: 1)', 'dead letters (lines: 1)']);
    expect(await scrape(/^cdc_events_total/)).toEqual([]);
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

describe('a topic that was created again has new messages at old offsets: they are no duplicates', () => {
  const newLater = 50_000;

  test('when it is still shorter', async () => {
    const { deliver, scrape, lines, store } = await newConsumer();
    await deliver([insertMessage(100)]);
    await deliver([insertMessage(0, 1, 1_000)], 1);
    expect(await scrape(/^cdc_duplicate_events_total/)).toEqual(['cdc_duplicate_events_total 0']);
    expect(lines).toMatchObject([{ level: 'warn', msg: 'the topic has been created again: its offsets begin at 0' }]);
    expect((await store.read())?.positions).toEqual({
      'cdc-events': { 0: { next: 1, newest: 1_000, last: { from: 0, rows: 1 } } },
    });
  });

  test('when it is longer again', async () => {
    const { deliver, scrape } = await newConsumer();
    await deliver([insertMessage(100)]);
    await deliver([insertMessage(0, 1, newLater)], 500);
    await deliver([insertMessage(1, 1, newLater + 1)], 500);
    expect(await scrape(/^cdc_duplicate_events_total/)).toEqual(['cdc_duplicate_events_total 0']);
  });
});
