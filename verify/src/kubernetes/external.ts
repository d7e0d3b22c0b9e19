import type { Profile } from '@tidb-cdc/charts/profile';
import { readEnvironment, SettingsError, url } from '@tidb-cdc/runtime/environment';
import { readLogin } from '@tidb-cdc/runtime/login';
import { z } from 'zod';
import { withLogin } from '../url-login.ts';

const settings = z.object({
  ELASTICSEARCH_URL: url.optional(),
  ELASTICSEARCH_USERNAME: z.string().optional(),
  ELASTICSEARCH_PASSWORD: z.string().optional(),
  PROMETHEUS_URL: url.optional(),
});

/** Base URLs of the external systems, without a trailing slash; Elasticsearch's with a login in it. */
export interface ExternalUrls {
  readonly elasticsearch?: string;
  readonly prometheus?: string;
}

/**
 * Where this machine reaches a profile's external systems: at the profile's address, or at that of the environment. No
 * Secret in the cluster holds a login that may do what `verify` does, so the environment holds that too.
 * @throws SettingsError when Elasticsearch is external and there is no login
 */
export function externalUrls(profile: Profile, env: NodeJS.ProcessEnv = process.env): ExternalUrls {
  const { elasticsearch, prometheus } = profile;
  const given = readEnvironment(settings, env);
  const urls: { elasticsearch?: string; prometheus?: string } = {};
  if ('external' in prometheus) urls.prometheus = given.PROMETHEUS_URL ?? prometheus.external.url;
  if ('external' in elasticsearch) {
    const login = readLogin(given, 'ELASTICSEARCH');
    if (login === undefined) {
      throw new SettingsError([
        'ELASTICSEARCH_USERNAME is not set: Elasticsearch is external, so set ELASTICSEARCH_USERNAME and ' +
          'ELASTICSEARCH_PASSWORD to a login that may read and refresh cdc-events and read the health of the cluster',
      ]);
    }
    urls.elasticsearch = withLogin(given.ELASTICSEARCH_URL ?? elasticsearch.external.url, login);
  }
  return urls;
}
