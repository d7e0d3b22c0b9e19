import { console } from '../../console/compose.ts';
import { consumer } from '../../consumer/compose.ts';
import { elasticsearch, filebeat, installIndexTemplate } from '../../elastic/compose.ts';
import { createTopic, kafka } from '../../kafka/compose.ts';
import type { JobService } from '../../kit/compose/job.ts';
import type { SystemService } from '../../kit/compose/service.ts';
import { alertmanager, grafana, jsonExporter, prometheus } from '../../monitoring/compose.ts';
import type { JobName, SystemName } from '../../pipeline.ts';
import { createChangefeed, ticdc } from '../../ticdc/compose.ts';
import { generateWorkload, migrateDatabase, pd, seedDatabase, tidb, tikv } from '../../tidb/compose.ts';
import type { ComposeServices } from './check.ts';
import { afterCheckConfig, checkConfig } from './check-config.ts';

/** Each system and each job there is, in the direction of the flow. */
const systemsAndJobs: { readonly [S in SystemName]: SystemService<S> } & {
  readonly [J in JobName]: JobService;
} = {
  pd,
  tikv,
  tidb,
  'migrate-database': migrateDatabase,
  ticdc,
  'create-changefeed': createChangefeed,
  'seed-database': seedDatabase,
  'generate-workload': generateWorkload,
  kafka,
  'create-topic': createTopic,
  consumer,
  elasticsearch,
  'install-index-template': installIndexTemplate,
  filebeat,
  prometheus,
  alertmanager,
  grafana,
  'json-exporter': jsonExporter,
  console,
};

/** Every service of the compose target. */
export const composeServices: ComposeServices = { 'check-config': checkConfig, ...afterCheckConfig(systemsAndJobs) };
