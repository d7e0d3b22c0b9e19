import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base64Of, numberText, textOfBase64, wholeNumberText } from '../../src/protocols/sql-text.ts';

test.each([
  [0, '0'],
  [-1, '-1'],
  [1.5, '1.5'],
  [-2.25, '-2.25'],
  [0.1, '0.1'],
  [2.7182817, '2.7182817'],
  [1e21, '1000000000000000000000'],
  [-1.1754944e-38, '-0.000000000000000000000000000000000000011754944'],
  [1e-7, '0.0000001'],
  [123456.789e3, '123456789'],
  [{ digits: '100000000000000000000' }, '100000000000000000000'],
])('a DOUBLE of %j prints as %s', (value, expected) => {
  expect(numberText(value, 'v')).toBe(expected);
});

test('a DOUBLE prints without exponent and is the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = numberText(value, 'v');
      expect(text).toMatch(/^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/);
      // -0 is written as 0.
      expect(Number(text) + 0).toBe(value + 0);
    }),
  );
});

test('whole numbers of 64 bits', () => {
  expect(wholeNumberText(-128, 'v')).toBe('-128');
  expect(wholeNumberText({ digits: '18446744073709551615' }, 'v')).toBe('18446744073709551615');
});

describe('refused, with the place and the value', () => {
  test.each([1.5, '1', true, {}, { digits: '1e5' }, 2 ** 70])('%j is no whole number', (value) => {
    expect(() => wholeNumberText(value, 'u."c"')).toThrow(/^u\."c" is .*not a whole number/);
  });

  test.each(['1', true, {}, { digits: 'x' }])('%j is no number', (value) => {
    expect(() => numberText(value, 'v')).toThrow(expect.objectContaining({ code: 'INVALID_COLUMN_VALUE' }));
  });

  test.each(['a', 'ab', 'abc', 'ab=c', 'a===', '====', 'äöüß'])('%j is no base64', (value) => {
    expect(() => base64Of(value, 'v')).toThrow(/not base64/);
  });
});

test('bytes and text in base64', () => {
  expect(base64Of('AP+A', 'v')).toBe('AP+A');
  expect(textOfBase64(Buffer.from('日本 😀').toString('base64'), 'v')).toBe('日本 😀');
});
