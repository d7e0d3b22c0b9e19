import { type ProtocolName, protocolNames } from '@tidb-cdc/runtime/names';
import { describe, expect, test } from 'vitest';
import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { createDecoder } from '../../src/protocols/decoder.ts';
import { bytesOf, keyOf, readVectors, type Vector } from '../support/vectors.ts';

const place = { topic: 'cdc-events', partition: 0 };

/** Returns the first row without options, and for simple the schema change before it. */
function messagesOf(name: ProtocolName) {
  const vectors = readVectors<Vector>(`${name}.jsonl`);
  const of = (test: (vector: Vector) => boolean) => {
    const vector = vectors.find(test);
    if (vector === undefined) throw new Error('no such vector');
    return { key: keyOf(vector), value: bytesOf(vector) };
  };
  const row = of(({ expected }) => expected.table === 'uk' && expected.type === 'INSERT');
  return name === 'simple' ? [of(({ expected }) => expected.table === 'uk' && expected.type === 'DDL'), row] : [row];
}

function autoDecoder() {
  const { log, lines } = recordedLog();
  const decoder = createDecoder('auto', log);
  const decode = (name: ProtocolName, partition = 0) =>
    messagesOf(name).map((message) => decoder.decode({ topic: 'cdc-events', partition }, message).kind);
  return { decoder, decode, lines };
}

describe('auto', () => {
  test.each(protocolNames)('%s is told by the first message, and the log says so once', (name) => {
    const { decode, lines } = autoDecoder();
    expect(decode(name)).toContain('rows');
    decode(name);
    expect(lines).toMatchObject([{ level: 'info', topic: 'cdc-events', partition: 0, protocol: name }]);
  });

  test.each(protocolNames)('a watermark of %s is enough', (name) => {
    const watermark = readVectors<Vector>(`${name}.jsonl`).find(
      ({ expected, config }) => expected.type === 'WATERMARK' && config['encoding-format'] !== 'avro',
    );
    if (watermark === undefined) return expect(name).toBe('debezium');
    const { decoder } = autoDecoder();
    const message = { key: keyOf(watermark), value: bytesOf(watermark) };
    return expect(decoder.decode(place, message).kind).toBe('watermark');
  });

  test('a changefeed that is given another protocol is read on, partition by partition', () => {
    const { decode, lines } = autoDecoder();
    decode('canal-json', 0);
    decode('canal-json', 1);
    expect(decode('debezium', 0)).toEqual(['rows']);
    expect(decode('canal-json', 1)).toEqual(['rows']);
    expect(decode('debezium', 1)).toEqual(['rows']);
    expect(lines.map(({ partition, before, protocol }) => [partition, before, protocol])).toEqual([
      [0, undefined, 'canal-json'],
      [1, undefined, 'canal-json'],
      [0, 'canal-json', 'debezium'],
      [1, 'canal-json', 'debezium'],
    ]);
  });

  test('a message that is of no protocol says what to set', () => {
    const { decoder } = autoDecoder();
    const decode = () => decoder.decode(place, { key: null, value: Buffer.from('{"id":1}') });
    expect(decode).toThrow(expect.objectContaining({ code: 'UNKNOWN_PROTOCOL' }));
    expect(decode).toThrow(/none of them.*KAFKA_PROTOCOL/);
  });

  test('a message that could be of two says which', () => {
    const both = Buffer.from('{"type":"INSERT","isDdl":false,"payload":{"source":{}}}');
    expect(() => autoDecoder().decoder.decode(place, { key: null, value: both })).toThrow(/canal-json and debezium/);
  });

  test('what is not JSON at all has that for its reason', () => {
    const decode = (value: Buffer | null) => () => autoDecoder().decoder.decode(place, { key: null, value });
    expect(decode(Buffer.from('{bad'))).toThrow(expect.objectContaining({ code: 'INVALID_JSON' }));
    expect(decode(null)).toThrow(expect.objectContaining({ code: 'TOMBSTONE' }));
  });

  test('a broken message keeps the reason of the protocol that was decided on', () => {
    const { decoder, decode } = autoDecoder();
    decode('simple');
    const value = Buffer.from('{"version":1,"type":"INSERT","buildTs":1}');
    expect(() => decoder.decode(place, { key: null, value })).toThrow(/^database is missing/);
  });
});

test.each(protocolNames)('KAFKA_PROTOCOL=%s reads nothing else', (name) => {
  const decoder = createDecoder(name, recordedLog().log);
  for (const other of protocolNames.filter((candidate) => candidate !== name)) {
    for (const message of messagesOf(other)) expect(() => decoder.decode(place, message)).toThrow();
  }
  expect(messagesOf(name).map((message) => decoder.decode(place, message).kind)).toContain('rows');
});

test('schemas of simple are those of a topic, in all its partitions', () => {
  const decoder = createDecoder('simple', recordedLog().log);
  const [schema, row] = messagesOf('simple');
  if (schema === undefined || row === undefined) throw new Error('no such vectors');
  decoder.decode({ topic: 'a', partition: 1 }, schema);
  expect(decoder.decode({ topic: 'a', partition: 0 }, row).kind).toBe('rows');
  expect(() => decoder.decode({ topic: 'b', partition: 0 }, row)).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_SCHEMA' }),
  );
});
