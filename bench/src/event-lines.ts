import { decodeBatch } from '@tidb-cdc/consumer/decode-batch';
import { EventLines } from '@tidb-cdc/consumer/event-log/event-lines';
import { createDecoder } from '@tidb-cdc/consumer/protocols/decoder';
import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import { createLogger } from '@tidb-cdc/runtime/log';

const log = createLogger({ level: 'silent', dataset: 'cdc.bench' });
const maxLineBytes = 1024 * 1024;
const decoder = createDecoder('canal-json', log);

/** Converts messages into lines of the event log, as the consumer does. */
export async function eventLines(messages: readonly KafkaMessage[]): Promise<Buffer> {
  const lines = new EventLines();
  const append = lines.append.bind(lines);
  await decodeBatch(
    { topic: 'cdc-events', partition: 0, messages },
    { decoder, nextNew: 0, maxLineBytes, append, log },
  );
  return lines.take();
}

/** A message as kafkajs delivers it. */
export function kafkaMessage(value: Buffer, offset: number): KafkaMessage {
  return { key: null, value, offset: String(offset), timestamp: '1795000000000', attributes: 0, headers: {} };
}
