import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { JobName } from '../../scrape.ts';
import { assemble, type Section } from '../assemble.ts';
import { pipelineUid } from '../uids.ts';
import { consumer } from './consumer.ts';
import { pd, tidb, tikv } from './database.ts';
import { kafka } from './kafka.ts';
import { prometheus } from './prometheus.ts';
import { elasticsearch, filebeat } from './search.ts';
import { ticdc } from './ticdc.ts';

/**
 * The dashboard for operations: of each product the few figures that say whether it is well, in the order in which the
 * data flows. A product that the target does not scrape has no row.
 */
export function pipelineDashboard(jobs: readonly JobName[]): Dashboard {
  const sections: readonly (Section & { readonly job: JobName })[] = [
    { job: 'tidb', title: 'TiDB', panels: tidb() },
    { job: 'tikv', title: 'TiKV', panels: tikv() },
    { job: 'pd', title: 'PD', panels: pd() },
    { job: 'ticdc', title: 'TiCDC', panels: ticdc() },
    // The consumer tells of Kafka what it sees, so that the row is there without an exporter too.
    { job: 'consumer', title: 'Kafka', panels: kafka(jobs.includes('kafka')) },
    { job: 'consumer', title: 'Consumer', panels: consumer() },
    { job: 'elasticsearch', title: 'Elasticsearch', panels: elasticsearch() },
    { job: 'filebeat', title: 'Filebeat', panels: filebeat() },
    { job: 'prometheus', title: 'Prometheus', panels: prometheus() },
  ];
  return assemble({
    uid: pipelineUid,
    title: 'CDC pipeline',
    description: 'Whether each part of the pipeline is well.',
    refresh: '10s',
    sections: sections.filter(({ job }) => jobs.includes(job)),
  });
}
