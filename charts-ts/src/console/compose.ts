import type { consoleSettings } from '@tidb-cdc/console/settings';
import { elasticsearchUrls, elasticsearchUsers } from '../elastic/facts.ts';
import { kafkaComposeLogin } from '../kafka/facts.ts';
import { wgetHttpCheck } from '../kit/compose/health.ts';
import { fromEnvironment, type SettingsOf, type SystemService } from '../kit/compose/service.ts';
import { address, appUser, database, systems } from '../pipeline.ts';
import { tidbHosts } from '../tidb/facts.ts';
import { consoleTopics, consoleUser } from './facts.ts';

const { console: reader } = elasticsearchUsers;

export const console: SystemService<'console'> = {
  image: { build: 'console' },
  command: ['node', '/app/console/build/main.mjs'],
  environment: {
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: String(systems.console.http),
    CONSOLE_USERNAME: consoleUser,
    CONSOLE_PASSWORD: fromEnvironment('CONSOLE_PASSWORD'),
    CONSOLE_WRITE: 'true',
    CONSOLE_SQL: 'true',
    DEMO: fromEnvironment('DEMO'),
    KAFKA_BROKERS: address('kafka', 'clients'),
    ...kafkaComposeLogin,
    ...consoleTopics,
    CONSUMER_URL: `http://${address('consumer', 'http')}`,
    PROMETHEUS_URL: `http://${address('prometheus', 'http')}`,
    ELASTICSEARCH_URL: elasticsearchUrls.compose,
    ELASTICSEARCH_USERNAME: reader.username,
    ELASTICSEARCH_PASSWORD: fromEnvironment(reader.passwordVariable),
    DATABASE_HOST: tidbHosts.compose,
    DATABASE_PORT: String(systems.tidb.sql),
    DATABASE_NAME: database,
    DATABASE_APP_USER: appUser,
    DATABASE_APP_PASSWORD: fromEnvironment('TIDB_APP_PASSWORD'),
  } satisfies SettingsOf<typeof consoleSettings>,
  publish: { http: 'PORT_CONSOLE' },
  // It waits for nothing: it shows what is not there yet.
  health: wgetHttpCheck(systems.console.http, '/healthz'),
  memoryMiB: 192,
  user: '1000:1000',
};
