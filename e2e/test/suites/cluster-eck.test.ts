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
});
