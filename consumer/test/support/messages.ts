import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import { encode, insert } from './canal-messages.ts';

/** A message as kafkajs delivers it. `timestamp` in ms since the epoch. */
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

/** An INSERT into shop.orders, of as many rows as are wanted. */
export function insertMessage(offset: number, rows = 1, timestamp?: number): KafkaMessage {
  const data = Array.from({ length: rows }, (_, row) => ({ order_id: `${offset}-${row}`, note: 'x' }));
  return kafkaMessage(offset, encode({ ...insert, data }), timestamp);
}
