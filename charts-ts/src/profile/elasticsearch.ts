import { z } from 'zod';
import { baseUrl, oursOrExternal } from './external.ts';
import { heap, stored, text, whole } from './values.ts';

/** Replicas of each shard. */
const indexReplicas = whole(0);

const ownElasticsearch = z.strictObject({ ...stored.shape, heap, indexReplicas });

/** The Secret of each client; docs/kubernetes.md lists the rights that each needs. */
const secrets = z.strictObject({
  /** Installs the index templates and the lifecycle. */
  templates: text,
  filebeat: text,
  /** @default none: Grafana is external and has the login itself */
  grafana: text.optional(),
  console: text.optional(),
  /** Reads cluster health. @default none: no metrics and no alerts of Elasticsearch itself */
  monitor: text.optional(),
});

/** An Elasticsearch where users and their rights exist already. */
const externalElasticsearch = z.strictObject({
  url: baseUrl,
  /** Secret with its certificate authority under the key `ca.crt`. @default a public one */
  caSecret: text.optional(),
  /** Secret with `username` and `password`: one for all clients, or one per client. */
  secret: z.union([text, secrets], {
    error: 'must be the name of a Secret, or those of each client: {templates, filebeat, grafana, console, monitor}',
  }),
  indexReplicas,
});

export const elasticsearch = oursOrExternal(ownElasticsearch, externalElasticsearch);

/** Elasticsearch that ECK runs for us. */
export type OwnElasticsearch = z.infer<typeof ownElasticsearch>;
/** Elasticsearch that somebody else runs. */
export type ExternalElasticsearch = z.infer<typeof externalElasticsearch>;
/** Clients that log in to an external Elasticsearch. */
export type ElasticsearchClient = keyof z.infer<typeof secrets>;
