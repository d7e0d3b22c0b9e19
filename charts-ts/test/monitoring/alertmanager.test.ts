import { describe, expect, test } from 'vitest';
import { alertmanagerConfig } from '../../src/monitoring/alertmanager.ts';
import { alertGroups } from '../../src/monitoring/rules/index.ts';

describe('alertmanagerConfig', () => {
  test('has one receiver that calls nobody, unless it is told whom', () => {
    expect(alertmanagerConfig()).toMatchObject({ route: { receiver: 'local' }, receivers: [{ name: 'local' }] });
    expect(alertmanagerConfig().receivers).toEqual([{ name: 'local' }]);
  });

  test.each([
    ['https://example.org/hook', { url: 'https://example.org/hook' }],
    ['file:/etc/alertmanager/webhook', { url_file: '/etc/alertmanager/webhook' }],
  ])('calls %s', (webhook, expected) => {
    expect(alertmanagerConfig({ webhook }).receivers).toEqual([
      { name: 'local', webhook_configs: [{ ...expected, send_resolved: true }] },
    ]);
  });

  test.each(['example.org/hook', 'file:relative/path', 'https://', 'file:///etc/webhook'])('refuses %s', (webhook) => {
    expect(() => alertmanagerConfig({ webhook })).toThrow(
      `'webhook' (${webhook}) must be an http or https URL, or file: and an absolute path`,
    );
  });

  test('holds back only alerts that exist, for alerts that exist', () => {
    const names = alertGroups.flatMap(({ alerts }) => alerts.map(({ alert }) => alert));
    const matchers = JSON.stringify(alertmanagerConfig().inhibit_rules).matchAll(/alertname=\\"(\w+)\\"/g);
    const mentioned = [...matchers].map(([, name]) => name);
    expect(mentioned.length).toBeGreaterThan(0);
    expect(mentioned.filter((name) => !names.includes(name ?? ''))).toEqual([]);
  });
});
