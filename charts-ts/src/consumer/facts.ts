import { consumerGroup, deadLetterTopic, eventsTopic } from '../pipeline.ts';

/** The consumer's settings for topics and group on targets without a profile. */
export const consumerTopics = {
  KAFKA_TOPICS: eventsTopic,
  KAFKA_GROUP_ID: consumerGroup,
  KAFKA_DEAD_LETTER_TOPIC: deadLetterTopic,
} as const;

/** Folder of the event log in containers: the consumer writes it, Filebeat reads it. */
export const eventLogFolder = '/var/lib/cdc-events';

/** What Filebeat reads: the segments, not the link to the current one. */
export const eventLogGlob = `${eventLogFolder}/events.*.ndjson`;

/** Volume of a pod on Kubernetes: the event log with its counts, and Filebeat's read positions. */
export const eventLogVolume = 'event-log';
