import { DecodeError } from './decode-error.ts';
import { type JsonObject, wrongField } from './fields.ts';
import { numberToken } from './json.ts';

const largestTimestamp = 2n ** 64n - 1n;
const digits = /^\d{1,20}$/;

/**
 * Returns a TSO as decimal text.
 * @param path name of the field in an error
 * @throws DecodeError when it is missing, not a whole number, or out of range
 */
export function timestampOf(object: JsonObject, field: string, path = field): string {
  const value = object[field];
  const text = numberToken(value);
  if (text === undefined) throw wrongField(path, value, 'a number');
  // A number in another form, such as 4.2e17, would become digits and pass.
  const isOdd = typeof value === 'number' && !Number.isSafeInteger(value);
  if (isOdd || !digits.test(text) || BigInt(text) === 0n || BigInt(text) > largestTimestamp) {
    throw new DecodeError('INVALID_TIMESTAMP', `${path} is ${text}`);
  }
  return text;
}

/** Returns a TSO's milliseconds since the epoch: the bits above its 18-bit logical counter (PD's TSO format). */
export function millisecondsOf(timestamp: string): number {
  return Number(BigInt(timestamp) >> 18n);
}
