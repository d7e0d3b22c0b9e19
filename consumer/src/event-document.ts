import { hash } from 'node:crypto';
import type { Operation } from '@tidb-cdc/runtime/operations';
import type { RowChange, RowImage } from './protocols/message.ts';

/** Where in Kafka a row came from. */
export interface MessageSource {
  topic: string;
  partition: number;
  /** decimal text: offsets have 64 bits */
  offset: string;
  /** position in the message's `data`, 0 for the first */
  row: number;
}

/** One line of the event log, and one document of the data stream. ECS fields where ECS has one. */
export interface EventDocument {
  /** ISO time of the commit, in milliseconds */
  '@timestamp': string;
  event: {
    /** the identity of the change: also the document's `_id`, so that a repeated change is stored once */
    id: string;
    action: Operation;
    dataset: 'cdc.events';
  };
  cdc: {
    schema: string;
    table: string;
    primary_key: RowImage;
    commit_ts?: string;
    data: RowImage;
    old?: RowImage;
    changed?: readonly string[];
    keys_only?: true;
    /** the line was over its bound: see fitDocument */
    truncated?: true;
    source: { topic: string; partition: number; offset: string };
  };
}

export function toEventDocument(change: RowChange, source: MessageSource): EventDocument {
  const { topic, partition, offset } = source;
  const cdc: EventDocument['cdc'] = {
    schema: change.schema,
    table: change.table,
    primary_key: change.primaryKey,
    data: change.data,
    source: { topic, partition, offset },
  };
  if (change.commitTs !== undefined) cdc.commit_ts = change.commitTs;
  if (change.old) cdc.old = change.old;
  if (change.changed) cdc.changed = change.changed;
  if (change.keysOnly) cdc.keys_only = true;
  return {
    '@timestamp': new Date(change.committedAt).toISOString(),
    event: { id: identityOf(change, source), action: change.operation, dataset: 'cdc.events' },
    cdc,
  };
}

/**
 * With a commitTs and a primary key: a hash of what makes the change this change, so that a replay by TiCDC, at another
 * offset, has the same identity. The operation is a part of it because TiCDC sends a changed key as a delete and an
 * insert of one commitTs. Without them the place in Kafka, which a redelivery by Kafka or a resend by Filebeat shares;
 * the row stands after a dot, since topics `x` and `x-1` could else have an identity in common.
 */
function identityOf(change: RowChange, { topic, partition, offset, row }: MessageSource): string {
  const key = Object.entries(change.primaryKey);
  if (change.commitTs === undefined || key.length === 0) {
    const place = `${topic}-${partition}-${offset}`;
    return row === 0 ? place : `${place}.${row}`;
  }
  // By code units, not by a locale: the order has to be the same on every machine.
  const sortedKey = key.sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [change.schema, change.table, sortedKey, change.commitTs, change.operation];
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
