import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type DecodeOptions, decodeBatch } from '@tidb-cdc/consumer/decode-batch';
import type { EventDocument } from '@tidb-cdc/consumer/event-document';
import { Health } from '@tidb-cdc/consumer/health';
import { createDecoder } from '@tidb-cdc/consumer/protocols/decoder';
import { StoppedError } from '@tidb-cdc/consumer/retry';
import { RowLookup } from '@tidb-cdc/consumer/row-lookup/row-lookup';
import { freePort } from '@tidb-cdc/runtime/ports';
import { change } from '@tidb-cdc/runtime/sql';
import { waitFor } from '@tidb-cdc/runtime/wait';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { kafkaMessage } from '../../../consumer/test/support/messages.ts';
import { recordedLog } from '../../../runtime/test/support/recorded-log.ts';
import { createEmptyTopic, deleteTopic, produce } from '../../src/clients/kafka.ts';
import { SnapshotProxy, tsoOf } from '../../src/snapshot-proxy.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import { arrival, Stage } from '../stage.ts';

/*
 * Rows that came with their key only are read from TiDB as of their commit. There is no TiDB here: MariaDB takes its place,
 * with tables that keep old versions of rows and behind a proxy that rewrites TiDB's statement for reading them to
 * MariaDB's (see snapshot-proxy.ts).
 */

const stage = await Stage.claim();
const { port: mariadb } = stage.system.endpoints.sql;
const schema = `lookup_${randomUUID().slice(0, 8)}`;
const login = { user: schema, password: 'reads rows' };
const table = 'all_types';
const types = {
  ...{ id: 'bigint unsigned', name: 'varchar(32)', exact: 'decimal(38,10)', wide: 'double', bits: 'bit(10)' },
  ...{ size: "enum('small','great')", flags: "set('a','b','c')", raw: 'varbinary(16)', fixed: 'binary(4)' },
  ...{ body: 'longtext', at: 'datetime(6)', span: 'time(6)', born: 'year', nothing: 'int' },
};
const key = { id: '18446744073709551615', name: "it's é 😀" };
const first = {
  ...{ ...key, exact: '-1.5000000000', wide: '1000000000000000000000', bits: '682', size: '2', flags: '5' },
  ...{ raw: '\u0000ÿ\u0080', fixed: 'ab\u0000\u0000', body: 'x'.repeat(2_000), at: '2024-02-29 12:34:56.123456' },
  ...{ span: '-838:59:58.000001', born: '1901', nothing: null },
};
const second = { ...first, body: 'second', nothing: '7' };
const third = { ...first, body: 'third' };
/** The times at which the row was inserted, updated twice and deleted, in microseconds since the epoch. */
const [inserted, updated, updatedAgain, deleted] = [0n, 1n, 2n, 3n].map((n) => 1_700_000_000_000_000n + n) as [
  ...[bigint, bigint, bigint, bigint],
];
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
  // Canal cannot read what MariaDB logs of a DDL at a fractional time, and these rows are for nobody else.
  await change(root, 'SET SESSION sql_log_bin = 0');
  const columns = Object.entries(types).map(([name, type]) => `${name} ${type}`);
  await change(root, `CREATE DATABASE ${schema}`);
  await change(root, `CREATE USER ${schema} IDENTIFIED BY ?`, [login.password]);
  await change(root, `GRANT SELECT ON ${schema}.* TO ${schema}`);
  const virtual = 'doubled BIGINT UNSIGNED AS (born * 2) VIRTUAL';
  for (const name of [table, 'dropped']) {
    const keys = `${virtual}, PRIMARY KEY (id, name)) CHARACTER SET utf8mb4 WITH SYSTEM VERSIONING`;
    await change(root, `CREATE TABLE ${schema}.${name} (${columns.join()}, ${keys}`);
  }
  const where = 'WHERE id = 18446744073709551615';
  await at(inserted, `INSERT INTO ${schema}.${table} (${Object.keys(types).join()}) VALUES (${sqlValues.join()})`);
  await at(updated, `UPDATE ${schema}.${table} SET body = 'second', nothing = 7 ${where}`);
  await at(updatedAgain, `UPDATE ${schema}.${table} SET body = 'third', nothing = NULL ${where}`);
  await at(deleted, `DELETE FROM ${schema}.${table} ${where}`);
  await change(root, 'SET timestamp = DEFAULT');
  await change(root, `DROP TABLE ${schema}.dropped`);
});

afterAll(async () => {
  await change(root, `DROP DATABASE ${schema}`);
  await change(root, `DROP USER ${schema}`);
  await root.end();
});

const sqlValues = [
  ...['18446744073709551615', "'it''s é 😀'", '-1.5', '1e21', "b'1010101010'", "'great'", "'a,c'", "X'00FF80'"],
  ...["'ab'", `'${first.body}'`, "'2024-02-29 12:34:56.123456'", "'-838:59:58.000001'", '1901', 'NULL'],
];

/** Runs a statement at a time of its own. */
async function at(microseconds: bigint, sql: string): Promise<void> {
  const seconds = `${microseconds / 1_000_000n}.${String(microseconds % 1_000_000n).padStart(6, '0')}`;
  await change(root, `SET timestamp = ${seconds}`);
  await change(root, sql);
}

type Image = Readonly<Record<string, string | null>>;
interface Change {
  readonly type: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly time: bigint;
  readonly data: Image;
  readonly old?: Image;
  readonly table?: string;
}

/** The message of a change as TiCDC writes it in canal-json, whole or cut to the key. */
function message({ type, time, data, old, table: name = table }: Change, isCut: boolean): Buffer {
  const sent = (image: Image) => (isCut ? { id: image.id, name: image.name } : image);
  const fields = {
    ...{ id: 0, database: schema, table: name, pkNames: ['id', 'name'], isDdl: false, type, es: 1, ts: 1, sql: '' },
    ...{ mysqlType: types, old: old ? [sent(old)] : null, data: [sent(data)] },
  };
  const mark = isCut ? ',"onlyHandleKey":true' : '';
  // No JavaScript number holds a TSO.
  return Buffer.from(`${JSON.stringify(fields).slice(0, -1)},"_tidb":{"commitTs":${tsoOf(time)}${mark}}}`);
}

async function startProxy(port: number, safePoint?: bigint): Promise<void> {
  const proxy = await SnapshotProxy.start(port, mariadb, safePoint);
  onTestFinished(() => proxy.stop());
}

/** What the cut message of a change comes to. */
function decoding(changes: readonly Change[], port: number, isCut = true, password = login.password) {
  const { log, lines } = recordedLog();
  const health = new Health(60);
  health.joined(1);
  const ending = new AbortController();
  const retrying = { health, log, stopping: ending.signal, heartbeat: async () => undefined };
  const events: EventDocument[] = [];
  const completer = new RowLookup({ host: '127.0.0.1', port, user: login.user, password }, log);
  const options: DecodeOptions = {
    ...{ decoder: createDecoder('canal-json', log), log, nextNew: 0, maxLineBytes: 1_048_576 },
    completion: { completers: [completer], retrying },
    append: (line) => void events.push(JSON.parse(line) as EventDocument),
  };
  const messages = changes.map((one, offset) => kafkaMessage(offset, message(one, isCut)));
  const done = decodeBatch({ topic: 'cdc-events', partition: 0, messages }, options);
  return { done, events, lines, health, ending };
}

async function decode(changes: readonly Change[], port: number, isCut = true) {
  const { done, ...rest } = decoding(changes, port, isCut);
  const { increments, deadLetters } = await done;
  expect(deadLetters).toEqual([]);
  return { ...rest, keysOnly: increments.find(({ counter }) => counter === 'cdc_keys_only_events_total')?.by };
}

const changes: readonly Change[] = [
  { type: 'INSERT', time: inserted, data: first },
  { type: 'UPDATE', time: updated, data: second, old: first },
  { type: 'UPDATE', time: updatedAgain, data: third, old: second },
  { type: 'DELETE', time: deleted, data: third },
];

test('the row is the one of its commit, with the texts and the identity that a whole message gives', async () => {
  const port = await freePort();
  await startProxy(port);
  const { events, keysOnly } = await decode(changes, port);
  const { events: whole } = await decode(changes, port, false);
  expect(events).toEqual(whole.map((event) => ({ ...event, cdc: { ...event.cdc, looked_up: true } })));
  expect(events.map(({ cdc }) => [cdc.data.body, cdc.old?.body, cdc.changed])).toEqual([
    [first.body, undefined, undefined],
    ['second', first.body, ['body', 'nothing']],
    ['third', 'second', ['body', 'nothing']],
    ['third', undefined, undefined],
  ]);
  expect(keysOnly).toBe(0);
});

describe('a row that is not to be had any more keeps its key only, is counted, and its table is named once', () => {
  const gone: Change = { type: 'INSERT', time: inserted, data: first };
  const other = { ...first, id: '1' };
  test.each([
    ['no such row', { ...gone, data: other }, 'there is no such row as of'],
    ['not yet there', { ...gone, time: inserted - 1n }, 'there is no such row as of'],
    ['a table that was dropped', { ...gone, table: 'dropped' }, "doesn't exist"],
    ['a time before the safe point', { ...gone, time: inserted - 10n }, 'snapshot is older than GC safe point'],
  ])('%s', async (_, one, reason) => {
    const port = await freePort();
    await startProxy(port, tsoOf(inserted - 5n));
    const { events, lines, keysOnly } = await decode([one, one], port);
    const cut = { keys_only: true, data: { id: one.data.id, name: one.data.name } };
    expect(events).toMatchObject([{ cdc: cut }, { cdc: cut }]);
    expect(events[0]?.cdc).not.toHaveProperty('looked_up');
    expect(keysOnly).toBe(2);
    const warnings = lines.filter(({ level }) => level === 'warn');
    expect(warnings).toMatchObject([
      { table: `${schema}.${one.table ?? table}`, reason: expect.stringContaining(reason) },
    ]);
  });
});

test('a database that is away is waited for, and said', async () => {
  const port = await freePort();
  const { done, events, health } = decoding(changes.slice(0, 1), port);
  await waitFor('the reason', () => expect(health.ready().reason).toContain('ECONNREFUSED'), arrival);
  expect(health.ready().reason).toContain(
    `cannot read a row from DATABASE_HOST: 127.0.0.1:${port} does not give the row`,
  );
  await startProxy(port);
  await done;
  expect(events[0]?.cdc).toMatchObject({ looked_up: true, data: { body: first.body } });
  expect(health.ready().ok).toBe(true);
});

test('a login that is refused is waited for, and said', async () => {
  const port = await freePort();
  await startProxy(port);
  const { done, health, ending } = decoding(changes.slice(0, 1), port, true, 'wrong');
  const waits = done.catch((error: unknown) => error);
  const reason = 'refuses DATABASE_USER with DATABASE_PASSWORD: Access denied';
  await waitFor('the reason', () => expect(health.ready().reason).toContain(reason), arrival);
  ending.abort();
  expect(await waits).toBeInstanceOf(StoppedError);
});

test('the consumer does so with DATABASE_HOST', async () => {
  const { kafka } = stage.system.endpoints;
  const port = await freePort();
  await startProxy(port);
  const topic = uniqueName('lookup');
  await createEmptyTopic(kafka, topic, 1);
  onTestFinished(() => deleteTopic(kafka, topic));
  await produce(kafka, topic, 0, [{ value: message(changes[0] as Change, true) }]);
  const env = {
    ...{ DATABASE_HOST: '127.0.0.1', DATABASE_PORT: String(port) },
    ...{ DATABASE_USER: login.user, DATABASE_PASSWORD: login.password },
  };
  const folder = join(stage.system.folder, topic);
  const consumer = await OwnConsumer.start({ kafka, topic, groupId: topic, folder, env });
  onTestFinished(() => consumer.kill());
  const lines = await waitFor(
    'its line',
    () => {
      expect(consumer.lines()).toHaveLength(1);
      return consumer.lines();
    },
    arrival,
  );
  expect(lines[0]?.cdc).toMatchObject({ looked_up: true, data: { body: first.body } });
});
