import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CreatedWorkload, conditionOf, imageOf, type Reconciled, secretText } from '../../src/cluster/created.ts';
import type { ConfigMap, KubernetesObject, Secret } from '../../src/cluster/kubernetes-object.ts';
import { promtool } from '../../src/monitoring/promtool.ts';
import { describeOperator, only, scratchFile } from '../operator-stage.ts';

interface Server extends KubernetesObject {
  readonly spec: { readonly replicas: number; readonly image: string };
}

interface Monitor extends KubernetesObject {
  readonly spec: { readonly endpoints?: readonly unknown[]; readonly podMetricsEndpoints?: readonly unknown[] };
}

const servers = ['Prometheus', 'Alertmanager'];

describeOperator('prometheus-operator', (stage) => {
  test.each(servers)('makes the StatefulSet of %s', async (kind) => {
    const { metadata, spec } = only<Server>(stage(), kind);
    const set = await stage().eventually<CreatedWorkload>('statefulset', setName(kind, metadata.name));
    expect(imageOf(set, kind.toLowerCase())).toBe(spec.image);
    expect(set.spec.replicas).toBe(spec.replicas);
  });

  test.each(servers)('says of %s that it is reconciled and available', async (kind) => {
    const { name } = only(stage(), kind).metadata;
    await stage().eventually<Reconciled>(kind.toLowerCase(), name, (object) => {
      expect(conditionOf(object, 'Reconciled').status).toBe('True');
      expect(conditionOf(object, 'Available').status).toBe('True');
    });
  });

  test('writes a configuration with one job for each endpoint of each monitor, which promtool takes', async () => {
    const { name } = only(stage(), 'Prometheus').metadata;
    const monitors = ['ServiceMonitor', 'PodMonitor', 'Probe'].flatMap((kind) =>
      stage().customResources.ofKind<Monitor>(kind),
    );
    const expected = monitors.flatMap(jobNames).sort();
    expect(new Set(expected.map((job) => job.split('/').slice(0, 3).join('/'))).size).toBe(monitors.length);
    const secret = await stage().eventually<Secret>('secret', setName('prometheus', name), (candidate) => {
      const configuration = parse(secretText(candidate, 'prometheus.yaml.gz')) as {
        scrape_configs: readonly { job_name: string }[];
      };
      expect(configuration.scrape_configs.map(({ job_name }) => job_name).sort()).toEqual(expected);
    });
    const file = write('prometheus.yaml', secretText(secret, 'prometheus.yaml.gz'));
    await expect(promtool('check', 'config', file)).resolves.toContain('SUCCESS');
  });

  test('writes the rules, which promtool takes', async () => {
    const { name } = only(stage(), 'Prometheus').metadata;
    const { data = {} } = await stage().eventually<ConfigMap>('configmap', `prometheus-${name}-rulefiles-0`);
    const files = Object.entries(data).map(([file, text]) => write(file, text));
    expect(files).toHaveLength(stage().customResources.ofKind('PrometheusRule').length);
    await expect(promtool('check', 'rules', ...files)).resolves.toContain('SUCCESS');
  });

  test('writes the configuration of Alertmanager', async () => {
    const { name } = only(stage(), 'Alertmanager').metadata;
    const secret = await stage().eventually<Secret>('secret', `alertmanager-${name}-generated`);
    expect(parse(secretText(secret, 'alertmanager.yaml.gz'))).toHaveProperty('route.receiver');
  });

  function write(name: string, text: string): string {
    const file = scratchFile(stage(), name);
    writeFileSync(file, text);
    return file;
  }
});

function setName(kind: string, name: string): string {
  return `${kind.toLowerCase()}-${name}`;
}

/** The operator numbers a monitor's endpoints. A Probe has only one, without a number. */
function jobNames({ kind, metadata: { namespace, name }, spec }: Monitor): readonly string[] {
  const prefix = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}/${namespace}/${name}`;
  if (kind === 'Probe') return [prefix];
  return (spec.endpoints ?? spec.podMetricsEndpoints ?? []).map((_, index) => `${prefix}/${index}`);
}
