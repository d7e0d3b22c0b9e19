/** The plain loop: decodes a batch, writes its lines at once, commits. No message that is broken, no count, no sync. */
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
