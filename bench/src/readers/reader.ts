import { Kafka, logLevel } from 'kafkajs';

/**
 * Shared code of the readers that the consumer is compared with. kafkajs has its default settings, so that none of ours
 * affects the baseline. Like the consumer, the readers get their settings from the environment.
 */
const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

export const eventLog = env('EVENT_LOG');

/** Returns a subscribed consumer that leaves its group on SIGTERM. */
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

/** The line of an event in its simplest form. */
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
