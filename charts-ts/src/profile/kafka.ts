import { z } from 'zod';
import { heap, stored, whole } from './values.ts';

const kafkaNodes = z.strictObject({ ...stored.shape, heap });

export const kafka = z.strictObject({
  ...kafkaNodes.shape,
  /** Controllers apart from the brokers. @default the brokers are controllers too */
  controllers: kafkaNodes.optional(),
  partitions: whole(1),
  replicationFactor: whole(1),
  minInsyncReplicas: whole(1),
  /** `scram`: TLS, a user with a password for each client, and rights for no more than it needs. */
  authentication: z.enum(['none', 'scram'], { error: 'must be none or scram' }),
  /** Raised after a password or the certificate authority was changed: brings them to consumer and changefeed. */
  credentialsVersion: whole(1).default(1),
});
