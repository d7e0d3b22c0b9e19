import type { SqlAccess } from '@tidb-cdc/runtime/sql';

/** Addresses and logins of a running system. */
export interface SystemAccess {
  /** Login of the application's user. */
  readonly sql: SqlAccess;
  /** Base URLs without a trailing slash. */
  readonly consumer: string;
  readonly elasticsearch: string;
  readonly prometheus: string;
}

/** A place where the system runs. `verify` knows nothing else about it. */
export interface Target {
  /**
   * Waits until every part that the proof needs is up.
   * @throws Error naming what is missing
   */
  open(progress: (line: string) => void): Promise<SystemAccess>;
}
