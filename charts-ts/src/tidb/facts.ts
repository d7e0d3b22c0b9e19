import { defined } from '@tidb-cdc/runtime/defined';
import { instance, operatorManagedPods } from '../kit/kubernetes/metadata.ts';
import { secretLogin } from '../kit/kubernetes/secret.ts';
import type { TomlTable } from '../kit/toml.ts';
import { systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';

/** Hosts that SQL clients connect to. */
export const tidbHosts = { compose: 'tidb', kubernetes: `${instance}-tidb` } as const;

/**
 * The Secret with root's password. TiDB Operator creates one itself only if it is missing, and that one is deleted with
 * the TidbCluster, although the volumes, and the password in them, may stay.
 */
export const tidbRootPassword = { secret: `${instance}-init`, key: 'root' };

/**
 * Where the database is on Kubernetes, and the user that creates tables and users in it.
 * @throws Error if it is external and the profile lacks `tidb.external.sql`
 */
export function sqlAccess({ tidb }: Pick<Profile, 'tidb'>) {
  if (!('external' in tidb)) {
    return { host: tidbHosts.kubernetes, port: systems.tidb.sql, username: 'root', password: tidbRootPassword };
  }
  const { sql } = tidb.external;
  if (sql === undefined) throw new Error("'tidb.external.sql' must say where SQL is");
  const { host, port, secret } = sql;
  return { host, port, ...secretLogin(secret) };
}

/** TiKV's account, if it has a cloud role. */
export const tikvAccount = 'tikv';

/** The Secret with the name and password of the application's user. */
export const applicationSecret = 'tidb-application';

/** Labels of all pods of the TidbCluster, including TiCDC's, and of the pods of one component. */
export const tidbClusterPods = operatorManagedPods('tidb-operator');
export function tidbComponentPods(component: 'pd' | 'tikv' | 'tidb') {
  return operatorManagedPods('tidb-operator', component);
}

export interface PdOptions {
  /** Replicas of each region: at most the number of TiKV nodes. */
  readonly replicas: number;
  /** Node labels, widest first, whose values the replicas of a region should not share. @default none */
  readonly locationLabels?: readonly string[];
}

/** pd.toml. */
export function pdConfiguration({ replicas, locationLabels }: PdOptions): TomlTable {
  return { replication: { 'max-replicas': replicas, ...defined({ 'location-labels': locationLabels }) } };
}

export interface TikvOptions {
  /** Memory that TiKV may use in all, in MiB. */
  readonly memoryMiB: number;
  /** For a laptop: few open files, a small cache, and no disk space reserved for a full disk. */
  readonly small: boolean;
}

/** tikv.toml: TiKV's defaults except for memory, and for what a small node sets. */
export function tikvConfiguration({ memoryMiB, small }: TikvOptions): TomlTable {
  const share = (part: number) => `${Math.floor(memoryMiB * part)}MB`;
  // The shares that TiKV itself takes of a machine. The rest is for what it does not count: threads and the allocator.
  const limit = { 'memory-usage-limit': share(0.75) };
  if (!small) return { ...limit, storage: { 'block-cache': { capacity: share(0.45) } } };
  return {
    ...limit,
    raftdb: { 'max-open-files': 256 },
    rocksdb: { 'max-open-files': 256 },
    storage: { 'reserve-space': '0MB', 'block-cache': { capacity: share(0.25) } },
  };
}

/** tidb.toml. */
export function tidbConfiguration(): TomlTable {
  return {
    log: {
      // Slow queries go to the container's log instead of a file that nobody reads or removes.
      'slow-query-file': '',
      // TiDB Operator adds this although there is no such file; without it, every apply would see a change.
      file: { 'max-backups': 3 },
    },
  };
}
