import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaPart } from '@tidb-cdc/embedded/parts/kafka';
import type { BenchContext, Benchmark } from '../benchmark.ts';
import { cpuSeconds, memoryMiB } from '../harness/process-usage.ts';
import type { Row } from '../harness/table.ts';
import { messageMaker } from '../messages.ts';
import { partContext, startPart } from '../systems/parts.ts';
import { startReaders } from '../systems/readers.ts';
import { type FilledTopic, fillTopic } from '../systems/topic.ts';

const million = 1_000_000;
const pollMs = 250;

/** Rows of 1 KB, gzip-compressed, as TiCDC sends them. */
const ordinary = {
  partitions: 3,
  message: messageMaker({ operation: 'update', columns: 8, bytes: 1_000 }),
  perBatch: 100,
  gzip: true,
};

/** Identical rows of 200 KB: batches of 8 MB that take 20 KB on the wire. */
const backlog = { partitions: 3, messages: 10_000, message: repetitiveRow, perBatch: 40, gzip: true };

export const memory: Benchmark = {
  name: 'memory',
  about: 'memory of the consumer after millions of rows, and during a backlog of compressed rows',
  onlyFull: true,
  async run(context) {
    const parts = await partContext(context.folder);
    const kafka = await startPart(kafkaPart(parts), parts, context.say);
    try {
      const brokers = `127.0.0.1:${parts.ports.kafka}`;
      const marks = context.full ? [million, 3 * million, 10 * million] : [million];
      const after = { ...ordinary, name: `bench-${randomUUID().slice(0, 8)}`, messages: marks.at(-1) ?? million };
      const packed = { ...backlog, name: `bench-${randomUUID().slice(0, 8)}` };
      return [
        { title: 'The consumer after rows of 1 KB', rows: await measure(after, marks, brokers, context) },
        {
          title: 'The consumer during a backlog that unpacks 400 : 1, rows of 200 KB',
          rows: await measure(packed, [packed.messages], brokers, context),
        },
      ];
    } finally {
      await kafka.stop();
    }
  },
};

/** One table row per mark: the consumer's memory and CPU time after that many messages. */
async function measure(
  topic: FilledTopic,
  marks: readonly number[],
  brokers: string,
  { folder, say }: BenchContext,
): Promise<Row[]> {
  say(`writing ${topic.messages} messages`);
  await fillTopic(brokers, topic);
  const consumer = await startReaders('consumer', { brokers, topic: topic.name, count: 1, folder });
  const [pid = 0] = consumer.pids;
  const rows: Row[] = [];
  const began = performance.now();
  try {
    for (const mark of marks) {
      while ((await consumer.done()) < mark) {
        consumer.check();
        await delay(pollMs);
      }
      const { now, most } = memoryMiB(pid);
      const seconds = (performance.now() - began) / 1000;
      rows.push({ messages: mark, 'RSS MiB': now, 'most MiB': most, 'CPU s': cpuSeconds(pid), seconds });
    }
  } finally {
    await consumer.stop();
  }
  return rows;
}

function repetitiveRow(index: number): Buffer {
  const row = JSON.parse(ordinary.message(index).toString()) as { data: Record<string, string>[]; type: string };
  const data = row.data.map((image) => ({ ...image, note_0: 'x'.repeat(200_000) }));
  return Buffer.from(JSON.stringify({ ...row, type: 'INSERT', old: null, _tidb: undefined, data }));
}
