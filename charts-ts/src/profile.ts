import { readFile } from 'node:fs/promises';
import { capturePattern, captureRule } from '@tidb-cdc/jobs/changefeed/definition';
import { SettingsError } from '@tidb-cdc/runtime/environment';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import {
  byDigest,
  days,
  flag,
  heap,
  host,
  kafkaNodes,
  labels,
  size,
  sized,
  stored,
  text,
  whole,
} from './profile-values.ts';

/** A laptop's TiKV: few open files, a small cache, no disk held back for when it is full. */
const small = flag.default(false);

const inNamespace = (name: string) => ({ 'kubernetes.io/metadata.name': name });

/** Pods of another namespace, by its labels and theirs. */
const podPeer = z.strictObject({ namespace: labels.optional(), pods: labels });
const podPeers = z.array(podPeer).min(1, { error: 'must name pods' });

/** Pods of one or more namespaces, or addresses outside the cluster. */
const peer = z
  .strictObject({
    namespace: labels.optional(),
    pods: labels.optional(),
    cidr: z.union([z.cidrv4(), z.cidrv6()], { error: 'must be a block of addresses such as 10.0.0.0/16' }).optional(),
  })
  .refine(({ namespace, pods, cidr }) => (cidr === undefined) !== (namespace === undefined && pods === undefined), {
    error: 'must be {namespace, pods} by labels, one of them at least, or {cidr}',
  });
const peers = z.array(peer).default([]);

/** Where an operator of another team is let in from, as its own manifests and its chart label it. */
const operatorPods = z.strictObject({
  tidb: podPeers.default([
    {
      namespace: inNamespace('tidb-admin'),
      pods: { 'app.kubernetes.io/name': 'tidb-operator', 'app.kubernetes.io/component': 'controller-manager' },
    },
  ]),
  elastic: podPeers.default([
    { namespace: inNamespace('elastic-system'), pods: { 'control-plane': 'elastic-operator' } },
    { namespace: inNamespace('elastic-system'), pods: { 'app.kubernetes.io/name': 'elastic-operator' } },
  ]),
});

/** A way in for browsers: an Ingress for the host, with the certificate of that Secret. */
const ingress = z.strictObject({
  host,
  tlsSecret: text,
  /** @default the cluster's default class */
  className: text.optional(),
  /** What the Ingress controller or cert-manager go by. */
  annotations: labels.default({}),
});

/** The console page, behind a login that is made up in the cluster. */
const consolePage = z.strictObject({
  ...size.shape,
  /** Whether dead letters can be sent again from it; it changes nothing else. */
  write: flag.default(false),
  /** @default a port-forward is the only way to it */
  ingress: ingress.optional(),
});

/** Backups of TiDB and Elasticsearch, daily at the same time, in a bucket of S3 or of what speaks its protocol. */
const backup = z.strictObject({
  s3: z.strictObject({
    /** As TiDB Operator names it: aws, ceph, minio and others. */
    provider: text.default('aws'),
    bucket: text,
    prefix: text.regex(/^[^/](.*[^/])?$/, { error: 'must be a path without a slash at its ends' }),
    region: text,
    /** @default that of the provider and region */
    endpoint: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
    /** Name of the Secret with `access_key` and `secret_key`: in the namespace, and in that of the backups. */
    secret: text,
  }),
  /** UTC. */
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 02:30' }),
  keep: days,
  /** Takes none of TiDB: a cluster into which a backup is restored must not write one. */
  paused: flag.default(false),
});

/** Who is told of alerts: the Secret holds `url`, for mail `password`. */
const receiver = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('webhook'), secret: text }),
    z.strictObject({ type: z.literal('slack'), secret: text, channel: text }),
    z.strictObject({ type: z.literal('email'), secret: text, to: text, from: text, smarthost: text, username: text }),
  ],
  { error: 'must be of type webhook, slack or email' },
);

const autoscaling = z.strictObject({
  maxReplicas: whole(2),
  /** `cpu` needs metrics-server, `lag` an adapter that serves `cdc_consumer_lag` as an external metric. */
  metric: z.enum(['cpu', 'lag'], { error: 'must be cpu or lag' }),
  /** Percent of the CPU request, or messages that wait for each replica. */
  target: whole(1),
});

const fields = z.strictObject({
  namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: 'must be the name of a namespace' }),
  /** `present`: the platform team installs CRDs and operators, and they watch the namespace. */
  operators: z.enum(['install', 'present'], { error: 'must be install or present' }),
  /**
   * Where `present` operators run that connect to pods here; Strimzi's own policies let it in from everywhere. Each
   * default is the operator's own namespace and labels.
   */
  operatorPods: operatorPods.prefault({}),
  /** Who may connect from outside the namespace, beside people through `nodePorts`. @default nobody */
  peers: z.strictObject({ sql: peers, grafana: peers, prometheus: peers, console: peers }).prefault({}),
  /** Where the code of consumer and jobs comes from: `bundle` puts it into ConfigMaps for the public Node image. */
  programs: z.union(
    [z.literal('bundle'), z.strictObject({ consumer: byDigest, jobs: byDigest, console: byDigest.optional() })],
    {
      error: 'must be bundle, or the images {consumer, jobs, console} by digest',
    },
  ),
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
  capture: z.array(z.string().regex(capturePattern, { error: captureRule })).min(1, { error: 'must name tables' }),
  /** The demo's tables and rows, and its user; `npm run verify` works on them. */
  demo: flag,
  /** How long events are kept: as messages of Kafka, from where they can be read again, and as documents. */
  retention: z.strictObject({ messages: days, documents: days }),
  /** `ticdc.storage` is for what TiCDC sorts on disk: hours of changes, while Kafka is away. */
  tidb: z.strictObject({ pd: stored, tikv: z.strictObject({ ...stored.shape, small }), tidb: sized, ticdc: stored }),
  kafka: z.strictObject({
    ...kafkaNodes.shape,
    /** Controllers apart from the brokers. @default the brokers are controllers too */
    controllers: kafkaNodes.optional(),
    partitions: whole(1),
    replicationFactor: whole(1),
    minInsyncReplicas: whole(1),
    /** `scram`: TLS, a user with a password for each client, and rights for no more than it needs. */
    authentication: z.enum(['none', 'scram'], { error: 'must be none or scram' }),
    /** Raised after a password or the certificate authority was changed: brings them to consumer and changefeed. */
    credentialsVersion: whole(1).default(1),
  }),
  elasticsearch: z.strictObject({
    ...stored.shape,
    heap,
    /** Copies of each shard beside the primary. */
    indexReplicas: whole(0),
  }),
  /** Filebeat beside each consumer. */
  filebeat: size,
  /** `storage` holds the events that are not shipped yet: so long Elasticsearch may be away. */
  consumer: z.strictObject({ ...stored.shape, autoscaling: autoscaling.optional() }),
  prometheus: z.strictObject({ ...stored.shape, retention: days, scrapeIntervalSeconds: whole(1) }),
  alertmanager: z.strictObject({
    ...sized.shape,
    /** @default alerts are seen in Alertmanager and on the dashboard, and nobody is told */
    receiver: receiver.optional(),
    /** Secret with the `url` that gets an alert that always fires, every minute. @default there is none */
    heartbeatSecret: text.optional(),
  }),
  /**
   * `host:port` of the cluster's own Prometheus, which scrapes kubelets and kube-state-metrics: alerts about volumes and
   * operators ask it. @default there are none
   */
  clusterPrometheus: z
    .string()
    .regex(/^[^\s/:]+:\d+$/, { error: 'must be host:port' })
    .optional(),
  grafana: z.strictObject({ ...size.shape, ingress: ingress.optional() }),
  jsonExporter: size,
  /** @default there is none */
  console: consolePage.optional(),
  /** @default there are none */
  backup: backup.optional(),
});

export type Labels = Readonly<z.infer<typeof labels>>;
export type PodPeer = Readonly<z.infer<typeof podPeer>>;
export type Peer = Readonly<z.infer<typeof peer>>;

/** Sizes, copies, storage and security of one environment; nothing else differs between environments. */
export type Profile = z.infer<typeof fields>;

/**
 * The namespace of TiDB's backups. TiDB Operator gives the containers of their Jobs no security context, so Pod
 * Security's level `restricted` would refuse them.
 */
export function backupNamespace(namespace: string): string {
  return `${namespace}-backup`;
}

/** Hour and minute of the daily backup, UTC. */
export function backupTime({ at }: NonNullable<Profile['backup']>) {
  const [hour, minute] = at.split(':').map(Number);
  return { hour, minute };
}

/** Hours of an amount of days such as 7d. */
export function dayHours(amount: string): number {
  return Number.parseInt(amount, 10) * 24;
}

const schema = fields.superRefine((profile, context) => {
  for (const [path, broken, message] of rules(profile)) {
    if (broken) context.addIssue({ code: 'custom', path: path.split('.'), message, input: valueAt(profile, path) });
  }
});

/** Rules across fields: which field is wrong, whether it is, and why. */
function rules({
  operators,
  spread,
  zoneKey,
  backup,
  tidb,
  kafka,
  elasticsearch,
  consumer,
  console: page,
  programs,
}: Profile): readonly (readonly [string, boolean, string])[] {
  const { partitions, replicas: brokers, replicationFactor, minInsyncReplicas } = kafka;
  const most = consumer.autoscaling?.maxReplicas ?? consumer.replicas;
  const mostPath = consumer.autoscaling === undefined ? 'consumer.replicas' : 'consumer.autoscaling.maxReplicas';
  return [
    ['backup', backup !== undefined && operators === 'install', 'needs operators: present, which watch its namespace'],
    [
      'programs.console',
      page !== undefined && programs !== 'bundle' && programs.console === undefined,
      'must name the image of the console, since console is set',
    ],
    ['tidb.pd.replicas', tidb.pd.replicas % 2 === 0, 'must be odd, so that a majority exists'],
    [
      kafka.controllers === undefined ? 'kafka.replicas' : 'kafka.controllers.replicas',
      (kafka.controllers?.replicas ?? brokers) % 2 === 0,
      'must be odd, so that the controllers have a majority',
    ],
    ['zoneKey', zoneKey !== undefined && !spread, 'needs spread: true'],
    ['zoneKey', zoneKey !== undefined && operators === 'install', 'needs operators: present, which may read nodes'],
    ['kafka.replicationFactor', replicationFactor > brokers, `must be at most kafka.replicas (${brokers})`],
    [
      'kafka.minInsyncReplicas',
      minInsyncReplicas > 1 ? minInsyncReplicas >= replicationFactor : minInsyncReplicas > replicationFactor,
      `must be below kafka.replicationFactor (${replicationFactor}), or one broker's restart stops all writes`,
    ],
    [mostPath, most > partitions, `must be at most kafka.partitions (${partitions}): further consumers would idle`],
    [
      'consumer.autoscaling.maxReplicas',
      consumer.autoscaling !== undefined && most < consumer.replicas,
      `must be at least consumer.replicas (${consumer.replicas})`,
    ],
    [
      'elasticsearch.indexReplicas',
      elasticsearch.indexReplicas >= elasticsearch.replicas,
      `must be below elasticsearch.replicas (${elasticsearch.replicas}): a node holds one copy of a shard`,
    ],
  ];
}

function valueAt(profile: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], profile);
}

/** @throws SettingsError with a line for each wrong key: the file, the key, its value, the rule */
export async function readProfile(path: string): Promise<Profile> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    throw new SettingsError([`profile ${path}: cannot be read: ${(error as Error).message}`]);
  }
  return parseProfile(content, path);
}

/**
 * @param source names the profile in errors
 * @throws SettingsError as readProfile
 */
export function parseProfile(content: string, source: string): Profile {
  const result = schema.safeParse(parseYaml(content, source), { reportInput: true });
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map(({ path, message, input }) => {
      const value = input === undefined ? ' is not set' : `=${JSON.stringify(input)}`;
      return `profile ${source}: ${path.join('.') || 'content'}${value}: ${message}`;
    }),
  );
}

function parseYaml(content: string, source: string): unknown {
  try {
    return parse(content);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new SettingsError([`profile ${source}: is not YAML: ${error.message}`]);
  }
}
