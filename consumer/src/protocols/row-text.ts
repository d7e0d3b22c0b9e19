import type { Operation } from '@tidb-cdc/runtime/operations';
import type { RowChange } from './message.ts';

/**
 * A {@link RowChange} whose parts are the JSON texts for the event's line. If the message has the same texts, they are
 * copied, not parsed and written again.
 */
export interface RowText {
  readonly schema: string;
  readonly table: string;
  readonly operation: Operation;
  readonly commitTs: string | undefined;
  /** milliseconds since the epoch */
  readonly committedAt: number;
  /** `{"id":"1"}` */
  readonly primaryKey: string;
  /** The key's columns sorted by name, for the identity: `[["id","1"]]`. */
  readonly sortedKey: string;
  readonly data: string;
  readonly old: string | undefined;
  /** `["note"]` */
  readonly changed: string | undefined;
  readonly keysOnly: boolean;
  readonly lookedUp?: boolean | undefined;
}

export function toRowText(change: RowChange): RowText {
  const { schema, table, operation, commitTs, committedAt, primaryKey, data, old, changed, keysOnly, lookedUp } =
    change;
  // By code units, not by locale: the order must be the same on every machine.
  const sortedKey = Object.entries(primaryKey).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    schema,
    table,
    operation,
    commitTs,
    committedAt,
    primaryKey: JSON.stringify(primaryKey),
    sortedKey: JSON.stringify(sortedKey),
    data: JSON.stringify(data),
    old: old && JSON.stringify(old),
    changed: changed && JSON.stringify(changed),
    keysOnly,
    lookedUp,
  };
}
