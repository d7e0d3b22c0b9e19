import { uncompress } from 'snappyjs';

/** How Java producers frame snappy (xerial's SnappyOutputStream): magic number, two versions, blocks with lengths. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const xerialHeader = 16;

/**
 * Unpacks snappy, framed by xerial or bare as librdkafka and Go clients may send it.
 * @throws Error when the bytes are neither
 */
export function unpackSnappy(packed: Buffer): Buffer {
  if (!packed.subarray(0, xerialMagic.length).equals(xerialMagic)) return uncompress(packed);
  const blocks: Buffer[] = [];
  for (let at = xerialHeader; at < packed.length; ) {
    const end = at + 4 + packed.readUInt32BE(at);
    if (end > packed.length) throw new Error('a snappy block is longer than its batch');
    blocks.push(uncompress(packed.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat(blocks);
}
