/** The usual first consumer: one awaited append per message, offsets committed by kafkajs. */
import { appendFile } from 'node:fs/promises';
import { eventLog, plainLine, subscribe } from './reader.ts';

const consumer = await subscribe();
await consumer.run({
  eachMessage: async ({ topic, partition, message: { offset, value } }) => {
    await appendFile(eventLog, plainLine(topic, partition, offset, value));
  },
});
