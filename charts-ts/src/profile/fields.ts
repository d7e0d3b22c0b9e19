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
  /** `present`: the platform team installs CRDs and operators, and they watch the namespace. */
  operators: z.enum(['install', 'present'], { error: 'must be install or present' }),
  /**
   * Where `present` operators run that connect to pods here; Strimzi's own policies let it in from everywhere. Each
   * default is the operator's own namespace and labels.
   */
  operatorPods: operatorPods.prefault({}),
  /** Who may connect from outside the namespace, beside people through `nodePorts`. @default nobody */
  peers: z.strictObject({ sql: peers, kafka: peers, grafana: peers, prometheus: peers, console: peers }).prefault({}),
  /** Where the code of consumer and jobs comes from: `bundle` puts it into ConfigMaps for the public Node image. */
  programs: z.union(
    [z.literal('bundle'), z.strictObject({ consumer: byDigest, jobs: byDigest, console: byDigest.optional() })],
    {
      error: 'must be bundle, or the images {consumer, jobs, console} by digest',
    },
  ),
  /** A registry, and a path in it, with copies of all images, which keep their own paths and tags. @default their own */
  registry,
  /** Secrets of the namespace with which images are pulled. @default none */
  imagePullSecrets: z.array(text, { error: 'must be a list of names of Secrets' }).default([]),
  /** @default the cluster's default class */
  storageClass: text.optional(),
  /** Whether volumes outlive the resources that made them. */
  keepVolumes: flag,
  /** Ports of every node for Grafana, TiDB and Prometheus, as kind-config.yaml maps them to 127.0.0.1. */
  nodePorts: flag,
  /** Copies of a system go to different nodes; one for which there is no node waits. */
  spread: flag,
  /** Label of the nodes' zones, over which copies of pods, and of data, go too; every node must have it. @default none */
  zoneKey: text.optional(),
  /** A PriorityClass of the cluster for everything that holds or moves data. @default none */
  priorityClass: text.optional(),
  /** Which tables the changefeed captures, as rules of TiCDC's table filter. */
  capture: z
    .array(z.string().regex(capturePattern, { error: captureRule }))
    .min(1, { error: 'must name tables' })
    .optional(),
  /** How the changefeed writes changes: docs/protocols.md. @default canal-json */
  protocol: z.enum(protocolNames, { error: `must be one of ${protocolNames.join(', ')}` }).optional(),
  /** The demo's tables and rows, and its user; `npm run verify` works on them. */
  demo: flag,
  /** How long events are kept: as messages of Kafka, from where they can be read again, and as documents. */
  retention: z.strictObject({ messages: days.optional(), documents: days }),
  tidb,
  kafka,
  elasticsearch,
  /** Filebeat beside each consumer. */
  filebeat: size,
  consumer,
  prometheus,
  /** Only with a Prometheus of ours; an external one has its own. */
  alertmanager: alertmanager.optional(),
  /**
   * `host:port` of the cluster's own Prometheus, which scrapes kubelets and kube-state-metrics: alerts about volumes and
   * operators ask it. @default there are none
   */
  clusterPrometheus: hostPort.optional(),
  grafana,
  jsonExporter: size,
  /** @default there is none */
  console: consolePage.optional(),
  /** @default there are none */
  backup: backup.optional(),
});

/** Sizes, copies, storage and security of one environment; nothing else differs between environments. */
export type Profile = z.infer<typeof profileFields>;
