import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { scrape } from '@tidb-cdc/verify/clients/consumer';
import { type EventIndex, type Found, is } from '@tidb-cdc/verify/clients/elasticsearch';
import { beforeAll, describe, expect, test } from 'vitest';
import { canalInsert } from '../../src/canal-message.ts';
import { produce } from '../../src/clients/kafka.ts';
import { arrival, Stage } from '../stage.ts';

/** A message that TiCDC wrote, and what SQL says of its rows. */
interface Vector {
  readonly config: Readonly<Record<string, unknown>>;
  readonly valueBase64: string;
  readonly expected: { readonly rows: readonly { readonly op: string; readonly commitTs: string }[] };
}

const vectorsFile = fileURLToPath(new URL('../../../consumer/test/vectors/canal-json.jsonl', import.meta.url));
const stage = new Stage();
/** A schema of its own, so that the same rows of an earlier run are other rows. */
const schema = `ticdc_${randomUUID().slice(0, 8)}`;
const topic = 'cdc-events';

/** Values of the messages with TiDB's extension and no other option, moved into the schema of this run. */
function messages(): { readonly values: readonly string[]; readonly commitTs: readonly string[] } {
  const vectors = readFileSync(vectorsFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Vector)
    .filter(({ config }) => JSON.stringify(config) === '{"enable-tidb-extension":true}');
  const values = vectors.map(({ valueBase64 }) =>
    Buffer.from(valueBase64, 'base64')
      .toString('utf8')
      .replace(/"database":"[^"]+"/, `"database":"${schema}"`),
  );
  return { values, commitTs: vectors.flatMap(({ expected }) => expected.rows.map((row) => row.commitTs)).sort() };
}

async function send(): Promise<void> {
  const { values } = messages();
  await produce(
    stage.system.endpoints.kafka,
    topic,
    0,
    values.map((value) => ({ value })),
  );
}

async function eventsCounted(): Promise<number> {
  const { events } = await stage.snapshot();
  return [...events].filter(([cell]) => cell.startsWith(`${schema}.`)).reduce((sum, [, number]) => sum + number, 0);
}

async function waitForRows(index: EventIndex, counted: number, documents: number): Promise<readonly Found[]> {
  return waitFor(
    `${counted} rows in the counter, and their documents`,
    async () => {
      expect(await eventsCounted()).toBe(counted);
      await index.refresh();
      const found = await index.search(is('cdc.schema', schema));
      expect(found).toHaveLength(documents);
      return found;
    },
    arrival,
  );
}

describe('messages as TiCDC writes them', () => {
  const rows = messages().commitTs.length;
  let first: readonly Found[];

  beforeAll(async () => {
    await send();
    first = await waitForRows(stage.index, rows, rows);
  });

  test('each row is a document under its own identity, with all 64 bits of its commit time', () => {
    expect(rows).toBeGreaterThan(20);
    expect(first.map(({ document }) => String(document.cdc.commit_ts)).sort()).toEqual(messages().commitTs);
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

  test('a replay of the same commits lands on the same documents, and is counted', async () => {
    await send();
    // The event log is read in its order: with this row's document there, the repeated ones have been sent too.
    const marker = `${schema}_marker.t`;
    await produce(stage.system.endpoints.kafka, topic, 0, [{ value: canalInsert(marker, 1) }]);
    await stage.waitForDocuments(marker, { insert: 1 });

    const keyless = first.filter(isKeyless).length;
    const second = await waitForRows(stage.index, 2 * rows, rows + keyless);
    // What is there stays: a document still names the message that it first came in.
    expect(second.filter((found) => !isKeyless(found))).toEqual(first.filter((found) => !isKeyless(found)));
    // Rows without a key cannot be told apart: each message of theirs is a document.
    expect(second.filter(isKeyless)).toHaveLength(2 * keyless);
  });
});

function isKeyless({ document }: Found): boolean {
  return Object.keys(document.cdc.primary_key).length === 0;
}
