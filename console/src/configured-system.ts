import { readCertificate } from '@tidb-cdc/runtime/certificate';
import { defined } from '@tidb-cdc/runtime/defined';
import { readKafkaAccess } from '@tidb-cdc/runtime/kafka-access';
import type { Logger } from '@tidb-cdc/runtime/log';
import { readLogin } from '@tidb-cdc/runtime/login';
import { clientId, DeadLetters } from './dead-letters.ts';
import { observeParts } from './observed-parts.ts';
import type { ConsoleSettings } from './settings.ts';
import type { SqlAccess, System } from './system.ts';

/**
 * Creates access to the system that the settings describe.
 * @throws SettingsError when a login is incomplete or a file cannot be read
 */
export function configuredSystem(settings: ConsoleSettings, log: Logger): System {
  const { ELASTICSEARCH_CA_FILE: caFile, KAFKA_BROKERS: brokers } = settings;
  const deadLetters = new DeadLetters({
    kafka: { brokers, clientId, log, access: readKafkaAccess(settings) },
    topics: settings.KAFKA_TOPICS,
    deadLetterTopic: settings.KAFKA_DEAD_LETTER_TOPIC,
  });
  const parts = {
    consumer: { url: settings.CONSUMER_URL },
    prometheus: { url: settings.PROMETHEUS_URL },
    elasticsearch: {
      url: settings.ELASTICSEARCH_URL,
      ...defined({
        login: readLogin(settings, 'ELASTICSEARCH'),
        ca: readCertificate('ELASTICSEARCH_CA_FILE', caFile),
      }),
    },
  };
  return {
    ...parts,
    parts: observeParts(parts, deadLetters),
    deadLetters,
    canReplay: settings.CONSOLE_WRITE === 'true',
    ...defined({ sql: settings.CONSOLE_SQL === 'true' && settings.DEMO === 'on' ? sqlAccess(settings) : undefined }),
  };
}

function sqlAccess(settings: ConsoleSettings): SqlAccess {
  return {
    host: settings.DATABASE_HOST,
    port: settings.DATABASE_PORT,
    appUser: settings.DATABASE_APP_USER,
    appPassword: settings.DATABASE_APP_PASSWORD ?? '',
    database: settings.DATABASE_NAME,
  };
}
