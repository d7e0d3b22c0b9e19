import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PartName } from '@tidb-cdc/runtime/system-state';

/**
 * Default cache folder, shared by all clones: `tidb-cdc` in the user's cache folder (XDG Base Directory Specification).
 */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME: home } = env;
  // The specification says to ignore a relative path.
  return join(home?.startsWith('/') ? home : join(homedir(), '.cache'), 'tidb-cdc');
}

/** Paths inside a state folder. */
export class StatePaths {
  readonly root: string;

  constructor(root: string) {
    this.root = resolve(root);
  }

  /** Folder of a part's configuration and data. */
  part(name: PartName, ...path: string[]): string {
    return join(this.root, name, ...path);
  }

  get logs(): string {
    return join(this.root, 'logs');
  }

  /** Log of a part, of a job, or of the supervisor. */
  log(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  /** Folder of the records that identify the running processes. */
  get records(): string {
    return join(this.root, 'run');
  }

  record(name: string): string {
    return join(this.records, `${name}.json`);
  }

  /** Files that the jobs read. */
  get jobs(): string {
    return join(this.root, 'jobs');
  }

  get eventLog(): string {
    return this.part('consumer', 'events.ndjson');
  }
}
