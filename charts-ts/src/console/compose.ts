import type { consoleSettings } from '@tidb-cdc/console/settings';
import { elasticsearchCaMount, elasticsearchClient } from '../elastic/compose-facts.ts';
import type { External } from '../external-settings.ts';
import { kafkaCaMount, kafkaClient, kafkaTopics } from '../kafka/compose-facts.ts';
import { wgetHttpCheck } from '../kit/compose/health.ts';
import { fromEnvironment, type SettingsOf, type SystemService } from '../kit/compose/service.ts';
import { address, appUser, database, systems } from '../pipeline.ts';
import { tidbHosts } from '../tidb/facts.ts';
import { consoleUser } from './facts.ts';

export const console = (external: External): SystemService<'console'> => ({
  image: { build: 'console' },
  command: ['node', '/app/console/build/main.mjs'],
  environment: {
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: String(systems.console.http),
    CONSOLE_USERNAME: consoleUser,
    CONSOLE_PASSWORD: fromEnvironment('CONSOLE_PASSWORD'),
    CONSOLE_WRITE: 'true',
    ...kafkaClient(external),
    ...kafkaTopics(external),
    CONSUMER_URL: `http://${address('consumer', 'http')}`,
    PROMETHEUS_URL: external.has('monitoring')
      ? fromEnvironment('EXTERNAL_PROMETHEUS_URL')
      : `http://${address('prometheus', 'http')}`,
    ...elasticsearchClient(external, 'CONSOLE'),
    // The SQL box runs as the demo's user, which an external database does not have.
    ...(external.has('database') ? {} : sqlBox),
  } satisfies SettingsOf<typeof consoleSettings>,
  hostFiles: [...kafkaCaMount(external), ...elasticsearchCaMount(external)],
  publish: { http: 'PORT_CONSOLE' },
  // It waits for nothing, because it shows what is not up yet.
  health: wgetHttpCheck(systems.console.http, '/healthz'),
  memoryMiB: 192,
  user: '1000:1000',
});

const sqlBox = {
  CONSOLE_SQL: 'true',
  DEMO: fromEnvironment('DEMO'),
  DATABASE_HOST: tidbHosts.compose,
  DATABASE_PORT: String(systems.tidb.sql),
  DATABASE_NAME: database,
  DATABASE_APP_USER: appUser,
  DATABASE_APP_PASSWORD: fromEnvironment('TIDB_APP_PASSWORD'),
} satisfies SettingsOf<typeof consoleSettings>;
