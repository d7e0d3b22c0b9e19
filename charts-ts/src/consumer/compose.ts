import type { consumerSettings } from '@tidb-cdc/consumer/settings';
import type { External } from '../external-settings.ts';
import { kafkaCaMount, kafkaClient, kafkaGroup, kafkaTopics } from '../kafka/compose-facts.ts';
import { wgetHttpCheck } from '../kit/compose/health.ts';
import type { SettingsOf, SystemService } from '../kit/compose/service.ts';
import { systems } from '../pipeline.ts';
import { eventLogFolder } from './facts.ts';

export const consumer = (external: External): SystemService<'consumer'> => ({
  image: { build: 'consumer' },
  command: ['node', '/app/consumer/build/main.mjs'],
  environment: {
    ...kafkaClient(external),
    ...kafkaTopics(external),
    KAFKA_GROUP_ID: kafkaGroup(external),
    KAFKA_PROTOCOL: 'auto',
    EVENT_LOG: `${eventLogFolder}/events.ndjson`,
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: String(systems.consumer.http),
  } satisfies SettingsOf<typeof consumerSettings>,
  hostFiles: kafkaCaMount(external),
  volumes: [{ volume: 'event-log', target: eventLogFolder }],
  publish: { http: 'PORT_CONSUMER' },
  health: wgetHttpCheck(systems.consumer.http, '/readyz'),
  afterDone: ['create-topic'],
  memoryMiB: 384,
  user: '1000:1000',
  // The consumer's own limit for a clean stop, and time for the last batch.
  stopSeconds: 20,
});
