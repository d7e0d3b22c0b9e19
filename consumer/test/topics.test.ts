import { freePort } from '@tidb-cdc/runtime/ports';
import { expect, test, vi } from 'vitest';
import { recordedLog } from '../../runtime/test/support/recorded-log.ts';
import { Health } from '../src/health.ts';
import { waitForTopics } from '../src/topics.ts';

vi.setConfig({ testTimeout: 30_000 });

// e2e tests it with a broker.
test('waits for a broker that is not there, says so once, and ends when the consumer does', async () => {
  const broker = `127.0.0.1:${await freePort()}`;
  const { log, lines } = recordedLog();
  const health = new Health(60);
  const stop = new AbortController();
  const waiting = waitForTopics({ brokers: [broker], clientId: 'test', log }, ['cdc-events'], health, stop.signal);

  const obstacle = new RegExp(`^the consumer waits: KAFKA_BROKERS=${broker}: no answer: .*ECONNREFUSED`);
  await vi.waitFor(() => expect(health.ready().reason).toMatch(obstacle), 20_000);
  const attempts = () => lines.filter(({ msg }) => msg.includes('ECONNREFUSED') && msg.startsWith('Connection')).length;
  await vi.waitFor(() => expect(attempts()).toBeGreaterThan(1), 20_000);
  expect(lines.filter(({ level }) => level !== 'debug')).toMatchObject([
    { level: 'warn', msg: expect.stringMatching(`^waiting: KAFKA_BROKERS=${broker}`) },
  ]);
  // It is alive while it waits, however long.
  expect(health.live()).toMatchObject({ ok: true, last_sign: 'attempt to reach Kafka' });

  stop.abort();
  expect(await waiting).toBeUndefined();
});
