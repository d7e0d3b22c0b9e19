import { consoleSettings } from '@tidb-cdc/console/settings';
import { consumerSettings } from '@tidb-cdc/consumer/settings';
import { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import { createTopicSettings } from '@tidb-cdc/jobs/create-topic';
import { generateWorkloadSettings } from '@tidb-cdc/jobs/generate-workload';
import { installIndexTemplateSettings } from '@tidb-cdc/jobs/install-index-template';
import { migrateDatabaseSettings } from '@tidb-cdc/jobs/migrate-database';
import { seedDatabaseSettings } from '@tidb-cdc/jobs/seed-database';

/** Settings of our programs, by the services that run them. */
export const programs = {
  console: consoleSettings,
  consumer: consumerSettings,
  'create-changefeed': createChangefeedSettings,
  'create-topic': createTopicSettings,
  'generate-workload': generateWorkloadSettings,
  'install-index-template': installIndexTemplateSettings,
  'migrate-database': migrateDatabaseSettings,
  'seed-database': seedDatabaseSettings,
};
