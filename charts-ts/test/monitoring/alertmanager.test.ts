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

  test.each([
    [
      { slack: { urlFile: '/s/url', channel: '#cdc' } },
      { slack_configs: [{ api_url_file: '/s/url', channel: '#cdc', send_resolved: true }] },
    ],
    [
      { email: { to: 'a@x.org', from: 'b@x.org', smarthost: 'mail:587', username: 'b', passwordFile: '/s/password' } },
      {
        email_configs: [
          {
            to: 'a@x.org',
            from: 'b@x.org',
            smarthost: 'mail:587',
            auth_username: 'b',
            auth_password_file: '/s/password',
            require_tls: true,
            send_resolved: true,
          },
        ],
      },
    ],
  ])('tells %o', (options, expected) => {
    expect(alertmanagerConfig(options).receivers).toEqual([{ name: 'local', ...expected }]);
  });

  test('sends the heartbeat to a receiver of its own, and nothing else', () => {
    const config = alertmanagerConfig({ webhook: 'https://example.org/hook', heartbeatUrlFile: '/h/url' });
    expect(config.receivers).toMatchObject([
      { name: 'local' },
      { name: 'heartbeat', webhook_configs: [{ url_file: '/h/url', send_resolved: false }] },
    ]);
    expect(config.route).toMatchObject({
      receiver: 'local',
      routes: [{ matchers: ['alertname="Watchdog"'], receiver: 'heartbeat' }],
    });
  });

  test('holds back only alerts that exist, for alerts that exist', () => {
    const names = alertGroups.flatMap(({ alerts }) => alerts.map(({ alert }) => alert));
    const matchers = JSON.stringify(alertmanagerConfig().inhibit_rules).matchAll(/alertname=\\"(\w+)\\"/g);
    const mentioned = [...matchers].map(([, name]) => name);
    expect(mentioned.length).toBeGreaterThan(0);
    expect(mentioned.filter((name) => !names.includes(name ?? ''))).toEqual([]);
  });
});
