import { randomUUID } from 'node:crypto';
import { kafkaPart } from '@tidb-cdc/embedded/parts/kafka';
import type { BenchContext, Benchmark } from '../benchmark.ts';
import { type Contender, interleave, median, type Rounds, ratio } from '../harness/interleave.ts';
import { cpuSeconds } from '../harness/process-usage.ts';
import type { Row } from '../harness/table.ts';
import { type MessageShape, messageMaker } from '../messages.ts';
import { watchPace } from '../systems/consumption.ts';
import { partContext, startPart } from '../systems/parts.ts';
import { programs, type Reader, type ReadersOptions, startReaders, sum } from '../systems/readers.ts';
import { type FilledTopic, fillTopic } from '../systems/topic.ts';

interface Load {
  readonly shape: MessageShape;
  readonly size: string;
  readonly partitions: number;
  readonly consumers: number;
  readonly messages: number;
  readonly compression: 'none' | 'gzip';
}

const kilobyte: Load = {
  shape: { operation: 'update', columns: 8, bytes: 1_000 },
  size: '1 KB',
  partitions: 3,
  consumers: 1,
  messages: 400_000,
  compression: 'none',
};
/** canal-json needs some 300 bytes for two columns. */
const small: Partial<Load> = {
  shape: { operation: 'insert', columns: 2, bytes: 200 },
  size: '200 B',
  messages: 1_000_000,
};
const large: Partial<Load> = {
  shape: { operation: 'update', columns: 8, bytes: 10_000 },
  size: '10 KB',
  messages: 60_000,
};

const quick: readonly Load[] = [kilobyte];
const full: readonly Load[] = [
  kilobyte,
  { ...kilobyte, ...small },
  { ...kilobyte, ...large },
  { ...kilobyte, compression: 'gzip' },
  { ...kilobyte, partitions: 1 },
  { ...kilobyte, partitions: 12 },
  { ...kilobyte, partitions: 12, consumers: 2, messages: 800_000 },
];

/** Bytes per batch in the topic: about what Kafka's clients collect before they send. */
const batchBytes = 32 * 1024;
/** A run ends after this time even if messages are left. */
const mostSeconds = 8;

export const consume: Benchmark = {
  name: 'consume',
  about: 'Kafka → durable event log, counters, commit, compared with readers that guarantee less',
  async run(context) {
    const parts = await partContext(context.folder);
    const kafka = await startPart(kafkaPart(parts), parts, context.say);
    try {
      const brokers = `127.0.0.1:${parts.ports.kafka}`;
      const found: Found[] = [];
      for (const load of context.full ? full : quick) found.push(await measure(load, brokers, context));
      return [
        { title: "Messages per second, and the consumer's ratio to each", rows: found.map(({ pace }) => pace) },
        { title: 'CPU seconds of the reader per million messages', rows: found.map(({ cpu }) => cpu) },
      ];
    } finally {
      await kafka.stop();
    }
  },
};

interface Found {
  readonly pace: Row;
  readonly cpu: Row;
}

async function measure(load: Load, brokers: string, context: BenchContext): Promise<Found> {
  const { size, partitions, consumers, compression, messages } = load;
  const message = messageMaker(load.shape);
  const perBatch = Math.max(1, Math.round(batchBytes / message(0).length));
  const name = `bench-${randomUUID().slice(0, 8)}`;
  const topic: FilledTopic = { name, partitions, messages, message, perBatch, gzip: compression === 'gzip' };
  context.say(`${messages} messages of ${size} to ${partitions} partitions, ${compression} compression`);
  await fillTopic(brokers, topic);
  const readers = Object.keys(programs) as Reader[];
  const cpu = Object.fromEntries(readers.map((reader) => [reader, [] as number[]])) as Record<Reader, number[]>;
  const contender = (reader: Reader) => async () => {
    const found = await run(reader, topic, { brokers, topic: name, count: consumers, folder: context.folder });
    cpu[reader].push(found.cpu);
    return found.pace;
  };
  const contenders = Object.fromEntries(readers.map((reader) => [reader, contender(reader)]));
  const pace = await interleave(contenders as Record<Reader, Contender>, context.runs);
  const about = { size, partitions, consumers, compression };
  return { pace: { ...about, ...compare(pace) }, cpu: { ...about, ...compare(cpu) } };
}

/** Medians, and the ratios of the consumer's figures to the others'. */
function compare(figures: Rounds<Reader>): Row {
  const { consumer, 'bare read': bare, 'plain loop': plain, 'write each': each } = figures;
  return {
    consumer: median(consumer),
    'bare read': median(bare),
    'plain loop': median(plain),
    'write each': median(each),
    '/ bare': ratio(consumer, bare),
    '/ plain': ratio(consumer, plain),
    '/ each': ratio(consumer, each),
  };
}

/** Runs a program on the topic. Returns messages per second and CPU seconds per million messages. */
async function run(
  reader: Reader,
  topic: FilledTopic,
  options: ReadersOptions,
): Promise<{ pace: number; cpu: number }> {
  const readers = await startReaders(reader, options);
  const used: number[] = [];
  try {
    const { messages, seconds } = await watchPace({
      done: readers.done,
      total: topic.messages,
      mostSeconds,
      mark: () => used.push(sum(readers.pids.map(cpuSeconds))),
      check: readers.check,
    });
    const [atStart = 0, atEnd = 0] = used;
    return { pace: messages / seconds, cpu: ((atEnd - atStart) / messages) * 1e6 };
  } finally {
    await readers.stop();
  }
}
