import { describe, expect, test } from 'vitest';
import { keptMetrics, metricsOf, metricsRead } from '../../src/monitoring/kept-metrics.ts';
import { recordingRules } from '../../src/monitoring/rules/recording.ts';
import { probeJobs, type ScrapeJobName, scrapeJobs } from '../../src/monitoring/scrape.ts';

const allJobs = [...Object.keys(scrapeJobs), ...Object.keys(probeJobs)] as ScrapeJobName[];

describe('metricsOf', () => {
  test.each([
    ['sum by (job_name) (rate(a_total{job="b_c",type=~"d_(e|f)"}[$__rate_interval]))', ['a_total']],
    ['max(a_b) > 60 and on (c_d) (increase(e_f[1h] offset 5m anchored)) or vector(0)', ['a_b', 'e_f']],
    ['histogram_quantile(0.99, sum by (le) (level_one:a_bucket:rate5m))', ['level_one:a_bucket:rate5m']],
    ['label_replace(a_total, "b_c", "$1", "d_e", "f_(.+)")', ['a_total']],
    ['1 - a_b{c="d"} / a_c{c="d"}', ['a_b', 'a_c']],
    ['absent(up{job="a_b"} == 1)', []],
  ])('%s', (expression, names) => {
    expect(metricsOf(expression)).toEqual(names);
  });
});

describe('keptMetrics', () => {
  const kept = keptMetrics(allJobs);

  test('keeps every metric that is read, unless no product tells it', () => {
    const ours = /^(?:cdc_|elasticsearch_|filebeat_)/;
    // Prometheus adds these itself, after it has dropped metrics.
    const written = new Set(['scrape_duration_seconds', ...recordingRules.map(({ record }) => record)]);
    const ofProducts = metricsRead(allJobs).filter((name) => !ours.test(name) && !written.has(name));
    expect(ofProducts.length).toBeGreaterThan(20);
    expect([...new Set(Object.values(kept).flat())].sort()).toEqual(ofProducts);
  });

  test('keeps all of the consumer, of Elasticsearch and of Filebeat', () => {
    const named = allJobs.filter((job) => kept[job] === undefined);
    expect(named.sort()).toEqual(['consumer', 'elasticsearch', 'filebeat']);
  });

  test('names only jobs that the target has', () => {
    expect(Object.keys(keptMetrics(['tidb', 'consumer']))).toEqual(['tidb']);
  });
});
