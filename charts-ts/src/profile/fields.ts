import { capturePattern, captureRule } from '@tidb-cdc/jobs/changefeed/definition';
import { protocolNames } from '@tidb-cdc/runtime/names';
import { z } from 'zod';
import { operatorPods, peers } from './access.ts';
import { backup } from './backup.ts';
import { consolePage } from './console.ts';
import { consumer } from './consumer.ts';
import { elasticsearch } from './elasticsearch.ts';
import { kafka } from './kafka.ts';
import { alertmanager, grafana, prometheus } from './monitoring.ts';
import { tidb } from './tidb.ts';
import { byDigest, days, flag, hostPort, registry, size, text } from './values.ts';

/** The keys of a profile. */
export const profileFields = z.strictObject({
  namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: 'must be the name of a namespace' }),
  /** `present`: the platform team has installed CRDs and operators that watch the namespace. */
  operators: z.enum(['install', 'present'], { error: 'must be install or present' }),
  /**
   * Pods of `present` operators that connect to pods here. Strimzi is missing: its own policies let it in from
   * everywhere. The defaults are the operators' usual namespaces and labels.
   */
  operatorPods: operatorPods.prefault({}),
  /** Who may connect from outside the namespace, besides people through `nodePorts`. @default nobody */
  peers: z.strictObject({ sql: peers, kafka: peers, grafana: peers, prometheus: peers, console: peers }).prefault({}),
  /** Where the programs' code comes from. `bundle` puts it into ConfigMaps for the public Node image. */
  programs: z.union(
    [z.literal('bundle'), z.strictObject({ consumer: byDigest, jobs: byDigest, console: byDigest.optional() })],
    {
      error: 'must be bundle, or the images {consumer, jobs, console} by digest',
    },
  ),
  /** A registry, optionally with a path, that has all images under their own paths and tags. @default their own */
  registry,
  /** Secrets in the namespace for pulling images. @default none */
  imagePullSecrets: z.array(text, { error: 'must be a list of names of Secrets' }).default([]),
  /** @default the cluster's default class */
  storageClass: text.optional(),
  /** Whether volumes outlive the resources that created them. */
  keepVolumes: flag,
  /** Ports of every node for Grafana, TiDB and Prometheus, as kind-config.yaml maps them to 127.0.0.1. */
  nodePorts: flag,
  /** Spreads the copies of a system over nodes. A copy without a node of its own waits. */
  spread: flag,
  /** Label of the nodes' zones; pods and copies of data are spread over them. Every node must have it. @default none */
  zoneKey: text.optional(),
  /** A PriorityClass of the cluster, for everything that holds or moves data. @default none */
  priorityClass: text.optional(),
  /** Tables that the changefeed captures, as rules of TiCDC's table filter. */
  capture: z
    .array(z.string().regex(capturePattern, { error: captureRule }))
    .min(1, { error: 'must name tables' })
    .optional(),
  /** Protocol of the changefeed's messages, see docs/protocols.md. @default canal-json */
  protocol: z.enum(protocolNames, { error: `must be one of ${protocolNames.join(', ')}` }).optional(),
  /** Whether to create the demo's tables, rows and user, which `npm run verify` uses. */
  demo: flag,
  /** How long events are kept: as messages in Kafka, where they can be read again, and as documents. */
  retention: z.strictObject({ messages: days.optional(), documents: days }),
  tidb,
  kafka,
  elasticsearch,
  /** Filebeat beside each consumer. */
  filebeat: size,
  consumer,
  prometheus,
  /** Only with our own Prometheus; an external one has its own Alertmanager. */
  alertmanager: alertmanager.optional(),
  /**
   * `host:port` of the cluster's own Prometheus, which scrapes kubelets and kube-state-metrics. Alerts about volumes
   * and operators need it. @default none: no such alerts
   */
  clusterPrometheus: hostPort.optional(),
  grafana,
  jsonExporter: size,
  /** @default none */
  console: consolePage.optional(),
  /** @default none */
  backup: backup.optional(),
});

/** Sizes, replicas, storage and security of one environment. Nothing else differs between environments. */
export type Profile = z.infer<typeof profileFields>;
