import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCanalJson } from '../../../src/protocols/canal-json/canal-json.ts';
import { QuickRows } from '../../../src/protocols/canal-json/quick-rows.ts';
import { DecodeError } from '../../../src/protocols/decode-error.ts';
import { type RowText, toRowText } from '../../../src/protocols/row-text.ts';
import { bytesOf, readVectors, type Vector } from '../../support/vectors.ts';

/** Returns the row that the normal decoder finds in a one-row message; undefined for any other message. */
function plainRowOf(value: Buffer): RowText | undefined {
  try {
    const message = decodeCanalJson(value);
    return message.kind === 'rows' && message.rows.length === 1 ? message.rows.map(toRowText)[0] : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Returns QuickRows that have learned from a message. */
function learnedFrom(value: Buffer): QuickRows {
  const quick = new QuickRows(decodeCanalJson);
  expect(quick.rowOf(value)).toBeUndefined();
  return quick;
}

interface Table {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly key: number;
}
type Row = readonly (string | null)[];

const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const table: fc.Arbitrary<Table> = fc
  .record({
    schema: name,
    table: name,
    columns: fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
    types: fc.array(fc.constantFrom('bigint', 'varchar', 'text', 'decimal', 'json', 'varchar(20)'), {
      minLength: 6,
      maxLength: 6,
    }),
    key: fc.nat(),
  })
  .map(({ key, ...rest }) => ({ ...rest, key: key % (rest.columns.length + 1) }));
/** Texts with characters that must or may be escaped. */
const value = fc.option(
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', '"', '\\', '/', '<', '\n', '\u0001', 'ü', '😀', ',', ':', '{', '}', 'u') }),
    fc.stringMatching(/^"},"old":|],"_tidb":\{"commitTs":$/),
  ),
  { nil: null },
);
const row = fc.array(value, { minLength: 6, maxLength: 6 });
const operation = fc.constantFrom('INSERT', 'UPDATE', 'DELETE');
const commitTs = fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), { nil: undefined });

interface Written {
  readonly type: string;
  readonly data: Row;
  readonly old: Row;
  readonly commitTs: bigint | undefined;
  /** TiCDC writes the types in any order. */
  readonly turn: number;
  readonly escapesHtml: boolean;
}
const written: fc.Arbitrary<Written> = fc.record({
  type: operation,
  data: row,
  old: row,
  commitTs,
  turn: fc.nat(5),
  escapesHtml: fc.boolean(),
});

/** Returns a message as TiCDC writes it. */
function encode({ schema, table: of, columns, types, key }: Table, message: Written): Buffer {
  const image = (values: Row) => Object.fromEntries(columns.map((column, n) => [column, values[n] ?? null]));
  const typed = columns.map((column, n) => [column, types[n]] as const);
  const turned = [...typed.slice(message.turn), ...typed.slice(0, message.turn)];
  const json = JSON.stringify({
    id: 0,
    database: schema,
    table: of,
    pkNames: columns.slice(0, key),
    isDdl: false,
    type: message.type,
    es: 1_795_346_692_291,
    ts: 1_795_346_692_294,
    sql: '',
    sqlType: Object.fromEntries(columns.map((column, n) => [column, n])),
    mysqlType: Object.fromEntries(turned),
    old: message.type === 'UPDATE' ? [image(message.old)] : null,
    data: [image(message.data)],
  });
  const text = message.escapesHtml ? json.replaceAll('<', '\\u003c') : json;
  const extension = message.commitTs === undefined ? '' : `,"_tidb":{"commitTs":${message.commitTs}}`;
  return Buffer.from(`${text.slice(0, -1)}${extension}}`);
}

describe('the quick way gives the same texts as the plain one', () => {
  test('or none, for every message of a table', () => {
    let quicker = 0;
    fc.assert(
      fc.property(table, written, fc.array(written, { maxLength: 5 }), (of, first, more) => {
        const quick = learnedFrom(encode(of, first));
        for (const message of [first, ...more]) {
          const bytes = encode(of, message);
          const found = quick.rowOf(bytes);
          if (found === undefined) continue;
          quicker += 1;
          expect(found).toEqual(plainRowOf(bytes));
        }
      }),
      { numRuns: 1_000 },
    );
    expect(quicker).toBeGreaterThan(500);
  });

  test('or none, for a message that was changed anywhere', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.constantFrom('', '"', '\\', ',', '0', ' ', '}', 'é', '\u0000', 'null'),
      fc.nat(2),
    );
    fc.assert(
      fc.property(table, written, fc.array(edit, { minLength: 1, maxLength: 3 }), (of, message, edits) => {
        const bytes = encode(of, message);
        const quick = learnedFrom(bytes);
        const changed = edits.reduce((text, [at, put, cut]) => {
          const place = at % (text.length + 1);
          return `${text.slice(0, place)}${put}${text.slice(place + cut)}`;
        }, bytes.toString());
        const found = quick.rowOf(Buffer.from(changed));
        if (found !== undefined) expect(found).toEqual(plainRowOf(Buffer.from(changed)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('or none, for all that TiCDC wrote', () => {
    const messages = readVectors<Vector>('canal-json.jsonl').map(bytesOf);
    let quicker = 0;
    for (const message of messages) {
      const quick = learnedFrom(message);
      for (const other of messages) {
        const found = quick.rowOf(other);
        if (found === undefined) continue;
        quicker += 1;
        expect(found).toEqual(plainRowOf(other));
      }
    }
    expect(quicker).toBeGreaterThan(20);
  });
});

describe('the quick way is taken', () => {
  const orders: Table = { schema: 'shop', table: 'orders', columns: ['id', 'note'], types: ['bigint', 'text'], key: 1 };
  const update: Written = {
    type: 'UPDATE',
    data: ['1', 'a "quoted" ü\n'],
    old: ['1', null],
    commitTs: 470_639_363_303_931_905n,
    turn: 0,
    escapesHtml: false,
  };

  test.each(['INSERT', 'UPDATE', 'DELETE'])('for an ordinary %s, with its types in any order', (type) => {
    const quick = learnedFrom(encode(orders, update));
    const bytes = encode(orders, { ...update, type, turn: 1 });
    expect(quick.rowOf(bytes)).toEqual(plainRowOf(bytes));
    expect(quick.rowOf(bytes)).toMatchObject({
      primaryKey: '{"id":"1"}',
      data: '{"id":"1","note":"a \\"quoted\\" ü\\n"}',
    });
  });

  test('again after a column was added', () => {
    const quick = learnedFrom(encode(orders, update));
    const wider = { ...orders, columns: ['id', 'note', 'extra'], types: ['bigint', 'text', 'int'] };
    const bytes = encode(wider, { ...update, data: ['1', 'x', 'y'] });
    for (let n = 0; n < 64; n += 1) quick.rowOf(bytes);
    expect(quick.rowOf(bytes)).toEqual(plainRowOf(bytes));
  });

  test('not for columns with bytes, which are converted', () => {
    const bytes = encode({ ...orders, types: ['bigint', 'blob'] }, update);
    expect(learnedFrom(bytes).rowOf(bytes)).toBeUndefined();
  });
});
