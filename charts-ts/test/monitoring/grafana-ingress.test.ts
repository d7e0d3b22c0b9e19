import { expect, test } from 'vitest';
import { parseProfile } from '../../src/profile.ts';
import { manifestsOf, workloads } from '../support/manifests.ts';
import { kind, production } from '../support/profiles.ts';

const entry = { host: 'grafana.example.org', tlsSecret: 'certificate', className: 'internal', annotations: { a: 'b' } };
const manifests = manifestsOf({ ...production, grafana: { ...production.grafana, ingress: entry } }, 'platform');

test("the Ingress leads to Grafana's Service over TLS and nowhere else", () => {
  const [ingress, ...more] = manifests.filter(({ kind: type }) => type === 'Ingress');
  expect(more).toEqual([]);
  expect(ingress).toMatchObject({
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name: 'grafana', namespace: 'cdc', annotations: { a: 'b' } },
    spec: {
      ingressClassName: 'internal',
      tls: [{ hosts: ['grafana.example.org'], secretName: 'certificate' }],
      rules: [
        {
          host: 'grafana.example.org',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'grafana', port: { name: 'http' } } } },
            ],
          },
        },
      ],
    },
  });
  const services = manifests.filter(({ kind: type }) => type === 'Service');
  const grafana = services.find(({ metadata }) => metadata.name === 'grafana');
  expect(grafana?.spec?.ports).toMatchObject([{ name: 'http' }]);
});

test('Grafana knows its own address, and sends its cookie over TLS only', () => {
  const pod = workloads(manifests).find(({ metadata }) => metadata.name === 'grafana')?.pod;
  expect(pod?.containers[0]?.env).toEqual(
    expect.arrayContaining([
      { name: 'GF_SERVER_ROOT_URL', value: 'https://grafana.example.org/' },
      { name: 'GF_SECURITY_COOKIE_SECURE', value: 'true' },
    ]),
  );
});

test('a profile without one has no Ingress, and Grafana its own defaults', () => {
  const onKind = manifestsOf({ ...kind, programs: production.programs }, 'platform');
  expect(onKind.filter(({ kind: type }) => type === 'Ingress')).toEqual([]);
  expect(JSON.stringify(onKind)).not.toContain('GF_SERVER_ROOT_URL');
});

test('an Ingress without a certificate is refused', () => {
  const { tlsSecret: _, ...open } = entry;
  const profile = JSON.stringify({ ...production, grafana: { ...production.grafana, ingress: open } });
  expect(() => parseProfile(profile, 'test.yaml')).toThrow(/grafana\.ingress\.tlsSecret is not set/);
});
