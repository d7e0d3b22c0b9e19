import { z } from 'zod';
import { baseUrl, oursOrExternal } from './external.ts';
import { heap, stored, text, whole } from './values.ts';

/** Copies of each shard beside the primary. */
const indexReplicas = whole(0);

const ownElasticsearch = z.strictObject({ ...stored.shape, heap, indexReplicas });

/** The Secret of each client; docs/kubernetes.md says which rights each needs. */
const secrets = z.strictObject({
  /** Installs the index templates and the lifecycle. */
  templates: text,
  filebeat: text,
  /** @default Grafana is external and has the login itself */
  grafana: text.optional(),
  console: text.optional(),
  /** Reads the cluster's health. @default there are no metrics and no alerts of Elasticsearch itself */
  monitor: text.optional(),
});

/** Where its users and their rights are there already. */
const externalElasticsearch = z.strictObject({
  url: baseUrl,
  /** Secret with its certificate authority, at `ca.crt`. @default it has a certificate of a public one */
  caSecret: text.optional(),
  /** Secret with `username` and `password`: one for all clients, or one for each. */
  secret: z.union([text, secrets], {
    error: 'must be the name of a Secret, or those of each client: {templates, filebeat, grafana, console, monitor}',
  }),
  indexReplicas,
});

export const elasticsearch = oursOrExternal(ownElasticsearch, externalElasticsearch);

/** Elasticsearch that ECK runs for us. */
export type OwnElasticsearch = z.infer<typeof ownElasticsearch>;
/** Elasticsearch of somebody else. */
export type ExternalElasticsearch = z.infer<typeof externalElasticsearch>;
/** Those who log in to an external Elasticsearch. */
export type ElasticsearchClient = keyof z.infer<typeof secrets>;

/** The Secret with a client's login; undefined where the profile names none. */
export function clientSecret({ secret }: ExternalElasticsearch, client: ElasticsearchClient): string | undefined {
  return typeof secret === 'string' ? secret : secret[client];
}
