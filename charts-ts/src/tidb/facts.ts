import { defined } from '@tidb-cdc/runtime/defined';
import { instance, operatorManagedPods } from '../kit/kubernetes/metadata.ts';
import type { TomlTable } from '../kit/toml.ts';
import { systems } from '../pipeline.ts';
import type { Profile } from '../profile/fields.ts';

/** Where clients of SQL go. */
export const tidbHosts = { compose: 'tidb', kubernetes: `${instance}-tidb` } as const;

/**
 * The Secret with the password of root. TiDB Operator takes it from there, and makes one of its own only where there is
 * none: that one goes with the TidbCluster, while the volumes, and so the password in them, may stay.
 */
export const tidbRootPassword = { secret: `${instance}-init`, key: 'root' };

/**
 * Where the database is on Kubernetes, and who makes tables and users in it.
 * @throws Error where it is external and the profile does not say
 */
export function sqlAccess({ tidb }: Pick<Profile, 'tidb'>) {
  if (!('external' in tidb)) {
    return { host: tidbHosts.kubernetes, port: systems.tidb.sql, username: 'root', password: tidbRootPassword };
  }
  const { sql } = tidb.external;
  if (sql === undefined) throw new Error("'tidb.external.sql' must say where SQL is");
  const { host, port, secret } = sql;
  return { host, port, username: { secret, key: 'username' }, password: { secret, key: 'password' } };
}

/** TiKV's account, where it has a role in a cloud. */
export const tikvAccount = 'tikv';

/** The Secret with the name and the password of the application's user. */
export const applicationSecret = 'tidb-application';

/** Labels of every pod of the TidbCluster, TiCDC's too, and of those of one component. */
export const tidbClusterPods = operatorManagedPods('tidb-operator');
export function tidbComponentPods(component: 'pd' | 'tikv' | 'tidb') {
  return operatorManagedPods('tidb-operator', component);
}

export interface PdOptions {
  /** Copies of each piece of data: at most the number of TiKV nodes. */
  readonly replicas: number;
  /** Labels of the nodes' places, widest first, which the copies of a piece must not share. @default none */
  readonly locationLabels?: readonly string[];
}

/** pd.toml. */
export function pdConfiguration({ replicas, locationLabels }: PdOptions): TomlTable {
  return { replication: { 'max-replicas': replicas, ...defined({ 'location-labels': locationLabels }) } };
}

export interface TikvOptions {
  /** What TiKV may use in all, in MiB. */
  readonly memoryMiB: number;
  /** A laptop's: few open files, a small cache, and no disk held back for when it is full. */
  readonly small: boolean;
}

/** tikv.toml. Beside the memory it has TiKV's own defaults, except on a small node. */
export function tikvConfiguration({ memoryMiB, small }: TikvOptions): TomlTable {
  const share = (part: number) => `${Math.floor(memoryMiB * part)}MB`;
  // TiKV's own shares of a machine. The rest is for what it does not count: its threads and the allocator.
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
      // Slow queries go to the log of the container: no file that nobody reads or removes.
      'slow-query-file': '',
      // TiDB Operator adds this, though there is no such file, and each apply would find it.
      file: { 'max-backups': 3 },
    },
  };
}
