import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CreatedWorkload, imageOf, type Reconciled, secretText } from '../../src/cluster/created.ts';
import type { KubernetesObject, Secret } from '../../src/cluster/kubernetes-object.ts';
import { describeOperator, only } from '../operator-stage.ts';

interface Elasticsearch extends KubernetesObject {
  readonly spec: {
    readonly version: string;
    readonly nodeSets: readonly { readonly name: string; readonly count: number }[];
  };
}

interface Beat extends KubernetesObject {
  readonly spec: {
    readonly type: string;
    readonly version: string;
    readonly config: { readonly 'filebeat.inputs': readonly unknown[] };
  };
}

interface Service extends KubernetesObject {
  readonly spec: { readonly ports: readonly { readonly name?: string; readonly port: number }[] };
}

describeOperator('eck-operator', (stage) => {
  test("makes Elasticsearch's StatefulSets with their configuration", async () => {
    const { metadata, spec } = only<Elasticsearch>(stage(), 'Elasticsearch');
    for (const { name, count } of spec.nodeSets) {
      const set = await stage().eventually<CreatedWorkload>('statefulset', `${metadata.name}-es-${name}`);
      expect(set.spec.replicas).toBe(count);
      expect(imageOf(set, 'elasticsearch')).toMatch(new RegExp(`/elasticsearch:${spec.version}$`));
      expect(set.spec.volumeClaimTemplates?.map((claim) => claim.metadata.name)).toContain('elasticsearch-data');
      const config = await stage().eventually<Secret>('secret', `${metadata.name}-es-${name}-es-config`);
      expect(parse(secretText(config, 'elasticsearch.yml'))).toHaveProperty('cluster.name', metadata.name);
    }
  });

  test('makes the Secrets and the Service by which others reach Elasticsearch', async () => {
    const { name } = only(stage(), 'Elasticsearch').metadata;
    const user = await stage().eventually<Secret>('secret', `${name}-es-elastic-user`);
    expect(secretText(user, 'elastic').length).toBeGreaterThan(15);
    const certificates = await stage().eventually<Secret>('secret', `${name}-es-http-certs-public`);
    expect(secretText(certificates, 'ca.crt')).toContain('BEGIN CERTIFICATE');
    const service = await stage().eventually<Service>('service', `${name}-es-http`);
    expect(service.spec.ports).toMatchObject([{ name: 'https', port: 9200 }]);
  });

  test('says of Elasticsearch what it knows without an answer from it', async () => {
    const { name } = only(stage(), 'Elasticsearch').metadata;
    const { status } = await stage().eventually<Reconciled>('elasticsearch', name, (object) =>
      expect(object.status?.phase).toBe('ApplyingChanges'),
    );
    expect(status?.health).toBe('unknown');
  });

  test("makes Filebeat's DaemonSet with our inputs and the way to Elasticsearch", async () => {
    const { metadata, spec } = only<Beat>(stage(), 'Beat');
    const name = `${metadata.name}-beat-${spec.type}`;
    const set = await stage().eventually<CreatedWorkload>('daemonset', name);
    expect(imageOf(set, spec.type)).toMatch(new RegExp(`/filebeat:${spec.version}$`));
    const secret = await stage().eventually<Secret>('secret', `${name}-config`);
    const config = parse(secretText(secret, 'beat.yml')) as {
      readonly filebeat: { readonly inputs: readonly unknown[] };
      readonly output: { readonly elasticsearch: { readonly hosts: readonly string[] } };
    };
    expect(config.filebeat.inputs).toHaveLength(spec.config['filebeat.inputs'].length);
    const { name: elasticsearch } = only(stage(), 'Elasticsearch').metadata;
    expect(config.output.elasticsearch.hosts).toEqual([`https://${elasticsearch}-es-http:9200`]);
    await stage().eventually<Service>('service', `${elasticsearch}-es-http`);
  });
});
