import { topicName } from '@tidb-cdc/runtime/environment';
import { z } from 'zod';
import { consumerGroup, deadLetterTopic, eventsTopic } from '../pipeline.ts';
import { oursOrExternal } from './external.ts';
import { flag, heap, hostPorts, stored, text, whole } from './values.ts';

const kafkaNodes = z.strictObject({ ...stored.shape, heap });

/** Raised when a password or the certificate authority has changed, to bring it to consumer and changefeed. */
const credentialsVersion = whole(1).default(1);

const ownKafka = z.strictObject({
  ...kafkaNodes.shape,
  /** Controllers separate from the brokers. @default the brokers are controllers too */
  controllers: kafkaNodes.optional(),
  partitions: whole(1),
  replicationFactor: whole(1),
  minInsyncReplicas: whole(1),
  /** `scram`: TLS, and for each client a user with a password and only the rights that it needs. */
  authentication: z.enum(['none', 'scram'], { error: 'must be none or scram' }),
  credentialsVersion,
});

const mechanisms = ['none', 'plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** A Kafka where topics, users and their rights exist already; docs/kubernetes.md lists them. */
const externalKafka = z.strictObject({
  brokers: hostPorts,
  /** Whether the listener is encrypted. */
  tls: flag.default(true),
  /** Secret with the brokers' certificate authority under the key `ca.crt`. @default a public one */
  caSecret: text.optional(),
  /** The listener's SASL mechanism. */
  authentication: z.enum(mechanisms, { error: `must be one of ${mechanisms.join(', ')}` }),
  /** Secret with `username` and `password`: one for all clients, or one per client. */
  secret: z
    .union([text, z.strictObject({ consumer: text, ticdc: text.optional(), console: text.optional() })], {
      error: 'must be the name of a Secret, or those of each client: {consumer, ticdc, console}',
    })
    .optional(),
  topic: topicName.default(eventsTopic),
  deadLetterTopic: topicName.default(deadLetterTopic),
  consumerGroup: text.default(consumerGroup),
  /** Partitions of the topic. */
  partitions: whole(1),
  replicationFactor: whole(1),
  credentialsVersion,
});

export const kafka = oursOrExternal(ownKafka, externalKafka);

/** Kafka that Strimzi runs for us. */
export type OwnKafka = z.infer<typeof ownKafka>;
/** Kafka that somebody else runs. */
export type ExternalKafka = z.infer<typeof externalKafka>;
