import { canalJson } from '@tidb-cdc/consumer/protocols/canal-json/canal-json';
import type { Benchmark } from '../benchmark.ts';
import { eventLines, kafkaMessage } from '../event-lines.ts';
import { callsPerSecond } from '../harness/calls-per-second.ts';
import { interleave, median, ratio } from '../harness/interleave.ts';
import type { Row } from '../harness/table.ts';
import { type MessageShape, messageMaker } from '../messages.ts';

const shapes: Readonly<Record<string, MessageShape>> = {
  'insert, 1 KB': { operation: 'insert', columns: 8, bytes: 1_000 },
  'update, 1 KB': { operation: 'update', columns: 8, bytes: 1_000 },
  'update, 1 KB, Unicode': { operation: 'update', columns: 8, bytes: 1_000, unicode: true },
  'update, 100 columns': { operation: 'update', columns: 100, bytes: 8_000 },
  'update, 10 KB': { operation: 'update', columns: 8, bytes: 10_000 },
};

/** Number of distinct rows: a few rows would stay in the CPU's caches. */
const distinct = 1_000;

const perSecond = async (pass: () => void | Promise<void>) => distinct * (await callsPerSecond(pass));

export const decode: Benchmark = {
  name: 'decode',
  about: 'messages decoded, and their lines written, per second of CPU, compared with JSON.parse',
  async run({ runs }) {
    const rows: Row[] = [];
    for (const [message, shape] of Object.entries(shapes)) rows.push(await measure(message, shape, runs * 3));
    return [{ title: 'canal-json, messages per second of CPU time', rows }];
  },
};

async function measure(name: string, shape: MessageShape, rounds: number): Promise<Row> {
  const make = messageMaker(shape);
  const values = Array.from({ length: distinct }, (_, index) => make(index));
  const messages = values.map(kafkaMessage);
  const contenders = {
    parse: () =>
      perSecond(() => {
        for (const value of values) JSON.parse(value.toString());
      }),
    decode: () =>
      perSecond(() => {
        for (const value of values) canalJson.quickRow?.(value) ?? canalJson.decode(null, value);
      }),
    line: () =>
      perSecond(async () => {
        await eventLines(messages);
      }),
  };
  // Warm up: Node.js compiles hot code, so the first round is not comparable.
  await interleave(contenders, 1);
  const { parse, decode, line } = await interleave(contenders, rounds);
  return {
    message: name,
    bytes: values[0]?.length ?? 0,
    'JSON.parse': median(parse),
    decode: median(decode),
    'decode and line': median(line),
    'decode / parse': ratio(decode, parse),
    'line / parse': ratio(line, parse),
  };
}
