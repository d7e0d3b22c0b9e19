import { topicPattern } from './environment.ts';

/** Headers that a dead letter adds to a message that could not be decoded: the reason and its original position. */
export const deadLetterHeaders = {
  code: 'error.code',
  reason: 'error.reason',
  topic: 'original.topic',
  partition: 'original.partition',
  offset: 'original.offset',
  timestamp: 'original.timestamp',
  /** Only when the value was too large for the topic: `true`, and the original length in bytes. */
  truncated: 'original.value.truncated',
  bytes: 'original.value.bytes',
} as const;

/**
 * Headers of the message that records a replay in the dead-letter topic: the partition and offset of the dead letter
 * that was sent to its original topic again. That message has no key and no value.
 */
export const replayHeaders = { partition: 'replayed.partition', offset: 'replayed.offset' } as const;

/** Position of a message in Kafka. */
export interface MessagePlace {
  readonly topic: string;
  readonly partition: number;
  /** Decimal text: offsets have 64 bits. */
  readonly offset: string;
}

type Headers = Readonly<Record<string, unknown>>;

/** Returns a header as text; undefined when there is none. */
export function headerText(headers: Headers | undefined, name: string): string | undefined {
  const value = headers?.[name];
  return typeof value === 'string' || Buffer.isBuffer(value) ? String(value) : undefined;
}

/** Returns the original position of a dead letter or of a replayed one; undefined for any other message. */
export function originalPlace(headers: Headers | undefined): MessagePlace | undefined {
  const topic = headerText(headers, deadLetterHeaders.topic);
  if (topic === undefined || !topicPattern.test(topic)) return undefined;
  const partition = headerText(headers, deadLetterHeaders.partition) ?? '';
  const offset = headerText(headers, deadLetterHeaders.offset) ?? '';
  return /^\d{1,9}$/.test(partition) && /^\d{1,19}$/.test(offset)
    ? { topic, partition: Number(partition), offset }
    : undefined;
}
