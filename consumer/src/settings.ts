import path from 'node:path';
import {
  brokers,
  oneOf,
  port,
  positiveInteger,
  readEnvironment,
  topicName,
  topicNames,
  wholeNumber,
} from '@tidb-cdc/runtime/environment';
import { kafkaAccessSettings } from '@tidb-cdc/runtime/kafka-access';
import { logLevels } from '@tidb-cdc/runtime/log';
import { consumerGroup, consumerPort, deadLetterTopic, eventsTopic } from '@tidb-cdc/runtime/names';
import { z } from 'zod';
import { claimSettings } from './claim-check/settings.ts';
import { protocolSettings } from './protocols/decoder.ts';
import { rowLookupSettings } from './row-lookup/settings.ts';

const eventLogRule = 'must be the path of a file that ends in .ndjson';

/**
 * The consumer's settings: each key is the name of an environment variable. `EVENT_LOG` is an absolute path after
 * reading.
 */
export const consumerSettings = z
  .object({
    KAFKA_BROKERS: brokers.default(['127.0.0.1:9092']).describe('Bootstrap servers, separated by commas.'),
    KAFKA_TOPICS: topicNames.default([eventsTopic]).describe('Topics that changefeeds write to, separated by commas.'),
    KAFKA_PROTOCOL: oneOf(protocolSettings)
      .default('auto')
      .describe("The protocol of the changefeed's sink URI; `auto` decides by the messages."),
    ...claimSettings,
    ...rowLookupSettings,
    ...kafkaAccessSettings,
    KAFKA_GROUP_ID: z.string().default(consumerGroup).describe('Consumer group.'),
    KAFKA_DEAD_LETTER_TOPIC: topicName
      .default(deadLetterTopic)
      .describe('Topic for messages that cannot be decoded; it must exist.'),
    EVENT_LOG: z
      .string()
      .endsWith('.ndjson', { error: eventLogRule })
      .default('.state/events.ndjson')
      .transform((text) => path.resolve(text))
      .describe('Event log, a path that ends in `.ndjson`. Counts and schemas are kept beside it.'),
    EVENT_LOG_MAX_BYTES: wholeNumber(32_768)
      .default(1_048_576)
      .describe('Longest line, in bytes. A larger row is cut in its data.'),
    EVENT_LOG_ROTATE_BYTES: wholeNumber(32_768)
      .default(67_108_864)
      .describe('Size of a segment, in bytes, at which the next one begins.'),
    EVENT_LOG_KEEP_FILES: wholeNumber(2).default(10).describe('Segments that are kept, the current one included.'),
    EVENT_LOG_NUDGE_SECONDS: positiveInteger
      .default(60)
      .describe('How often every segment gets an empty line, which brings Filebeat back to a file that it has closed.'),
    HTTP_HOST: z.string().default('127.0.0.1').describe('Address for metrics and probes.'),
    HTTP_PORT: port.default(consumerPort).describe('Port for `/metrics`, `/livez` and `/readyz`.'),
    LOG_LEVEL: oneOf(logLevels)
      .default('info')
      .describe(`One of ${logLevels.join(', ')}.`),
    METRICS_MAX_TABLES: wholeNumber(1)
      .default(1_000)
      .describe('Tables with series of their own; further tables are counted together as `other`.'),
    // Long enough for two requests to time out.
    LIVENESS_TIMEOUT_SECONDS: wholeNumber(30)
      .default(60)
      .describe('`/livez` fails after so many seconds without a sign of consumption.'),
    SHUTDOWN_TIMEOUT_SECONDS: positiveInteger
      .default(10)
      .describe('Longest time for the batch at work when the consumer is told to end.'),
  })
  .superRefine((settings, context) => {
    if (settings.KAFKA_TOPICS.includes(settings.KAFKA_DEAD_LETTER_TOPIC)) {
      context.addIssue({
        code: 'custom',
        path: ['KAFKA_DEAD_LETTER_TOPIC'],
        message: 'must not be one of KAFKA_TOPICS, or each dead letter would be read and sent again',
      });
    }
    if (settings.EVENT_LOG_ROTATE_BYTES < settings.EVENT_LOG_MAX_BYTES) {
      context.addIssue({
        code: 'custom',
        path: ['EVENT_LOG_ROTATE_BYTES'],
        message: `must be at least EVENT_LOG_MAX_BYTES (${settings.EVENT_LOG_MAX_BYTES}), so that a segment holds a line`,
      });
    }
  });

export type ConsumerSettings = z.infer<typeof consumerSettings>;

/** @throws SettingsError (see environment.ts) with one line per invalid setting */
export function readSettings(env?: NodeJS.ProcessEnv): ConsumerSettings {
  return readEnvironment(consumerSettings, env);
}
