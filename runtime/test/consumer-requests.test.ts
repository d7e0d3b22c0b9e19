import { gzipSync } from 'node:zlib';
import type { Broker, Cluster } from 'kafkajs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { adjustRequests, unpackBatch } from '../src/consumer-requests.ts';

type FetchRequest = Parameters<Broker['fetch']>[0];

afterEach(() => void vi.useRealTimers());

/** Plays kafkajs: sends requests to one broker and unpacks the answers, whose batches are in `batches`. */
function newCluster() {
  const requests: FetchRequest[] = [];
  const unpacked: number[] = [];
  const batches: Buffer[] = [];
  let heartbeats = 0;
  const broker = {
    fetch: async (request: FetchRequest) => {
      requests.push(request);
      let batch = 0;
      try {
        for (; batch < batches.length; batch += 1) await unpackBatch('gzip', batches[batch] ?? Buffer.alloc(0));
      } catch (error) {
        expect(error).toMatchObject({ name: 'KafkaJSPartialMessageError' });
      }
      unpacked.push(batch);
    },
    heartbeat: async () => {
      heartbeats += 1;
    },
  };
  const cluster = { findBroker: async () => broker, findGroupCoordinator: async () => broker } as unknown as Cluster;
  adjustRequests(cluster, {});
  const request: FetchRequest = {
    maxBytes: 1,
    topics: ['a', 'b'].map((topic) => ({
      topic,
      partitions: [0, 1, 2].map((partition) => ({ partition, fetchOffset: '5', maxBytes: 1 })),
    })),
  };
  const fetch = async () => (await cluster.findBroker({ nodeId: '1' })).fetch(request);
  const heartbeat = async () => {
    const coordinator = await cluster.findGroupCoordinator({ groupId: 'g' });
    await (coordinator as unknown as typeof broker).heartbeat();
  };
  return { fetch, heartbeat, requests, unpacked, batches, heartbeats: () => heartbeats };
}

describe('a request for messages', () => {
  test('names each partition first in its turn, and loses none', async () => {
    const { fetch, requests } = newCluster();
    for (let n = 0; n < 12; n += 1) await fetch();
    const first = requests.map(({ topics }) => `${topics[0]?.topic}${topics[0]?.partitions[0]?.partition}`);
    expect(new Set(first.slice(0, 6))).toEqual(new Set(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']));
    for (const { topics } of requests) {
      const all = topics.flatMap(({ topic, partitions }) => partitions.map(({ partition }) => `${topic}${partition}`));
      expect(all.sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
    }
  });

  test('asks for batches as large as a broker makes them', async () => {
    const { fetch, requests } = newCluster();
    await fetch();
    expect(requests[0]?.maxBytes).toBe(8 * 1024 * 1024);
    expect(requests[0]?.topics[0]?.partitions[0]).toEqual({ partition: 1, fetchOffset: '5', maxBytes: 1024 * 1024 });
  });

  test('asks for less where little unpacks to much, and for more again', async () => {
    const { fetch, requests, unpacked, batches } = newCluster();
    const megabyte = gzipSync(Buffer.alloc(1024 * 1024, 'row'));
    batches.push(...Array<Buffer>(100).fill(megabyte));
    await fetch();
    expect(unpacked).toEqual([8]);
    await fetch();
    expect(requests[1]?.maxBytes).toBe(64 * 1024);
    batches.length = 0;
    for (let n = 0; n < 12; n += 1) await fetch();
    expect(requests.at(-1)?.maxBytes).toBe(8 * 1024 * 1024);
  });

  test('unpacks one batch however large, or its partition would stand still', async () => {
    const { fetch, unpacked, batches } = newCluster();
    batches.push(...Array<Buffer>(3).fill(gzipSync(Buffer.alloc(20 * 1024 * 1024))));
    await fetch();
    await fetch();
    expect(unpacked).toEqual([1, 1]);
  });
});

test('heartbeats go on, three seconds apart, when the clock is set back', async () => {
  vi.useFakeTimers();
  const { heartbeat, heartbeats } = newCluster();
  const sent: number[] = [];
  for (let second = 0; second < 10; second += 1) {
    if (second === 4) vi.setSystemTime(Date.now() - 3_600_000);
    await heartbeat();
    sent.push(heartbeats());
    vi.advanceTimersByTime(1_000);
  }
  expect(sent).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4]);
});
