import type { ProtocolName } from '@tidb-cdc/runtime/names';
import { describe, expect, test } from 'vitest';
import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { type EventDocument, toEventDocument } from '../../src/event-document.ts';
import { createDecoder, type Decoder } from '../../src/protocols/decoder.ts';
import type { DecodedMessage, RowChange } from '../../src/protocols/message.ts';
import { bootstrapOf, bytesOf, expectedImage, keyOf, readVectors, type Vector } from '../support/vectors.ts';

/*
 * The same SQL, as TiCDC wrote it in each protocol. What each decodes to is compared with what SELECT returned and with
 * the other protocols, so that a changefeed's protocol makes no difference to the event log.
 */

const place = { topic: 'cdc-events', partition: 0 };
const full = '{"enable-tidb-extension":true}';
const onlyUpdated = '{"content-compatible":true,"enable-tidb-extension":true,"only-output-updated-columns":true}';

interface Source {
  readonly protocol: ProtocolName;
  readonly config: string;
  /** options with which canal-json has the same columns in `old` */
  readonly canalConfig: string;
}

const complete: Source[] = [
  { protocol: 'open-protocol', config: '{"max-batch-size":16}', canalConfig: full },
  {
    protocol: 'open-protocol',
    config: '{"max-batch-size":1,"only-output-updated-columns":true}',
    canalConfig: onlyUpdated,
  },
  { protocol: 'simple', config: '{"encoding-format":"json"}', canalConfig: full },
];

function vectorsOf(protocol: ProtocolName, config: string): Vector[] {
  return readVectors<Vector>(`${protocol}.jsonl`).filter((vector) => JSON.stringify(vector.config) === config);
}

function decodeAll(protocol: ProtocolName, config: string): DecodedMessage[] {
  const decoder: Decoder = createDecoder('auto', recordedLog().log);
  return vectorsOf(protocol, config).map((vector) => {
    const schema = protocol === 'simple' ? bootstrapOf(vector) : undefined;
    if (schema) expect(decoder.decode(place, { key: null, value: schema }).kind).toBe('table-schema');
    return decoder.decode(place, { key: keyOf(vector), value: bytesOf(vector) });
  });
}

function rowsOf(messages: readonly DecodedMessage[]): RowChange[] {
  return messages.flatMap((message) => (message.kind === 'rows' ? message.rows : []));
}

/** Columns keep the source's order: the table's, or alphabetical. */
function documentsOf(protocol: ProtocolName, config: string): EventDocument[] {
  return rowsOf(decodeAll(protocol, config)).map((change, row) => {
    const document = toEventDocument(change, { ...place, offset: '1', row });
    return { ...document, cdc: { ...document.cdc, changed: [...(change.changed ?? [])].sort() } };
  });
}

test.each([
  ['canal-json', full, 34],
  ['open-protocol', '{"max-batch-size":16}', 27],
  ['open-protocol', '{"max-batch-size":1,"only-output-updated-columns":true}', 34],
  ['simple', '{"encoding-format":"json"}', 34],
  ['debezium', '{"debezium-disable-schema":false}', 24],
  ['debezium', '{"debezium-disable-schema":true}', 24],
] as const)('%s with %s: %i messages, 24 rows', (protocol, config, messages) => {
  const decoded = decodeAll(protocol, config);
  expect(decoded).toHaveLength(messages);
  expect(rowsOf(decoded)).toHaveLength(24);
});

describe.each(complete)('$protocol with $config', ({ protocol, config, canalConfig }) => {
  test('rows are what SELECT returned', () => {
    const vectors = vectorsOf(protocol, config);
    const expected = vectors.flatMap(({ expected: { schema, table, rows } }) =>
      rows.map((row) => ({
        schema,
        table,
        operation: row.op.toLowerCase(),
        commitTs: row.commitTs,
        committedAt: Number(BigInt(row.commitTs) >> 18n),
        data: expectedImage(row.after ?? row.before, table),
        keysOnly: false,
      })),
    );
    expect(rowsOf(decodeAll(protocol, config))).toMatchObject(expected);
  });

  test('documents are those of canal-json, identity and key included', () => {
    expect(documentsOf(protocol, config)).toEqual(documentsOf('canal-json', canalConfig));
  });

  test('schema changes and watermarks are those of canal-json', () => {
    const others = (messages: DecodedMessage[]) =>
      messages
        .filter(({ kind }) => kind !== 'rows')
        // A new schema has no table; its name is in the statement. The names of types differ.
        .map((message) => ({ ...message, type: undefined, ...(isNewSchema(message) ? { schema: 'app' } : {}) }));
    expect(others(decodeAll(protocol, config))).toEqual(others(decodeAll('canal-json', full)));
  });
});

function isNewSchema(message: DecodedMessage): boolean {
  return message.kind === 'schema-change' && message.sql.startsWith('create database');
}

/** What debezium loses, by column of all_types, uk and users: see docs/protocols.md. */
const lossy = {
  unsigned: ['c_ubigint', 'id'],
  decimal: ['c_decimal', 'c_decimal65', 'c_decimal0', 'balance'],
  zeroDate: ['c_date', 'c_datetime', 'c_datetime6', 'c_timestamp'],
};

describe('debezium', () => {
  const canal = documentsOf('canal-json', full);
  const withSchema = documentsOf('debezium', '{"debezium-disable-schema":false}');
  const withoutSchema = documentsOf('debezium', '{"debezium-disable-schema":true}');

  test('rows are those of canal-json, but for what TiCDC does not write', () => {
    expect(new Set(withSchema.flatMap((document, row) => differingColumns(document, canal[row])))).toEqual(
      new Set(Object.values(lossy).flat()),
    );
  });

  test('identity and key are those of canal-json, where no unsigned key overflows and the table has a primary key', () => {
    const differing = withSchema.flatMap(({ event, cdc }, row) => {
      const other = canal[row];
      return event.id === other?.event.id ? [] : [`${cdc.table} ${JSON.stringify(cdc.primary_key)}`];
    });
    expect(new Set(differing)).toEqual(new Set(['all_types {"id":"-1","k":"k-1"}', 'uk {"code":"AP+A"}']));
  });

  test('what is lost is lost as documented', () => {
    const values = (column: string) => new Set(withSchema.map(({ cdc }) => cdc.data[column]));
    expect(values('c_ubigint')).toContain('-1');
    expect(values('c_decimal')).toContain('1.5');
    expect(values('c_date')).toContain('2024-02-29');
    expect(values('c_timestamp')).toContain('1970-01-01 00:00:00');
  });

  test('without a schema the other differences are types that only a schema tells', () => {
    const columns = withoutSchema.flatMap((document, row) => differingColumns(document, withSchema[row]));
    expect(new Set(columns)).toEqual(
      new Set([
        ...['c_bit10', 'c_bit64', 'c_enum', 'c_set', 'c_date', 'c_datetime', 'c_datetime6', 'c_timestamp'],
        ...['c_timestamp6', 'c_time', 'c_time6', 'created_at'],
      ]),
    );
    expect(withoutSchema.map(({ event }) => event.id)).toEqual(withSchema.map(({ event }) => event.id));
  });
});

function differingColumns(document: EventDocument, other: EventDocument | undefined): string[] {
  const { data } = document.cdc;
  return Object.keys({ ...data, ...other?.cdc.data }).filter((column) => data[column] !== other?.cdc.data[column]);
}
