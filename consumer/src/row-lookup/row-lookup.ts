import type { Logger } from '@tidb-cdc/runtime/log';
import { connect, type SqlAccess } from '@tidb-cdc/runtime/sql';
import { errorText, within } from '@tidb-cdc/runtime/wait';
import type { RowChange } from '../protocols/message.ts';
import { lookedUpChange } from '../protocols/row-change.ts';
import { type RetryContext, untilDone } from '../retry.ts';
import type { RowCompleter, RowOrigin } from '../row-completer.ts';
import { type Images, RowGoneError, readImages } from './read-row.ts';

/** As in "cannot …". */
export const lookupStep = 'read a row from DATABASE_HOST';

/** Well below the session timeout (kafka.ts), because no heartbeat is sent meanwhile. */
const boundMs = 5_000;

/** Maximum number of tables to warn about, each once. */
const mostWarnings = 1_000;

/** TiDB's errors for a table that is gone, and for a time that garbage collection has passed. */
const goneCodes: ReadonlySet<unknown> = new Set([
  1049, // no such schema
  1146, // no such table
  8055, // snapshot is older than GC safe point
  9006, // GC life time is shorter than transaction duration
]);
const loginRefused = 1045;

/** Reads rows from TiDB as of their commit. TiDB keeps old versions for `tidb_gc_life_time`. */
export class RowLookup implements RowCompleter {
  readonly #access: SqlAccess;
  readonly #log: Logger;
  readonly #warnedOf = new Set<string>();

  constructor(access: SqlAccess, log: Logger) {
    this.#access = access;
    this.#log = log;
  }

  isFor({ commitTs, data }: RowChange): boolean {
    return commitTs !== undefined && Object.keys(data).length > 0;
  }

  async complete(row: RowChange, _origin: RowOrigin, retrying: RetryContext): Promise<RowChange> {
    const attempt = () => this.#read(row).catch((error: unknown) => this.#goneOrThrow(error));
    const found = await untilDone(lookupStep, attempt, retrying);
    if (found instanceof RowGoneError) {
      this.#warn(row, errorText(found));
      return row;
    }
    return lookedUpChange(row, found);
  }

  /** Reads each row on a new connection: such rows are rare, and a kept connection might have broken meanwhile. */
  async #read(row: RowChange): Promise<Images> {
    const connecting = connect(this.#access);
    try {
      return await within(boundMs, async () => readImages(await connecting, row));
    } finally {
      // Destroyed, because an orderly end would wait for an answer too.
      connecting.then(
        (connection) => connection.destroy(),
        () => undefined,
      );
    }
  }

  #goneOrThrow(error: unknown): RowGoneError {
    if (error instanceof RowGoneError) return error;
    const { errno } = error as { errno?: unknown };
    if (goneCodes.has(errno)) return new RowGoneError(errorText(error), { cause: error });
    const { host, port } = this.#access;
    const refused = errno === loginRefused ? 'refuses DATABASE_USER with DATABASE_PASSWORD' : 'does not give the row';
    throw new Error(`${host}:${port} ${refused}: ${errorText(error)}`);
  }

  #warn({ schema, table, operation, commitTs }: RowChange, reason: string): void {
    const name = `${schema}.${table}`;
    if (this.#warnedOf.has(name) || this.#warnedOf.size >= mostWarnings) return;
    this.#warnedOf.add(name);
    this.#log.warn(
      { table: name, operation, commitTs, reason },
      'a row over the size limit cannot be read from TiDB any more: its event has the key only, as may others of the table',
    );
  }
}
