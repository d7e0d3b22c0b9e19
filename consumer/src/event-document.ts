import { hash } from 'node:crypto';
import { originalPlace } from '@tidb-cdc/runtime/dead-letters';
import type { KafkaMessage } from '@tidb-cdc/runtime/kafka';
import type { Operation } from '@tidb-cdc/runtime/operations';
import type { RowChange, RowImage } from './protocols/message.ts';
import { type RowText, toRowText } from './protocols/row-text.ts';

/** Where in Kafka a row came from. */
export interface MessageSource {
  topic: string;
  partition: number;
  /** decimal text: offsets have 64 bits */
  offset: string;
  /** position in the message's `data`, 0 for the first */
  row: number;
  /** for a replayed dead letter they give its original position: however often it is replayed, it is the same change */
  headers?: KafkaMessage['headers'];
}

/** One line of the event log, and one document in Elasticsearch. It uses ECS fields where ECS has one. */
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
    /** the images hold key columns only */
    keys_only?: true;
    /** TiCDC sent the key only; the images were read from TiDB as of the commit */
    looked_up?: true;
    /** the line was over its size limit: see fitDocument */
    truncated?: true;
    source: { topic: string; partition: number; offset: string };
  };
}

/** Returns the document of a row, parsed from its line. */
export function toEventDocument(change: RowChange, source: MessageSource): EventDocument {
  return JSON.parse(toEventLine(toRowText(change), source)) as EventDocument;
}

/**
 * Returns the line of a row in the event log, without a newline: its {@link EventDocument} as `JSON.stringify` writes
 * it. The row's own texts are copied, so images need not be parsed and written again.
 */
export function toEventLine(row: RowText, source: MessageSource): string {
  const { topic, partition, offset } = source;
  const { schema, table, operation, commitTs, committedAt, primaryKey, data, old, changed, keysOnly, lookedUp } = row;
  const event = `{"@timestamp":"${isoTime(committedAt)}","event":{"id":"${identityOf(row, source)}","action":"${operation}","dataset":"cdc.events"}`;
  const place = `{"topic":"${topic}","partition":${partition},"offset":"${offset}"}`;
  const names = `"schema":${JSON.stringify(schema)},"table":${JSON.stringify(table)}`;
  const images = `"primary_key":${primaryKey},"data":${data}`;
  const commit = commitTs === undefined ? '' : `,"commit_ts":"${commitTs}"`;
  const before = old === undefined ? '' : `,"old":${old},"changed":${changed}`;
  const cut = keysOnly ? ',"keys_only":true' : lookedUp ? ',"looked_up":true' : '';
  return `${event},"cdc":{${names},${images},"source":${place}${commit}${before}${cut}}}`;
}

/**
 * Returns the identity of a change. With a commitTs and a primary key it is a hash of the change, so that a replay by
 * TiCDC at another offset has the same identity. The operation is part of the hash, because TiCDC sends a changed key
 * as a delete and an insert with one commitTs. Otherwise the identity is the position in Kafka, which stays the same
 * when Kafka redelivers or Filebeat resends. The row follows a dot: after a hyphen, topics `x` and `x-1` could share an
 * identity.
 */
function identityOf({ schema, table, sortedKey, commitTs, operation }: RowText, source: MessageSource): string {
  if (commitTs === undefined || sortedKey === '[]') {
    const { topic, partition, offset } = originalPlace(source.headers) ?? source;
    const place = `${topic}-${partition}-${offset}`;
    return source.row === 0 ? place : `${place}.${source.row}`;
  }
  const parts = `[${JSON.stringify(schema)},${JSON.stringify(table)},${sortedKey},"${commitTs}","${operation}"]`;
  return hash('sha256', parts, 'base64url');
}

let latestSecond = Number.NaN;
let latestPrefix = '';

/** The same as `Date.prototype.toISOString`, which it calls only once for the rows of one second. */
function isoTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1_000);
  if (second !== latestSecond) {
    latestSecond = second;
    latestPrefix = new Date(second * 1_000).toISOString().slice(0, -4);
  }
  return `${latestPrefix}${String(milliseconds - second * 1_000).padStart(3, '0')}Z`;
}
