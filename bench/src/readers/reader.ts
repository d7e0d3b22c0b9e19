import { Kafka, logLevel } from 'kafkajs';

/**
 * What the readers that the consumer is compared with have in common: kafkajs as it comes, so that no setting of ours
 * moves what is compared with. Told what to read as the consumer is, in the environment.
 */
const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

export const eventLog = env('EVENT_LOG');

/** A consumer that has subscribed, and leaves its group at SIGTERM. */
export async function subscribe() {
  const kafka = new Kafka({
    brokers: [env('KAFKA_BROKERS')],
    clientId: 'cdc-bench',
    logLevel: logLevel.ERROR,
  });
  const consumer = kafka.consumer({ groupId: env('KAFKA_GROUP_ID') });
  process.once('SIGTERM', () => {
    consumer.disconnect().finally(() => process.exit());
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [env('KAFKA_TOPICS')], fromBeginning: true });
  return consumer;
}

/** The line of an event as one would write it without a second thought. */
export function plainLine(topic: string, partition: number, offset: string, value: Buffer | null): string {
  const message = JSON.parse((value ?? '{}').toString());
  const document = {
    '@timestamp': new Date(message.es).toISOString(),
    event: { id: `${topic}-${partition}-${offset}`, action: message.type.toLowerCase(), dataset: 'cdc.events' },
    cdc: {
      schema: message.database,
      table: message.table,
      data: message.data[0],
      old: message.old?.[0],
      source: { topic, partition, offset },
    },
  };
  return `${JSON.stringify(document)}\n`;
}
