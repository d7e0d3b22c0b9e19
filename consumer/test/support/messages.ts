import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import { encode, insert } from './canal-messages.ts';

/** Returns a message as kafkajs delivers it. `timestamp` is in ms since the epoch. */
export function kafkaMessage(offset: number, value: Buffer | string | null, timestamp = 1_000 + offset): KafkaMessage {
  return {
    offset: String(offset),
    key: null,
    value: typeof value === 'string' ? Buffer.from(value) : value,
    timestamp: String(timestamp),
    attributes: 0,
    headers: {},
  };
}

/** Returns an INSERT of `rows` rows into shop.orders. */
export function insertMessage(offset: number, rows = 1, timestamp?: number): KafkaMessage {
  const data = Array.from({ length: rows }, (_, row) => ({ order_id: `${offset}-${row}`, note: 'x' }));
  return kafkaMessage(offset, encode({ ...insert, data }), timestamp);
}
