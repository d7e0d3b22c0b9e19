import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dateText,
  microsecondDateTimeText,
  millisecondDateTimeText,
  timestampText,
  timeText,
} from '../../../src/protocols/debezium/temporal.ts';

const digits = (text: string) => ({ digits: text });

test.each([
  [dateText, 0, '1970-01-01'],
  [dateText, -1, '1969-12-31'],
  [dateText, 2_932_896, '9999-12-31'],
  [dateText, -719_162, '0001-01-01'],
  [millisecondDateTimeText, 0, '1970-01-01 00:00:00'],
  [millisecondDateTimeText, -1, '1969-12-31 23:59:59.999'],
  [millisecondDateTimeText, 253_402_300_799_000, '9999-12-31 23:59:59'],
  [microsecondDateTimeText, -1, '1969-12-31 23:59:59.999999'],
  [microsecondDateTimeText, digits('253402300799999999'), '9999-12-31 23:59:59.999999'],
  [microsecondDateTimeText, 1_000_000, '1970-01-01 00:00:01.000000'],
  [timeText, 0, '00:00:00'],
  [timeText, -1_000_000, '-00:00:01'],
  [timeText, 3_020_399_000_000, '838:59:59'],
  [timeText, -3_020_398_000_001, '-838:59:58.000001'],
  [timestampText, '2038-01-19T03:14:07Z', '2038-01-19 03:14:07'],
  [timestampText, '2024-03-31T01:30:00.500Z', '2024-03-31 01:30:00.500'],
] as const)('%o of %j is %s', (toText, value, expected) => {
  expect(toText(value, 'v')).toBe(expected);
});

test('microseconds of any DATETIME(6)', () => {
  const range = { min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n };
  fc.assert(
    fc.property(fc.bigInt(range), (microseconds) => {
      const text = microsecondDateTimeText(digits(String(microseconds)), 'v');
      const [, seconds, fraction] = /^(.{19})\.(\d{6})$/.exec(text) ?? [];
      const milliseconds = BigInt(Date.parse(`${seconds?.replace(' ', 'T')}Z`));
      expect(milliseconds * 1_000n + BigInt(fraction ?? '')).toBe(microseconds);
    }),
  );
});

describe('refused', () => {
  test.each([
    [dateText, 1.5],
    [dateText, '2024-02-29'],
    [dateText, 1e12],
    [millisecondDateTimeText, digits('9'.repeat(20))],
    [microsecondDateTimeText, digits(`-${'9'.repeat(20)}`)],
    [timeText, true],
    [timestampText, '2024-03-31 01:30:00'],
    [timestampText, '2024-03-31T01:30:00+02:00'],
    [timestampText, 0],
  ] as const)('%o of %j', (toText, value) => {
    expect(() => toText(value, 'v')).toThrow(expect.objectContaining({ code: 'INVALID_COLUMN_VALUE' }));
  });
});
