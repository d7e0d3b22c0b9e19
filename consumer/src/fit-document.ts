import type { EventDocument } from './event-document.ts';
import type { RowImage } from './protocols/message.ts';

/** How much of a document {@link fitDocument} keeps. */
interface Kept {
  /** maximum UTF-16 units of each value in data and old */
  valueLength: number;
  /** the columns kept in data, old and changed */
  columns: readonly string[];
  /** maximum UTF-16 units of each value of the primary key */
  keyLength: number;
}

/** Returns the line if it and a newline have at most `maxBytes` bytes of UTF-8, or else that of a cut document. */
export function fitLine(line: string, maxBytes: number): string {
  // A UTF-16 unit takes at most three bytes of UTF-8, so ordinary lines need not be measured.
  if (line.length * 3 < maxBytes || Buffer.byteLength(line) < maxBytes) return line;
  return JSON.stringify(fitDocument(JSON.parse(line) as EventDocument, maxBytes));
}

/**
 * Returns the document, or a cut copy whose line (`JSON.stringify` and a newline) has at most `maxBytes` bytes of
 * UTF-8. A copy is marked `cdc.truncated`. The identity stays: it was computed from the whole key. The cuts, in order:
 * 1. Values in data and old are cut to one maximum length, which is a multiple of four, so that base64 can still be
 *    decoded. A character is never split.
 * 2. If that is not enough, columns are dropped from the images: the last first, those of the key at the end.
 * 3. If the key is still too long, which takes a key over a prefix of a long column, its values are cut.
 * @param maxBytes at least 32,768: the rest of a document is smaller than that (names have at most 64 characters)
 */
export function fitDocument(document: EventDocument, maxBytes: number): EventDocument {
  if (lineBytes(document) <= maxBytes) return document;
  const fits = (kept: Kept) => lineBytes(cut(document, kept)) <= maxBytes;
  return cut(document, mostThatFits(document, maxBytes, fits));
}

function mostThatFits(document: EventDocument, maxBytes: number, fits: (kept: Kept) => boolean): Kept {
  const columns = columnsKeysFirst(document);
  // A value cannot be longer than the line, so the search need not begin above that.
  const withValues = (valueLength: number): Kept => ({ valueLength, columns, keyLength: Number.POSITIVE_INFINITY });
  if (fits(withValues(0))) return withValues(largest(maxBytes, (length) => fits(withValues(length))));

  const withColumns = (count: number): Kept => ({ ...withValues(0), columns: columns.slice(0, count) });
  if (fits(withColumns(0))) return withColumns(largest(columns.length, (count) => fits(withColumns(count))));

  const withKey = (keyLength: number): Kept => ({ ...withColumns(0), keyLength });
  return withKey(largest(maxBytes, (length) => fits(withKey(length))));
}

/** Finds the largest n from 0 to `most` that fits, by bisection. If n fits, so does any smaller one; 0 always fits. */
function largest(most: number, fits: (n: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function columnsKeysFirst({ cdc }: EventDocument): string[] {
  const columns = Object.keys({ ...cdc.data, ...cdc.old });
  const isKey = (column: string) => Object.hasOwn(cdc.primary_key, column);
  return [...columns.filter(isKey), ...columns.filter((column) => !isKey(column))];
}

function cut(document: EventDocument, { valueLength, columns, keyLength }: Kept): EventDocument {
  const { cdc } = document;
  const kept = new Set(columns);
  const image = (whole: RowImage): RowImage =>
    Object.fromEntries(
      Object.entries(whole)
        .filter(([column]) => kept.has(column))
        .map(([column, value]) => [column, prefix(value, valueLength)]),
    );
  return {
    ...document,
    cdc: {
      ...cdc,
      primary_key: Object.fromEntries(
        Object.entries(cdc.primary_key).map(([column, value]) => [column, prefix(value, keyLength)]),
      ),
      data: image(cdc.data),
      ...(cdc.old && { old: image(cdc.old) }),
      ...(cdc.changed && { changed: cdc.changed.filter((column) => kept.has(column)) }),
      truncated: true,
    },
  };
}

function prefix(value: string | null, length: number): string | null {
  if (value === null || value.length <= length) return value;
  const end = length - (length % 4);
  return value.slice(0, isHighSurrogate(value.charCodeAt(end - 1)) ? end - 1 : end);
}

/** Whether this is the first half of a character beyond U+FFFF. */
function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function lineBytes(document: EventDocument): number {
  return Buffer.byteLength(JSON.stringify(document)) + 1;
}
