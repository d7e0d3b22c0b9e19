import { decodeCanalJson } from '../../src/protocols/canal-json/canal-json.ts';
import type { RowChange } from '../../src/protocols/message.ts';

/** A TSO with more bits than a JavaScript number holds: `JSON.parse` makes it end in 224. */
export const commitTs = '429918007904436226';
export const committedAt = 1_640_007_049_196;

/** An INSERT as TiCDC writes it, without `_tidb`. */
export const insert = {
  id: 0,
  database: 'shop',
  table: 'orders',
  pkNames: ['order_id'],
  isDdl: false,
  type: 'INSERT',
  es: 1_640_007_049_196,
  ts: 1_640_007_050_284,
  sql: '',
  sqlType: { order_id: -5, note: 2005 },
  mysqlType: { order_id: 'bigint', note: 'text' },
  old: null,
  data: [{ order_id: '1', note: 'first' }],
};

export const update = { ...insert, type: 'UPDATE', old: [{ order_id: '1', note: 'zeroth' }] };

export const schemaChange = {
  ...insert,
  type: 'ALTER',
  isDdl: true,
  pkNames: null,
  sqlType: null,
  mysqlType: null,
  data: null,
  sql: 'ALTER TABLE `orders` ADD COLUMN `extra` INT',
};

/** Returns the message's bytes. `extension` is the text of `_tidb`, because no JavaScript number holds a TSO. */
export function encode(message: unknown, extension?: string): Buffer {
  const json = JSON.stringify(message);
  return Buffer.from(extension === undefined ? json : `${json.slice(0, -1)},"_tidb":${extension}}`);
}

/** @throws Error when the message is not rows */
export function decodeRows(value: Buffer): readonly RowChange[] {
  const message = decodeCanalJson(value);
  if (message.kind !== 'rows') throw new Error(`decoded as ${message.kind}, not as rows`);
  return message.rows;
}

/** Returns the row of a one-row message. */
export function decodeRow(value: Buffer): RowChange {
  const [row, ...more] = decodeRows(value);
  if (row === undefined || more.length > 0) throw new Error(`decoded as ${more.length + 1} rows, not one`);
  return row;
}
