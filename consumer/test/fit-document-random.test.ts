import { expect, test } from 'vitest';
import { type EventDocument, toEventDocument } from '../src/event-document.ts';
import { fitDocument } from '../src/fit-document.ts';
import type { RowImage } from '../src/protocols/message.ts';

const smallest = 32_768;

/** Returns numbers from 0 to below the argument. Uses mulberry32, so that every run has the same documents. */
type Random = (below: number) => number;

function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const alphabets = [
  ['a', 'b'],
  ['é', '日'],
  ['😀', '👩', 'x'],
  ['\u0000', '\n', '"', '\\'],
  ['\ud800', 'x'],
] as const;

function randomValue(random: Random): string | null {
  if (random(8) === 0) return null;
  const alphabet = alphabets[random(alphabets.length)] ?? alphabets[0];
  const length = random(20) === 0 ? random(30_000) : random(60);
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}

function randomImage(random: Random): RowImage {
  const columns = Array.from({ length: 1 + random(40) }, (_, index) => [`c${index}`, randomValue(random)]);
  return Object.fromEntries([['id', '1'], ...columns]);
}

function randomDocument(random: Random): EventDocument {
  const place = { schema: 'shop', table: 'orders', committedAt: random(1e9), keysOnly: false, primaryKey: { id: '1' } };
  const data = randomImage(random);
  const change =
    random(2) === 0
      ? { ...place, operation: 'insert' as const, data }
      : { ...place, operation: 'update' as const, data, old: randomImage(random), changed: Object.keys(data) };
  return toEventDocument(change, { topic: 'cdc-events', partition: 0, offset: '1', row: 0 });
}

function lineBytes(document: EventDocument): number {
  return Buffer.byteLength(`${JSON.stringify(document)}\n`);
}

interface Value {
  whole: string | null;
  kept: string | null;
}

/** Returns each value of data and old, before and after. */
function valuesOf(document: EventDocument, fitted: EventDocument): Value[] {
  const pairs = (whole: RowImage = {}, kept: RowImage = {}) => {
    expect(Object.keys(kept)).toEqual(Object.keys(whole));
    return Object.keys(whole).map((column) => ({ whole: whole[column] ?? null, kept: kept[column] ?? null }));
  };
  return [...pairs(document.cdc.data, fitted.cdc.data), ...pairs(document.cdc.old, fitted.cdc.old)];
}

function expectPrefixesOfOneLength(values: readonly Value[]): void {
  const isPrefix = ({ whole, kept }: Value) => whole === kept || (kept !== null && whole?.startsWith(kept) === true);
  expect(values.filter((value) => !isPrefix(value))).toEqual([]);
  const lengths = (some: readonly Value[]) => some.map(({ kept }) => kept?.length ?? 0);
  const cut = lengths(values.filter(({ whole, kept }) => kept !== whole));
  const untouched = lengths(values.filter(({ whole, kept }) => kept === whole));
  // All are cut to one length, except for half a character. Whole values are no longer than the next multiple of four.
  expect(Math.max(...cut) - Math.min(...cut)).toBeLessThanOrEqual(1);
  expect(Math.max(...untouched, 0)).toBeLessThan(Math.max(...cut) + 5);
}

test('random documents end within random bounds, cut only where they must be', () => {
  let cutDocuments = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = randomFrom(seed);
    const document = randomDocument(random);
    const maxBytes = smallest + random(60_000);
    const fitted = fitDocument(document, maxBytes);
    if (lineBytes(document) <= maxBytes) {
      expect(fitted, `seed ${seed}`).toBe(document);
      continue;
    }
    cutDocuments += 1;
    expect(lineBytes(fitted), `seed ${seed}`).toBeLessThanOrEqual(maxBytes);
    const { data, old } = fitted.cdc;
    const wholeAgain = { ...document.cdc, truncated: true, data, ...(old && { old }) };
    expect(fitted, `seed ${seed}`).toEqual({ ...document, cdc: wholeAgain });
    expectPrefixesOfOneLength(valuesOf(document, fitted));
  }
  // Otherwise the limits would hardly test one of the two ways.
  expect(cutDocuments).toBeGreaterThan(15);
  expect(cutDocuments).toBeLessThan(45);
});
