import { consoleSettings } from '@tidb-cdc/console/settings';
import { readEnvironment } from '@tidb-cdc/runtime/environment';
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../src/profile/fields.ts';
import { customResources } from '../../src/targets/kubernetes/custom-resources.ts';
import { manifestsOf, workloads } from '../support/manifests.ts';
import { kindWithImages, production, profiles, withConsole } from '../support/profiles.ts';

function platform(profile: Profile) {
  return manifestsOf(profile, 'platform');
}

function containerOf(profile: Profile) {
  const console = workloads(platform(profile)).find(({ metadata }) => metadata.name === 'console');
  return console?.pod.containers[0];
}

/** The console's settings; a value in a Secret is given as `<secret>/<key>`. */
function environmentOf(profile: Profile): Record<string, string> {
  const variables = containerOf(profile)?.env ?? [];
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => {
      const { secretKeyRef } = (valueFrom ?? {}) as { secretKeyRef?: { name: string; key: string } };
      return [name, value ?? `${secretKeyRef?.name}/${secretKeyRef?.key}`];
    }),
  );
}

function ingressOf(profile: Profile) {
  return platform(profile).find(({ kind, metadata }) => kind === 'Ingress' && metadata.name === 'console');
}

function secretNames(profile: Profile): string[] {
  const definitions = platform(profile).flatMap(({ data }) => (data?.['secrets.json'] ? [data['secrets.json']] : []));
  expect(definitions).toHaveLength(1);
  return (JSON.parse(definitions[0] ?? '[]') as { name: string }[]).map(({ name }) => name);
}

test.each(profiles)('there is none unless the profile has one: %s', (_, profile) => {
  const images = { ...profile, programs: production.programs };
  expect(workloads(platform(images)).map(({ metadata }) => metadata.name)).not.toContain('console');
  expect(secretNames(images)).not.toContain('console-login');
});

describe.each([
  ['without logins of Kafka', kindWithImages],
  ['with logins of Kafka', production],
])('the console page, %s', (_, without) => {
  const profile = withConsole(without);

  test('takes all it is given, and wants a login that the cluster makes up', () => {
    const { KAFKA_CA_FILE: _file, ELASTICSEARCH_CA_FILE: _other, ...environment } = environmentOf(profile);
    expect(Object.keys(consoleSettings.shape)).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(readEnvironment(consoleSettings, environment)).toMatchObject({
      HTTP_HOST: '0.0.0.0',
      CONSOLE_USERNAME: 'console-login/username',
      CONSOLE_PASSWORD: 'console-login/password',
    });
    expect(secretNames(profile)).toEqual(expect.arrayContaining(['console-login', 'elasticsearch-user-console']));
  });

  test('is read-only, unless the profile lets it replay dead letters; it never reaches the database', () => {
    expect(environmentOf(profile)).toMatchObject({ CONSOLE_WRITE: 'false' });
    expect(environmentOf(withConsole(without, { write: true }))).toMatchObject({ CONSOLE_WRITE: 'true' });
    const names = Object.keys(environmentOf(withConsole(without, { write: true })));
    expect(names.filter((name) => name === 'CONSOLE_SQL' || name.startsWith('DATABASE'))).toEqual([]);
  });

  test('answers under the name of its Ingress, where it has one', () => {
    expect(environmentOf(profile)).not.toHaveProperty('HTTP_NAMES');
    expect(ingressOf(profile)).toBeUndefined();
    const entry = { host: 'console.example.org', tlsSecret: 'certificate', annotations: {} };
    const named = withConsole(without, { ingress: entry });
    expect(environmentOf(named)).toMatchObject({ HTTP_NAMES: 'console.example.org' });
    expect(ingressOf(named)?.spec).toMatchObject({
      tls: [{ hosts: ['console.example.org'], secretName: 'certificate' }],
      rules: [{ host: 'console.example.org', http: { paths: [{ backend: { service: { name: 'console' } } }] } }],
    });
  });
});

test('Kafka lets it in with rights for what it does, and no more', () => {
  const rights = (profile: Profile) => {
    const user = customResources(profile).find(({ metadata }) => metadata.name === 'cdc-console');
    const { authorization } = (user?.spec ?? {}) as {
      authorization?: { acls: { resource: { type: string; name: string }; operations: string[] }[] };
    };
    return authorization?.acls.map(({ resource, operations }) => [resource.name, operations]);
  };
  expect(rights(production)).toBeUndefined();
  expect(rights(withConsole(production))).toEqual([['cdc-events.dead-letter', ['Read', 'Describe']]]);
  expect(rights(withConsole(production, { write: true }))).toEqual([
    ['cdc-events.dead-letter', ['Read', 'Write', 'Describe']],
    ['cdc-events', ['Write', 'Describe']],
  ]);
  expect(environmentOf(withConsole(production))).toMatchObject({
    ...{ KAFKA_USERNAME: 'cdc-console', KAFKA_PASSWORD: 'cdc-console/password' },
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
  });
});

test('runs from the image that the profile names', () => {
  expect(containerOf(withConsole(production))).toMatchObject({
    image: expect.stringMatching(/\/console@sha256:/),
    command: ['node', '/app/console/build/main.mjs'],
  });
});
