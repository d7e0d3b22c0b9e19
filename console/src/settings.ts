import {
  brokers,
  commaSeparated,
  oneOf,
  port,
  readEnvironment,
  topicName,
  topicNames,
  url,
} from '@tidb-cdc/runtime/environment';
import { kafkaAccessSettings } from '@tidb-cdc/runtime/kafka-access';
import { logLevels } from '@tidb-cdc/runtime/log';
import { appUser, consolePort, consumerPort, database, deadLetterTopic, eventsTopic } from '@tidb-cdc/runtime/names';
import { z } from 'zod';
import { isLoopback } from './security.ts';

const flag = oneOf(['true', 'false']);
const hostName = /^(?:[\w-]+(?:\.[\w-]+)*|\[[0-9a-fA-F:]+\])$/;

/** Settings of the console when it runs as its own program: each key is the name of an environment variable. */
export const consoleSettings = z
  .object({
    HTTP_HOST: z.string().default('127.0.0.1'),
    HTTP_PORT: port.default(consolePort),
    /** Host names for browsers, in addition to those of loopback. */
    HTTP_NAMES: commaSeparated(hostName, 'must be a host name without a port; several separated by commas').default([]),
    /** The login that every request needs. Optional if only this machine can reach the console. */
    CONSOLE_USERNAME: z.string().optional(),
    CONSOLE_PASSWORD: z.string().optional(),
    /** Whether dead letters may be replayed and the SQL box, if any, may be used. */
    CONSOLE_WRITE: flag.default('false'),
    /** Whether the page has the SQL box and the demo's buttons. */
    CONSOLE_SQL: flag.default('false'),
    /** Without the demo there is no user for the SQL box. */
    DEMO: oneOf(['on', 'off']).default('on'),
    KAFKA_BROKERS: brokers.default(['127.0.0.1:9092']),
    ...kafkaAccessSettings,
    KAFKA_TOPICS: topicNames.default([eventsTopic]),
    KAFKA_DEAD_LETTER_TOPIC: topicName.default(deadLetterTopic),
    /** If the host name has several addresses, each is one consumer. */
    CONSUMER_URL: url.default(`http://127.0.0.1:${consumerPort}`),
    PROMETHEUS_URL: url.default('http://127.0.0.1:9090'),
    ELASTICSEARCH_URL: url.default('http://127.0.0.1:9200'),
    ELASTICSEARCH_USERNAME: z.string().optional(),
    ELASTICSEARCH_PASSWORD: z.string().optional(),
    /** Certificate authority of Elasticsearch, as a PEM file. */
    ELASTICSEARCH_CA_FILE: z.string().optional(),
    DATABASE_HOST: z.string().default('127.0.0.1'),
    DATABASE_PORT: port.default(4000),
    DATABASE_NAME: z.string().default(database),
    DATABASE_APP_USER: z.string().default(appUser),
    DATABASE_APP_PASSWORD: z.string().optional(),
    LOG_LEVEL: oneOf(logLevels).default('info'),
  })
  .superRefine((settings, context) => {
    const refuse = (name: keyof typeof settings, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    if (!isLoopback(settings.HTTP_HOST) && settings.CONSOLE_PASSWORD === undefined) {
      refuse('HTTP_HOST', 'other machines can reach it: set CONSOLE_USERNAME and CONSOLE_PASSWORD');
    }
    if (settings.CONSOLE_SQL === 'true' && settings.CONSOLE_WRITE === 'false') {
      refuse('CONSOLE_SQL', 'a statement can change rows: set CONSOLE_WRITE=true too');
    }
    if (settings.CONSOLE_SQL === 'true' && settings.DATABASE_APP_PASSWORD === undefined) {
      refuse('CONSOLE_SQL', 'needs a login: set DATABASE_APP_PASSWORD');
    }
  });

export type ConsoleSettings = z.infer<typeof consoleSettings>;

/** @throws SettingsError (see environment.ts) with one line per wrong setting */
export function readSettings(env?: NodeJS.ProcessEnv): ConsoleSettings {
  return readEnvironment(consoleSettings, env);
}
