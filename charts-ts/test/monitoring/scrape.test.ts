import { describe, expect, test } from 'vitest';
import { probeJobs, scrapeJobNames, scrapeJobs, scrapeTargets } from '../../src/monitoring/scrape.ts';

describe('scrapeTargets', () => {
  test('gives a host its job’s port, keeps one that is named, and leaves out jobs without an address', () => {
    expect(scrapeTargets({ tidb: ['tidb-0', 'tidb-1:1080'], consumer: ['127.0.0.1:10464'] })).toEqual([
      { job: 'tidb', addresses: ['tidb-0:10080', 'tidb-1:1080'], path: '/metrics' },
      { job: 'consumer', addresses: ['127.0.0.1:10464'], path: '/metrics' },
    ]);
  });

  test('asks Elasticsearch and Filebeat through the JSON exporter, each by its own questions', () => {
    const targets = scrapeTargets({
      elasticsearch: ['http://es:9200'],
      filebeat: ['http://beat:5066'],
      'json-exporter': ['exporter'],
    });
    expect(targets).toEqual([
      { job: 'json-exporter', addresses: ['exporter:7979'], path: '/metrics' },
      {
        job: 'elasticsearch',
        exporter: 'exporter:7979',
        probes: [
          { module: 'elasticsearch_health', url: 'http://es:9200/_cluster/health' },
          { module: 'elasticsearch_nodes', url: 'http://es:9200/_nodes/stats/fs,indices,jvm,thread_pool' },
        ],
      },
      {
        job: 'filebeat',
        exporter: 'exporter:7979',
        probes: [{ module: 'filebeat', url: 'http://beat:5066/stats' }],
      },
    ]);
  });

  test('says what is missing where the JSON exporter has no address', () => {
    expect(() => scrapeTargets({ filebeat: ['http://beat:5066'] })).toThrow(
      "'filebeat' (http://beat:5066) is asked through the JSON exporter: 'json-exporter' must have an address",
    );
  });
});

test('jobNames are the names with an address, in the order of the list', () => {
  expect(scrapeJobNames({ filebeat: ['http://beat:5066'], consumer: ['c'], tidb: ['t'] })).toEqual([
    'tidb',
    'consumer',
    'filebeat',
  ]);
});

test('no two jobs share a port, so that a wrong address cannot answer for another', () => {
  const ports = Object.values(scrapeJobs).map(({ port }) => port);
  expect(new Set(ports).size).toBe(ports.length);
  expect(Object.keys(probeJobs).filter((job) => job in scrapeJobs)).toEqual([]);
});
