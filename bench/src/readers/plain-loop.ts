/** Decodes a batch, writes its lines at once, commits. No handling of broken messages, no counters, no fsync. */
import { open } from 'node:fs/promises';
import { eventLog, plainLine, subscribe } from './reader.ts';

const file = await open(eventLog, 'a');
const consumer = await subscribe();
await consumer.run({
  eachBatch: async ({ batch: { topic, partition, messages } }) => {
    let lines = '';
    for (const { offset, value } of messages) lines += plainLine(topic, partition, offset, value);
    await file.write(lines);
  },
});
