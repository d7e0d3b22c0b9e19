import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { decompress as unpackZstdInScript } from 'fzstd';
import { unpackLz4 } from './lz4.ts';
import { unpackSnappy } from './snappy.ts';

/** Kafka's codec numbers, which kafkajs uses too. */
export const codecNumbers = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

export type CodecName = keyof typeof codecNumbers;

type Unpack = (packed: Buffer) => Buffer | Promise<Buffer>;

/** Functions that unpack a batch's records, by the codec's name in `compression.type`. Each throws on other bytes. */
export const unpackers: Readonly<Record<CodecName, Unpack>> = {
  gzip: promisify(zlib.gunzip),
  snappy: unpackSnappy,
  lz4: unpackLz4,
  zstd: zstdUnpacker(),
};

/** Uses zstd of Node.js, which has it from 22.15 on, or else fzstd. */
function zstdUnpacker(): Unpack {
  const { zstdDecompress } = zlib as {
    zstdDecompress?: (packed: Buffer, done: (e: Error | null, b: Buffer) => void) => void;
  };
  if (zstdDecompress !== undefined) return promisify(zstdDecompress);
  return (packed) => {
    const { buffer, byteOffset, byteLength } = unpackZstdInScript(packed);
    return Buffer.from(buffer, byteOffset, byteLength);
  };
}
