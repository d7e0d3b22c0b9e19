import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { decompress as unpackZstdInScript } from 'fzstd';
import { unpackLz4 } from './lz4.ts';
import { unpackSnappy } from './snappy.ts';

/** kafkajs's numbers of the codecs, which are Kafka's own. */
export const codecNumbers = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

export type CodecName = keyof typeof codecNumbers;

type Unpack = (packed: Buffer) => Buffer | Promise<Buffer>;

/** Unpacks the records of a batch, by the name of the codec in `compression.type`. Each throws where the bytes are not its own. */
export const unpackers: Readonly<Record<CodecName, Unpack>> = {
  gzip: promisify(zlib.gunzip),
  snappy: unpackSnappy,
  lz4: unpackLz4,
  zstd: zstdUnpacker(),
};

/** Node.js has zstd from 22.15 on; fzstd does it before. */
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
