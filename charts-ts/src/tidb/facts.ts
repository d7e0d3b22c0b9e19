import { instance, operatorManagedPods } from '../kit/kubernetes/metadata.ts';
import type { TomlTable } from '../kit/toml.ts';

/** Where clients of SQL go. */
export const tidbHosts = { compose: 'tidb', kubernetes: `${instance}-tidb` } as const;

/**
 * The Secret with the password of root. TiDB Operator takes it from there, and makes one of its own only where there is
 * none: that one goes with the TidbCluster, while the volumes, and so the password in them, may stay.
 */
export const tidbRootPassword = { secret: `${instance}-init`, key: 'root' };

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
}

/** pd.toml. */
export function pdConfiguration({ replicas }: PdOptions): TomlTable {
  return { replication: { 'max-replicas': replicas } };
}

export interface TikvOptions {
  /** What TiKV may use in all, in MiB. */
  readonly memoryMiB: number;
}

/** tikv.toml for a small node: TiKV's own defaults reserve disk and open files for a large one. */
export function tikvConfiguration({ memoryMiB }: TikvOptions): TomlTable {
  return {
    // The rest is for what TiKV does not count: the memory of its threads and of the allocator.
    'memory-usage-limit': `${Math.floor(memoryMiB * 0.75)}MB`,
    raftdb: { 'max-open-files': 256 },
    rocksdb: { 'max-open-files': 256 },
    storage: {
      'reserve-space': '0MB',
      'block-cache': { capacity: `${Math.floor(memoryMiB * 0.25)}MB` },
    },
  };
}

/** tidb.toml. */
export function tidbConfiguration(): TomlTable {
  return {
    // Slow queries go to the log of the container: no file that nobody reads or removes.
    log: { 'slow-query-file': '' },
  };
}
