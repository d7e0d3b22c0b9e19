import { describe, expect, test } from 'vitest';
import { prometheusConfig } from '../../src/monitoring/prometheus.ts';

describe('prometheusConfig', () => {
  test('of scrape targets alone has no rules and no Alertmanager', () => {
    const config = prometheusConfig({ targets: [{ job: 'consumer', addresses: ['127.0.0.1:9464'] }] });
    expect(config).toEqual({
      global: { scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '5s' },
      scrape_configs: [{ job_name: 'consumer', static_configs: [{ targets: ['127.0.0.1:9464'] }] }],
    });
  });

  test('names rule files and Alertmanagers where there are some', () => {
    const config = prometheusConfig({ targets: [], ruleFiles: ['rules.yml'], alertmanagers: ['am:9093'] });
    expect(config).toMatchObject({
      rule_files: ['rules.yml'],
      alerting: { alertmanagers: [{ static_configs: [{ targets: ['am:9093'] }] }] },
    });
  });

  test('keeps of a job only the metrics that are named for it', () => {
    const jobs = ['tikv', 'consumer'];
    const targets = jobs.map((job) => ({ job, addresses: [job] }));
    const { scrape_configs } = prometheusConfig({ targets, kept: { tikv: ['a_total', 'b_total'] } });
    expect(scrape_configs).toMatchObject([
      { metric_relabel_configs: [{ source_labels: ['__name__'], regex: 'a_total|b_total', action: 'keep' }] },
      { job_name: 'consumer' },
    ]);
    expect((scrape_configs as readonly object[])[1]).not.toHaveProperty('metric_relabel_configs');
  });

  test('scrapes the exporter in the place of what it asks, which stays the instance', () => {
    const probes = [{ module: 'filebeat', url: 'http://beat:5066/stats' }];
    const { scrape_configs } = prometheusConfig({ targets: [{ job: 'filebeat', exporter: 'exporter:7979', probes }] });
    expect(scrape_configs).toEqual([
      {
        job_name: 'filebeat',
        metrics_path: '/probe',
        static_configs: [{ targets: ['http://beat:5066/stats'], labels: { __param_module: 'filebeat' } }],
        relabel_configs: [
          { source_labels: ['__address__'], target_label: '__param_target' },
          { source_labels: ['__param_target'], target_label: 'instance' },
          { target_label: '__address__', replacement: 'exporter:7979' },
        ],
      },
    ]);
  });
});
