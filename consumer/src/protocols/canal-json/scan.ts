const quote = 0x22;
const backslash = 0x5c;
const zero = 0x30;
const nine = 0x39;

/** Positions of an image's values in the text, by column, including their quotes. */
export interface ValuePlaces {
  readonly starts: number[];
  readonly ends: number[];
}

/**
 * Finds the values of an image `{"id":"1","note":null}`, which must have the columns of `keys` in their order.
 * @param keys the text before each value: `{"id":`, `,"note":`
 * @returns the position after the image, or -1 if it does not match
 */
export function scanImage(text: string, start: number, keys: readonly string[], places: ValuePlaces): number {
  let at = start;
  for (let column = 0; column < keys.length; column += 1) {
    const key = keys[column] as string;
    if (at < 0 || !text.startsWith(key, at)) return -1;
    at += key.length;
    places.starts[column] = at;
    at = text.charCodeAt(at) === quote ? stringEnd(text, at) : text.startsWith('null', at) ? at + 4 : -1;
    places.ends[column] = at;
  }
  return at >= 0 && text[at] === '}' ? at + 1 : -1;
}

/** Returns the position after the closing quote of a string that opens at `start`, or -1. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    // An even number of backslashes escape each other; of an odd number, the last one escapes the quote.
    if ((end - before) % 2 === 1) return end + 1;
  }
  return -1;
}

/** Returns the position after a JSON whole number of at most `mostDigits` digits; -1 if there is none. */
export function wholeNumberEnd(text: string, start: number, mostDigits: number): number {
  if (start < 0) return -1;
  let end = start;
  while (text.charCodeAt(end) >= zero && text.charCodeAt(end) <= nine) end += 1;
  const digits = end - start;
  const hasLeadingZero = digits > 1 && text.charCodeAt(start) === zero;
  return digits > 0 && digits <= mostDigits && !hasLeadingZero ? end : -1;
}

/** Whether a column has the same text in two images. */
export function sameText(text: string, one: ValuePlaces, other: ValuePlaces, column: number): boolean {
  const start = one.starts[column] as number;
  const otherStart = other.starts[column] as number;
  const length = (one.ends[column] as number) - start;
  if (length !== (other.ends[column] as number) - otherStart) return false;
  for (let n = 0; n < length; n += 1) {
    if (text.charCodeAt(start + n) !== text.charCodeAt(otherStart + n)) return false;
  }
  return true;
}
