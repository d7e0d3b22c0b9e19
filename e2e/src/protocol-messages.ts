import type { Message } from '@tidb-cdc/runtime/kafka';
import type { ProtocolName } from '@tidb-cdc/runtime/names';
import { bootstrapOf, bytesOf, keyOf, readVectors, type Vector } from '../../consumer/test/support/vectors.ts';

/** TiCDC's messages in a protocol, with one set of sink options. */
export function vectorsOf(protocol: ProtocolName, config: string): Vector[] {
  return readVectors<Vector>(`${protocol}.jsonl`).filter((vector) => JSON.stringify(vector.config) === config);
}

/** Converts vectors to Kafka messages and replaces their schema `app` by another. */
export function messagesIn(schema: string, protocol: ProtocolName, vectors: readonly Vector[]): Message[] {
  const move = (bytes: Buffer) =>
    Buffer.from(bytes.toString('latin1').replaceAll(/"(database|schema|db|scm)":"app"/g, `"$1":"${schema}"`), 'latin1');
  return vectors.flatMap((vector) => {
    const bootstrap = protocol === 'simple' ? bootstrapOf(vector) : undefined;
    const key = keyOf(vector);
    const movedKey = key && protocol === 'open-protocol' ? moveFrames(key, move) : key;
    const value = protocol === 'open-protocol' ? bytesOf(vector) : move(bytesOf(vector));
    return [...(bootstrap ? [{ value: move(bootstrap) }] : []), { key: movedKey, value }];
  });
}

const numberBytes = 8;

/** A key in open-protocol: a version, then frames of a length and JSON. */
function moveFrames(key: Buffer, move: (frame: Buffer) => Buffer): Buffer {
  const parts = [key.subarray(0, numberBytes)];
  for (let at = numberBytes; at < key.length; ) {
    const start = at + numberBytes;
    at = start + Number(key.readBigUInt64BE(at));
    const frame = move(key.subarray(start, at));
    const length = Buffer.alloc(numberBytes);
    length.writeBigUInt64BE(BigInt(frame.length));
    parts.push(length, frame);
  }
  return Buffer.concat(parts);
}
