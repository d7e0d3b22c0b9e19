/**
 * LZ4 frames, as Kafka's record batches carry them: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and
 * lz4_Block_format.md. Written here because the pure JavaScript packages are unmaintained, and the consumer ships as
 * one file without native addons. Checksums are not verified: Kafka has one over the whole batch.
 */
const magic = 0x184d2204;
const flags = { blockChecksum: 0x10, contentSize: 0x08, dictionary: 0x01 } as const;
const storedBlock = 0x80000000;
const largestBlock: Readonly<Record<number, number>> = { 4: 65_536, 5: 262_144, 6: 1_048_576, 7: 4_194_304 };

/** @throws Error when the bytes are not one LZ4 frame */
export function unpackLz4(frame: Buffer): Buffer {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magic) throw new Error('not an LZ4 frame');
  const flag = frame.readUInt8(4);
  const blockBytes = largestBlock[(frame.readUInt8(5) >> 4) & 7];
  if (flag >> 6 !== 1 || (flag & flags.dictionary) !== 0 || blockBytes === undefined) {
    throw new Error('not a supported LZ4 frame');
  }
  const hasChecksum = (flag & flags.blockChecksum) !== 0;
  const blocks: { start: number; end: number; stored: boolean }[] = [];
  for (let at = (flag & flags.contentSize) === 0 ? 7 : 15; ; ) {
    const size = frame.readUInt32LE(at);
    if (size === 0) break;
    const start = at + 4;
    const end = start + (size & ~storedBlock);
    if (end > frame.length) throw new Error('an LZ4 block is longer than its frame');
    blocks.push({ start, end, stored: (size & storedBlock) !== 0 });
    at = end + (hasChecksum ? 4 : 0);
  }

  // One buffer for all blocks: a block may refer to the contents of earlier ones.
  const unpacked = Buffer.allocUnsafe(blocks.length * blockBytes);
  let length = 0;
  for (const { start, end, stored } of blocks) {
    if (stored) length += frame.copy(unpacked, length, start, end);
    else length = unpackBlock(frame, start, end, unpacked, length);
  }
  return unpacked.subarray(0, length);
}

/** Unpacks a block to `target` at `length`, and returns the new length. */
function unpackBlock(source: Buffer, start: number, end: number, target: Buffer, length: number): number {
  let from = start;
  let to = length;
  /** A nibble of 15 means that the length continues in the next bytes, up to the first that is not 255. */
  const lengthOf = (nibble: number): number => {
    let sum = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; sum += byte) byte = source[from++] ?? 0;
    return sum;
  };
  while (from < end) {
    const token = source[from++] as number;
    const literals = lengthOf(token >> 4);
    if (from + literals > end || to + literals > target.length) throw new Error('an LZ4 block ends too early');
    source.copy(target, to, from, from + literals);
    from += literals;
    to += literals;
    if (from >= end) break;
    const distance = source.readUInt16LE(from);
    from += 2;
    const matched = lengthOf(token & 15) + 4;
    if (distance === 0 || distance > to || to + matched > target.length)
      throw new Error('an LZ4 match is out of bounds');
    if (distance >= matched) target.copyWithin(to, to - distance, to - distance + matched);
    else for (let n = 0; n < matched; n += 1) target[to + n] = target[to + n - distance] as number;
    to += matched;
  }
  return to;
}
