import { isUtf8 } from 'node:buffer';
import { DecodeError, describe } from './decode-error.ts';
import { isObject, type JsonObject } from './fields.ts';

/**
 * Parses the JSON object in a part of a message.
 * @param part its name in an error: `the value`
 * @param keepDigits `keepLongNumbers` or what `keepNumbersOf` returns
 * @throws DecodeError
 */
export function parseObject(bytes: Buffer, part: string, keepDigits: (json: string) => string): JsonObject {
  if (bytes.length === 0) throw new DecodeError('EMPTY_VALUE', `${part} has 0 bytes`);
  if (!isUtf8(bytes)) throw new DecodeError('INVALID_UTF8', `${part} of ${bytes.length} bytes is not UTF-8`);
  const parsed = parse(bytes, part, keepDigits);
  if (!isObject(parsed)) throw new DecodeError('NOT_AN_OBJECT', `${part} is ${describe(parsed)}`);
  return parsed;
}

function parse(bytes: Buffer, part: string, keepDigits: (json: string) => string): unknown {
  try {
    return JSON.parse(keepDigits(bytes.toString()));
  } catch (cause) {
    const found = `${part} of ${bytes.length} bytes is not JSON (${String(cause)})`;
    throw new DecodeError('INVALID_JSON', found, { cause });
  }
}

/** @throws DecodeError TOMBSTONE when there is no value */
export function requireValue(value: Buffer | null): Buffer {
  if (value === null) throw new DecodeError('TOMBSTONE', 'the value is null');
  return value;
}

/*
 * TiCDC writes 64-bit numbers as JSON numbers. `JSON.parse` rounds them, and Node 20 does not give access to their
 * source text. So the text is changed before it is parsed: a long whole number becomes an object with its digits, which
 * `numberToken` reads. `{"v":9223372036854775807}` becomes `{"v":{"digits":"9223372036854775807"}}`. Shorter numbers
 * are exact anyway, and so are FLOAT and DOUBLE, which are written with as many digits as tell them apart.
 */

/** Returns the source text of a JSON number; undefined for anything else. */
export function numberToken(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return isObject(value) && typeof value.digits === 'string' ? value.digits : undefined;
}

const shortest = 16;
/** A match never begins inside a number, which keeps the search linear. */
const longNumber = /(?<![\d.eE+-])-?[1-9]\d{15,}(?=\s*[,}\]])/g;
const backslash = 0x5c;

/** Keeps the digits of all long whole numbers, in one pass over the text outside strings. */
export function keepLongNumbers(json: string): string {
  let kept = '';
  let copied = 0;
  for (let at = 0; at < json.length; ) {
    const opening = json.indexOf('"', at);
    const end = opening < 0 ? json.length : opening;
    if (end - at >= shortest) {
      kept += json.slice(copied, at) + json.slice(at, end).replace(longNumber, '{"digits":"$&"}');
      copied = end;
    }
    if (opening < 0) break;
    at = endOfString(json, opening);
  }
  return copied === 0 ? json : kept + json.slice(copied);
}

/** Returns the position after a string's closing quote, or the end of the text. */
function endOfString(json: string, opening: number): number {
  for (let closing = json.indexOf('"', opening + 1); closing >= 0; closing = json.indexOf('"', closing + 1)) {
    let before = closing - 1;
    while (json.charCodeAt(before) === backslash) before -= 1;
    // An even number of backslashes escape each other; of an odd number, the last one escapes the quote.
    if ((closing - before) % 2 === 1) return closing + 1;
  }
  return json.length;
}

/**
 * Returns a function that does the same for the numbers of known fields only, which is faster. In JSON an unescaped
 * `"field":` is a key, never part of a string.
 */
export function keepNumbersOf(...fields: string[]): (json: string) => string {
  const numbers = new RegExp(`"(${fields.join('|')})"\\s*:\\s*(\\d{${shortest},20})(?=\\s*[,}])`, 'g');
  return (json) => json.replace(numbers, '"$1":{"digits":"$2"}');
}
