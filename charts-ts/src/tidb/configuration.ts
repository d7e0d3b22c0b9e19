import type { TomlTable } from '../toml.ts';

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
