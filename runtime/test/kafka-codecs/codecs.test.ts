import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type CodecName, codecNumbers, unpackers } from '../../src/kafka-codecs/codecs.ts';

/** The same records compressed with each codec by Kafka 4.3.1 itself (topics with `compression.type`). */
const batches = JSON.parse(readFileSync(new URL('batches.json', import.meta.url), 'utf8')) as Record<CodecName, string>;
const codecs = Object.keys(codecNumbers) as CodecName[];
/** Longer than one block of snappy's framing and of LZ4. */
const long = '0123456789abcdef'.repeat(5_000);

test.each(codecs)('%s: what Kafka packed is unpacked whole', async (codec) => {
  const unpacked = await unpackers[codec](Buffer.from(batches[codec], 'base64'));
  const texts = ['a row '.repeat(10), long, 'ünicode'].map((text) => Buffer.from(text));
  const places = texts.map((text) => unpacked.indexOf(text));
  expect(places.every((place, n) => place > (places[n - 1] ?? 0))).toBe(true);
  // Each record adds a few bytes to its value.
  const values = texts.reduce((sum, { length }) => sum + length, 0);
  expect(unpacked.length).toBeGreaterThan(values);
  expect(unpacked.length).toBeLessThan(values + 100);
});

test.each(codecs)('%s: bytes that are cut off, or something else, are refused', async (codec) => {
  const packed = Buffer.from(batches[codec], 'base64');
  const unpack = async (bytes: Buffer) => unpackers[codec](bytes);
  await expect(unpack(packed.subarray(0, packed.length >> 1))).rejects.toThrow();
  await expect(unpack(Buffer.from('not packed at all'))).rejects.toThrow();
});

test('snappy without the framing of Java, as other clients may send it', async () => {
  const { compress } = (await import('snappyjs')) as unknown as { compress: (plain: Buffer) => Buffer };
  expect((await unpackers.snappy(compress(Buffer.from(long)))).toString()).toBe(long);
});

test('lz4: a block that refers to bytes before its beginning is refused', async () => {
  const frame = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 5, 0, 0, 0, 0x14, 0x61, 9, 0, 0, 0, 0, 0, 0]);
  await expect(async () => unpackers.lz4(frame)).rejects.toThrow('an LZ4 match is out of bounds');
});
