import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Profile } from '../../profile/fields.ts';
import { kubernetesJobs } from '../facts.ts';
import { dataSourceUids, sharedDataSourceUids } from '../grafana.ts';
import type { ScrapeJobName } from '../scrape.ts';
import { overviewDashboard } from './overview/index.ts';
import { pipelineDashboard } from './pipeline/index.ts';
import { sharedDashboard } from './shared.ts';

/** All dashboards of a target that scrapes these jobs; the caller writes each as `<uid>.json`. */
export function dashboards(jobs: readonly ScrapeJobName[]): readonly Dashboard[] {
  return [overviewDashboard(jobs.includes('ticdc')), pipelineDashboard(jobs)];
}

/** All dashboards of a profile, for its Prometheus and its Grafana. */
export function profileDashboards(profile: Profile): readonly Dashboard[] {
  const { namespace, prometheus, grafana } = profile;
  const all = dashboards(kubernetesJobs(profile));
  if (!('external' in prometheus || 'external' in grafana)) return all;
  const options = {
    namespace: 'external' in prometheus ? namespace : undefined,
    uids: 'external' in grafana ? sharedDataSourceUids : dataSourceUids,
  };
  return all.map((dashboard) => sharedDashboard(dashboard, options));
}
