import { stringify } from 'yaml';
import type { Profile } from '../../src/profile/fields.ts';
import { parseProfile } from '../../src/profile.ts';
import { external, production } from './profiles.ts';

/** A profile with some keys changed, parsed again; `undefined` removes a key. @param base @default production */
export function changed(keys: Readonly<Record<string, unknown>>, base: Profile = production): Profile {
  return parseProfile(stringify({ ...base, ...keys }), 'test.yaml');
}

/** Pods of a TiCDC in another namespace. */
export const ticdcPeer = { namespace: { team: 'database' }, pods: { app: 'ticdc' } };

/** Kafka is external, nothing else. */
export const externalKafka = changed({ kafka: external.kafka, retention: external.retention });

/** TiDB with TiCDC is external, nothing else. */
export const externalTidb = changed({
  tidb: { external: { ticdc: { url: 'http://ticdc.database.svc:8300', kafkaCaFile: '/etc/kafka/ca.crt' } } },
  peers: { ...production.peers, sql: [], kafka: [ticdcPeer] },
});

/** Elasticsearch is external, nothing else. */
export const externalElasticsearch = changed({
  elasticsearch: { external: { url: 'https://search.example.com:9200', secret: 'search', indexReplicas: 1 } },
});

/** Prometheus and Alertmanager are external, nothing else. */
export const externalPrometheus = changed({
  prometheus: external.prometheus,
  alertmanager: undefined,
  clusterPrometheus: undefined,
});

/** Pods of a Grafana in another namespace. */
export const grafanaPeer = { namespace: { team: 'web' }, pods: { app: 'grafana' } };

/** Grafana is external, nothing else. */
export const externalGrafana = changed({
  grafana: { external: { peers: [grafanaPeer] } },
  peers: { ...production.peers, grafana: [] },
});
