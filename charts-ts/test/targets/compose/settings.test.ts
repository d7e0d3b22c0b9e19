import { consoleSettings } from '@tidb-cdc/console/settings';
import { consumerSettings } from '@tidb-cdc/consumer/settings';
import { createChangefeedSettings } from '@tidb-cdc/jobs/create-changefeed';
import { createTopicSettings } from '@tidb-cdc/jobs/create-topic';
import { generateWorkloadSettings } from '@tidb-cdc/jobs/generate-workload';
import { installIndexTemplateSettings } from '@tidb-cdc/jobs/install-index-template';
import { migrateDatabaseSettings } from '@tidb-cdc/jobs/migrate-database';
import { seedDatabaseSettings } from '@tidb-cdc/jobs/seed-database';
import { readEnvironment } from '@tidb-cdc/runtime/environment';
import { expect, test } from 'vitest';
import { services } from './rendered-file.ts';

const programs = {
  console: consoleSettings,
  consumer: consumerSettings,
  'create-changefeed': createChangefeedSettings,
  'create-topic': createTopicSettings,
  'generate-workload': generateWorkloadSettings,
  'install-index-template': installIndexTemplateSettings,
  'migrate-database': migrateDatabaseSettings,
  'seed-database': seedDatabaseSettings,
};

test('knows every program of ours', () => {
  const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('tidb-cdc/'));
  expect(ours.map(([name]) => name).sort()).toEqual(Object.keys(programs).sort());
});

test.each(Object.entries(programs))('%s takes all it is given, and lacks nothing', (name, schema) => {
  const given = Object.entries(services[name]?.environment ?? {});
  // As Compose puts in what `.env` leaves out.
  const environment = Object.fromEntries(given.map(([key, value]) => [key, value.replace(/^\$\{\w+:-(.*)\}$/, '$1')]));
  expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining(Object.keys(environment)));
  expect(() => readEnvironment(schema, environment)).not.toThrow();
});
