import { DecodeError, describe } from './decode-error.ts';
import { numberToken } from './json.ts';

/*
 * Converts a column's value, in the forms that protocols send it in, to the text that SELECT prints in TiDB. `place`
 * names the value in an error.
 */

const wholeNumber = /^-?\d{1,20}$/;
const decimalNumber = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const base64Text = /^[A-Za-z0-9+/]*={0,2}$/;

export function wrongValue(place: string, value: unknown, expected: string): DecodeError {
  return new DecodeError('INVALID_COLUMN_VALUE', `${place} is ${describe(value)}, not ${expected}`);
}

/** @throws DecodeError when it is not a string */
export function textOf(value: unknown, place: string): string {
  if (typeof value !== 'string') throw wrongValue(place, value, 'a string');
  return value;
}

/** Whole numbers of up to 64 bits: integers, YEAR, BIT as a number, an enum's index, a set's bitmask. */
export function wholeNumberText(value: unknown, place: string): string {
  const text = numberToken(value);
  if (text === undefined || !wholeNumber.test(text)) throw wrongValue(place, value, 'a whole number');
  return text;
}

/** FLOAT and DOUBLE in full digits, as TiDB prints them: 1e+21 as 1000000000000000000000. */
export function numberText(value: unknown, place: string): string {
  const match = decimalNumber.exec(numberToken(value) ?? '');
  if (match === null) throw wrongValue(place, value, 'a number');
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  return sign + shiftPoint(whole, fraction, Number(exponent));
}

/** `whole.fraction` times ten to the power of `by`. */
function shiftPoint(whole: string, fraction: string, by: number): string {
  const digits = whole + fraction;
  const point = whole.length + by;
  const padded = point > 0 ? digits.padEnd(point, '0') : '0'.repeat(1 - point) + digits;
  const at = Math.max(point, 1);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const right = padded.slice(at).replace(/0+$/, '');
  return right === '' ? left : `${left}.${right}`;
}

/** Bytes, which arrive as base64 and stay base64. */
export function base64Of(value: unknown, place: string): string {
  const text = textOf(value, place);
  if (text.length % 4 !== 0 || !base64Text.test(text)) throw wrongValue(place, value, 'base64');
  return text;
}

/** Text that arrives as the base64 of its UTF-8. */
export function textOfBase64(value: unknown, place: string): string {
  return Buffer.from(base64Of(value, place), 'base64').toString();
}
