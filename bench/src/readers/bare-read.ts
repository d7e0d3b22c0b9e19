/** Reads messages and discards them: the most that kafkajs delivers. Prints the number of messages read. */
import { subscribe } from './reader.ts';

let read = 0;
const consumer = await subscribe();
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    read += batch.messages.length;
  },
});
let printed = 0;
setInterval(() => {
  if (read === printed) return;
  printed = read;
  process.stdout.write(`${read}\n`);
}, 20);
