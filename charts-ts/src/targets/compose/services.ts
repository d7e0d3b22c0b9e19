import { console } from '../../console/compose.ts';
import { consumer } from '../../consumer/compose.ts';
import { elasticsearch, filebeat, installIndexTemplate } from '../../elastic/compose.ts';
import type { External, ExternalSystem } from '../../external-settings.ts';
import { createTopic, kafka } from '../../kafka/compose.ts';
import type { JobService } from '../../kit/compose/job.ts';
import type { ComposeService, ServiceName, SystemService } from '../../kit/compose/service.ts';
import { alertmanager, grafana, jsonExporter, prometheus } from '../../monitoring/compose.ts';
import type { JobName, SystemName } from '../../pipeline.ts';
import { createChangefeed, ticdc } from '../../ticdc/compose.ts';
import { generateWorkload, migrateDatabase, pd, seedDatabase, tidb, tikv } from '../../tidb/compose.ts';
import type { ComposeServices } from './check.ts';
import { afterCheckConfig, checkConfig } from './check-config.ts';

/** All systems and jobs, in the direction of the flow. */
function systemsAndJobs(external: External): { readonly [S in SystemName]: SystemService<S> } & {
  readonly [J in JobName]: JobService;
} {
  return {
    pd,
    tikv,
    tidb,
    'migrate-database': migrateDatabase(external),
    ticdc: ticdc(external),
    'create-changefeed': createChangefeed(external),
    'seed-database': seedDatabase(external),
    'generate-workload': generateWorkload(external),
    kafka,
    'create-topic': createTopic(external),
    consumer: consumer(external),
    elasticsearch,
    'install-index-template': installIndexTemplate(external),
    filebeat: filebeat(external),
    prometheus: prometheus(external),
    alertmanager,
    grafana: grafana(external),
    'json-exporter': jsonExporter(external),
    console: console(external),
  };
}

/** The services that are left out if a system runs elsewhere. */
const servicesOf: Readonly<Record<ExternalSystem, readonly ServiceName[]>> = {
  database: ['pd', 'tikv', 'tidb', 'ticdc'],
  kafka: ['kafka'],
  elasticsearch: ['elasticsearch'],
  monitoring: ['prometheus', 'alertmanager', 'grafana'],
};

/** What to render. */
export interface ComposeOptions {
  /** The systems that run elsewhere. @default none */
  readonly external?: External;
  /** The folder of the compose file, relative to the root of the repository. @default compose */
  readonly folder?: string;
}

/** All services of the compose target except those of external systems. */
export function composeServices({ external = new Set(), folder = 'compose' }: ComposeOptions = {}): ComposeServices {
  const gone = new Set([...external].flatMap((system) => servicesOf[system]));
  const isHere = (name: ServiceName): boolean => !gone.has(name);
  const here = (Object.entries(systemsAndJobs(external)) as [ServiceName, ComposeService][])
    .filter(([name]) => isHere(name))
    .map(([name, service]) => [name, waitsOnlyFor(isHere, service)]);
  return { 'check-config': checkConfig(external, folder), ...afterCheckConfig(Object.fromEntries(here)) };
}

function waitsOnlyFor(isHere: (name: ServiceName) => boolean, service: ComposeService): ComposeService {
  const { afterHealthy = [], afterDone = [] } = service;
  return { ...service, afterHealthy: afterHealthy.filter(isHere), afterDone: afterDone.filter(isHere) };
}
