import { z } from 'zod';
import { ingress, peers, somePeers } from './access.ts';
import { baseUrl, oursOrExternal } from './external.ts';
import { days, labels, size, sized, stored, text, whole } from './values.ts';

const ownPrometheus = z.strictObject({ ...stored.shape, retention: days, scrapeIntervalSeconds: whole(1) });

/** A Prometheus that its operator configures from monitors and rules, and its Alertmanager. */
const externalPrometheus = z.strictObject({
  /** URL at which Grafana and the console query it. */
  url: baseUrl,
  /** Labels by which it selects monitors and rules, such as `release: kube-prometheus-stack`. */
  monitorLabels: labels,
  /** Its pods, which the network policies allow to scrape. */
  peers: somePeers,
  /** Time between two of its scrapes, in seconds. */
  scrapeIntervalSeconds: whole(1).default(30),
});

export const prometheus = oursOrExternal(ownPrometheus, externalPrometheus);

/** Where alerts are sent. The Secret contains `url`, or `password` for mail. */
const receiver = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('webhook'), secret: text }),
    z.strictObject({ type: z.literal('slack'), secret: text, channel: text }),
    z.strictObject({ type: z.literal('email'), secret: text, to: text, from: text, smarthost: text, username: text }),
  ],
  { error: 'must be of type webhook, slack or email' },
);

/** Alertmanager, only with our own Prometheus. */
export const alertmanager = z.strictObject({
  ...sized.shape,
  /** @default none: alerts are shown in Alertmanager and on the dashboard, and nobody is notified */
  receiver: receiver.optional(),
  /** Secret with the `url` that gets an alert that always fires, every minute. @default none */
  heartbeatSecret: text.optional(),
});

const ownGrafana = z.strictObject({ ...size.shape, ingress: ingress.optional() });

/** A Grafana whose sidecar loads dashboards and data sources from ConfigMaps with these labels. */
const externalGrafana = z.strictObject({
  dashboardLabels: labels.default({ grafana_dashboard: '1' }),
  dataSourceLabels: labels.default({ grafana_datasource: '1' }),
  /** Its pods, if they query a Prometheus or an Elasticsearch of ours. */
  peers,
});

export const grafana = oursOrExternal(ownGrafana, externalGrafana);

/** Prometheus that Prometheus Operator runs for us. */
export type OwnPrometheus = z.infer<typeof ownPrometheus>;
/** Alertmanager that Prometheus Operator runs for us. */
export type OwnAlertmanager = z.infer<typeof alertmanager>;
/** Grafana that somebody else runs. */
export type ExternalGrafana = z.infer<typeof externalGrafana>;
/** Grafana that we run. */
export type OwnGrafana = z.infer<typeof ownGrafana>;
