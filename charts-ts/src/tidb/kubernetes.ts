import type { migrateDatabaseSettings } from '@tidb-cdc/jobs/migrate-database';
import type { seedDatabaseSettings } from '@tidb-cdc/jobs/seed-database';
import { defined } from '@tidb-cdc/runtime/defined';
import { z } from 'zod';
import { type CustomKind, type CustomResource, customResource } from '../kit/kubernetes/custom-resource.ts';
import {
  containerSecurity,
  count,
  duration,
  flag,
  object,
  openText,
  podSecurity,
  pullSecretsField,
  quantities,
  text,
} from '../kit/kubernetes/fields.ts';
import { type JobStep, jobFilesFolder } from '../kit/kubernetes/job.ts';
import { instance, metadata } from '../kit/kubernetes/metadata.ts';
import {
  mebibytes,
  pullSecrets,
  resourcesOfCustomResource,
  restrictedPod,
  type SettingsOf,
  spreadKeys,
  unprivilegedContainer,
} from '../kit/kubernetes/pod.ts';
import { renderToml } from '../kit/toml.ts';
import { image, imageRepository, version } from '../kit/versions.ts';
import { appUser, database, nodePorts } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';
import type { OwnTidb } from '../profile/tidb.ts';
import { ticdcDataFolder, ticdcKubernetesConfiguration } from '../ticdc/facts.ts';
import {
  applicationSecret,
  pdConfiguration,
  sqlAccess,
  tidbConfiguration,
  tikvAccount,
  tikvConfiguration,
} from './facts.ts';

const component = {
  replicas: count,
  baseImage: text,
  requests: quantities,
  limits: quantities,
  securityContext: containerSecurity,
  config: openText,
  storageClassName: text.optional(),
};
const scalePolicy = object({ scaleInParallelism: count, scaleOutParallelism: count });

/** User and group of the processes and files of TiDB's components. */
const databaseUser = 1000;

/** TiDB Operator's TidbCluster: PD, TiKV, TiDB and TiCDC. */
export const tidbClusterKind = {
  group: 'pingcap.com',
  version: 'v1alpha1',
  kind: 'TidbCluster',
  plural: 'tidbclusters',
  spec: object({
    version: text,
    timezone: text,
    pvReclaimPolicy: z.enum(['Delete', 'Retain']),
    enableDynamicConfiguration: flag,
    configUpdateStrategy: z.enum(['RollingUpdate', 'InPlace']),
    imagePullPolicy: text,
    imagePullSecrets: pullSecretsField,
    helper: object({ image: text }),
    podSecurityContext: podSecurity,
    discovery: object({ requests: quantities, limits: quantities, securityContext: containerSecurity }),
    priorityClassName: text.optional(),
    topologySpreadConstraints: z.array(object({ topologyKey: text, maxSkew: count })).optional(),
    pd: object({ ...component, maxFailoverCount: count, startTimeout: count, initWaitTime: count }),
    tikv: object({ ...component, serviceAccount: text.optional(), maxFailoverCount: count, scalePolicy }),
    tidb: object({
      ...component,
      maxFailoverCount: count,
      separateSlowLog: flag,
      initializer: object({ createPassword: flag }),
      scalePolicy,
      service: object({ type: z.enum(['ClusterIP', 'NodePort']), mysqlNodePort: count.optional() }),
    }),
    ticdc: object({
      ...component,
      gracefulShutdownTimeout: duration,
      tlsClientSecretNames: z.array(text).optional(),
      storageVolumes: z.array(object({ name: text, storageSize: text, mountPath: text })),
    }),
  }),
} satisfies CustomKind;

/** A component's fields for replicas, resources and storage. */
function sized(size: OwnTidb['tidb'] & { readonly storage?: string }, storageClass: string | undefined) {
  const { requests, limits } = resourcesOfCustomResource(size);
  return {
    replicas: size.replicas,
    requests: { ...requests, ...defined({ storage: size.storage }) },
    limits,
    securityContext: unprivilegedContainer,
    storageClassName: size.storage && storageClass,
  };
}

/** TiCDC sorts on disk what does not fit into memory. It uses a volume, so that the node's disk does not fill up. */
function sortingOnDisk({ storage, ...size }: OwnTidb['ticdc'], storageClass: string | undefined) {
  const { requests, ...rest } = sized(size, undefined);
  return {
    ...rest,
    // For what it writes outside the volume; its own log goes to the container's log.
    requests: { ...requests, 'ephemeral-storage': '256Mi' },
    storageClassName: storageClass,
    storageVolumes: [{ name: 'data', storageSize: storage, mountPath: ticdcDataFolder }],
  };
}

/** How many pods the operator may add while others are down: none if the component has one replica. */
function failover(replicas: number): number {
  return replicas > 1 ? 3 : 0;
}

/** @param kafkaCa the Secret with the certificate authority of Kafka's listener, if that is encrypted */
export function tidbCluster(profile: Profile, sizes: OwnTidb, kafkaCa: string | undefined): CustomResource {
  const { namespace, storageClass } = profile;
  const { pd, tikv, tidb, ticdc } = sizes;
  const places = spreadKeys(profile);
  const onePerStep = { scaleInParallelism: 1, scaleOutParallelism: 1 };
  return customResource(tidbClusterKind, metadata(namespace, 'tidb', 'database', instance), {
    version: version('tidb'),
    timezone: 'UTC',
    pvReclaimPolicy: profile.keepVolumes ? 'Retain' : 'Delete',
    enableDynamicConfiguration: true,
    configUpdateStrategy: 'RollingUpdate',
    imagePullPolicy: 'IfNotPresent',
    ...pullSecrets(profile),
    helper: { image: image('busybox', profile) },
    // The images start as root but need not: https://docs.pingcap.com/tidb-in-kubernetes/v1.6/containers-run-as-non-root-user
    podSecurityContext: restrictedPod(databaseUser),
    discovery: {
      ...resourcesOfCustomResource({ cpu: '20m', memory: '32Mi', memoryLimit: '128Mi' }),
      securityContext: unprivilegedContainer,
    },
    priorityClassName: profile.priorityClass,
    // The operator adds the selector of each component's pods. A pod that finds no place waits.
    topologySpreadConstraints:
      places.length === 0 ? undefined : places.map((topologyKey) => ({ topologyKey, maxSkew: 1 })),
    pd: {
      ...sized(pd, storageClass),
      baseImage: imageRepository('pd', profile),
      maxFailoverCount: failover(pd.replicas),
      startTimeout: 30,
      initWaitTime: 0,
      config: renderToml(
        pdConfiguration({
          replicas: Math.min(3, tikv.replicas),
          ...(places.length === 0 ? {} : { locationLabels: places }),
        }),
      ),
    },
    tikv: {
      ...sized(tikv, storageClass),
      baseImage: imageRepository('tikv', profile),
      serviceAccount: profile.backup?.s3.role && tikvAccount,
      maxFailoverCount: failover(tikv.replicas),
      scalePolicy: onePerStep,
      config: renderToml(tikvConfiguration({ memoryMiB: mebibytes(tikv.memoryLimit), small: tikv.small })),
    },
    tidb: {
      ...sized(tidb, undefined),
      baseImage: imageRepository('tidb', profile),
      maxFailoverCount: failover(tidb.replicas),
      separateSlowLog: false,
      initializer: { createPassword: true },
      scalePolicy: onePerStep,
      service: profile.nodePorts ? { type: 'NodePort', mysqlNodePort: nodePorts.tidb } : { type: 'ClusterIP' },
      config: renderToml(tidbConfiguration()),
    },
    ticdc: {
      ...sortingOnDisk(ticdc, storageClass),
      baseImage: imageRepository('ticdc', profile),
      gracefulShutdownTimeout: '30s',
      tlsClientSecretNames: kafkaCa === undefined ? undefined : [kafkaCa],
      config: renderToml(ticdcKubernetesConfiguration()),
    },
  });
}

/** Settings for the database and the application's user in it. */
function application(profile: Profile) {
  const { host, port } = sqlAccess(profile);
  return {
    DATABASE_HOST: host,
    DATABASE_PORT: String(port),
    DATABASE_NAME: database,
    DATABASE_APP_USER: appUser,
    DATABASE_APP_PASSWORD: { secret: applicationSecret, key: 'password' },
  } satisfies SettingsOf<typeof seedDatabaseSettings>;
}

/** Creates the tables and the application's user from the migrations among the Job's files. */
export function migrateDatabase(profile: Profile): JobStep {
  const { username, password } = sqlAccess(profile);
  return {
    program: 'migrate-database',
    environment: {
      ...application(profile),
      DATABASE_ADMIN_USER: username,
      DATABASE_ADMIN_PASSWORD: password,
      MIGRATIONS_DIR: jobFilesFolder,
    } satisfies SettingsOf<typeof migrateDatabaseSettings>,
  };
}

/** Inserts the demo's rows from `seed.sql` among the Job's files. */
export function seedDatabase(profile: Profile): JobStep {
  return {
    program: 'seed-database',
    environment: { ...application(profile), SEED_FILE: `${jobFilesFolder}/seed.sql` } satisfies SettingsOf<
      typeof seedDatabaseSettings
    >,
  };
}
