import { readFileSync } from 'node:fs';
import { parseProfile, profilePath, readProfile } from '@tidb-cdc/charts/profile';
import { describe, expect, test } from 'vitest';
import { externalUrls } from '../../src/kubernetes/external.ts';

const file = profilePath('external');
// With a digest, which the file leaves to its users.
const external = parseProfile(readFileSync(file, 'utf8').replaceAll(/sha256:0{64}/g, `sha256:${'1'.repeat(64)}`), file);
const login = { ELASTICSEARCH_USERNAME: 'verify', ELASTICSEARCH_PASSWORD: 'p@ss:word' };

describe('externalUrls', () => {
  test('are those of the profile, with the login of the environment', () => {
    expect(externalUrls(external, login)).toEqual({
      elasticsearch: 'https://verify:p%40ss%3Aword@search.example.com:9200',
      prometheus: 'http://prometheus-operated.monitoring.svc:9090',
    });
  });

  test('are those of the environment where this machine reaches the systems otherwise', () => {
    const env = { ...login, ELASTICSEARCH_URL: 'http://127.0.0.1:9200/', PROMETHEUS_URL: 'http://127.0.0.1:9090' };
    expect(externalUrls(external, env)).toEqual({
      elasticsearch: 'http://verify:p%40ss%3Aword@127.0.0.1:9200',
      prometheus: 'http://127.0.0.1:9090',
    });
  });

  test('need a login of Elasticsearch', () => {
    expect(() => externalUrls(external, {})).toThrow('ELASTICSEARCH_USERNAME is not set: Elasticsearch is external');
  });

  test('are none where the systems are ours, whatever the environment holds', async () => {
    expect(externalUrls(await readProfile(profilePath('kind')), { ...login, PROMETHEUS_URL: 'http://x:1' })).toEqual(
      {},
    );
  });
});
