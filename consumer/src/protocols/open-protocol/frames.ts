import { DecodeError } from '../decode-error.ts';

/** Bytes of a version or a length: both are big-endian 64-bit numbers. */
const numberBytes = 8;
const version = 1n;

/** Whether a key begins with the version, as every key of open-protocol does. */
export function hasVersion(key: Buffer | null): boolean {
  return key !== null && key.length >= numberBytes && key.readBigUInt64BE() === version;
}

/**
 * Returns the keys in a message's key: a version, then each key after its length.
 * @throws DecodeError INVALID_FRAME
 */
export function keyFrames(key: Buffer | null): Buffer[] {
  if (key === null || !hasVersion(key)) {
    const found = key === null ? 'null' : `0x${key.toString('hex', 0, numberBytes)}`;
    throw new DecodeError('INVALID_FRAME', `the key begins with ${found}`);
  }
  return valueFrames(key.subarray(numberBytes), 'the key');
}

/**
 * Returns the values in a message's value, each after its length.
 * @throws DecodeError INVALID_FRAME
 */
export function valueFrames(bytes: Buffer, part = 'the value'): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + numberBytes;
    const length = start <= bytes.length ? bytes.readBigUInt64BE(at) : undefined;
    if (length === undefined || length > BigInt(bytes.length - start)) {
      const says = length === undefined ? 'ends within a length' : `has ${bytes.length - start} bytes of ${length}`;
      throw new DecodeError('INVALID_FRAME', `frame ${frames.length} of ${part} ${says}`);
    }
    at = start + Number(length);
    frames.push(bytes.subarray(start, at));
  }
  return frames;
}
