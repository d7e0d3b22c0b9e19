import { SettingsError } from '@tidb-cdc/runtime/environment';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseProfile, readProfile } from '../src/profile.ts';
import { production } from './support/profiles.ts';

/** The lines of the error for the production profile with one key changed; `undefined` removes the key. */
function problems(path: string, value: unknown): readonly string[] {
  const profile = structuredClone(production) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = profile;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  try {
    parseProfile(stringify(profile), 'test.yaml');
  } catch (error) {
    if (error instanceof SettingsError) return error.lines;
    throw error;
  }
  return [];
}

describe('parseProfile', () => {
  test.each([
    ['namespace', 'Cdc', 'namespace="Cdc": must be the name of a namespace'],
    ['operators', 'maybe', 'operators="maybe": must be install or present'],
    ['keepVolumes', 'yes', 'keepVolumes="yes": must be true or false'],
    ['kafka.storage', '200GB', 'kafka.storage="200GB": must be an amount of storage such as 5Gi'],
    ['tidb.tikv.memory', '16g', 'tidb.tikv.memory="16g": must be an amount of memory such as 512Mi or 2Gi'],
    ['tidb.pd.replicas', 2, 'tidb.pd.replicas=2: must be odd, so that a majority exists'],
    ['tidb.pd.replicas', 0, 'tidb.pd.replicas=0: must be at least 1'],
    ['tidb.pd.replicas', undefined, 'tidb.pd.replicas is not set: must be a whole number, at least 1'],
    [
      'kafka.controllers.replicas',
      2,
      'kafka.controllers.replicas=2: must be odd, so that the controllers have a majority',
    ],
    ['registry', 'https://mirror.example', 'registry="https://mirror.example": must be a registry without https://'],
    [
      'registry',
      'mirror.example/',
      'registry="mirror.example/": must be a registry without https:// and without a slash',
    ],
    ['imagePullSecrets', 'pull', 'imagePullSecrets="pull": must be a list of names of Secrets'],
    ['peers.sql', [{}], 'peers.sql.0={}: must be {namespace, pods} by labels, one of them at least, or {cidr}'],
    ['peers.grafana', [{ cidr: '10.0.0.0' }], 'peers.grafana.0.cidr="10.0.0.0": must be a block of addresses'],
    ['alertmanager.receiver', { type: 'pager' }, '{"type":"pager"}: must be of type webhook, slack or email'],
    ['clusterPrometheus', 'http://p:9090', 'clusterPrometheus="http://p:9090": must be host:port'],
    ['spread', false, 'zoneKey="topology.kubernetes.io/zone": needs spread: true'],
    ['operators', 'install', 'zoneKey="topology.kubernetes.io/zone": needs operators: present, which may read nodes'],
    ['kafka.replicationFactor', 5, 'kafka.replicationFactor=5: must be at most kafka.replicas (3)'],
    ['kafka.minInsyncReplicas', 3, 'kafka.minInsyncReplicas=3: must be below kafka.replicationFactor (3)'],
    ['kafka.authentication', 'tls', 'kafka.authentication="tls": must be none or scram'],
    ['kafka.partitions', 6, 'consumer.autoscaling.maxReplicas=12: must be at most kafka.partitions (6)'],
    [
      'consumer.autoscaling.maxReplicas',
      2,
      'consumer.autoscaling.maxReplicas=2: must be at least consumer.replicas (3)',
    ],
    ['consumer.autoscaling.metric', 'qps', 'consumer.autoscaling.metric="qps": must be cpu or lag'],
    ['elasticsearch.indexReplicas', 3, 'elasticsearch.indexReplicas=3: must be below elasticsearch.replicas (3)'],
    [
      'elasticsearch',
      { external: { url: 'http://es:9200', caSecret: 'ca', secret: 'es', indexReplicas: 1 } },
      'elasticsearch.external.caSecret="ca": must be left out, since elasticsearch.external.url is without TLS',
    ],
    [
      'elasticsearch',
      { external: { url: 'https://es:9200', secret: { templates: 'a', filebeat: 'b' }, indexReplicas: 1 } },
      'elasticsearch.external.secret.grafana is not set: must name the Secret of Grafana',
    ],
    [
      'elasticsearch',
      { external: { url: 'https://es:9200', secret: {}, indexReplicas: 1 } },
      'elasticsearch.external.secret={}: must be the name of a Secret, or those of each client: {templates, filebeat,',
    ],
    [
      'console',
      { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi' },
      'programs.console is not set: must name the image of the console, since console is set',
    ],
    ['console', { ingress: { host: 'a.example:443' } }, 'console.ingress.host="a.example:443": must be a host name'],
    ['programs.consumer', 'consumer:latest', 'programs.consumer="consumer:latest": must name an image by its digest'],
  ])('refuses %s=%o', (path, value, message) => {
    expect(problems(path, value).join('\n')).toContain(message);
    expect(problems(path, value).join('\n')).toContain('profile test.yaml: ');
  });

  test('refuses a key that it does not know', () => {
    expect(problems('kafka.brokers', 3).join('\n')).toContain('Unrecognized key: "brokers"');
  });

  test('says everything that is wrong at once', () => {
    const text = stringify({ ...production, operators: 'no', demo: 1 });
    expect(() => parseProfile(text, 'two.yaml')).toThrow(/operators="no".*\n.*demo=1/);
  });

  test('names a file that is not YAML', () => {
    expect(() => parseProfile('kafka: [', 'broken.yaml')).toThrow('profile broken.yaml: is not YAML: ');
  });
});

describe('readProfile', () => {
  test('names a file that is not there', async () => {
    await expect(readProfile('/nowhere/none.yaml')).rejects.toThrow(
      'profile /nowhere/none.yaml: cannot be read: ENOENT',
    );
  });
});
