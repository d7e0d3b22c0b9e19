import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepLongNumbers, keepNumbersOf, numberToken } from '../../src/protocols/json.ts';

/** Writes bigints as JSON numbers. */
function toJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, entry]) => `${JSON.stringify(key)} : ${toJson(entry)}`)
      .join(' , ')}}`;
  }
  return JSON.stringify(value);
}

/** Reads as the decoders do: numbers as their text, everything else unchanged. */
function read(value: unknown): unknown {
  const token = numberToken(value);
  if (token !== undefined) return BigInt(token);
  if (Array.isArray(value)) return value.map(read);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, read(entry)]));
}

const number = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
/** Strings that look like the numbers to be found. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '12345678901234567890',
    ':12345678901234567890,',
    '":12345678901234567890}',
    '\\',
    '\\"',
    '"commitTs":12345678901234567890}',
  ),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    number,
    text,
    fc.constantFrom(null, true, false),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== 'digits' && key !== '__proto__'),
      tie('tree'),
      { maxKeys: 4 },
    ),
  ),
}));

test('every 64-bit number keeps its digits, and nothing else changes', () => {
  fc.assert(
    fc.property(tree, (value) => {
      // In an array, because a message is never just a number.
      expect(read(JSON.parse(keepLongNumbers(toJson([value]))))).toEqual([plain(value)]);
    }),
    { numRuns: 1_000 },
  );
});

/** fast-check's objects have no prototype. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

test('the numbers of a field keep their digits, whatever strings hold', () => {
  const keep = keepNumbersOf('commitTs', 'version');
  fc.assert(
    fc.property(
      number.filter((n) => n > 0n),
      text,
      (commitTs, note) => {
        const parsed = JSON.parse(
          keep(`{"note":${JSON.stringify(note)}, "commitTs" : ${commitTs}, "v":{"version":${commitTs}}}`),
        );
        expect(read(parsed)).toEqual({ note, commitTs, v: { version: commitTs } });
      },
    ),
  );
});

describe('what is not JSON stays so', () => {
  test.each([
    '{"v":01234567890123456789}',
    '{"v":1234567890123456789x}',
    '{"v":--1234567890123456789}',
    '{"v":1.2.1234567890123456789}',
    '{1234567890123456789:1}',
    '{"v" 1234567890123456789}',
    '{"v":+1234567890123456789}',
  ])('%s', (json) => {
    expect(() => JSON.parse(keepLongNumbers(json))).toThrow(SyntaxError);
  });

  test('any text', () => {
    fc.assert(
      fc.property(fc.string(), (json) => {
        const isJson = (candidate: string) => {
          try {
            JSON.parse(candidate);
            return true;
          } catch {
            return false;
          }
        };
        expect(isJson(keepLongNumbers(json))).toBe(isJson(json));
      }),
    );
  });
});
