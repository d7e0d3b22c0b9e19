import { createDecoder } from '@tidb-cdc/consumer/protocols/decoder';
import { createLogger } from '@tidb-cdc/runtime/log';
import type { ProtocolName } from '@tidb-cdc/runtime/names';
import { bootstrapOf, bytesOf, keyOf, readVectors, type Vector } from '../../../consumer/test/support/vectors.ts';
import type { Benchmark } from '../benchmark.ts';
import { callsPerSecond } from '../harness/calls-per-second.ts';
import { interleave, median, ratio } from '../harness/interleave.ts';
import type { Row, Table } from '../harness/table.ts';

/** The same row change in each protocol, as TiCDC wrote it. */
const rows: Readonly<Record<string, string>> = {
  'INSERT, 6 columns': 'INSERT three rows in one transaction (message 1 of 3)',
  'UPDATE, 48 columns': 'UPDATE several columns',
};
const configs = {
  'canal-json': ['canal-json', '{"enable-tidb-extension":true}'],
  'open-protocol': ['open-protocol', '{"max-batch-size":1,"only-output-updated-columns":true}'],
  'debezium, with schema': ['debezium', '{"debezium-disable-schema":false}'],
  'debezium, without': ['debezium', '{"debezium-disable-schema":true}'],
  simple: ['simple', '{"encoding-format":"json"}'],
} as const satisfies Record<string, readonly [ProtocolName, string]>;
type Contender = keyof typeof configs;

const place = { topic: 'cdc-events', partition: 0 };
const repetitions = 200;
const log = createLogger({ level: 'silent', dataset: 'cdc.bench' });

export const protocols: Benchmark = {
  name: 'protocols',
  about: 'messages of each protocol decoded per second of CPU',
  async run({ runs }) {
    const tables: Table[] = [];
    for (const [row, description] of Object.entries(rows)) {
      const title = `${row}: messages per second of CPU time`;
      tables.push({ title, rows: await measure(description, runs * 3) });
    }
    return tables;
  },
};

async function measure(description: string, rounds: number): Promise<Row[]> {
  const messages = mapValues((name) => messageOf(configs[name], description));
  const contenders = mapValues((name) => decodeOf(configs[name][0], messages[name]));
  // Warm up: Node.js compiles hot code, so the first round is not comparable.
  await interleave(contenders, 1);
  const figures = await interleave(contenders, rounds);
  return (Object.keys(configs) as Contender[]).map((name) => ({
    protocol: name,
    bytes: messages[name].value.length + (messages[name].key?.length ?? 0),
    decode: median(figures[name]),
    'decode / canal-json': ratio(figures[name], figures['canal-json']),
  }));
}

interface Message {
  readonly bootstraps: readonly Buffer[];
  readonly key: Buffer | null;
  readonly value: Buffer;
}

function messageOf([protocol, config]: readonly [ProtocolName, string], description: string): Message {
  const vectors = readVectors<Vector>(`${protocol}.jsonl`).filter((one) => JSON.stringify(one.config) === config);
  const vector = vectors.find((one) => one.description === description);
  if (vector === undefined) throw new Error(`no vector '${description}' in ${protocol}`);
  // The protocol `simple` gets its schemas from these.
  const changes = vectors.filter(({ expected }) => expected.type === 'DDL').map(bytesOf);
  const bootstrap = bootstrapOf(vector);
  return { bootstraps: [...changes, ...(bootstrap ? [bootstrap] : [])], key: keyOf(vector), value: bytesOf(vector) };
}

function decodeOf(protocol: ProtocolName, { bootstraps, key, value }: Message): () => Promise<number> {
  const decoder = createDecoder(protocol, log);
  if (protocol === 'simple') for (const bootstrap of bootstraps) decoder.decode(place, { key: null, value: bootstrap });
  return async () =>
    repetitions *
    (await callsPerSecond(() => {
      for (let count = 0; count < repetitions; count++) decoder.decode(place, { key, value });
    }));
}

function mapValues<T>(of: (name: Contender) => T): Record<Contender, T> {
  return Object.fromEntries((Object.keys(configs) as Contender[]).map((name) => [name, of(name)])) as Record<
    Contender,
    T
  >;
}
