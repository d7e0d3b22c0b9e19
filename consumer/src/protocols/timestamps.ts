import { DecodeError } from './decode-error.ts';
import { type JsonObject, wrongField } from './fields.ts';
import { numberToken } from './json.ts';

const largestTimestamp = 2n ** 64n - 1n;
const digits = /^\d{1,20}$/;

/**
 * A TSO as decimal text.
 * @param path what to call the field in an error
 * @throws DecodeError when it is missing, no whole number, or out of range
 */
export function timestampOf(object: JsonObject, field: string, path = field): string {
  const value = object[field];
  const text = numberToken(value);
  if (text === undefined) throw wrongField(path, value, 'a number');
  // A short number in another form, 4.2e17, would pass as digits.
  const isOdd = typeof value === 'number' && !Number.isSafeInteger(value);
  if (isOdd || !digits.test(text) || BigInt(text) === 0n || BigInt(text) > largestTimestamp) {
    throw new DecodeError('INVALID_TIMESTAMP', `${path} is ${text}`);
  }
  return text;
}

/** Milliseconds since the epoch of a TSO: the bits above its 18-bit logical counter (PD's TSO format). */
export function millisecondsOf(timestamp: string): number {
  return Number(BigInt(timestamp) >> 18n);
}
