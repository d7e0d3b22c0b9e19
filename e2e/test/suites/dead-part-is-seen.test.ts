import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fetchAnswer } from '@tidb-cdc/runtime/http';
import { freePort } from '@tidb-cdc/runtime/ports';
import { processTree } from '@tidb-cdc/runtime/process-identity';
import { change } from '@tidb-cdc/runtime/sql';
import { FinalError, waitFor } from '@tidb-cdc/runtime/wait';
import { scrape } from '@tidb-cdc/verify/clients/consumer';
import type { Connection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createEmptyTopic, deleteTopic } from '../../src/clients/kafka.ts';
import { runToEnd } from '../../src/program.ts';
import { OwnConsumer, uniqueName } from '../own-consumer.ts';
import { produceRows, waitForFirstCount, waitForReconciled } from '../rows.ts';
import { arrival, Stage } from '../stage.ts';

const stage = await Stage.claim();
const running: OwnConsumer[] = [];
let root: Connection;

beforeAll(async () => {
  root = await stage.root();
});

afterEach(async () => {
  for (const consumer of running.splice(0)) await consumer.kill();
});

afterAll(() => root.end());

/** Waits until a probe of the system's own consumer returns this status; returns its reason. */
function waitForProbe(path: '/livez' | '/readyz', status: number): Promise<string> {
  return waitFor(
    `${status} from the consumer's ${path}`,
    async () => {
      const answer = await fetchAnswer(`${stage.system.endpoints.consumer}${path}`);
      expect(answer.status, answer.text).toBe(status);
      return (JSON.parse(answer.text) as { reason?: string }).reason ?? '';
    },
    arrival,
  );
}

/** Makes a process's writes fail, as on a full disk: none of its files may grow beyond this size. */
function limitFileSize(pid: number, bytes: number | 'unlimited'): void {
  const { uid, gid } = statSync(`/proc/${pid}`);
  // When root starts the system, its parts run as another user, and only that user may set their limits.
  const asItsUser = uid === process.getuid?.() ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const [program = '', ...args] = [...asItsUser, 'prlimit', `--pid=${pid}`, `--fsize=${bytes}:unlimited`];
  execFileSync(program, args);
}

test('Kafka hangs in the middle of a backlog: not ready, alive however long, and nothing is lost', async () => {
  const { kafka } = stage.system.endpoints;
  const topic = uniqueName('hang');
  await createEmptyTopic(kafka, topic, 3);
  await produceRows(kafka, topic, 3, 1, 20_000);
  const folder = join(stage.system.folder, topic);
  const boundSeconds = 30;
  const env = { LIVENESS_TIMEOUT_SECONDS: String(boundSeconds) };
  const consumer = await OwnConsumer.start({ kafka, topic, groupId: topic, folder, env });
  running.push(consumer);
  await waitForFirstCount(consumer);

  const broker = processTree(stage.system.pid('kafka'));
  for (const pid of broker) process.kill(pid, 'SIGSTOP');
  const frozenAt = performance.now();
  try {
    const ready = await consumer.waitForProbe('/readyz', 503);
    expect(ready.reason).toMatch(/Kafka has not answered|has lost Kafka|cannot settle|cannot commit/);
    // A restart would not help: Kubernetes would only wait longer each time.
    await waitFor(
      'the liveness bound to be over',
      async () => {
        if ((await consumer.probe('/livez')).status !== 200) throw new FinalError('it is not alive');
        if (performance.now() - frozenAt < (boundSeconds + 10) * 1_000) throw new Error('it is alive so far');
      },
      arrival,
    );
  } finally {
    for (const pid of broker) process.kill(pid, 'SIGCONT');
  }
  await consumer.waitForProbe('/readyz', 200);
  await produceRows(kafka, topic, 3, 20_001, 21_000);
  await waitForReconciled([consumer], 21_000);
  await deleteTopic(kafka, topic);
  await stage.system.waitUntilComplete(120_000);
});

test('an event log that cannot be written makes the consumer not ready, loses nothing, and heals', async () => {
  const table = await stage.createTable(root, 'id INT PRIMARY KEY');
  await stage.waitForQuiet(root);
  const consumer = stage.system.pid('consumer');
  limitFileSize(consumer, 1);
  try {
    await change(root, `INSERT INTO ${table} VALUES (1), (2), (3)`);
    expect(await waitForProbe('/readyz', 503)).toMatch(/cannot write the event log/);
    const samples = await scrape(stage.system.endpoints.consumer);
    expect(samples.find(({ name }) => name === 'cdc_event_log_writable')?.value).toBe(0);
    await waitForProbe('/livez', 200);
  } finally {
    limitFileSize(consumer, 'unlimited');
  }
  await stage.waitForAll(table, { insert: 3 });
  await waitForProbe('/readyz', 200);
  expect(stage.system.pid('consumer')).toBe(consumer);
});

test('a consumer that cannot go on ends with exit code 1 and says why', async () => {
  const { kafka, eventLog } = stage.system.endpoints;
  const env = {
    KAFKA_BROKERS: kafka,
    EVENT_LOG: eventLog,
    KAFKA_GROUP_ID: uniqueName('second'),
    HTTP_PORT: String(await freePort()),
  };
  const { code, output } = await runToEnd('consumer/src/main.ts', { env, timeoutMs: 60_000 });
  expect(output).toMatch(/another consumer process writes this event log/);
  expect(code).toBe(1);
});

test('wrong settings end the consumer with exit code 2 and a line for each', async () => {
  const env = { KAFKA_BROKERS: 'nowhere', HTTP_PORT: '70000', EVENT_LOG: 'events.txt' };
  const { code, output } = await runToEnd('consumer/src/main.ts', { env, timeoutMs: 60_000 });
  for (const [name, value] of Object.entries(env))
    expect(output).toMatch(new RegExp(`^${name}=${value}: must be`, 'm'));
  expect(code).toBe(2);
});

test.each(['kafka', 'elasticsearch', 'consumer'] as const)(
  'a dead %s is shown by the supervisor until it is back',
  async (name) => {
    const { restarts } = stage.system.part(name);
    const killed = stage.system.kill(name);
    await waitFor(
      `${name} not ready`,
      () => {
        expect(stage.system.part(name).state).not.toBe('ready');
        expect(stage.system.state.complete).toBe(false);
      },
      { ...arrival, intervalMs: 10 },
    );
    await stage.system.waitForReplacement(name, killed);
    expect(stage.system.part(name).restarts).toBeGreaterThan(restarts);
  },
);
