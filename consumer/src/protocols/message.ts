import type { Operation } from '@tidb-cdc/runtime/operations';

/** column → text of its value, bytes as base64, NULL as null */
export type RowImage = Readonly<Record<string, string | null>>;

/** One changed row. An UPDATE of a key column arrives from TiCDC as a delete and an insert with the same commitTs. */
export interface RowChange {
  schema: string;
  table: string;
  operation: Operation;
  /** key column → text; `{}` when the table has no primary key (a unique key does not count) */
  primaryKey: RowImage;
  /** the transaction's TSO as decimal text; Canal and canal-json without TiDB's extension have none */
  commitTs?: string;
  /** milliseconds since the epoch */
  committedAt: number;
  /** the row after the change, or the deleted row; an enum is its index, a set its bitmask */
  data: RowImage;
  /** update only: the row before the change, or the columns of it that the source sent; undefined for none */
  old?: RowImage;
  /** update only: names of the columns in `old` whose value differs from that in `data` */
  changed?: readonly string[];
  /**
   * Whether the images hold key columns only: TiCDC cut a row over the size limit, or is told to send no more of a
   * delete. A delete has no mark for this, so one from a table with only key columns looks the same.
   */
  keysOnly: boolean;
  /** TiCDC cut the row, which is over the size limit: the images hold key columns only, the whole row is elsewhere */
  isCut?: true;
  /** the row was cut, and its images were read from the database */
  lookedUp?: true;
  /** where TiCDC has put the whole row when the images hold key columns only (`claim-check`) */
  claimCheck?: string;
}

export type DecodedMessage =
  | { kind: 'rows'; rows: readonly RowChange[] }
  | {
      kind: 'schema-change';
      schema: string;
      /** empty for a change of a whole schema */
      table: string;
      /** the protocol's name for it: CREATE, ALTER, ERASE, …; in open-protocol `action 3`, with TiDB's number */
      type: string;
      sql: string;
      commitTs?: string;
      /** milliseconds since the epoch */
      committedAt: number;
    }
  /** Every change committed up to watermarkTs has been sent to this partition. `reachedAt`: the same in milliseconds. */
  | { kind: 'watermark'; watermarkTs: string; reachedAt: number }
  /** A version of a table's schema, for the rows that follow. Only simple has it. */
  | { kind: 'table-schema'; schema: string; table: string }
  /** A statement that Canal found in the binlog, neither a schema change nor rows. */
  | { kind: 'statement'; type: string; sql: string };
