import type { SqlAccess } from '@tidb-cdc/runtime/sql';

/** Where a running system answers, and as whom to ask. */
export interface SystemAccess {
  /** As the application's user. */
  readonly sql: SqlAccess;
  /** Base URLs without a slash at the end. */
  readonly consumer: string;
  readonly elasticsearch: string;
  readonly prometheus: string;
}

/** A place where the system runs: the only thing that `verify` knows of it. */
export interface Target {
  /**
   * Waits until every part that takes part in the proof is there.
   * @throws Error naming what is missing
   */
  open(progress: (line: string) => void): Promise<SystemAccess>;
}
