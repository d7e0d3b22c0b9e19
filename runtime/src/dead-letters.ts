import { topicPattern } from './environment.ts';

/** Headers of a dead letter beside the key and value of the message that could not be decoded: why, and where it lay. */
export const deadLetterHeaders = {
  code: 'error.code',
  reason: 'error.reason',
  topic: 'original.topic',
  partition: 'original.partition',
  offset: 'original.offset',
  timestamp: 'original.timestamp',
  /** Only where the value was too large for the topic: `true`, and the bytes that it had. */
  truncated: 'original.value.truncated',
  bytes: 'original.value.bytes',
} as const;

/**
 * Headers of a message without key and value in the dead-letter topic, which says that a dead letter was sent to its
 * topic again: partition and offset of the dead letter.
 */
export const replayHeaders = { partition: 'replayed.partition', offset: 'replayed.offset' } as const;

/** A place in Kafka. */
export interface MessagePlace {
  readonly topic: string;
  readonly partition: number;
  /** Decimal text: offsets have 64 bits. */
  readonly offset: string;
}

type Headers = Readonly<Record<string, unknown>>;

/** Text of a header; undefined where there is none. */
export function headerText(headers: Headers | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return typeof value === 'string' || Buffer.isBuffer(value) ? String(value) : undefined;
}

/** Where a dead letter, or a message that was one, lay first; undefined for any other message. */
export function originalPlace(headers: Headers | undefined): MessagePlace | undefined {
  const topic = headerText(headers, deadLetterHeaders.topic);
  if (topic === undefined || !topicPattern.test(topic)) return undefined;
  const partition = headerText(headers, deadLetterHeaders.partition) ?? '';
  const offset = headerText(headers, deadLetterHeaders.offset) ?? '';
  return /^\d{1,9}$/.test(partition) && /^\d{1,19}$/.test(offset)
    ? { topic, partition: Number(partition), offset }
    : undefined;
}
