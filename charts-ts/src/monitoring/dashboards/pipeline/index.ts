import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ScrapeJobName } from '../../scrape.ts';
import { assembleDashboard, type DashboardSection } from '../assemble.ts';
import { pipelineUid } from '../uids.ts';
import { consumerPanels } from './consumer.ts';
import { pdPanels, tidbPanels, tikvPanels } from './database.ts';
import { kafkaPanels } from './kafka.ts';
import { prometheusPanels } from './prometheus.ts';
import { elasticsearchPanels, filebeatPanels } from './search.ts';
import { ticdcPanels } from './ticdc.ts';

/**
 * The dashboard for operations: for each product, the few figures that show whether it is well, in the direction of the
 * flow. A product that the target does not scrape has no row.
 */
export function pipelineDashboard(jobs: readonly ScrapeJobName[]): Dashboard {
  const sections: readonly (DashboardSection & { readonly job: ScrapeJobName })[] = [
    { job: 'tidb', title: 'TiDB', panels: tidbPanels() },
    { job: 'tikv', title: 'TiKV', panels: tikvPanels() },
    { job: 'pd', title: 'PD', panels: pdPanels() },
    { job: 'ticdc', title: 'TiCDC', panels: ticdcPanels() },
    // The consumer exposes what it sees of Kafka, so this row exists without an exporter too.
    { job: 'consumer', title: 'Kafka', panels: kafkaPanels(jobs.includes('kafka')) },
    { job: 'consumer', title: 'Consumer', panels: consumerPanels() },
    { job: 'elasticsearch', title: 'Elasticsearch', panels: elasticsearchPanels() },
    { job: 'filebeat', title: 'Filebeat', panels: filebeatPanels() },
    { job: 'prometheus', title: 'Prometheus', panels: prometheusPanels() },
  ];
  return assembleDashboard({
    uid: pipelineUid,
    title: 'CDC pipeline',
    description: 'Whether each part of the pipeline is well.',
    refresh: '10s',
    sections: sections.filter(({ job }) => jobs.includes(job)),
  });
}
