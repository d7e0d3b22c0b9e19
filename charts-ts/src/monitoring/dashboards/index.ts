import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ScrapeJobName } from '../scrape.ts';
import { overviewDashboard } from './overview/index.ts';
import { pipelineDashboard } from './pipeline/index.ts';

/** All dashboards of a target that scrapes these jobs; the caller writes each as JSON, `<uid>.json`. */
export function dashboards(jobs: readonly ScrapeJobName[]): readonly Dashboard[] {
  return [overviewDashboard(jobs.includes('ticdc')), pipelineDashboard(jobs)];
}
