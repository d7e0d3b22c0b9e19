import { describe, expect, test } from 'vitest';
import { type EventDocument, toEventDocument } from '../src/event-document.ts';
import { fitDocument } from '../src/fit-document.ts';
import type { RowImage } from '../src/protocols/message.ts';
import { commitTs, committedAt } from './support/canal-messages.ts';

const smallest = 32_768;
const source = { topic: 'cdc-events', partition: 0, offset: '1', row: 0 };

function documentOf(data: RowImage, old?: RowImage, primaryKey: RowImage = { id: data.id ?? '1' }): EventDocument {
  const change = {
    ...{ schema: 'shop', table: 'orders', commitTs, committedAt, keysOnly: false },
    ...{ primaryKey, data, operation: old ? ('update' as const) : ('insert' as const) },
  };
  return toEventDocument(old ? { ...change, old, changed: Object.keys(old) } : change, source);
}

function lineBytes(document: EventDocument): number {
  return Buffer.byteLength(`${JSON.stringify(document)}\n`);
}

function withoutImages({ cdc, ...rest }: EventDocument) {
  const { data: _data, old: _old, truncated: _truncated, ...others } = cdc;
  return { ...rest, cdc: others };
}

describe('a line within the bound', () => {
  test('stays the very document, far below it', () => {
    const document = documentOf({ id: '1', note: 'x'.repeat(1_000) });
    expect(fitDocument(document, smallest)).toBe(document);
  });

  test('stays the very document at the bound, and is cut one byte above', () => {
    const room = smallest - lineBytes(documentOf({ id: '1', note: '' }));
    const exact = documentOf({ id: '1', note: 'x'.repeat(room) });
    expect(lineBytes(exact)).toBe(smallest);
    expect(fitDocument(exact, smallest)).toBe(exact);
    const above = documentOf({ id: '1', note: 'x'.repeat(room + 1) });
    expect(fitDocument(above, smallest).cdc.truncated).toBe(true);
  });

  test('counts bytes, not characters', () => {
    const document = documentOf({ id: '1', note: '日'.repeat(11_000) });
    expect(JSON.stringify(document).length).toBeLessThan(smallest);
    expect(fitDocument(document, smallest).cdc.truncated).toBe(true);
  });
});

describe('a longer line', () => {
  const document = documentOf(
    { id: '1', short: 'kept', gone: null, long: 'a'.repeat(50_000), longer: 'b'.repeat(90_000) },
    { id: '1', short: 'also kept', gone: 'x', long: 'c'.repeat(10_000), longer: null },
  );
  const fitted = fitDocument(document, smallest);

  test('loses of its longest values only, as little as is needed', () => {
    const { data, old } = fitted.cdc;
    expect(lineBytes(fitted)).toBeLessThanOrEqual(smallest);
    // Cutting at a multiple of four leaves up to 3 units of each of two values unused, the search 4 more per value.
    expect(lineBytes(fitted)).toBeGreaterThan(smallest - 16);
    expect(data).toMatchObject({ id: '1', short: 'kept', gone: null });
    expect(data.long?.length).toBe(data.longer?.length);
    expect(old).toEqual({ ...document.cdc.old, long: 'c'.repeat(10_000) });
    expect(document.cdc.data.long?.startsWith(data.long ?? 'none')).toBe(true);
  });

  test('is marked, and all but data and old is as it was', () => {
    expect(fitted.cdc.truncated).toBe(true);
    expect(withoutImages(fitted)).toEqual(withoutImages(document));
    expect(document.cdc).not.toHaveProperty('truncated');
    expect(document.cdc.data.longer).toHaveLength(90_000);
  });

  test('uses a larger bound', () => {
    const larger = fitDocument(document, 120_000);
    expect(lineBytes(larger)).toBeLessThanOrEqual(120_000);
    expect(lineBytes(larger)).toBeGreaterThan(120_000 - 8);
    expect(larger.cdc.data.long).toHaveLength(50_000);
  });
});

test('a character of two units is never cut in half', () => {
  for (const before of ['', 'x', 'xx', 'xxx']) {
    const value = before + '😀'.repeat(20_000);
    const { note } = fitDocument(documentOf({ id: '1', note: value }), smallest).cdc.data;
    // Half a character would become U+FFFD in UTF-8.
    expect(Buffer.from(note ?? '').toString() === note).toBe(true);
    expect(value.startsWith(note ?? 'none')).toBe(true);
    expect(Buffer.byteLength(note ?? '')).toBeGreaterThan(32_000);
  }
});

test('a part of base64 is base64 of the first bytes', () => {
  const bytes = Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * 7) % 256));
  const { blob } = fitDocument(documentOf({ id: '1', blob: bytes.toString('base64') }), smallest).cdc.data;
  const kept = Buffer.from(blob ?? '', 'base64');
  expect(kept.toString('base64')).toBe(blob);
  expect(kept.equals(bytes.subarray(0, kept.length))).toBe(true);
  expect(kept.length).toBeGreaterThan(24_000);
});

test('half a pair of units that the source itself sent stays within the bound', () => {
  const fitted = fitDocument(documentOf({ id: '1', note: '\ud800'.repeat(50_000) }), smallest);
  expect(lineBytes(fitted)).toBeLessThanOrEqual(smallest);
  expect(fitted.cdc.truncated).toBe(true);
});

describe('more columns than the bound has room for', () => {
  const names = Array.from({ length: 4_096 }, (_, index) => `${index}`.padStart(64, 'c'));
  const data = Object.fromEntries([...names.map((name) => [name, 'value']), ['id', 'k'.repeat(3_072)]]);
  const document = documentOf(data, data, { id: 'k'.repeat(3_072) });
  const fitted = fitDocument(document, smallest);

  test('the last go, from data, old and changed alike, and the key stays', () => {
    expect(lineBytes(fitted)).toBeLessThanOrEqual(smallest);
    const kept = Object.keys(fitted.cdc.data);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept).toEqual([...names.slice(0, kept.length - 1), 'id']);
    expect(Object.keys(fitted.cdc.old ?? {})).toEqual(kept);
    expect(fitted.cdc.changed).toEqual(kept);
    expect(fitted.cdc.primary_key).toEqual(document.cdc.primary_key);
    expect(fitted.cdc.truncated).toBe(true);
  });

  test('one column more would not fit', () => {
    const kept = Object.keys(fitted.cdc.data).length;
    const oneMore = names[kept - 1] ?? 'none';
    const { cdc } = fitted;
    const wider = {
      ...fitted,
      cdc: {
        ...cdc,
        data: { ...cdc.data, [oneMore]: '' },
        old: { ...cdc.old, [oneMore]: '' },
        changed: [...(cdc.changed ?? []), oneMore],
      },
    };
    expect(lineBytes(wider)).toBeGreaterThan(smallest);
  });
});

test('the largest key of MySQL, in the longest names, is kept whole', () => {
  const names = Array.from({ length: 16 }, (_, index) => `${index}`.padEnd(64, '日'));
  const key = Object.fromEntries(names.map((name) => [name, '\u0001'.repeat(192)]));
  const fitted = fitDocument(documentOf({ ...key, note: 'x'.repeat(50_000) }, key, key), smallest);
  expect(lineBytes(fitted)).toBeLessThanOrEqual(smallest);
  expect(fitted.cdc.primary_key).toEqual(key);
});

test('a key over a prefix of a long column is cut last of all', () => {
  const key = { id: 'k'.repeat(100_000), part: '7' };
  const document = documentOf({ ...key, note: 'x' }, undefined, key);
  const fitted = fitDocument(document, smallest);
  expect(lineBytes(fitted)).toBeLessThanOrEqual(smallest);
  expect(fitted.cdc.primary_key.part).toBe('7');
  expect(fitted.cdc.primary_key.id).toMatch(/^k{30000,}$/);
  expect(fitted.event.id).toBe(document.event.id);
});

test('a column named __proto__ is cut like any other', () => {
  const data: RowImage = JSON.parse(`{"id":"1","__proto__":"${'p'.repeat(50_000)}"}`);
  const fitted = fitDocument(documentOf(data), smallest);
  expect(lineBytes(fitted)).toBeGreaterThan(smallest - 16);
  expect(JSON.stringify(fitted)).toContain('"__proto__":"ppp');
});
