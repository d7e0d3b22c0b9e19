import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Profile } from '../../src/profile/fields.ts';
import { customResources } from '../../src/targets/kubernetes/custom-resources.ts';
import { manifestsOf } from '../support/manifests.ts';
import { kindWithImages, production } from '../support/profiles.ts';

type Told = NonNullable<Profile['alertmanager']>;

/** Alertmanager's configuration, and the Secrets that are mounted. */
function alertmanagerOf(alertmanager: Partial<Told>) {
  const { receiver: _, heartbeatSecret: __, ...size } = production.alertmanager as Told;
  const profile = { ...production, alertmanager: { ...size, ...alertmanager } };
  const secret = manifestsOf(profile, 'platform').find(
    ({ metadata }) => metadata.name === 'alertmanager-configuration',
  );
  const config = parse(Buffer.from(secret?.data?.['alertmanager.yaml'] ?? '', 'base64').toString()) as {
    receivers: Readonly<Record<string, unknown>>[];
  };
  const spec = customResources(profile).find(({ kind }) => kind === 'Alertmanager')?.spec;
  return { receivers: config.receivers, secrets: (spec as { secrets?: readonly string[] } | undefined)?.secrets };
}

function alertsOf(profile: Profile): readonly string[] {
  const rule = customResources(profile).find(({ kind }) => kind === 'PrometheusRule')?.spec as {
    groups: { rules: { alert?: string }[] }[];
  };
  return rule.groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
}

describe('alerts', () => {
  test.each<[NonNullable<Told['receiver']>, object]>([
    [
      { type: 'webhook', secret: 'told' },
      { webhook_configs: [{ url_file: '/etc/alertmanager/secrets/told/url', send_resolved: true }] },
    ],
    [
      { type: 'slack', secret: 'told', channel: '#cdc' },
      { slack_configs: [{ api_url_file: '/etc/alertmanager/secrets/told/url', channel: '#cdc', send_resolved: true }] },
    ],
    [
      { type: 'email', secret: 'told', to: 'a@x.org', from: 'b@x.org', smarthost: 'mail:587', username: 'b' },
      { email_configs: [expect.objectContaining({ auth_password_file: '/etc/alertmanager/secrets/told/password' })] },
    ],
  ])('reach %o, whose address is in a Secret', (receiver, expected) => {
    expect(alertmanagerOf({ receiver })).toEqual({ receivers: [{ name: 'local', ...expected }], secrets: ['told'] });
  });

  test('reach nobody unless the profile names somebody', () => {
    expect(alertmanagerOf({})).toEqual({ receivers: [{ name: 'local' }], secrets: undefined });
  });

  test('include the heartbeat and what the cluster knows only where the profile names both', () => {
    const only = (profile: Profile) =>
      alertsOf(profile).filter((alert) => /^(Watchdog|OperatorDown|VolumeFilling)$/.test(alert));
    expect(only(production)).toEqual(['VolumeFilling', 'OperatorDown', 'Watchdog']);
    expect(only(kindWithImages)).toEqual([]);
  });
});

test("the cluster's Prometheus is asked for the series of its rules alone", () => {
  const resources = customResources(production);
  const spec = resources.find(({ kind }) => kind === 'ScrapeConfig')?.spec as { params: Record<string, string[]> };
  expect(spec).toMatchObject({
    metricsPath: '/federate',
    staticConfigs: [{ targets: [production.clusterPrometheus] }],
  });
  expect(spec.params['match[]']).toContain('kubelet_volume_stats_available_bytes{namespace="cdc"}');
  expect(resources.find(({ kind }) => kind === 'Prometheus')?.spec).toHaveProperty('scrapeConfigSelector', {});
  expect(customResources(kindWithImages).filter(({ kind }) => kind === 'ScrapeConfig')).toEqual([]);
});
