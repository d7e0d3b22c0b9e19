import { randomUUID } from 'node:crypto';
import type { ProtocolName } from '@tidb-cdc/runtime/names';
import { eventsTopic } from '@tidb-cdc/runtime/names';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { scrape } from '@tidb-cdc/verify/clients/consumer';
import { type Found, fieldIs } from '@tidb-cdc/verify/clients/elasticsearch';
import { beforeAll, describe, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { produce } from '../../src/clients/kafka.ts';
import { messagesIn, vectorsOf } from '../../src/protocol-messages.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
/** Its own schema, so that its rows differ from the same rows of an earlier run. */
const schema = `ticdc_${randomUUID().slice(0, 8)}`;

/** Messages of the same SQL in each protocol, with the options that lose the least. */
const canalJson = vectorsOf('canal-json', '{"enable-tidb-extension":true}');
const replays: { readonly protocol: ProtocolName; readonly config: string; readonly others: number }[] = [
  { protocol: 'canal-json', config: '{"enable-tidb-extension":true}', others: 0 },
  { protocol: 'open-protocol', config: '{"max-batch-size":16}', others: 0 },
  { protocol: 'simple', config: '{"encoding-format":"json"}', others: 0 },
  // docs/protocols.md: two rows whose unsigned key overflows, and three without a primary key that are keyed by their
  // unique key here.
  { protocol: 'debezium', config: '{"debezium-disable-schema":false}', others: 5 },
];

const commitTimes = canalJson.flatMap(({ expected }) => expected.rows.map((row) => row.commitTs)).sort();
const rows = commitTimes.length;
/** Rows of a table without a primary key. */
const keyless = 3;

async function send(protocol: ProtocolName, config: string): Promise<void> {
  const messages = messagesIn(schema, protocol, vectorsOf(protocol, config));
  await produce(stage.system.endpoints.kafka, eventsTopic, 0, messages);
}

async function eventsCounted(): Promise<number> {
  const { events } = await stage.snapshot();
  return [...events].filter(([cell]) => cell.startsWith(`${schema}.`)).reduce((sum, [, number]) => sum + number, 0);
}

async function waitForRows(counted: number, documents: number): Promise<readonly Found[]> {
  return waitFor(
    `${counted} rows in the counter, and their documents`,
    async () => {
      expect(await eventsCounted()).toBe(counted);
      await stage.index.refresh();
      const found = await stage.index.search(fieldIs('cdc.schema', schema));
      expect(found).toHaveLength(documents);
      return found;
    },
    arrival,
  );
}

/** Filebeat reads the event log in order: once this row's document exists, the ones before it have been sent too. */
async function waitForMarker(name: string): Promise<void> {
  const table = `${schema}_marker.${name}`;
  await produce(stage.system.endpoints.kafka, eventsTopic, 0, [{ value: canalInsert(table, 1) }]);
  await stage.waitForDocuments(table, { insert: 1 });
}

function isKeyless({ document }: Found): boolean {
  return Object.keys(document.cdc.primary_key).length === 0;
}

describe('messages as TiCDC writes them', () => {
  let first: readonly Found[];

  beforeAll(async () => {
    await send('canal-json', '{"enable-tidb-extension":true}');
    first = await waitForRows(rows, rows);
  });

  test('each row is a document under its own identity, with all 64 bits of its commit time', () => {
    expect(rows).toBeGreaterThan(20);
    expect(first.filter(isKeyless)).toHaveLength(keyless);
    expect(first.map(({ document }) => String(document.cdc.commit_ts)).sort()).toEqual(commitTimes);
    for (const { id, document } of first) {
      expect(id).toBe(document.event.id);
      const milliseconds = Number(BigInt(document.cdc.commit_ts ?? '0') >> 18n);
      expect(Date.parse(document['@timestamp'])).toBe(milliseconds);
    }
  });

  test('a watermark is shown and is no event', async () => {
    const samples = await scrape(stage.system.endpoints.consumer);
    const [watermark] = samples.filter(({ name }) => name === 'cdc_watermark_timestamp_seconds');
    expect(watermark?.value).toBeGreaterThan(1_700_000_000);
  });

  // The order matters: each one adds to the counter and the index.
  describe.each(replays.map((replay, index) => ({ ...replay, index })))('sent again as $protocol', (replay) => {
    test('land on the same documents, and are counted', async () => {
      const { protocol, config, others, index } = replay;
      await send(protocol, config);
      await waitForMarker(`after_${index}`);
      const times = index + 2;
      // Rows without a key have no identity: each of their messages becomes a document.
      const repeated = protocol === 'debezium' ? index * keyless : (index + 1) * keyless;
      const found = await waitForRows(times * rows, rows + repeated + others);
      // Existing documents do not change: each still names the message in which it first arrived.
      const ids = new Set(first.map(({ id }) => id));
      expect(found.filter(({ id }) => ids.has(id))).toEqual(first);
    });
  });
});
