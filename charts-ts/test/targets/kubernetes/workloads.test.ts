import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { nodePorts } from '../../../src/pipeline.ts';
import { customResources } from '../../../src/targets/kubernetes/custom-resources.ts';
import { type Container, isSidecar, manifestsOf, nameOf, type PodSpec, workloads } from '../../support/manifests.ts';
import { kind, own, production, repositoryFile, withConsole } from '../../support/profiles.ts';

const onKind = manifestsOf(kind);
const inProduction = manifestsOf(production);
const all = [
  ...workloads(onKind).map((workload) => ({ name: `kind: ${nameOf(workload)}`, workload })),
  ...workloads(manifestsOf(withConsole(kind))).map((workload) => ({ name: `console: ${nameOf(workload)}`, workload })),
  ...workloads(inProduction).map((workload) => ({ name: `production: ${nameOf(workload)}`, workload })),
];

function containersOf({ initContainers = [], containers }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers];
}

describe('every workload', () => {
  test('keeps to Pod Security restricted, with a read-only root file system', () => {
    for (const { name, workload } of all) {
      const { pod } = workload;
      expect(pod.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      const volumeTypes = pod.volumes?.flatMap(({ name: _, ...source }) => Object.keys(source)) ?? [];
      for (const type of volumeTypes) expect(['configMap', 'secret', 'emptyDir', 'projected'], name).toContain(type);
      for (const { securityContext } of containersOf(pod)) {
        expect(securityContext, name).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });

  test('says what each container asks for and how much memory it may use', () => {
    for (const { name: of, workload } of all) {
      for (const { name, resources } of containersOf(workload.pod)) {
        expect(Object.keys(resources?.requests ?? {}).sort(), `${of} ${name}`).toEqual(['cpu', 'memory']);
        expect(resources?.limits?.memory, `${of} ${name}`).toMatch(/^\d+[MG]i$/);
      }
    }
  });

  test('has no empty list or text, which every apply would report as missing', () => {
    for (const { name, workload } of all) expect(JSON.stringify(workload.spec), name).not.toMatch(/":(\[\]|"")/);
  });

  test('has the recommended labels on its pods', () => {
    for (const { name, workload } of all) {
      expect(workload.spec?.template?.metadata.labels, name).toMatchObject({
        'app.kubernetes.io/name': expect.any(String),
        'app.kubernetes.io/instance': 'cdc',
        'app.kubernetes.io/component': expect.any(String),
        'app.kubernetes.io/part-of': 'tidb-cdc',
        'app.kubernetes.io/managed-by': 'cdk8s',
      });
    }
  });
});

describe('service accounts', () => {
  test('gives a token only to what speaks with the API server', () => {
    const withToken = workloads(onKind).filter(({ pod }) => pod.automountServiceAccountToken !== false);
    const names = withToken.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/name']).sort();
    expect(names).toEqual([
      'bootstrap',
      'create-secrets',
      'elastic-operator',
      'prometheus-operator',
      'tidb-controller-manager',
    ]);
  });

  test('lets the Job that makes Secrets do nothing but make them', () => {
    const role = onKind.find(({ kind: type, metadata }) => type === 'Role' && metadata.name === 'create-secrets');
    expect(role?.rules).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }]);
  });
});

describe('passwords', () => {
  const secret = /PASSWORD|password|token/;

  test.each([
    ['kind', onKind],
    ['production', inProduction],
  ] as const)('are in no environment, and in no Secret that we write: %s', (_, manifests) => {
    const variables = workloads(manifests).flatMap(({ pod }) => containersOf(pod).flatMap(({ env = [] }) => env));
    const passwords = variables.filter(({ name }) => secret.test(name));
    expect(passwords.length).toBeGreaterThan(3);
    expect(passwords.filter(({ value }) => value !== undefined)).toEqual([]);
    const secrets = manifests.filter(({ kind: type }) => type === 'Secret');
    expect(secrets.map(({ metadata }) => metadata.name).sort()).toEqual([
      'alertmanager-configuration',
      'elasticsearch-roles',
    ]);
    const texts = secrets.flatMap(({ data = {} }) =>
      Object.values(data).map((text) => Buffer.from(text, 'base64').toString()),
    );
    for (const text of texts) expect(text).not.toMatch(secret);
  });
});

describe('the profile kind', () => {
  test('asks for 6 GiB of memory at most, Jobs included', () => {
    const native = workloads(onKind).map(
      ({ spec, pod }) => (spec?.replicas ?? 1) * Math.max(...togetherIn(pod).map((containers) => memory(containers))),
    );
    // Prometheus Operator adds a reloader of 50Mi to each Prometheus and Alertmanager.
    const reloaders = (own(kind.prometheus).replicas + (kind.alertmanager?.replicas ?? 0)) * 50;
    const custom = customResources(kind).map(({ spec }) => requested(spec, 1));
    const sum = [...native, ...custom, reloaders].reduce((total, amount) => total + amount, 0);
    expect(sum).toBeGreaterThan(4000);
    expect(sum).toBeLessThanOrEqual(6 * 1024);
  });

  test('has the ports of the node that kind-config.yaml maps to 127.0.0.1', () => {
    const config = parse(readFileSync(repositoryFile('kind-config.yaml'), 'utf8')) as {
      nodes: { extraPortMappings: { containerPort: number; listenAddress: string }[] }[];
    };
    const mappings = config.nodes.flatMap((node) => node.extraPortMappings);
    expect(mappings.map(({ containerPort }) => containerPort).sort()).toEqual(Object.values(nodePorts).sort());
    expect(new Set(mappings.map(({ listenAddress }) => listenAddress))).toEqual(new Set(['127.0.0.1']));
  });
});

describe('the profile production', () => {
  const find = (type: string, name: string) =>
    inProduction.find((manifest) => manifest.kind === type && manifest.metadata.name === name);

  test('leaves CRDs and operators out', () => {
    expect(inProduction.filter(({ kind: type }) => type === 'CustomResourceDefinition')).toEqual([]);
    expect(workloads(inProduction).map(nameOf).join()).not.toMatch(/operator|controller-manager/);
  });

  test('runs the consumer from its image, spread over nodes, with an autoscaler and a disruption budget', () => {
    const consumer = workloads(inProduction).find((one) => nameOf(one) === 'StatefulSet consumer');
    expect(consumer?.pod.containers[0]?.image).toMatch(/@sha256:/);
    expect(consumer?.pod.initContainers?.map(({ name }) => name)).toEqual(['filebeat']);
    expect(consumer?.pod.topologySpreadConstraints).toHaveLength(2);
    // Otherwise an apply would reset the autoscaler's number.
    expect(consumer?.spec).not.toHaveProperty('replicas');
    expect(find('HorizontalPodAutoscaler', 'consumer')?.spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 12,
      behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1 }] } },
    });
    expect(find('PodDisruptionBudget', 'consumer')?.spec).toMatchObject({ maxUnavailable: 1 });
  });

  test('can scale on lag instead', () => {
    const autoscaling = { maxReplicas: 12, metric: 'lag', target: 5000 } as const;
    const manifests = manifestsOf({ ...production, consumer: { ...production.consumer, autoscaling } }, 'platform');
    const autoscaler = manifests.find(({ kind: type }) => type === 'HorizontalPodAutoscaler');
    expect(autoscaler?.spec?.metrics).toEqual([
      {
        type: 'External',
        external: {
          metric: { name: 'cdc_consumer_lag', selector: { matchLabels: { topic: 'cdc-events' } } },
          target: { type: 'AverageValue', averageValue: 5000 },
        },
      },
    ]);
  });

  test('lets Kafka in only with TLS and a login, and TiCDC and the consumer have one each', () => {
    const kafka = customResources(production).find(({ kind: type }) => type === 'Kafka');
    expect(kafka?.spec).toMatchObject({
      kafka: {
        listeners: [{ port: 9093, tls: true, authentication: { type: 'scram-sha-512' } }],
        authorization: { type: 'simple' },
        config: { 'default.replication.factor': 3, 'min.insync.replicas': 2 },
      },
    });
    const environments = workloads(inProduction).flatMap(({ pod }) => containersOf(pod));
    const kafkaUser = (name: string) =>
      environments.find((one) => one.name === name)?.env?.find((one) => one.name === 'KAFKA_USERNAME')?.value;
    expect([kafkaUser('consumer'), kafkaUser('create-changefeed')]).toEqual(['cdc-consumer', 'cdc-ticdc']);
    const job = inProduction.find(
      ({ kind: type, metadata }) => type === 'ConfigMap' && metadata.name === 'start-changefeed',
    );
    const { sink_uri: sink } = JSON.parse(job?.data?.['changefeed.json'] ?? '{}') as { sink_uri: string };
    expect(sink).toContain('sasl-mechanism=scram-sha-512&enable-tls=true&ca=%2Fvar%2Flib%2Fsink-tls%2F');
    expect(Object.keys(job?.data ?? {})).toEqual(['changefeed.json']);
  });
});

/** Containers that run at the same time: each init container alone, then the others; sidecars run with all of them. */
function togetherIn({ initContainers = [], containers }: PodSpec): readonly (readonly Container[])[] {
  const sidecars = initContainers.filter(isSidecar);
  const others = initContainers.filter((one) => !isSidecar(one));
  return [containers, ...others.map((one) => [one])].map((group) => [...sidecars, ...group]);
}

/** MiB that containers request together. */
function memory(containers: readonly Container[]): number {
  return containers.reduce((sum, { resources }) => sum + mebibytes(resources?.requests?.memory ?? '0Mi'), 0);
}

/** MiB that a custom resource requests: all values under `requests`, times the replicas that they apply to. */
function requested(value: unknown, copies: number): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + requested(item, copies), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const fields = value as Readonly<Record<string, unknown>> & { requests?: { memory?: string } };
  const times = copies * Number(fields.replicas ?? fields.count ?? 1);
  const own = mebibytes(fields.requests?.memory ?? '0Mi') * times;
  return Object.values(fields).reduce<number>((sum, field) => sum + requested(field, times), own);
}

function mebibytes(amount: string): number {
  const [, number, unit] = /^(\d+)([MG])i$/.exec(amount) ?? [];
  if (number === undefined) throw new Error(`'${amount}' is not in Mi or Gi`);
  return Number(number) * (unit === 'G' ? 1024 : 1);
}
