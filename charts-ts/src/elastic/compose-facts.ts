import type { External } from '../external-settings.ts';
import { fromEnvironment, type HostFile } from '../kit/compose/service.ts';
import { elasticsearchSuperuser, elasticsearchUrls, elasticsearchUsers } from './facts.ts';

/** The path in containers of an external Elasticsearch's certificate authority; an empty file means none. */
export const elasticsearchCaFile = '/etc/tidb-cdc/elasticsearch-ca.pem';

/** The mount of that file. */
export function elasticsearchCaMount(external: External): readonly HostFile[] {
  return external.has('elasticsearch')
    ? [{ setting: 'EXTERNAL_ELASTICSEARCH_CA_FILE', target: elasticsearchCaFile }]
    : [];
}

/** The clients of Elasticsearch, keyed by the word in the names of their settings. */
const clients = {
  TEMPLATES: { username: elasticsearchSuperuser.username, passwordVariable: 'ELASTIC_PASSWORD' },
  FILEBEAT: elasticsearchUsers.shipper,
  GRAFANA: elasticsearchUsers.dashboards,
  CONSOLE: elasticsearchUsers.console,
} as const;

/** The login of a client. */
export function elasticsearchLogin(external: External, client: keyof typeof clients) {
  if (!external.has('elasticsearch')) {
    const { username, passwordVariable } = clients[client];
    return { username, password: fromEnvironment(passwordVariable) };
  }
  return {
    username: fromEnvironment(`EXTERNAL_ELASTICSEARCH_${client}_USERNAME`),
    password: fromEnvironment(`EXTERNAL_ELASTICSEARCH_${client}_PASSWORD`),
  };
}

/** Elasticsearch's address. */
export function elasticsearchUrl(external: External) {
  return external.has('elasticsearch') ? fromEnvironment('EXTERNAL_ELASTICSEARCH_URL') : elasticsearchUrls.compose;
}

/** The settings with which one of our programs connects to Elasticsearch. */
export function elasticsearchClient(external: External, client: keyof typeof clients) {
  const { username, password } = elasticsearchLogin(external, client);
  return {
    ELASTICSEARCH_URL: elasticsearchUrl(external),
    ELASTICSEARCH_USERNAME: username,
    ELASTICSEARCH_PASSWORD: password,
    ...(external.has('elasticsearch') ? { ELASTICSEARCH_CA_FILE: elasticsearchCaFile } : {}),
  };
}
