import { setTimeout as delay } from 'node:timers/promises';
import { eventsAlias } from '@tidb-cdc/charts/pipeline';
import { change, connect } from '@tidb-cdc/runtime/sql';
import type { Endpoints } from '@tidb-cdc/runtime/system-state';
import { waitFor } from '@tidb-cdc/runtime/wait';
import { cellKey } from '@tidb-cdc/verify/cells';
import { consumerSnapshot } from '@tidb-cdc/verify/clients/consumer';
import { eventIndex, ofTable } from '@tidb-cdc/verify/clients/elasticsearch';
import type { Benchmark } from '../benchmark.ts';
import { percentile } from '../harness/interleave.ts';
import type { Row } from '../harness/table.ts';
import { newEmbeddedSystem } from '../systems/embedded.ts';

type Connection = Awaited<ReturnType<typeof connect>>;

const rates = [10, 500];
const seconds = 20;
const connections = 4;
const pollMs = 20;
const arrivalBoundMs = 60_000;

export const latency: Benchmark = {
  name: 'latency',
  about: 'SQL commit → counter and → searchable on the embedded system',
  async run({ folder, say }) {
    const system = await newEmbeddedSystem(folder);
    await system.start([], say);
    try {
      await waitForFirst(system.endpoints);
      const rows: Row[] = [];
      for (const rate of rates) rows.push(...(await measure(system.endpoints, rate)));
      return [{ title: 'Seconds from the commit', rows }];
    } finally {
      await system.stop();
    }
  },
};

/** Number of rows that had arrived at a moment. */
interface Sample {
  readonly at: number;
  readonly count: number;
}

/** The first document creates the index, which is not searchable at once. */
async function waitForFirst(endpoints: Endpoints): Promise<void> {
  const index = eventIndex(endpoints.elasticsearch, eventsAlias);
  const found = async () => {
    if ((await index.count({ match_all: {} })) === 0) throw new Error('there is none yet');
  };
  await waitFor('a first document', found, { timeoutMs: arrivalBoundMs });
}

async function measure(endpoints: Endpoints, rate: number): Promise<readonly Row[]> {
  const { host, port, rootUser, database } = endpoints.sql;
  const open = () => connect({ host, port, user: rootUser, password: '', database });
  const first = await open();
  const writers = [first, ...(await Promise.all(Array.from({ length: connections - 1 }, open)))];
  const table = `${database}.bench_${rate}`;
  const total = rate * seconds;
  const index = eventIndex(endpoints.elasticsearch, eventsAlias);
  const cell = cellKey(table, 'insert');
  try {
    await change(first, `CREATE TABLE ${table} (id INT PRIMARY KEY, note VARCHAR(500) NOT NULL)`);
    const [commits, counter, searchable] = await Promise.all([
      write(writers, table, rate, total),
      watch(total, async () => (await consumerSnapshot(endpoints.consumer)).events.get(cell) ?? 0),
      watch(total, () => index.count(ofTable(table))),
    ]);
    const reached = (total * 1000) / ((commits.at(-1) ?? 0) - (commits[0] ?? 0));
    return Object.entries({ counter, searchable }).map(([until, samples]) => {
      const delays = delaysOf(commits, samples);
      const [p50 = 0, p95 = 0, p99 = 0] = [0.5, 0.95, 0.99].map((share) => percentile(delays, share) / 1000);
      return { 'changes/s': reached, until, rows: total, p50, p95, p99 };
    });
  } finally {
    await Promise.all(writers.map((writer) => writer.end()));
  }
}

/** Inserts rows at an even pace. Returns the times of the commits, in order. */
async function write(writers: readonly Connection[], table: string, rate: number, total: number): Promise<number[]> {
  const began = performance.now();
  const commits: number[] = [];
  let next = 0;
  const work = async (writer: Connection) => {
    while (next < total) {
      const id = next;
      next += 1;
      const early = began + (id * 1000) / rate - performance.now();
      if (early > 0) await delay(early);
      await change(writer, `INSERT INTO ${table} VALUES (?, ?)`, [id, 'x'.repeat(400)]);
      commits.push(performance.now());
    }
  };
  await Promise.all(writers.map(work));
  return commits.sort((a, b) => a - b);
}

/** Polls the count until all rows have arrived. */
async function watch(total: number, count: () => Promise<number>): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const end = performance.now() + seconds * 1000 + arrivalBoundMs;
  for (;;) {
    const sample = { count: await count(), at: performance.now() };
    samples.push(sample);
    if (sample.count >= total) return samples;
    if (sample.at > end) throw new Error(`only ${sample.count} of ${total} rows arrived in time`);
    await delay(pollMs);
  }
}

/** The n-th commit counts as arrived when n rows are seen. */
function delaysOf(commits: readonly number[], samples: readonly Sample[]): number[] {
  let seen = 0;
  return commits.map((commit, index) => {
    while ((samples[seen]?.count ?? Number.POSITIVE_INFINITY) <= index) seen += 1;
    return Math.max(0, (samples[seen]?.at ?? Number.NaN) - commit);
  });
}
