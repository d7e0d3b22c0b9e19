import { DecodeError, describe } from '../decode-error.ts';
import { textOf, wholeNumberText, wrongValue } from '../sql-text.ts';

/*
 * Converts Debezium's numbers for temporal types to the text that TiDB prints. A DATETIME with up to three fractional
 * digits arrives in milliseconds, one with more in microseconds, and a TIME always in microseconds. A fraction of 0 is
 * omitted from DATETIMEs in milliseconds and from TIMEs, which is right for types without fractional digits.
 */

const millisecondsOfDay = 86_400_000n;
const [second, minute, hour] = [1_000_000n, 60n, 3_600n];
/** 0000-01-01 and the end of 9999, in milliseconds. */
const [firstInstant, lastInstant] = [-62_167_219_200_000n, 253_402_300_799_999n];
const zonedTimestamp = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,6})?)Z$/;

/** Days since the epoch as `2024-02-29`. */
export function dateText(value: unknown, place: string): string {
  return isoOf(integerOf(value, place) * millisecondsOfDay, value, place).slice(0, 10);
}

/** Milliseconds since the epoch, in UTC, as `2024-02-29 12:34:56`, with `.789` unless they are 0. */
export function millisecondDateTimeText(value: unknown, place: string): string {
  const iso = isoOf(integerOf(value, place), value, place);
  return iso
    .slice(0, 23)
    .replace('T', ' ')
    .replace(/\.000$/, '');
}

/** Microseconds since the epoch, in UTC, as `2024-02-29 12:34:56.123456`. */
export function microsecondDateTimeText(value: unknown, place: string): string {
  const microseconds = integerOf(value, place);
  const fraction = ((microseconds % second) + second) % second;
  const iso = isoOf((microseconds - fraction) / 1_000n, value, place);
  return `${iso.slice(0, 19).replace('T', ' ')}.${digits(fraction, 6)}`;
}

/** Microseconds as `-838:59:59`, with the fraction unless it is 0. */
export function timeText(value: unknown, place: string): string {
  const microseconds = integerOf(value, place);
  const length = microseconds < 0n ? -microseconds : microseconds;
  const seconds = length / second;
  const fraction = length % second;
  const parts = [seconds / hour, (seconds / minute) % 60n, seconds % 60n].map((part) => digits(part, 2));
  return `${microseconds < 0n ? '-' : ''}${parts.join(':')}${fraction === 0n ? '' : `.${digits(fraction, 6)}`}`;
}

/** `2024-02-29T12:34:56.12Z` as `2024-02-29 12:34:56.12`. */
export function timestampText(value: unknown, place: string): string {
  const match = zonedTimestamp.exec(textOf(value, place));
  if (match === null) throw wrongValue(place, value, 'a time in UTC');
  return `${match[1]} ${match[2]}`;
}

function integerOf(value: unknown, place: string): bigint {
  return BigInt(wholeNumberText(value, place));
}

function isoOf(milliseconds: bigint, value: unknown, place: string): string {
  if (milliseconds < firstInstant || milliseconds > lastInstant) {
    throw new DecodeError('INVALID_COLUMN_VALUE', `${place} is ${describe(value)}, not a time of the years 0 to 9999`);
  }
  return new Date(Number(milliseconds)).toISOString();
}

function digits(number: bigint, length: number): string {
  return String(number).padStart(length, '0');
}
