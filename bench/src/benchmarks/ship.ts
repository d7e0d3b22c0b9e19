import { renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventsAlias } from '@tidb-cdc/charts/pipeline';
import { runJob } from '@tidb-cdc/embedded/jobs';
import { elasticsearchPart } from '@tidb-cdc/embedded/parts/elasticsearch';
import { filebeatPart } from '@tidb-cdc/embedded/parts/filebeat';
import { makeWritable } from '@tidb-cdc/embedded/parts/folders';
import { fetchText } from '@tidb-cdc/runtime/http';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { eventIndex } from '@tidb-cdc/verify/clients/elasticsearch';
import type { BenchContext, Benchmark } from '../benchmark.ts';
import { eventLines, kafkaMessage } from '../event-lines.ts';
import { interleave, median, ratio } from '../harness/interleave.ts';
import { treeCpuSeconds } from '../harness/process-usage.ts';
import type { Table } from '../harness/table.ts';
import { messageMaker } from '../messages.ts';
import { partContext, type RunningPart, startPart } from '../systems/parts.ts';

/** Documents per round; a round takes some ten seconds. */
const documents = 30_000;
/** Documents per bulk request of the bare writer. */
const perRequest = 1_000;

export const ship: Benchmark = {
  name: 'ship',
  about: 'event log → Filebeat → searchable, compared with bulk requests of the same lines',
  async run(context) {
    const parts = await partContext(context.folder);
    const elasticsearch = await startPart(elasticsearchPart(parts), parts, context.say);
    try {
      await runJob('install-index-template', parts, new AbortController().signal);
      const eventLog = dirname(parts.paths.eventLog);
      makeWritable(eventLog, parts.isolation);
      const filebeat = await startPart(filebeatPart(parts), parts, context.say);
      try {
        const url = `http://127.0.0.1:${parts.ports.elasticsearch}`;
        return await measure({ url, eventLog, filebeat, elasticsearch }, context);
      } finally {
        await filebeat.stop();
      }
    } finally {
      await elasticsearch.stop();
    }
  },
};

interface Chain {
  readonly url: string;
  /** Folder of the event log. */
  readonly eventLog: string;
  readonly filebeat: RunningPart;
  readonly elasticsearch: RunningPart;
}

async function measure(chain: Chain, { runs }: BenchContext): Promise<Table[]> {
  const cpu = { filebeat: [] as number[], elasticsearch: [] as number[], bulk: [] as number[] };
  const pids = [chain.filebeat.pid, chain.elasticsearch.pid] as const;
  const message = messageMaker({ operation: 'update', columns: 8, bytes: 1_000 });
  await makeIndex(chain.url, message(0));
  let round = 1;
  /** New rows each time: Elasticsearch would refuse documents it already has. */
  const nextLines = async () => {
    const first = round * documents;
    round += 1;
    const offsets = Array.from({ length: documents }, (_, index) => first + index);
    return eventLines(offsets.map((offset) => kafkaMessage(message(offset), offset)));
  };
  const pace = await interleave(
    {
      filebeat: async () => {
        const lines = await nextLines();
        const before = pids.map(treeCpuSeconds);
        const pace = await watchSearchable(chain.url, async () => writeSegment(chain.eventLog, round, lines));
        const [filebeat = 0, elasticsearch = 0] = pids.map((pid, index) => treeCpuSeconds(pid) - (before[index] ?? 0));
        cpu.filebeat.push((filebeat / documents) * 1e6);
        cpu.elasticsearch.push((elasticsearch / documents) * 1e6);
        return pace;
      },
      bulk: async () => {
        const lines = await nextLines();
        const before = treeCpuSeconds(chain.elasticsearch.pid);
        const pace = await watchSearchable(chain.url, () => sendBulk(chain.url, lines));
        cpu.bulk.push(((treeCpuSeconds(chain.elasticsearch.pid) - before) / documents) * 1e6);
        return pace;
      },
    },
    runs,
  );
  const row = {
    documents: '1 KB update',
    'through Filebeat/s': median(pace.filebeat),
    'bare bulk/s': median(pace.bulk),
    'Filebeat / bulk': ratio(pace.filebeat, pace.bulk),
    'CPU s per million: Filebeat': median(cpu.filebeat),
    Elasticsearch: median(cpu.elasticsearch),
    'Elasticsearch, bulk': median(cpu.bulk),
  };
  const sizes = {
    message: message(0).length,
    line: (await eventLines([kafkaMessage(message(0), 0)])).length,
    'document in the index': await bytesPerDocument(chain.url),
  };
  return [
    { title: 'Documents searchable per second', rows: [row] },
    { title: 'Bytes per row, the index without replicas', rows: [sizes] },
  ];
}

/** As Elasticsearch reports it, without forcing a merge. */
async function bytesPerDocument(url: string): Promise<number> {
  await fetchText(`${url}/${eventsAlias}/_flush`, { method: 'POST', timeoutMs: 60_000 });
  const { _all } = JSON.parse(await fetchText(`${url}/${eventsAlias}/_stats/store,docs`)) as {
    _all: { primaries: { store: { size_in_bytes: number }; docs: { count: number } } };
  };
  return _all.primaries.store.size_in_bytes / _all.primaries.docs.count;
}

/** The first document creates the index, which is not searchable at once. */
async function makeIndex(url: string, message: Buffer): Promise<void> {
  await sendBulk(url, await eventLines([kafkaMessage(message, 0)]));
  const isSearchable = async () => {
    if ((await eventIndex(url, eventsAlias).count({ match_all: {} })) === 0)
      throw new Error('the document is not there');
  };
  await waitFor('the index of the events', isSearchable, { timeoutMs: 60_000 });
}

/** Documents that become searchable per second, from the call of `send` until all are. */
async function watchSearchable(url: string, send: () => Promise<void>): Promise<number> {
  const index = eventIndex(url, eventsAlias);
  const all = { match_all: {} };
  const before = await index.count(all);
  const began = performance.now();
  const sending = send();
  const allThere = async () => {
    const count = (await index.count(all)) - before;
    if (count < documents) throw new Error(`${count} of ${documents} are searchable`);
  };
  await Promise.all([sending, waitFor('the documents', allThere, { timeoutMs: 600_000, intervalMs: 100 })]);
  return (documents * 1000) / (performance.now() - began);
}

/** Writes a segment as the consumer leaves it behind; it appears complete. */
async function writeSegment(folder: string, number: number, lines: Buffer): Promise<void> {
  const hidden = join(folder, 'next');
  writeFileSync(hidden, lines);
  renameSync(hidden, join(folder, `events.${String(number).padStart(6, '0')}.ndjson`));
}

/** Sends the lines as Filebeat does, one request after another. */
async function sendBulk(url: string, lines: Buffer): Promise<void> {
  const all = lines.toString().trimEnd().split('\n');
  for (let next = 0; next < all.length; next += perRequest) {
    const body = all.slice(next, next + perRequest).map((line) => {
      const event = JSON.parse(line) as { '@timestamp': string; event: { id: string } };
      // The index is per commit day.
      const day = event['@timestamp'].slice(0, 10).replaceAll('-', '.');
      return `${JSON.stringify({ create: { _index: `${eventsAlias}-${day}`, _id: event.event.id } })}\n${line}\n`;
    });
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await fetchText(`${url}/_bulk`, {
      method: 'POST',
      headers,
      body: body.join(''),
      timeoutMs: 60_000,
    });
    if (!answer.includes('"errors":false'))
      throw new Error(`Elasticsearch rejected a bulk request: ${answer.slice(0, 500)}`);
  }
}
