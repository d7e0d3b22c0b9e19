import { describe, expect, test } from 'vitest';
import { decodeCanalJson } from '../../../src/protocols/canal-json/canal-json.ts';
import { millisecondsOf } from '../../../src/protocols/timestamps.ts';
import { commitTs, decodeRow, encode, insert, update } from '../../support/canal-messages.ts';

const json = JSON.stringify(insert);

test('JSON.parse alone would get the timestamp of these tests wrong', () => {
  expect(String(BigInt(JSON.parse(commitTs)))).not.toBe(commitTs);
});

test.each(['1', '262144', '470639363275882498', '9223372036854775807', '18446744073709551615'])(
  'all digits of %s are kept',
  (digits) => {
    expect(decodeRow(encode(insert, `{"commitTs":${digits}}`)).commitTs).toBe(digits);
  },
);

test('a TSO holds its milliseconds above 18 bits of counter', () => {
  expect(millisecondsOf('470639363275882498')).toBe(1_795_346_692_184);
  expect(millisecondsOf(String((1_795_346_692_184n << 18n) + 262_143n))).toBe(1_795_346_692_184);
});

describe('the digits are those of the extension', () => {
  const misleading = `"_tidb":{"commitTs":1}}`;

  test('not of text in a value, whatever it looks like', () => {
    const data = [{ order_id: '1', note: misleading }];
    expect(decodeRow(encode({ ...insert, data }, `{"commitTs":${commitTs}}`)).commitTs).toBe(commitTs);
  });

  test('not of columns with these names', () => {
    const columns = { order_id: '1', _tidb: misleading, commitTs: '5', watermarkTs: '6' };
    const mysqlType = Object.fromEntries(Object.keys(columns).map((column) => [column, 'text']));
    const sqlType = { commitTs: 12, watermarkTs: 12 };
    const message = { ...update, mysqlType, sqlType, data: [columns], old: [columns] };
    const row = decodeRow(encode(message, `{"commitTs":${commitTs}}`));
    expect(row.commitTs).toBe(commitTs);
    expect(row.data).toEqual(columns);
    expect(decodeRow(encode(message)).commitTs).toBeUndefined();
  });

  test('wherever the extension stands in the message', () => {
    const first = `{"_tidb":{"commitTs":${commitTs}},${json.slice(1)}`;
    expect(decodeRow(Buffer.from(first)).commitTs).toBe(commitTs);
  });

  test('of the last one, as JSON.parse takes it', () => {
    const twice = `{"_tidb":{"commitTs":1},${json.slice(1, -1)},"_tidb":{"commitTs":2,"commitTs":${commitTs}}}`;
    expect(decodeRow(Buffer.from(twice)).commitTs).toBe(commitTs);
  });

  test('a row with its keys only needs no TSO: Canal, which has none, sends it at the time of the source', () => {
    const row = decodeRow(encode(insert, '{"onlyHandleKey":true}'));
    expect(row.keysOnly).toBe(true);
    expect(row).not.toHaveProperty('commitTs');
  });

  test('with space around it and more beside it', () => {
    const row = decodeRow(encode(insert, `{ "onlyHandleKey" : true , "commitTs" :\n${commitTs} , "more" : {"x": 1} }`));
    expect(row).toMatchObject({ commitTs, keysOnly: true });
  });
});

test.each([
  ['{"commitTs":0}', 'INVALID_TIMESTAMP'],
  ['{"commitTs":-1}', 'INVALID_TIMESTAMP'],
  ['{"commitTs":4.5}', 'INVALID_TIMESTAMP'],
  ['{"commitTs":4.2e17}', 'INVALID_TIMESTAMP'],
  ['{"commitTs":18446744073709551616}', 'INVALID_TIMESTAMP'],
  [`{"commitTs":${'9'.repeat(400)}}`, 'INVALID_TIMESTAMP'],
  ['{"commitTs":007}', 'INVALID_JSON'],
  [`{"commitTs":"${commitTs}"}`, 'WRONG_TYPE'],
  ['{"commitTs":null}', 'WRONG_TYPE'],
  ['{"commitTs":[1]}', 'WRONG_TYPE'],
  ['{}', 'MISSING_FIELD'],
  ['{"watermarkTs":1}', 'MISSING_FIELD'],
  ['null', 'WRONG_TYPE'],
  ['[]', 'WRONG_TYPE'],
  ['5', 'WRONG_TYPE'],
])('_tidb %s is refused: %s', (extension, code) => {
  expect(() => decodeCanalJson(encode(insert, extension))).toThrow(expect.objectContaining({ code }));
});

test.each([
  [undefined, 'MISSING_FIELD'],
  [null, 'WRONG_TYPE'],
  ['1640007049196', 'WRONG_TYPE'],
  [-1, 'INVALID_TIMESTAMP'],
  [1.5, 'INVALID_TIMESTAMP'],
  [253_402_300_800_000, 'INVALID_TIMESTAMP'],
  [1e300, 'INVALID_TIMESTAMP'],
])('es %s is refused: %s', (es, code) => {
  const decode = () => decodeCanalJson(encode({ ...insert, es }));
  expect(decode).toThrow(expect.objectContaining({ code }));
  expect(decode).toThrow(/^es is /);
});

test('the last time that es can say', () => {
  expect(decodeRow(encode({ ...insert, es: 253_402_300_799_999 })).committedAt).toBe(253_402_300_799_999);
});
