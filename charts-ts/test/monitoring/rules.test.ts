import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { alertGroups, rules } from '../../src/monitoring/rules/index.ts';
import { otherSources, type RuleSource } from '../../src/monitoring/rules/rule.ts';
import { probeJobs, scrapeJobs } from '../../src/monitoring/scrape.ts';

const allJobs = [...Object.keys(scrapeJobs), ...Object.keys(probeJobs), ...otherSources] as RuleSource[];
const alerts = alertGroups.flatMap((group) => group.alerts);
const operations = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

describe('rules', () => {
  test('every alert has a name of its own, a severity, a duration and texts that end as sentences do', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { alert, for: duration, severity, summary, description } of alerts) {
      expect(alert).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(duration).toMatch(/^\d+m$/);
      expect(alert === 'Watchdog' ? ['none'] : ['critical', 'warning']).toContain(severity);
      expect(summary, alert).toMatch(/[^.]$/);
      expect(description, alert).toMatch(/\.$/);
    }
  });

  test('every alert leads to a section of docs/operations.md that says what it means, how to look and what to do', () => {
    const { groups } = rules({ jobs: allJobs, runbook: 'https://example.org/operations.md' });
    const urls = groups.flatMap((group) => group.rules.flatMap((rule) => rule.annotations?.runbook_url ?? []));
    expect(urls).toHaveLength(alerts.length);
    const sections = new Map(
      operations
        .split(/^### /m)
        .slice(1)
        .map((section) => [section.slice(0, section.indexOf('\n')).toLowerCase(), section]),
    );
    for (const url of urls) {
      const [page, anchor = ''] = url.split('#');
      expect(page).toBe('https://example.org/operations.md');
      expect(sections.get(anchor), anchor).toMatch(/\*\*Means\.\*\*[\s\S]+\*\*(?:Look|Look, do)\.\*\*/);
    }
  });

  test('docs/operations.md has no section of an alert that does not exist', () => {
    const headings = [...operations.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(headings.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });

  test('a target that does not scrape a part has no rules about it', () => {
    const { groups } = rules({ jobs: ['consumer', 'prometheus'] });
    expect(groups.map(({ name }) => name)).toEqual(['cdc-recording', 'cdc-consumer', 'cdc-changefeed', 'cdc-targets']);
    expect(JSON.stringify(groups)).not.toMatch(/ticdc_/);
    expect(groups.flatMap(({ rules: all }) => all.map(({ alert }) => alert))).toContain('WatermarkStale');
  });

  test('every recorded series is used by an alert', () => {
    const { groups } = rules({ jobs: allJobs });
    const all = groups.flatMap((group) => group.rules);
    const recorded = all.flatMap(({ record }) => record ?? []);
    expect(recorded.length).toBeGreaterThan(0);
    expect(recorded.filter((name) => !all.some(({ expr }) => expr.includes(name)))).toEqual([]);
  });

  test('no rule needs a feature that only our own Prometheus has: prometheus-operator would refuse it', () => {
    const { groups } = rules({ jobs: allJobs });
    expect(groups.flatMap((group) => group.rules).filter(({ expr }) => /\banchored|smoothed\b/.test(expr))).toEqual([]);
  });
});
