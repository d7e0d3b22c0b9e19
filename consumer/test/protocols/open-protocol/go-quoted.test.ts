import { expect, test } from 'vitest';
import { goQuotedBytes } from '../../../src/protocols/open-protocol/go-quoted.ts';

const hexOf = (text: string) => Buffer.from(goQuotedBytes(text, 'v'), 'base64').toString('hex');

test.each([
  ['', ''],
  ['abc', '616263'],
  ['\\x00\\xff\\x80', '00ff80'],
  ['é日\\x80', 'c3a9e697a580'],
  ['\\a\\b\\f\\n\\r\\t\\v', '0708' + '0c' + '0a0d090b'],
  ['\\\\x00\\"', '5c' + '783030' + '22'],
  ['\\u00a0\\U0001f600', 'c2a0f09f9880'],
])('%s is %s', (text, hex) => {
  expect(hexOf(text)).toBe(hex);
});

test.each(['\\', '\\x0', '\\xzz', '\\u12', '\\q', '\\U00110000', 'abc\\'])('%s is refused', (text) => {
  expect(() => goQuotedBytes(text, 'u."c"')).toThrow(expect.objectContaining({ code: 'INVALID_COLUMN_VALUE' }));
});

test('2 MB of escapes', () => {
  expect(hexOf('\\x00'.repeat(500_000))).toBe('00'.repeat(500_000));
});
