import type { External } from '../external-settings.ts';
import { fromEnvironment, type HostFile } from '../kit/compose/service.ts';
import { elasticsearchSuperuser, elasticsearchUrls, elasticsearchUsers } from './facts.ts';

/** Where the containers find the certificate authority of an Elasticsearch that runs elsewhere; an empty file is none. */
export const elasticsearchCaFile = '/etc/tidb-cdc/elasticsearch-ca.pem';

/** The mount of that file. */
export function elasticsearchCaMount(external: External): readonly HostFile[] {
  return external.has('elasticsearch')
    ? [{ setting: 'EXTERNAL_ELASTICSEARCH_CA_FILE', target: elasticsearchCaFile }]
    : [];
}

/** Who asks Elasticsearch, by the word in the names of the settings. */
const clients = {
  TEMPLATES: { username: elasticsearchSuperuser.username, passwordVariable: 'ELASTIC_PASSWORD' },
  FILEBEAT: elasticsearchUsers.shipper,
  GRAFANA: elasticsearchUsers.dashboards,
  CONSOLE: elasticsearchUsers.console,
} as const;

/** The login of one of them. */
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

/** How one of our programs asks Elasticsearch, under the names of its settings. */
export function elasticsearchClient(external: External, client: keyof typeof clients) {
  const { username, password } = elasticsearchLogin(external, client);
  return {
    ELASTICSEARCH_URL: elasticsearchUrl(external),
    ELASTICSEARCH_USERNAME: username,
    ELASTICSEARCH_PASSWORD: password,
    ...(external.has('elasticsearch') ? { ELASTICSEARCH_CA_FILE: elasticsearchCaFile } : {}),
  };
}
