import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';

/** Bytes of unpacked messages to process at a time: their rows are in memory several times over. */
const portionBytes = 1024 * 1024;

/** Splits messages into portions of at most `portionBytes`, or of a single larger message. */
export function* portionsOf(messages: readonly KafkaMessage[]): Generator<readonly KafkaMessage[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, { value }] of messages.entries()) {
    const size = value?.length ?? 0;
    if (index > start && bytes + size > portionBytes) {
      yield messages.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < messages.length) yield messages.slice(start);
}
