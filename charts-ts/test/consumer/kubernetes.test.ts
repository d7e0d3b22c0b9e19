import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Container, isSidecar, manifestsOf, workloads } from '../support/manifests.ts';
import { kindWithImages, production, profiles } from '../support/profiles.ts';

describe.each(profiles)('the consumer of the profile %s', (_, profile) => {
  const manifests = manifestsOf({ ...profile, programs: production.programs }, 'platform');
  const consumer = workloads(manifests).find(({ metadata }) => metadata.name === 'consumer');
  const sidecar = consumer?.pod.initContainers?.find(isSidecar);
  const container = consumer?.pod.containers[0];
  const config = parse(
    manifests.find(({ metadata }) => metadata.name === 'filebeat')?.data?.['filebeat.yml'] ?? '',
  ) as {
    'filebeat.inputs': { paths: string[] }[];
    'filebeat.shutdown_timeout': string;
    'output.elasticsearch': Record<string, unknown>;
  };

  test('has a volume for each pod, which outlives the pod also where it is scaled away', () => {
    expect(consumer).toMatchObject({
      kind: 'StatefulSet',
      spec: {
        podManagementPolicy: 'Parallel',
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain' },
        volumeClaimTemplates: [
          { metadata: { name: 'event-log' }, spec: { resources: { requests: { storage: profile.consumer.storage } } } },
        ],
      },
    });
  });

  test('has Filebeat in its pod, which starts before it and ends after it', () => {
    expect(sidecar?.name).toBe('filebeat');
    const bound = Number(valueIn(container, 'SHUTDOWN_TIMEOUT_SECONDS'));
    const shipping = Number.parseInt(config['filebeat.shutdown_timeout'], 10);
    const script = sidecar?.lifecycle?.preStop?.exec?.command.at(-1) ?? '';
    const draining = Number(/SECONDS >= (\d+)/.exec(script)?.[1]);
    for (const seconds of [bound, draining, shipping]) expect(seconds).toBeGreaterThan(0);
    expect(consumer?.pod.terminationGracePeriodSeconds).toBeGreaterThan(bound + draining + shipping);
    expect(sidecar?.livenessProbe).toMatchObject({ terminationGracePeriodSeconds: 10 });
  });

  test('writes where Filebeat reads, and Filebeat keeps what it has read on the same volume', () => {
    const folder = container?.volumeMounts?.find(({ name }) => name === 'event-log');
    const mounts = sidecar?.volumeMounts?.filter(({ name }) => name === 'event-log');
    expect(mounts).toEqual([
      { ...folder, readOnly: true },
      { name: 'event-log', mountPath: '/usr/share/filebeat/data', subPath: 'filebeat' },
    ]);
    expect(valueIn(container, 'EVENT_LOG')).toBe(`${folder?.mountPath}/events.ndjson`);
    expect(config['filebeat.inputs'][0]?.paths).toEqual([`${folder?.mountPath}/events.*.ndjson`]);
  });

  test('keeps no more of the event log than the volume holds', () => {
    const kept =
      Number(valueIn(container, 'EVENT_LOG_KEEP_FILES')) * Number(valueIn(container, 'EVENT_LOG_ROTATE_BYTES'));
    const bytes = Number.parseInt(profile.consumer.storage, 10) * 1024 ** 3;
    expect(kept).toBeGreaterThan(bytes * 0.7);
    expect(kept).toBeLessThanOrEqual(bytes * 0.8);
  });

  test('lets Filebeat log in to Elasticsearch, whose certificate it checks', () => {
    const [url, secret] =
      'external' in profile.elasticsearch
        ? [profile.elasticsearch.external.url, 'elasticsearch-filebeat']
        : ['https://cdc-es-http:9200', 'elasticsearch-user-filebeat'];
    expect(config['output.elasticsearch']).toMatchObject({
      hosts: [url],
      'ssl.certificate_authorities': ['/etc/elasticsearch-ca/ca.crt'],
    });
    expect(sidecar?.env?.find(({ name }) => name === 'FILEBEAT_PASSWORD')?.valueFrom).toEqual({
      secretKeyRef: { name: secret, key: 'password' },
    });
  });
});

test('a changed configuration of Filebeat starts its pods again', () => {
  const annotations = (memoryLimit: string) => {
    const profile = { ...kindWithImages, filebeat: { ...kindWithImages.filebeat, memoryLimit } };
    const found = workloads(manifestsOf(profile, 'platform')).find(({ metadata }) => metadata.name === 'consumer');
    return (found?.spec?.template?.metadata as { annotations?: Record<string, string> } | undefined)?.annotations;
  };
  expect(annotations('256Mi')).toEqual(annotations('256Mi'));
  expect(annotations('512Mi')).not.toEqual(annotations('256Mi'));
});

function valueIn(container: Container | undefined, variable: string): string | undefined {
  return container?.env?.find(({ name }) => name === variable)?.value;
}

describe('a consumer that reads rows over the size limit from TiDB', () => {
  const profile = (consumer: object) => ({ ...production, consumer: { ...production.consumer, ...consumer } });
  const rendered = (rowLookup: object) => {
    const manifests = manifestsOf(profile({ rowLookup: { port: 4000, secret: 'reader', ...rowLookup } }), 'platform');
    const pod = workloads(manifests).find(({ metadata }) => metadata.name === 'consumer')?.pod;
    return { container: pod?.containers[0], volumes: pod?.volumes, manifests };
  };

  test('logs in to the TiDB of the profile, which lets it in', () => {
    const { container, manifests } = rendered({});
    expect(valueIn(container, 'DATABASE_HOST')).toBe('cdc-tidb');
    expect(container?.env).toContainEqual({
      name: 'DATABASE_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'reader', key: 'password' } },
    });
    expect(letIntoTidb(manifests)).toContain('consumer');
    expect(letIntoTidb(manifestsOf(production, 'platform'))).not.toContain('consumer');
  });

  test('finds the certificate authority of another TiDB in a file', () => {
    const { container, volumes } = rendered({ host: 'tidb.example.com', caSecret: 'tidb-ca' });
    expect(valueIn(container, 'DATABASE_HOST')).toBe('tidb.example.com');
    const file = valueIn(container, 'DATABASE_CA_FILE') ?? '';
    const mount = container?.volumeMounts?.find(({ mountPath }) => file === `${mountPath}/ca.crt`);
    expect(volumes).toContainEqual({ name: mount?.name, secret: { secretName: 'tidb-ca' } });
  });
});

function letIntoTidb(manifests: ReturnType<typeof manifestsOf>): string {
  const policy = manifests.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'to-tidb');
  return JSON.stringify(policy?.spec);
}
